"""A turn that all processes of one machine take one after the other: what would be too much memory for two at once."""

import asyncio
import fcntl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from services.kit.consumer import Early

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.1
# What is short is waited for; after that whoever asked is needed for other work, and asks again.
WAIT_SECONDS = 3.0
# Several times what the longest takes, a ledger of a million lines. Who holds it for longer is frozen, and a machine
# without the memory for two is better than work that is never done.
PATIENCE_SECONDS = 1_800.0
# Who has not asked for so long has been waiting for something else.
_FORGOTTEN_SECONDS = 120.0


class TurnFile:
    """The turn is the lock of a file (flock); it ends with its holder, however that dies."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """`path`: a file of no content, made when first wanted; `clock`: seconds."""
        self._path = path
        self._clock = clock
        # Since when it has been asked for in vain, and when it was last.
        self._since = self._last = 0.0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Hold the turn as long as the block lasts; without it, if it never comes. Raises Early if it is another's."""
        with self._path.open("ab") as file:
            if not await self._came(file.fileno()):
                self._must_be_late()
                log.error("turn.never_came", file=self._path.name)
            self._last = 0.0
            yield

    async def _came(self, file: int) -> bool:
        until = self._clock() + WAIT_SECONDS
        while not _lock(file):
            if self._clock() >= until:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    def _must_be_late(self) -> None:
        now = self._clock()
        if not self._last or now - self._last > _FORGOTTEN_SECONDS:
            self._since = now
        self._last = now
        if now - self._since < PATIENCE_SECONDS:
            raise Early


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
