"""A service that keeps a roster, told of a meeting as the streams would tell it; and the devices of its members."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Literal, TypeVar

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestClient
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.desk.device import Device
from services.kit import access_token, envelope, keys, stream
from services.kit.application import build_root
from services.kit.clock import now
from services.kit.context import Context
from services.kit.database import Pool
from services.kit.route import TOKEN_KEY
from services.kit.settings import Settings
from services.roster.projection import Projection
from services.rules import jws
from services.rules.certified import PERSON_POLICY
from services.wire import (
    Body,
    BodyChanged,
    Credential,
    CredentialIssued,
    CredentialRevoked,
    Event,
    Meeting,
    MeetingChanged,
    Member,
    MemberChanged,
    Presence,
    PresenceChanged,
    Role,
    Roll,
    RollEntry,
    RollFrozen,
    Token,
)
from tests.support.pki import Pki, certify, subject

D = TypeVar("D", bound="ToldDesk")
Client = TestClient[web.Request, web.Application]

BODY = Body(id="hdnd", name="Hội đồng nhân dân mẫu", noun="đại biểu Hội đồng nhân dân", profile="hdnd")
MEETING = "phien-1"
CHAIR, SECRETARY = "chu-toa", "thu-ky"


@dataclass
class ToldDesk:
    """One worker of a service with a frozen roll, everybody present, and a device for everybody."""

    service: ClassVar[str]

    app: web.Application
    root: web.Application
    token_key: Ed25519PrivateKey
    pki: Pki
    voters: list[str]
    devices: dict[str, Device] = field(default_factory=dict)
    client: Client = field(init=False)
    _told: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def pool(self) -> Pool:
        """The service's own connections."""
        raise NotImplementedError

    def token(self, sub: str, *roles: Role, body: str = BODY.id) -> str:
        """A token as the meeting desk would sign it."""
        iat = now() // 1000
        return access_token.issue(
            Token(sub=sub, body=body, roles=roles, iat=iat, exp=iat + 900), self.token_key
        )

    async def ask(
        self, method: str, path: str, sent: Any = None, *, who: str = "", status: int | None = None
    ) -> Any:
        """The answer of one request (decoded JSON); bytes go as JOSE. Asserts the status if one is given."""
        jose = isinstance(sent, bytes)
        raw = sent if jose or sent is None else msgspec.json.encode(sent)
        headers = {"Content-Type": "application/jose" if jose else "application/json"}
        if who:
            named: dict[str, Role] = {CHAIR: "chair", SECRETARY: "secretary"}
            headers["Authorization"] = "Bearer " + self.token(who, named.get(who, "delegate"))
        async with self.client.request(method, f"/{self.service}{path}", data=raw, headers=headers) as answer:
            text = await answer.read()
            assert status is None or answer.status == status, (answer.status, text)
            return msgspec.json.decode(text) if text else None

    # --- What the other services would tell ---------------------------------------------------------------

    async def tell(self, *events: Event) -> None:
        """Apply events as the consumers do."""
        roster = Projection(self.pool)
        for event in events:
            await roster.apply(msgspec.json.encode(event))

    def index(self, source: str, key: str) -> int:
        """The next index of a journal of another service."""
        self._told[source, key] = self._told.get((source, key), -1) + 1
        return self._told[source, key]

    async def found(self) -> None:
        """Tell of the body, its members, the meeting, the roll, and that everybody is there."""
        entries = tuple(RollEntry(member=one, name=f"Đại biểu {one}") for one in self.voters)
        raw = msgspec.json.encode(Roll(body=BODY.id, meeting=MEETING, revision=1, entries=entries))
        members = [Member(id=one, name=f"Đại biểu {one}") for one in self.voters]
        members += [
            Member(id=CHAIR, name="Chủ tọa", roles=("chair", "delegate")),
            Member(id=SECRETARY, name="Thư ký", roles=("secretary",)),
        ]
        await self.tell(
            BodyChanged(index=self.index("m", BODY.id), body=BODY),
            MemberChanged(index=self.index("m", BODY.id), body=BODY.id, members=tuple(members)),
            self.meeting("open"),
            RollFrozen(
                index=self.index("m", MEETING), meeting=MEETING, sha256=jws.digest(raw), roll=raw.decode()
            ),
        )
        await self.present(self.voters)
        for one in (*self.voters, CHAIR, SECRETARY):
            await self.enrol(one)

    def meeting(self, state: Literal["planned", "open", "ended"]) -> MeetingChanged:
        """That the meeting is planned, open or over."""
        meeting = Meeting(id=MEETING, body=BODY.id, title="Phiên 1", state=state)
        return MeetingChanged(index=self.index("m", MEETING), meeting=meeting)

    async def present(self, members: Sequence[str], *, there: bool = True) -> None:
        """Tell that members came or left."""
        presence = tuple(Presence(member=one, present=there, at=now()) for one in members)
        await self.tell(PresenceChanged(index=self.index("m", MEETING), meeting=MEETING, presence=presence))

    async def enrol(self, member: str, kind: Any = "p256", *, linked: bool = False) -> Device:
        """Give a member a device with a certificate, and tell of it; `linked`: another authority certified the key."""
        device = Device.make(member, kind)
        leaf = certify(
            subject(member, body=BODY.id, member=member),
            device.key,  # type: ignore[arg-type]  # any kind may be certified
            self.pki.delegates,
            policy=PERSON_POLICY,
            linked=linked,
        )
        device = device.enrolled([leaf.pem.decode()])
        self.devices[member] = device
        await self.tell(
            CredentialIssued(
                index=self.index("s", BODY.id),
                body=BODY.id,
                credential=Credential(
                    member=member,
                    thumbprint=device.thumbprint,
                    chain=(jws.standard_b64(leaf.der), jws.standard_b64(self.pki.delegates.der)),
                ),
                not_after=now() + 10**9,
            )
        )
        return device

    async def revoke(self, member: str) -> None:
        """Tell that a member's key was revoked."""
        await self.tell(
            CredentialRevoked(
                index=self.index("s", BODY.id),
                body=BODY.id,
                member=member,
                thumbprint=self.devices[member].thumbprint,
                at=now(),
                reason="lost",
            )
        )


def mount(
    kind: type[D],
    service: ModuleType,
    directory: Path,
    database_url: str,
    redis_url: str,
    voters: int,
    worker: str,
    pki: Pki | None,
) -> D:
    """A worker with one service (its `app` module) and keys in `directory`, not yet started."""
    key = keys.ensure(directory / "token.key", Ed25519PrivateKey.generate())
    keys.ensure(directory / "ledger.key", Ed25519PrivateKey.generate())
    keys.ensure(directory / "webhook.key", Ed25519PrivateKey.generate())
    envelope.ensure(directory / "envelope.key")
    context = Context(
        settings=Settings(database_url=database_url, redis_url=redis_url),
        redis=stream.connect(redis_url),
        keys=directory,
        token_key=key.public_key(),
        clock=now,
        worker=worker,
    )
    app = service.create(context)
    root = build_root({kind.service: app}, (service.ready_of(app),))
    root[TOKEN_KEY] = key.public_key()

    async def closing(_: web.Application) -> None:
        await context.redis.aclose()

    root.on_cleanup.append(closing)
    return kind(app, root, key, pki or Pki(), [f"{n:03}" for n in range(1, voters + 1)])
