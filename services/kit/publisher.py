"""Journal to stream, in order, by one publisher per service.

Positions are not stored anywhere: the stream itself says what it has. Publishing compares its last id with the one
we think it has, and adds only if they agree; so a second publisher, a repeat after a crash, and a Redis that came
back empty are all the same case: look where the stream is, and go on from there.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Protocol

import structlog
from redis.exceptions import RedisError

from services.kit import metrics, stream
from services.kit.background import stop
from services.kit.database import UNREACHABLE, Lead, Pool, leading

log = structlog.get_logger(__name__)

CHUNK = 500
SWEEP_SECONDS = 0.5
# Between two rounds: ballots come hundreds a second, screens are told four times a second.
PACE_SECONDS = 0.02
RETRY_SECONDS = 0.5
# Before a key that is called out: no id begins with it.
URGENT = "!"

# KEYS[1] stream; ARGV[1] the last id we think it has, then id, message, id, message …; returns the last id it has.
_ADD = """
local top = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local last = top[1] and top[1][1] or '0-0'
if last ~= ARGV[1] then return last end
for place = 2, #ARGV, 2 do redis.call('XADD', KEYS[1], ARGV[place], 'm', ARGV[place + 1]) end
return #ARGV > 1 and ARGV[#ARGV - 1] or last
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the screens' stream at `index` (the last journal entry it covers), and copies for work streams."""

    index: int
    message: bytes
    work: tuple[tuple[str, bytes], ...] = ()


class Source(Protocol):
    """A journal to publish. `read` returns messages in order that cover, without gap, the entries from `start`."""

    async def heads(self) -> dict[str, int]:
        """How many entries each key has."""

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """The messages for at most `limit` entries of a key from `start`; it may stop short after one with work."""


