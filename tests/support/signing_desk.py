"""Signing on real stores: mounted as a worker mounts it, and the persons who come to enrol."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import redis.asyncio as redis
from aiohttp import web
from aiohttp.test_utils import TestClient
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from services.kit import access_token, envelope, keys, stream
from services.kit.application import build_root
from services.kit.clock import now
from services.kit.context import Context
from services.kit.route import TOKEN_KEY
from services.kit.settings import Settings
from services.signing import app as signing_app
from services.signing import authority
from services.signing.holdings import STORE
from services.wire import Body, Event, Member, Role, StreamEvent, Token

Client = TestClient[web.Request, web.Application]
ADDRESS = "https://plenary.example.vn"
BODY = "hdnd"

_events: msgspec.json.Decoder[StreamEvent] = msgspec.json.Decoder(StreamEvent)


@dataclass
class TestClock:
    """The real clock, moved by as many milliseconds as the test says."""

    ahead: int = 0

    def __call__(self) -> int:
        """Milliseconds since 1970, as signing sees them."""
        return now() + self.ahead


@dataclass
class SigningDesk:
    """One worker's signing, and what a test needs to speak to it."""

    app: web.Application
    root: web.Application
    token_key: Ed25519PrivateKey
    clock: TestClock
    streams: redis.Redis
    client: Client = field(init=False)

    def token(self, sub: str, *roles: Role, body: str = BODY, credential: str = "") -> str:
        """A token as the meeting desk would sign it."""
        iat = now() // 1000
        said = Token(sub=sub, body=body, roles=roles, iat=iat, exp=iat + 900, credential=credential)
        return access_token.issue(said, self.token_key)

    async def ask(
        self, method: str, path: str, sent: Any = None, *, who: str = "", status: int | None = None
    ) -> Any:
        """The answer of one request: JSON decoded, anything else as bytes."""
        raw = None if sent is None else msgspec.json.encode(sent)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {who}"} if who else {})
        async with self.client.request(method, f"/signing{path}", data=raw, headers=headers) as answer:
            text = await answer.read()
            assert status is None or answer.status == status, (answer.status, text)
            return msgspec.json.decode(text) if "json" in answer.content_type and text else text

    async def refused(self, method: str, path: str, sent: Any = None, **how: Any) -> str:
        """The code of a request that must be refused."""
        problem = await self.ask(method, path, sent, **how)
        assert isinstance(problem, dict), problem
        assert "code" in problem, problem
        return str(problem["code"])

    async def invite(self, member: str, body: str = BODY) -> str:
        """A fresh code for a member."""
        who = self.token("thu-ky", "secretary", body=body)
        sent = {"members": [member]}
        (given,) = await self.ask("POST", f"/bodies/{body}/invites", sent, who=who, status=200)
        return str(given["code"])

    async def enrol(self, code: str, request: str, status: int | None = 201) -> dict[str, Any]:
        """Enrol a request with a code."""
        sent = {"code": code, "request": request}
        answer: dict[str, Any] = await self.ask("POST", "/enrolments", sent, status=status)
        return answer

    async def told(self, key: str = BODY) -> list[Event]:
        """The journal of a key, in order."""
        rows = await self.app[STORE]._pool.fetch(
            "select message from journal where key = $1 order by index", key
        )
        return [_events.decode(row["message"]) for row in rows]

    async def on_stream(self, name: str) -> list[Event]:
        """The entries of a stream, in order."""
        entries: Any = await self.streams.xrange(name)
        return [_events.decode(fields[stream.FIELD]) for _, fields in entries]


def request_of(key: ec.EllipticCurvePrivateKey | None = None, common: str = "ai đó") -> str:
    """A PKCS#10 request in PEM by this or a fresh P-256 key."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
    signed = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


def assemble(
    directory: Path, database_url: str, redis_url: str, worker: str = "w0", **settings: Any
) -> SigningDesk:
    """Signing with its keys in `directory`, not yet started."""
    key = keys.ensure(directory / "token.key", Ed25519PrivateKey.generate())
    authority.ensure(directory, ADDRESS)
    envelope.ensure(directory / "envelope.key")
    clock = TestClock()
    streams = redis.Redis.from_url(redis_url)
    wanted = Settings(database_url=database_url, redis_url=redis_url, public_url=ADDRESS, data=directory)
    context = Context(
        settings=replace(wanted, **settings),
        redis=streams,
        keys=directory,
        token_key=key.public_key(),
        clock=clock,
        worker=worker,
    )
    app = signing_app.create(context)
    root = build_root({"signing": app}, (signing_app.ready_of(app),))
    root[TOKEN_KEY] = key.public_key()
    return SigningDesk(app, root, key, clock, streams)


async def with_members(desk: SigningDesk, *members: str, body: str = BODY) -> None:
    """Let signing know a body and its members, as the stream would."""
    store = desk.app[STORE]
    await store.name_body(Body(id=body, name="Hội đồng nhân dân tỉnh"), told=0)
    await store.name_members(body, [Member(id=each, name=f"Đại biểu {each}") for each in members], told=1)
