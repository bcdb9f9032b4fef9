"""The server's clock closes polls, whoever else is gone: every worker keeps time, and the first one closes.

It also finishes what a crash has left: a poll that was closed but not counted. Each meeting's polls are finished by
themselves: a ledger that somebody else holds, for however long, keeps no other poll from being closed in time.
"""

import asyncio
from functools import partial

import structlog

from services.kit import background
from services.kit.database import UNREACHABLE
from services.voting.closing import Closing
from services.voting.store import Store
from services.voting.teller import Teller

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 0.25
RETRY_S = 0.5


class Timekeeper:
    """Closes polls at their deadline and sees that closed polls are counted."""

    def __init__(self, store: Store, closing: Closing, teller: Teller) -> None:
        self._store = store
        self._closing = closing
        self._teller = teller
        self._finishing = background.Apart()

    async def run(self) -> None:
        """Keep time until cancelled, through every loss of the store."""
        try:
            await self._keep()
        finally:
            await self._finishing.stop()

    async def _keep(self) -> None:
        while True:
            try:
                left = await self.tick()
                wait = LONGEST_WAIT_S if left is None else min(left / 1000, LONGEST_WAIT_S)
            except UNREACHABLE as error:
                log.warning("clock.store_unreachable", error=type(error).__name__)
                wait = RETRY_S
            except Exception:
                log.exception("clock.failed")
                wait = RETRY_S
            await asyncio.sleep(wait)

    async def tick(self) -> int | None:
        """Begin to finish what is due now; milliseconds to the next deadline, None if there is none."""
        due, left = await self._store.due()
        polls: dict[str, list[str]] = {}
        for meeting, poll in due:
            polls.setdefault(meeting, []).append(poll)
        for meeting, its in polls.items():
            self._finishing.begin(meeting, partial(self._finish, meeting, its))
        return left

    async def _finish(self, meeting: str, polls: list[str]) -> None:
        for poll in polls:
            try:
                await self._closing.close_by_clock(meeting, poll)
                await self._teller.count(poll)
            except UNREACHABLE as error:
                log.warning("clock.store_unreachable", poll=poll, error=type(error).__name__)
                return
            except Exception:
                # One poll that cannot be finished keeps no other from being closed in time.
                log.exception("clock.poll_failed", poll=poll)