class Bell:
    """Rung after a commit: wakes the publisher, in this process or another (Redis PUBLISH). May be lost: it sweeps."""

    def __init__(self, redis: stream.Redis, service: str) -> None:
        self._redis = redis
        self.channel = f"{service}:bell"
        # Whether our own publisher leads: if so, nobody else need be called.
        self.leads = False
        self._rung = asyncio.Event()
        self._urgent = asyncio.Event()
        self._keys: set[str] = set()
        self._to_call: dict[str, bool] = {}
        self._call: asyncio.Task[None] | None = None
        self._silent = False

    def ring(self, key: str, *, urgent: bool = False) -> None:
        """Say that `key` has something new; never waits, never fails. `urgent`: it is no ballot of hundreds."""
        if self.leads:
            self._hear(key, urgent=urgent)
            return
        self._to_call[key] = self._to_call.get(key, False) or urgent
        if urgent:
            self._urgent.set()
        if self._call is None and not self._silent:
            self._call = asyncio.create_task(self._call_leader())

    async def heard(self, seconds: float) -> set[str]:
        """Wait until something rings, at most so long; the keys that have rung since the last time."""
        # Not wait_for: on Python 3.11 it swallows a cancellation that comes together with the ring.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        return self.hush()

    def hush(self) -> set[str]:
        """The keys that have rung since the last time."""
        self._rung.clear()
        keys, self._keys = self._keys, set()
        return keys

    async def pause(self) -> None:
        """The time between two rounds, or what is left of it when something urgent rings."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PACE_SECONDS):
                await self._urgent.wait()
        self._urgent.clear()

    def _hear(self, key: str, *, urgent: bool) -> None:
        self._keys.add(key)
        self._rung.set()
        if urgent:
            self._urgent.set()

    async def _call_leader(self) -> None:
        """Call at once, and once more for all that rang meanwhile."""
        while self._to_call:
            keys, self._to_call = self._to_call, {}
            with contextlib.suppress(RedisError, OSError):
                for key, urgent in keys.items():
                    await self._redis.publish(self.channel, f"{URGENT}{key}" if urgent else key)
            await self.pause()
        self._call = None

    async def silence(self) -> None:
        """Call nobody any more, and let go of Redis: the publisher that leads sweeps."""
        self._silent = True
        await stop([self._call] if self._call else [])

    async def listen(self) -> None:
        """Pass on rings from other processes; runs until cancelled."""
        while True:
            with contextlib.suppress(RedisError, OSError):
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(self.channel)
                    while True:
                        rung = await channel.get_message(ignore_subscribe_messages=True, timeout=5)
                        if rung and self.leads:
                            key = rung["data"].decode(errors="replace")
                            self._hear(key.removeprefix(URGENT), urgent=key.startswith(URGENT))
            await asyncio.sleep(RETRY_SECONDS)


class Publisher:
    """Publishes one service's journal while it leads."""

    def __init__(
        self, service: str, source: Source, pool: Pool, redis: stream.Redis, bell: Bell, shards: int
    ) -> None:
        self._service = service
        self._source = source
        self._pool = pool
        self._redis = redis
        self._bell = bell
        self._shards = shards
        self._next: dict[str, int] = {}
        self._script = redis.register_script(_ADD)

    async def run(self) -> None:
        """Lead when nobody else does, and publish; runs until cancelled, through every loss of a store."""
        listening = asyncio.create_task(self._bell.listen())
        try:
            while True:
                try:
                    async with leading(self._pool, f"{self._service}.publisher") as lead:
                        self._bell.leads = bool(lead)
                        while lead:
                            await self._until_next_sweep(lead)
                except (RedisError, *UNREACHABLE) as error:
                    metrics.publish_failures.labels(self._service).inc()
                    log.warning("publish.failed", service=self._service, error=type(error).__name__)
                    self._next.clear()
                except Exception:
                    metrics.publish_failures.labels(self._service).inc()
                    log.exception("publish.broken_off", service=self._service)
                    self._next.clear()
                self._bell.leads = False
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            # Whoever ends us closes Redis next: a connection that is still under way would be left open.
            await stop([listening])
            await self._bell.silence()

    async def _until_next_sweep(self, lead: Lead) -> None:
        """One sweep of everything, and until the next only what rings."""
        clock = asyncio.get_running_loop().time
        until = clock() + SWEEP_SECONDS
        self._bell.hush()
        await self.publish_all()
        while lead:
            await self._bell.pause()
            keys = await self._bell.heard(max(0.0, until - clock()))
            if clock() >= until:
                return
            for key in keys:
                await self._publish_or_tell(key)

    async def publish_all(self) -> None:
        """Bring every stream up to its journal, also those that Redis has lost."""
        heads = await self._source.heads()
        metrics.stream_lag.labels(self._service).set(
            sum(size - self._next.get(key, 0) for key, size in heads.items())
        )
        for key, size in heads.items():
            await self._publish_or_tell(key, size)

    async def _publish_or_tell(self, key: str, size: int | None = None) -> None:
        try:
            await self._publish(key, size)
        except (RedisError, *UNREACHABLE):
            raise
        except Exception:
            # What cannot be read of one journal must not silence all others.
            metrics.publish_failures.labels(self._service).inc()
            log.exception("publish.key_failed", service=self._service, key=key)

    async def _publish(self, key: str, size: int | None) -> None:
        """Bring one stream up to its journal. `size`: how many entries that has, if known."""
        while not await self._publish_page(key, size):
            pass

    async def _publish_page(self, key: str, size: int | None) -> bool:
        """Whether that was all. When it returns nothing of the page is held: it may be as large as a whole journal."""
        name, start = stream.screen(key, self._service), self._next.get(key, 0)
        outgoing = await self._source.read(key, start, CHUNK) if size is None or start < size else []
        expected = stream.entry_id(start - 1) if start else "0-0"
        arguments: list[str | bytes] = [expected]
        for one in outgoing:
            arguments += [stream.entry_id(one.index), one.message]
        # Work first: a crash between the two repeats it, which consumers bear; the other way round would lose it.
        if any(one.work for one in outgoing) and await self._is_at(name, expected):
            await self._put_work(key, outgoing)
        last = await self._script(keys=[name], args=arguments)
        self._next[key] = reached = stream.index_of(last) + 1
        ends = outgoing[-1].index + 1 if outgoing else start
        # Everything read is on the stream, and there was no more to read.
        is_last = not outgoing or (ends - start < CHUNK and not outgoing[-1].work)
        return reached == ends and (is_last if size is None else not outgoing or ends >= size)

    async def _is_at(self, name: str, expected: str) -> bool:
        last = await self._script(keys=[name], args=[expected])
        return bool(last == expected.encode())

    async def _put_work(self, key: str, outgoing: list[Outgoing]) -> None:
        # All or nothing: consumers rely on the order of a key's messages.
        pipeline = self._redis.pipeline(transaction=True)
        for one in outgoing:
            for name, message in one.work:
                _ = pipeline.xadd(stream.work(key, name, self._shards), {stream.FIELD: message})
        if len(pipeline):
            await pipeline.execute()
