"""Stream to act: reads a work stream as a consumer group, at least once, until the act has been committed.

`handle` must be idempotent. In order: one consumer leads, and a message that fails is tried again before the next
(what follows depends on it); one that came too early is kept until what it follows has come. Otherwise all processes
share the work, and a message that failed, or came too early, is claimed again later. A message that cannot be
understood is logged, counted and passed over: it would never succeed. What is told of a line of a journal is done only
if that line stands (kit/standing_work.py).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from redis.exceptions import RedisError, ResponseError

from services.kit import metrics, stream
from services.kit.background import beside
from services.kit.database import UNREACHABLE, Lead, Pool, leading
from services.kit.database_run import bound_to, run_of
from services.kit.standing_work import Message, NotHeld, StandingWork
from services.wire import UNREADABLE

log = structlog.get_logger(__name__)

Handle = Callable[[bytes], Awaitable[None]]
RETRY_SECONDS = 0.5
IDLE_BEFORE_CLAIM_MS = 5_000
BLOCK_MS = 1_000
# Whoever is given so great a message takes seconds for it: for so long it stays theirs, as they say with each beat.
GREAT_BYTES = 4_000_000
KEPT_SECONDS = 30.0


# KEYS[1] a work stream, KEYS[2] how many entries it must have; ARGV: the groups that there must be. Drops what lies
# before the first entry that one of all groups has not acknowledged, the last of all it was given included; nothing as
# long as one of them is missing.
_TRIM = """
local function parts(id) local ms, n = string.match(id, '(%d+)-(%d+)') return tonumber(ms), tonumber(n) end
local function before(one, other)
  local a, b = parts(one) local c, d = parts(other)
  return a < c or (a == c and b < d)
end
local missing, done = {}, false
for _, name in ipairs(ARGV) do missing[name] = true end
for _, told in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for place = 1, #told, 2 do group[told[place]] = told[place + 1] end
  missing[group['name']] = nil
  local upto = group['last-delivered-id']
  if group['pending'] > 0 then upto = redis.call('XPENDING', KEYS[1], group['name'])[2] end
  if not done or before(upto, done) then done = upto end
