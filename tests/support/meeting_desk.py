"""The meeting desk on real stores: mounted as a worker mounts it, and the persons who come to it."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import redis.asyncio as redis
from aiohttp import web
from aiohttp.test_utils import TestClient
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit import access_token, envelope, keys
from services.kit.application import build_root
from services.kit.clock import now
from services.kit.context import Context
from services.kit.route import TOKEN_KEY
from services.kit.settings import Settings
from services.meeting import app as meeting_app
from services.wire import Role, Token

Client = TestClient[web.Request, web.Application]
AUDIENCE = "https://plenary.example.vn"


@dataclass
class TestClock:
    """The real clock, moved by as many milliseconds as the test says."""

    ahead: int = 0

    def __call__(self) -> int:
        """Milliseconds since 1970, as the desk sees them."""
        return now() + self.ahead


@dataclass
class MeetingDesk:
    """One worker's meeting desk, and what a test needs to speak to it."""

    app: web.Application
    root: web.Application
    token_key: Ed25519PrivateKey
    clock: TestClock
    streams: redis.Redis
    client: Client = field(init=False)

    def token(self, sub: str, *roles: Role, body: str = "hdnd", lasts: int = 900) -> str:
        """A token as the desk would sign it."""
        iat = now() // 1000
        return access_token.issue(
            Token(sub=sub, body=body, roles=roles, iat=iat, exp=iat + lasts), self.token_key
        )

    async def ask(
        self,
        method: str,
        path: str,
        sent: Any = None,
        *,
        who: str = "",
        media: str = "application/json",
        status: int | None = None,
    ) -> Any:
        """The JSON answer of one request; `sent` is bytes, or goes as JSON. Asserts the status if one is given."""
        raw = sent if isinstance(sent, bytes | None) else msgspec.json.encode(sent)
        headers = {"Content-Type": media} | ({"Authorization": f"Bearer {who}"} if who else {})
        async with self.client.request(method, f"/meeting{path}", data=raw, headers=headers) as answer:
            text = await answer.read()
            assert status is None or answer.status == status, (answer.status, text)
            return msgspec.json.decode(text) if text else None

    async def refused(self, method: str, path: str, sent: Any = None, **how: Any) -> str:
        """The code of a request that must be refused."""
        problem = await self.ask(method, path, sent, **how)
        assert isinstance(problem, dict), problem
        assert set(problem) >= {"code", "title", "detail_en", "status"}, problem
        return str(problem["code"])


def assemble(
    directory: Path, database_url: str, redis_url: str, worker: str = "w0", **settings: Any
) -> MeetingDesk:
    """A desk with its keys in `directory`, not yet started."""
    key = keys.ensure(directory / "token.key", Ed25519PrivateKey.generate())
    envelope.ensure(directory / "envelope.key")
    clock = TestClock()
    streams = redis.Redis.from_url(redis_url)
    wanted = Settings(database_url=database_url, redis_url=redis_url, public_url=AUDIENCE)
    context = Context(
        settings=replace(wanted, **settings),
        redis=streams,
        keys=directory,
        token_key=key.public_key(),
        clock=clock,
        worker=worker,
    )
    app = meeting_app.create(context)
    root = build_root({"meeting": app}, (meeting_app.ready_of(app),))
    root[TOKEN_KEY] = key.public_key()
    return MeetingDesk(app, root, key, clock, streams)
