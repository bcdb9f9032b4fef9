"""The server's clock closes lanes, warns and ends turns, whoever else is gone: every worker keeps time.

What is written is the moment when it was due, not when a worker came to it. Each floor is settled by itself: one that
somebody else holds, for however long, keeps no other from being in time.
"""

import asyncio
import contextlib
from functools import partial

import structlog

from services.floor.ledger import Ledger
from services.floor.store import Store
from services.kit import background
from services.kit.database import UNREACHABLE

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 0.25
RETRY_S = 0.5


class Timekeeper:
    """Sees that what the clock has to do is written down when it is due."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self._settling = background.Apart()

    async def run(self) -> None:
        """Keep time until cancelled, through every loss of the store."""
        try:
            await self._keep()
        finally:
            await self._settling.stop()

    async def _keep(self) -> None:
        while True:
            # Whatever this process writes from here on may be due sooner than what is read now.
            self._ledger.wound.clear()
            try:
                left = await self.tick()
                wait = LONGEST_WAIT_S if left is None else min(left / 1000, LONGEST_WAIT_S)
            except UNREACHABLE as error:
                log.warning("clock.store_unreachable", error=type(error).__name__)
                wait = RETRY_S
            except Exception:
                log.exception("clock.failed")
                wait = RETRY_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._ledger.wound.wait()

    async def tick(self) -> int | None:
        """Begin to write down what is due now; milliseconds to what is due next, None if nothing is."""
        waits: list[int] = []
        for meeting, left in await self._store.due():
            if left > 0:
                waits.append(left)
            else:
                self._settling.begin(meeting, partial(self._settle, meeting))
        return min(waits, default=None)

    async def _settle(self, meeting: str) -> None:
        try:
            await self._ledger.settle(meeting)
        except UNREACHABLE as error:
            log.warning("clock.store_unreachable", meeting=meeting, error=type(error).__name__)
        except Exception:
            log.exception("clock.floor_failed", meeting=meeting)
