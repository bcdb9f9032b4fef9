"""Each service on real stores, as an address with a token for every role and ids that exist: for tests from outside."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit import access_token, clock, stream
from services.kit.application import build_root
from services.kit.context import Context
from services.kit.route import TOKEN_KEY
from services.kit.settings import Settings
from services.live import app as live_app
from services.wire import Body, Meeting, MeetingChanged, Member, Role, Token
from tests.support import floor_desk, meeting_desk, signing_desk, voting_desk

BODY = "hdnd"
MEETING = "phien-1"


@dataclass(frozen=True)
class Host:
    """A service that answers: `known` holds ids that exist, by the name of the path's part."""

    url: str
    key: Ed25519PrivateKey
    known: dict[str, str] = field(default_factory=dict)
    subject: str = "mai"
    credential: str = ""

    def token(self, role: Role) -> str:
        """A token of a person of the body."""
        iat = clock.now() // 1000
        said = Token(
            sub=self.subject, body=BODY, roles=(role,), iat=iat, exp=iat + 900, credential=self.credential
        )
        return access_token.issue(said, self.key)


@contextlib.asynccontextmanager
async def opened(
    service: str, directory: Path, database_url: str, redis_url: str
) -> AsyncIterator[tuple[Host, Any]]:
    """The service and a client of the test's own loop."""
    opening: Callable[..., Any] = {
        "meeting": _meeting,
        "voting": _voting,
        "floor": _floor,
        "signing": _signing,
        "live": _live,
    }[service]
    async with opening(directory, database_url, redis_url) as (host, client):
        yield host, client


@contextlib.asynccontextmanager
async def _meeting(directory: Path, database_url: str, redis_url: str) -> AsyncIterator[tuple[Host, Any]]:
    desk = meeting_desk.assemble(directory, database_url, redis_url)
    async with TestClient(TestServer(desk.root)) as client:
        desk.client = client
        operator, secretary = desk.token("op", "operator", body="op"), desk.token("lan", "secretary")
        members = [Member(id="lan", name="Lan", roles=("secretary",)), Member(id="mai", name="Mai")]
        roll = [{"member": "mai", "name": "Mai", "seat": "A1"}]
        plan = {"id": MEETING, "title": "Phiên 1"}
        for method, path, sent, who in (
            ("POST", "/bodies", Body(id=BODY, name="Hội đồng nhân dân tỉnh"), operator),
            ("POST", f"/bodies/{BODY}/members", members, operator),
            ("POST", f"/bodies/{BODY}/meetings", plan, secretary),
            ("PUT", f"/meetings/{MEETING}/roll", roll, secretary),
            ("POST", f"/meetings/{MEETING}/roll/freeze", None, secretary),
        ):
            answer = await desk.ask(method, path, sent, who=who)
            assert not isinstance(answer, dict) or "code" not in answer, answer
        known = {"body": BODY, "meeting": MEETING, "member": "mai"}
        yield Host(str(client.make_url("")), desk.token_key, known), client
    await desk.streams.aclose()


@contextlib.asynccontextmanager
async def _voting(directory: Path, database_url: str, redis_url: str) -> AsyncIterator[tuple[Host, Any]]:
    desk = voting_desk.assemble(directory, database_url, redis_url)
    async with TestClient(TestServer(desk.root)) as client:
        desk.client = client
        await desk.found()
        poll, asked = await desk.opened()
        await desk.cast(poll, asked, "001")
        known = {"meeting": voting_desk.MEETING, "poll": poll, "voter": "001"}
        yield Host(str(client.make_url("")), desk.token_key, known, subject="001"), client


@contextlib.asynccontextmanager
async def _floor(directory: Path, database_url: str, redis_url: str) -> AsyncIterator[tuple[Host, Any]]:
    desk = floor_desk.assemble(directory, database_url, redis_url)
    async with TestClient(TestServer(desk.root)) as client:
        desk.client = client
        await desk.found()
        await desk.open_lane()
        await desk.ask_to_speak("001", id="cua-001")
        known = {"meeting": voting_desk.MEETING, "request": "cua-001", "body": BODY}
        yield Host(str(client.make_url("")), desk.token_key, known, subject="001"), client


@contextlib.asynccontextmanager
async def _signing(directory: Path, database_url: str, redis_url: str) -> AsyncIterator[tuple[Host, Any]]:
    desk = signing_desk.assemble(directory, database_url, redis_url)
    async with TestClient(TestServer(desk.root)) as client:
        desk.client = client
        await signing_desk.with_members(desk, "mai")
        enrolled = await desk.enrol(await desk.invite("mai"), signing_desk.request_of())
        known = {"body": BODY, "thumbprint": enrolled["thumbprint"], "issuer": "delegates"}
        host = Host(str(client.make_url("")), desk.token_key, known, credential=enrolled["thumbprint"])
        yield host, client
    await desk.streams.aclose()


@contextlib.asynccontextmanager
async def _live(directory: Path, _: str, redis_url: str) -> AsyncIterator[tuple[Host, Any]]:
    key = Ed25519PrivateKey.generate()
    redis = stream.connect(redis_url)
    event = MeetingChanged(index=0, meeting=Meeting(id=MEETING, body="another-body", title="Phiên 1"))
    name = stream.screen(MEETING, "meeting")
    await redis.xadd(name, {stream.FIELD: msgspec.json.encode(event)}, id=stream.entry_id(0))
    context = Context(Settings(), redis, directory, key.public_key(), clock.now, "test")
    app = live_app.create(context)
    root = build_root({"live": app}, (live_app.ready_of(app),))
    root[TOKEN_KEY] = key.public_key()
    async with TestClient(TestServer(root)) as client:
        # The meeting that exists is another body's: following it is refused, instead of going on for ever.
        yield Host(str(client.make_url("")), key, {"meeting": MEETING}), client
    await redis.aclose()
