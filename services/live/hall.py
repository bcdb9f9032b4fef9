"""Everything that this worker shows: a feed per followed meeting, and the rounds that keep its screens honest."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from services.kit import stream
from services.kit.clock import Clock
from services.kit.ids import new_id
from services.kit.problem import NotReady
from services.live import frame
from services.live.feed import Feed, Seconds
from services.live.histories import HistoryChanged
from services.live.own_screens import OwnScreens
from services.wire import ServerTime

log = structlog.get_logger(__name__)

ROUND_SECONDS = 1.0
LINGER_SECONDS = 60.0
# Of meetings that nobody here knows yet; each look is one short question.
MOST_LOOKED_FOR = 16
# Screens that are sent away come back after this long, spread by their own jitter.
RETRY_MS = 1_000
EXPIRED = frame.encode("expired", b"{}")
BYE = b"retry: %d\n" % RETRY_MS + frame.encode("bye", b"{}")
# To one of too many of the same person: were it back at once, it would only send the next one away.
ROOM_MADE = b"retry: 30000\n" + frame.encode("bye", b"{}")


class Hall:
    """The feeds of a worker."""

    def __init__(
        self, redis: stream.Redis, clock: Clock, heartbeat_seconds: float, seconds: Seconds = time.monotonic
    ) -> None:
        self._redis = redis
        self._clock = clock
        self.own_screens = OwnScreens()
        self._heartbeat_seconds = heartbeat_seconds
        self._seconds = seconds
        self._feeds: dict[str, tuple[Feed, asyncio.Task[None]]] = {}
        self._looking = asyncio.Semaphore(MOST_LOOKED_FOR)
        self._closing = False
        # Not the worker's: one that was restarted is another, until those of before are forgotten.
        self._name = new_id("hall")

    def must_be_open(self) -> None:
        """Raise NotReady while this worker is ending."""
        if self._closing:
            raise NotReady(what="live")

    @contextmanager
    def feed(self, meeting: str) -> Iterator[Feed]:
        """The feed of a meeting, kept as long as the block lasts. Raises NotReady."""
        self.must_be_open()
        feed = self._feeds[meeting][0] if meeting in self._feeds else self._begin(meeting)
        feed.users += 1
        try:
            yield feed
        finally:
            feed.users -= 1
            feed.idle_since = self._seconds()

    def _begin(self, meeting: str) -> Feed:
        feed = Feed(meeting, self._redis, self._looking, self._seconds)
        task = asyncio.create_task(feed.run())
        self._feeds[meeting] = (feed, task)
        task.add_done_callback(lambda task: self._ended(meeting, feed, task))
        return feed

    def _ended(self, meeting: str, feed: Feed, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        # Its screens are sent away and come back to a new feed, also if it was a fault of ours.
        if isinstance(error, HistoryChanged):
            log.warning("live.history_changed", meeting=meeting)
        else:
            log.error("live.feed_failed", meeting=meeting, exc_info=error)
        self._feeds.pop(meeting, None)
        feed.close(BYE)

    async def run(self) -> None:
        """Make rounds until cancelled, and beside them meet the other workers: Redis may keep us waiting."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._rounds())
            group.create_task(self._meetings())

    async def _meetings(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            now = self._clock()
            met = (feed.meet(self._name, now) for feed, _ in tuple(self._feeds.values()) if feed.known)
            for fault in await asyncio.gather(*met, return_exceptions=True):
                if isinstance(fault, Exception):
                    log.error("live.meeting_failed", exc_info=fault)

    async def _rounds(self) -> None:
        """A heartbeat in time, expired tokens, slow screens, meetings nobody follows."""
        beat = self._seconds() + self._heartbeat_seconds
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            try:
                if self._seconds() >= beat:
                    beat = self._seconds() + self._heartbeat_seconds
                    await self._heartbeat()
                await self._look()
                await self._let_go()
            except Exception:
                # One bad round must not be the last: nobody else ends the screens of expired tokens.
                log.exception("live.round_failed")

    def clock_event(self) -> bytes:
        """The server's time, behind a comment that proxies and watchdogs take for life."""
        return b": hb\n" + frame.encode_message("clock", ServerTime(now=self._clock()))

    async def _heartbeat(self) -> None:
        for feed, _ in tuple(self._feeds.values()):
            await feed.tell(self.clock_event() + feed.aside(near=False, desk=False), self.clock_event())

    async def _look(self) -> None:
        seconds, now = self._seconds(), self._clock()
        for feed, _ in tuple(self._feeds.values()):
            for screen in tuple(feed.screens):
                screen.look(seconds)
                if screen.expires_at <= now and not screen.gone.done():
                    screen.dismiss(EXPIRED)
            await asyncio.sleep(0)

    async def _let_go(self) -> None:
        """Stop following meetings that nobody watches; one that does not exist at once, one that does after a while."""
        now = self._seconds()
        for meeting, (feed, task) in tuple(self._feeds.items()):
            linger = LINGER_SECONDS if feed.known else 0.0
            # While others ended, this one may have failed, and another have begun in its place.
            is_there = self._feeds.get(meeting) == (feed, task)
            if is_there and feed.users == 0 and now - feed.idle_since >= linger:
                del self._feeds[meeting]
                await _stopped(task)

    async def close(self) -> None:
        """Send every screen away, to be received by another worker, and stop reading."""
        self._closing = True
        feeds, self._feeds = tuple(self._feeds.values()), {}
        for feed, task in feeds:
            feed.close(BYE)
            await _stopped(task)


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
