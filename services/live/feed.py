"""One meeting on its way to its screens in this worker: read, fold, encode once, write to all.

Nothing is stored: whatever is lost here is in the streams, and every screen knows its position in them.
"""

import asyncio
import contextlib
from collections.abc import Callable

import structlog
from redis.exceptions import RedisError

from services.kit import metrics, stream
from services.kit.problem import NotReady
from services.live import frame
from services.live.chronicle import Chronicle
from services.live.company import Boards, exchange
from services.live.connected import Everywhere, Here
from services.live.frame import Frame
from services.live.histories import Entry
from services.live.reader import look, read
from services.live.screen import Screen
from services.wire import DraftsMoved, VoidWishes

log = structlog.get_logger(__name__)

Seconds = Callable[[], float]
BLOCK_MS = 2_000
RETRY_SECONDS = 0.5
MEETING_SECONDS = 2.0
# Between two looks for a meeting of which there is nothing.
LOOK_SECONDS = 0.2
# After so many screens the loop may do something else: a ballot must not wait for a whole hall.
SLICE = 250
DEGRADED = frame.encode("degraded", b"{}")
RESTORED = frame.encode("restored", b"{}")


class Feed:
    """Follows one meeting. `users` counts those who need it; whoever made it runs `run` and lets it go."""

    def __init__(
        self, meeting: str, redis: stream.Redis, looking: asyncio.Semaphore, seconds: Seconds
    ) -> None:
        """`looking`: so many meetings are looked for at once that nobody here knows yet."""
        self.chronicle = Chronicle()
        self.screens: set[Screen] = set()
        self.here = Here()
        self.everywhere = Everywhere()
        self.wishes = VoidWishes()
        self.drafts = DraftsMoved()
        self.users = 0
        self.idle_since = seconds()
        self.caught_up = False
        self.degraded = False
        self.closed = False
        self._meeting = meeting
        self._redis = redis
        self._looking = looking
        self._seconds = seconds
        self._moved = asyncio.Event()
        self._looked_at = seconds()

    @property
    def known(self) -> bool:
        """Whether there is such a meeting, as far as was read."""
        return self.chronicle.shown.meeting is not None

    async def run(self) -> None:
        """Read and show until cancelled, through every loss of Redis. Raises HistoryChanged: what screens were told is
        not the beginning of what there is now."""
        reading: asyncio.Task[list[Entry] | None] | None = None
        try:
            while True:
                reading = reading or asyncio.create_task(self._read())
                # What is held back is due on time, also while nothing new comes or Redis is away.
                await asyncio.wait({reading}, timeout=self.chronicle.wait(self._seconds()))
                if not reading.done():
                    frames = self.chronicle.due(self._seconds())
                    self._wake()
                    await self._show(frames)
                    continue
                entries, reading = reading.result(), None
                await self._take(entries)
        finally:
            if reading is not None:
                reading.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reading

    async def _read(self) -> list[Entry] | None:
        """New entries; None if Redis is away."""
        if self.degraded:
            await asyncio.sleep(RETRY_SECONDS)
        waiting = self.caught_up and not self.degraded
        try:
            if not self.known:
                return await self._look_for()
            await self._must_stand()
            return await read(
                self._redis, self._meeting, self.chronicle.read_to, BLOCK_MS if waiting else None
            )
        except (RedisError, OSError) as error:
            if not self.degraded:
                log.warning("live.degraded", meeting=self._meeting, error=type(error).__name__)
            return None

    async def _look_for(self) -> list[Entry]:
        """What there is of a meeting that may not be. Who waits for news has a connection to Redis to themselves, and
        anybody may ask for anything: nobody waits for what is not there."""
        if self.caught_up:
            await asyncio.sleep(LOOK_SECONDS)
        async with self._looking:
            return await read(self._redis, self._meeting, self.chronicle.read_to, None)

    async def _must_stand(self) -> None:
        """From time to time: are the streams still those that were read?"""
        now = self._seconds()
        if self.caught_up and now - self._looked_at >= BLOCK_MS / 1000:
            self._looked_at = now
            standing = await look(self._redis, self._meeting, self.chronicle.read_to)
            self.chronicle.histories.must_stand(standing, now)

    async def _take(self, entries: list[Entry] | None) -> None:
        if entries is None:
            if not self.degraded:
                self.degraded = True
                await self.tell(DEGRADED)
            return
        restored, self.degraded = self.degraded, False
        self.caught_up = self.caught_up or not entries
        frames = self.chronicle.take(entries, self._seconds())
        self._wake()
        await self._show(frames)
        if restored:
            await self.tell(RESTORED)

    async def _show(self, frames: list[Frame]) -> None:
        if frames:
            told = [each.encode(self.chronicle.named(each.at)) for each in frames]
            near = [own + each.near for own, each in zip(told, frames, strict=True)]
            await self.tell(b"".join(told), b"".join(near))

    async def tell(self, payload: bytes, near: bytes | None = None) -> None:
        """Write to every screen that is here now, or to near ones `near`; who joins meanwhile has it in its opening."""
        far = payload, frame.chunk(payload)
        close = far if near is None else (near, frame.chunk(near))
        for place, screen in enumerate(tuple(self.screens), start=1):
            screen.show(*(close if screen.near else far))
            if place % SLICE == 0:
                await asyncio.sleep(0)

    async def meet(self, worker: str, now: int) -> None:
        """Look at the boards in Redis, and tell those whom it concerns what is new there (`now`: milliseconds)."""
        here = self.here.members(self._seconds())
        boards: Boards | None = None
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(MEETING_SECONDS):
                boards = await exchange(self._redis, self._meeting, worker, here, now)
        news = self.everywhere.learn(None if boards is None else boards.members, now)
        if news is not None:
            self._tell_some(frame.encode_message("connected", news), lambda screen: screen.near)
        if boards is None:
            return
        if boards.wishes != self.wishes:
            self.wishes = boards.wishes
            self._tell_some(frame.encode_message("void.wished", self.wishes), lambda screen: screen.desk)
        # A mark that has expired says nothing new.
        if boards.drafts.mark and boards.drafts != self.drafts:
            self.drafts = boards.drafts
            self._tell_some(frame.encode_message("drafts.moved", self.drafts), lambda screen: screen.desk)

    def _tell_some(self, payload: bytes, concerns: Callable[[Screen], bool]) -> None:
        chunked = frame.chunk(payload)
        for screen in filter(concerns, tuple(self.screens)):
            screen.show(payload, chunked)

    def aside(self, *, near: bool, desk: bool) -> bytes:
        """What stands in no stream, for a screen that joins: who is there, who has voted, wishes, a mark of drafts."""
        if not near:
            return frame.encode_message("connected", self.everywhere.counted())
        told = frame.encode_message("connected", self.everywhere.whole()) + self.chronicle.received_from()
        if not desk:
            return told
        wished = frame.encode_message("void.wished", self.wishes)
        return told + wished + frame.encode_message("drafts.moved", self.drafts)

    def join(self, screen: Screen, opening: bytes) -> None:
        """Show the opening, then all that follows. Nothing may be awaited between making the opening and this."""
        payload = opening + DEGRADED if self.degraded else opening
        screen.show(payload, frame.chunk(payload))
        self.screens.add(screen)
        if screen.member:
            self.here.come(screen.member)
        metrics.live_connections.inc()

    def leave(self, screen: Screen) -> None:
        """Forget a screen."""
        self.screens.remove(screen)
        if screen.member:
            self.here.go(screen.member, self._seconds())
        metrics.live_connections.dec()

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Whether `holds` came true, looked at after all news, within `seconds`. Raises NotReady once closed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not (holds() or self.closed):
                    await self._moved.wait()
        if self.closed:
            raise NotReady(what="live")
        return holds()

    def close(self, last_words: bytes) -> None:
        """Send every screen away, and all who were about to come."""
        self.closed = True
        self._wake()
        for screen in tuple(self.screens):
            screen.dismiss(last_words)

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
