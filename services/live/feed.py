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
from services.live.chronicle import Chronicle, Entry
from services.live.frame import Frame
from services.live.reader import read
from services.live.screen import Screen

log = structlog.get_logger(__name__)

Seconds = Callable[[], float]
BLOCK_MS = 2_000
RETRY_SECONDS = 0.5
# After so many screens the loop may do something else: a ballot must not wait for a whole hall.
SLICE = 250
DEGRADED = frame.encode("degraded", b"{}")
RESTORED = frame.encode("restored", b"{}")


class Feed:
    """Follows one meeting. `users` counts those who need it; whoever made it runs `run` and lets it go."""

    def __init__(self, meeting: str, redis: stream.Redis, seconds: Seconds) -> None:
        self.chronicle = Chronicle()
        self.screens: set[Screen] = set()
        self.users = 0
        self.idle_since = seconds()
        self.caught_up = False
        self.degraded = False
        self.closed = False
        self._meeting = meeting
        self._redis = redis
        self._seconds = seconds
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Read and show until cancelled, through every loss of Redis."""
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
            return await read(
                self._redis, self._meeting, self.chronicle.read_to, BLOCK_MS if waiting else None
            )
        except (RedisError, OSError) as error:
            if not self.degraded:
                log.warning("live.degraded", meeting=self._meeting, error=type(error).__name__)
            return None

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
            await self.tell(b"".join(each.encode(each.at) for each in frames))

    async def tell(self, payload: bytes) -> None:
        """Write to every screen that is here now; who joins meanwhile has it in its opening."""
        chunked = frame.chunk(payload)
        for place, screen in enumerate(tuple(self.screens), start=1):
            screen.show(payload, chunked)
            if place % SLICE == 0:
                await asyncio.sleep(0)

    def join(self, screen: Screen, opening: bytes) -> None:
        """Show the opening, then all that follows. Nothing may be awaited between making the opening and this."""
        payload = opening + DEGRADED if self.degraded else opening
        screen.show(payload, frame.chunk(payload))
        self.screens.add(screen)
        metrics.live_connections.inc()

    def leave(self, screen: Screen) -> None:
        """Forget a screen."""
        self.screens.remove(screen)
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