end
if next(missing) or not done then return 0 end
local dropped = redis.call('XTRIM', KEYS[1], 'MINID', done)
if redis.call('EXISTS', KEYS[2]) == 1 then redis.pcall('DECRBY', KEYS[2], dropped) end
return dropped
"""


class Early(Exception):
    """A message came before one that it follows, or before its turn: keep it, and offer it again after the next."""


class Consumer:
    """Reads one work stream for one group."""

    def __init__(
        self, redis: stream.Redis, name: str, group: str, me: str, handle: Handle, count: int = 64
    ) -> None:
        self._redis = redis
        self._stream = name
        self._group = group
        self._me = me
        self._handle = handle
        self._count = count
        self._early: dict[bytes, Message] = {}
        self._standing = StandingWork(redis, name, group, me)
        self._readers = sorted(stream.readers(name))
        self._trim_script = redis.register_script(_TRIM)

    async def run_in_order(self, pool: Pool) -> None:
        """Handle messages one after the other while we lead; runs until cancelled."""
        while True:
            async with self._patience(), leading(pool, f"{self._group}.{self._stream}") as lead:
                if lead:
                    await self._lead(pool, lead)
            await asyncio.sleep(RETRY_SECONDS)

    async def _lead(self, pool: Pool, lead: Lead) -> None:
        """Begin with what others had in hand. Where we do not lead we do nothing: in another run of the database."""
        self._early.clear()
        with bound_to(await run_of(lead.connection)):
            await self._begin()
            await self._claim(pool, idle_ms=0, lead=lead)
            await self._follow(pool, lead)

    async def _follow(self, pool: Pool, lead: Lead) -> None:
        while lead:
            messages = await self._read(pool)
            # Whoever led before may still have been waiting for news when it came, and does nothing with it; so has a
            # connection of our own that was lost, or was too late for us. It stands before what was read here, and all
            # that is in hand is gone through in its order.
            if await self._is_more_in_hand(len(messages)):
                await self._claim(pool, idle_ms=0, lead=lead)
            else:
                for message in messages:
                    await self._until_done(message, lead)
            if messages:
                await self._trim()
            for waiting in list(self._early.values()):
                await self._until_done(waiting, lead)

    async def run_shared(self, pool: Pool) -> None:
        """Handle messages beside other processes; runs until cancelled."""
        while True:
            async with self._patience():
                await self._begin()
                await self._share(pool)
            await asyncio.sleep(RETRY_SECONDS)

    async def _share(self, pool: Pool) -> None:
        while True:
            await self._standing.set_right()
            await self._claim(pool, IDLE_BEFORE_CLAIM_MS)
            messages = await self._read(pool)
            came = bool(messages)
            # What is done is let go: a result of thousands has tens of megabytes, and the next may be long in coming.
            while messages:
                await self._unless_early(messages.pop(0))
            if came:
                await self._trim()

    @asynccontextmanager
    async def _patience(self) -> AsyncIterator[None]:
        try:
            yield
        except NotHeld:
            # It stays in our name, unless another takes it up: whoever leads as its publisher is at it.
            log.info("consume.waits", consumer=self._group, stream=self._stream)
        except (RedisError, *UNREACHABLE) as error:
            log.warning("consume.interrupted", consumer=self._group, error=type(error).__name__)
        except Exception:
            # Whatever it was, the stream is still there to be read: begin again.
            metrics.consume_failures.labels(self._group).inc()
            log.exception("consume.broken_off", consumer=self._group)

    async def _begin(self) -> None:
        try:
            await self._redis.xgroup_create(self._stream, self._group, id="0", mkstream=True)
            await self._must_be_whole()
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def _must_be_whole(self) -> None:
        """Say it if a new group comes too late to read all: whoever publishes puts it again."""
        told: Any = await self._redis.xinfo_stream(self._stream)
        if told["entries-added"] != told["length"]:
            metrics.consume_failures.labels(self._group).inc()
            log.warning("consume.came_too_late", consumer=self._group, stream=self._stream)
            await self._redis.xgroup_destroy(self._stream, stream.FILLED)

    async def _trim(self) -> None:
        """Drop what all have acknowledged: whoever comes last to it does."""
        if self._readers:
            await self._trim_script(keys=[self._stream, stream.kept(self._stream)], args=self._readers)

    async def _read(self, pool: Pool) -> list[Message]:
        reply = await self._redis.xreadgroup(
            self._group, self._me, {self._stream: ">"}, count=self._count, block=BLOCK_MS
        )
        given = [entry for _, entries in stream.by_stream(reply) for entry in entries]
        return await self._standing.of(given, pool)

    async def _is_more_in_hand(self, read: int) -> bool:
        """Whether more was given to the group and is not acknowledged than what we have just read, and what we keep."""
        told: Any = await self._redis.xpending(self._stream, self._group)
        return bool(told["pending"] > read + len(self._early))

    async def _claim(self, pool: Pool, idle_ms: int, lead: Lead | None = None) -> None:
        """Take over what a dead consumer had in hand."""
        start: bytes | str = "0-0"
        while True:
            reply = await self._redis.xautoclaim(
                self._stream, self._group, self._me, idle_ms, start_id=start, count=self._count
            )
            for message in await self._standing.of(reply[1], pool):
                if lead is not None:
                    await self._until_done(message, lead)
                else:
                    await self._unless_early(message)
            start = reply[0]
            if start in (b"0-0", "0-0"):
                return

    async def _until_done(self, message: Message, lead: Lead) -> None:
        try:
            # Who leads no more leaves the message to the next leader, who claims it first: never out of order.
            while lead and not await self._once(message):  # noqa: ASYNC110 - the store's return has no event
                await asyncio.sleep(RETRY_SECONDS)
        except Early:
            # Not acknowledged: whoever leads after us gets it again. What it waits for is being repeated already.
            self._early[message.identifier] = message
        else:
            self._early.pop(message.identifier, None)

    async def _unless_early(self, message: Message) -> None:
        """Handle it, or leave it in our name: whoever claims it when it has lain there for a while tries again."""
        with suppress(Early):
            if len(message.body) < GREAT_BYTES:
                await self._once(message)
                return
            async with beside(self._group, self._keep(message.identifier)):
                await self._once(message)

    async def _keep(self, identifier: bytes) -> None:
        """Say that we are at it: another would read it for nothing, and have it in memory, too. Whoever is frozen says
        nothing; whoever hangs has said it for the last time after a while."""
        beat = IDLE_BEFORE_CLAIM_MS / 2_000
        for _ in range(int(KEPT_SECONDS / beat)):
            await asyncio.sleep(beat)
            with suppress(RedisError, OSError):
                await self._redis.xclaim(self._stream, self._group, self._me, 0, [identifier], justid=True)

    async def _once(self, message: Message) -> bool:
        identifier = message.identifier
        try:
            with bound_to(message.run):
                await self._handle(message.body)
        except Early:
            raise
        except UNREADABLE:
            metrics.consume_failures.labels(self._group).inc()
            log.exception("consume.not_understood", consumer=self._group, entry=identifier.decode())
        except Exception:
            metrics.consume_failures.labels(self._group).inc()
            log.exception("consume.failed", consumer=self._group, entry=identifier.decode())
            return False
        await self._redis.xack(self._stream, self._group, identifier)
        metrics.consumed.labels(self._group).inc()
        return True
