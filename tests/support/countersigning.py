"""A certificate on a running signing desk, and the persons who sign it with their own keys."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from services.desk.device import Device
from services.kit import stream
from services.rules import jws
from services.signing import holdings
from services.wire import Role, SignatureGiven, SignaturePrepared, SignaturesShown, SigningRole
from tests.support.evidence import Sitting, by_choice
from tests.support.pki import Keyed, Pki
from tests.support.signing_desk import SigningDesk
from tests.support.waiting import until

CHAIR, SECRETARY = "db001", "db002"


def pki_of(desk: SigningDesk) -> Pki:
    """The authority that signing made for itself on its first start."""
    authority = desk.app[holdings.AUTHORITY]
    made = Pki()
    made.root = Keyed(authority.root.key, authority.root.certificate)
    made.delegates = Keyed(authority.delegates.key, authority.delegates.certificate)
    made.seal = Keyed(authority.seal.key, authority.seal.certificate)
    return made


@dataclass
class Countersigning:
    """A certificate that was issued, and those who may sign it: each is asked for by the id of a member."""

    desk: SigningDesk
    sitting: Sitting
    certificate: str = ""
    file: bytes = b""
    roles: dict[str, tuple[Role, ...]] = field(
        default_factory=lambda: {CHAIR: ("chair", "delegate"), SECRETARY: ("secretary",)}
    )

    @property
    def path(self) -> str:
        """Where the signatures of this certificate are."""
        return f"/certificates/{self.certificate}/signatures"

    def device(self, member: str) -> Device:
        """The member's own device."""
        keyed = self.sitting.keys[member]
        chain = (keyed.pem.decode(), self.sitting.pki.delegates.pem.decode())
        return Device(member, keyed.key, "ES256", jws.digest(keyed.der), chain)

    def token(self, member: str) -> str:
        """Signed in with that device."""
        return self.desk.token(member, *self.roles[member], credential=self.device(member).thumbprint)

    async def begin(self, member: str, role: SigningRole, instead: str = "") -> SignaturePrepared:
        """What this member is to sign."""
        sent = {"role": role, "instead": instead}
        answer = await self.desk.ask("POST", f"{self.path}/begun", sent, who=self.token(member), status=201)
        return msgspec.convert(answer, SignaturePrepared)

    async def refused(self, member: str, role: SigningRole, instead: str = "") -> str:
        """Why this member may not begin."""
        sent = {"role": role, "instead": instead}
        return await self.desk.refused("POST", f"{self.path}/begun", sent, who=self.token(member))

    async def given(self, member: str, prepared: SignaturePrepared) -> SignatureGiven:
        """What the device signs, after it has checked all of it."""
        page = await self.desk.ask(
            "GET", f"{self.path}/{prepared.id}/page.pdf", who=self.token(member), status=200
        )
        return self.device(member).countersign(prepared, page, self.file)

    async def send(self, member: str, given: SignatureGiven) -> SignaturesShown:
        """The signatures, sent."""
        answer = await self.desk.ask("POST", self.path, given, who=self.token(member), status=200)
        return msgspec.convert(answer, SignaturesShown)

    async def sign(self, member: str, role: SigningRole, instead: str = "") -> SignaturesShown:
        """Begin, look, sign, send."""
        prepared = await self.begin(member, role, instead)
        return await self.send(member, await self.given(member, prepared))

    async def shown(self) -> SignaturesShown:
        """Who signed, and what is awaited."""
        return msgspec.convert(await self.desk.ask("GET", self.path, status=200), SignaturesShown)

    async def until_awaited(self, what: str) -> SignaturesShown:
        """As soon as this is awaited, and nothing else."""

        async def found() -> SignaturesShown | None:
            shown = await self.shown()
            return shown if shown.awaited == what else None

        return await until(found, what=f"awaited: {what}")

    async def signed_file(self, kind: str) -> bytes:
        """A file of the signed edition, as bytes."""
        path = f"/signing/certificates/{self.certificate}.signed.{kind}"
        async with self.desk.client.get(path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()


async def ready(desk: SigningDesk) -> Countersigning:
    """A vote of five was declared by db001 and certified; db001 and db002 hold enrolled keys."""
    sitting = Sitting(members=5, pki=pki_of(desk), at=desk.clock() - 60_000)
    sitting.play(by_choice(sitting.ids, 3, 1, 1))
    made = Countersigning(desk, sitting)
    await enrol(desk, sitting)
    message = msgspec.json.encode(sitting.result(request="req-12345678"))
    await desk.streams.xadd(stream.work(sitting.meeting, "results", 1), {stream.FIELD: message})

    async def notice() -> dict[str, Any] | None:
        answer: dict[str, Any] = await desk.ask("GET", f"/polls/{sitting.poll}/certificate")
        return answer if "sha256" in answer else None

    made.certificate = (await until(notice, what="a certificate"))["id"]
    async with desk.client.get(f"/signing/certificates/{made.certificate}.json") as answer:
        made.file = await answer.read()
    return made


async def enrol(desk: SigningDesk, sitting: Sitting) -> None:
    """Let signing know the sitting's members and their keys, as if they had come with an invite."""
    pool = desk.app[holdings.POOL]
    for member, keyed in sitting.keys.items():
        await pool.execute(
            "insert into member (body, id, name, told) values ($1, $2, $3, 1) on conflict do nothing",
            *(sitting.body.id, member, f"Đại biểu {member}"),
        )
        await pool.execute(
            "insert into credential (thumbprint, body, member, serial, chain, key, request, issued_at, not_after)"
            " values ($1, $2, $3, $4, $5, $6, $6, 1, $7)",
            *(jws.digest(keyed.der), sitting.body.id, member),
            keyed.certificate.serial_number.to_bytes(20),
            [keyed.der, sitting.pki.delegates.der],
            b"",
            int(keyed.certificate.not_valid_after_utc.timestamp() * 1000),
        )
