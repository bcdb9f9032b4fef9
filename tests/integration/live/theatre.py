"""A hall for tests: `live` served over real sockets, and journals that the kit's own publisher puts on the streams."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from redis.exceptions import RedisError

from services.kit import access_token, clock, stream
from services.kit.application import build_root
from services.kit.context import Context
from services.kit.publisher import Bell, Publisher
from services.kit.route import TOKEN_KEY
from services.kit.settings import Settings
from services.kit.source import Outgoing, mark_of
from services.live import app as live
from services.live.hall import Hall
from services.live.routes import HALL
from services.wire import Event, Message, Role, Token
from tests.integration.live.screens import Watcher
from tests.support.waiting import until
from tests.unit.live import stories


class Pages:
    """A journal in memory, in place of a service's tables (publisher.Source)."""

    def __init__(self) -> None:
        self.events: dict[str, list[Event]] = {}
        self.marked = False

    async def heads(self) -> dict[str, int]:
        """How many entries each key has."""
        return {key: events[-1].index + 1 for key, events in self.events.items()}

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """From `start`, in order."""
        events = [event for event in self.events[key] if event.index >= start]
        return [
            Outgoing(event.index, msgspec.json.encode(event), mark=self.mark(event))
            for event in events[:limit]
        ]

    async def marks(self, key: str, indexes: Sequence[int]) -> dict[int, str]:
        """As Source."""
        return {event.index: self.mark(event) for event in self.events[key] if event.index in indexes}

    def mark(self, event: Event) -> str:
        """None, or what another text has another of."""
        return mark_of(sha256(msgspec.json.encode(event)).digest()) if self.marked else ""


@dataclass
class Theatre:
    """One worker of `live` on a Redis, with a clock that a test may move."""

    redis_url: str
    ahead_ms: int = 0
    heartbeat_seconds: int = 300
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    pages: dict[str, Pages] = field(default_factory=dict)
    watchers: list[Watcher] = field(default_factory=list)
    port: int = 0
    hall: Hall | None = None
    _runner: web.AppRunner | None = None
    _publishers: dict[str, Publisher] = field(default_factory=dict)
    _redis: Any = None
    _publishing: Any = None

    def now(self) -> int:
        """The server's clock."""
        return clock.now() + self.ahead_ms

    async def open(self) -> None:
        """Start the worker, on the port it had before if there was one."""
        self._redis = stream.connect(self.redis_url)
        settings = Settings(heartbeat_seconds=self.heartbeat_seconds)
        context = Context(settings, self._redis, Path(), self.key.public_key(), self.now, "test")
        app = live.create(context)
        self.hall = app[HALL]
        root = build_root({"live": app}, (live.ready_of(app),))
        root[TOKEN_KEY] = self.key.public_key()
        self._runner = web.AppRunner(root, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """End the worker as SIGTERM does."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
            await self._redis.aclose()

    async def leave(self) -> None:
        """End everything."""
        for watcher in self.watchers:
            await watcher.leave()
        await self.close()
        if self._publishing is not None:
            await self._publishing.aclose()

    async def tell(self, service: str, *events: Event, key: str = stories.MEETING) -> None:
        """Append to a service's journal and publish it."""
        self.pages.setdefault(service, Pages()).events.setdefault(key, []).extend(events)
        await self.publish()

    async def publish(self) -> None:
        """Bring the streams up to the journals, also those that Redis has lost; again until it succeeds."""
        self._publishing = self._publishing or stream.connect(self.redis_url)
        for service in self.pages:
            await until(partial(self._published, service))

    async def _published(self, service: str) -> bool:
        if service not in self._publishers:
            bell = Bell(self._publishing, service)
            # Leading is tested elsewhere: without a pool we publish when the test says so.
            pages = self.pages[service]
            publisher = Publisher(service, pages, None, self._publishing, bell, 1)  # type: ignore[arg-type]
            self._publishers[service] = publisher
        try:
            await self._publishers[service].publish_all()
        except RedisError:
            del self._publishers[service]
            return False
        return True

    async def fail_over(self, service: str, *events: Event, key: str = stories.MEETING) -> None:
        """Another database goes on, in which these are a service's journal; who publishes begins to lead."""
        self.pages[service].events[key] = list(events)
        await self._publishers[service].begin("another run")
        await self.publish()

    async def put_entry(self, service: str, identifier: str, fields: dict[str, str]) -> None:
        """Put on a stream what no publisher of ours would."""
        await self._publishing.xadd(stream.screen(stories.MEETING, service), fields, id=identifier)

    async def put_board(self, name: str, message: Message) -> None:
        """What another service says of this moment."""
        await self._publishing.set(stream.board(stories.MEETING, name), msgspec.json.encode(message))

    async def forget_streams(self) -> None:
        """Redis loses everything."""
        await self._publishing.flushall()

    def token(
        self,
        body: str = stories.BODY,
        roles: tuple[Role, ...] = ("delegate",),
        life_s: int = 3600,
        sub: str = "d1",
    ) -> str:
        """A token for a person of a body."""
        now = int(time.time())
        return access_token.issue(Token(sub=sub, body=body, roles=roles, iat=now, exp=now + life_s), self.key)

    def watcher(self, meeting: str = stories.MEETING, **claims: Any) -> Watcher:
        """Somebody who will follow."""
        url = f"http://127.0.0.1:{self.port}/live/meetings/{meeting}/events"
        watcher = Watcher(url, self.token(**claims))
        self.watchers.append(watcher)
        return watcher

    async def follower(self, **claims: Any) -> Watcher:
        """Somebody who follows."""
        watcher = self.watcher(**claims)
        assert (await watcher.come()).status == 200
        return watcher
