"""The server's clock closes polls, whoever else is gone: every worker keeps time, and the first one closes.

It also finishes what a crash has left: a poll that was closed but not counted. And it sees that ballots signed by
services while their poll was held are cast when it goes on. Each meeting's polls are finished by
themselves: a ledger that somebody else holds, for however long, keeps no other poll from being closed in time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from services.kit import background
from services.kit.database import UNREACHABLE
from services.voting.closing import Closing
from services.voting.intents import RemoteBallots
from services.voting.store import Store
from services.voting.teller import Teller

log = structlog.get_logger(__name__)

# A poll or an intent by its name, and what is to be done for it.
Todo = tuple[str, Callable[[], Awaitable[None]]]

LONGEST_WAIT_S = 0.25
RETRY_S = 0.5


class Timekeeper:
    """Closes polls at their deadline and sees that closed polls are counted."""

    def __init__(self, store: Store, closing: Closing, teller: Teller, remote: RemoteBallots) -> None:
        self._store = store
        self._remote = remote
        self._closing = closing
        self._teller = teller
        self._finishing = background.Apart()
        self._counting = background.Apart()

    async def run(self) -> None:
        """Keep time until cancelled, through every loss of the store."""
        try:
            await self._keep()
        finally:
            await self._finishing.stop()
            await self._counting.stop()

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
        todo: dict[str, list[Todo]] = {}
        for meeting, commitment in await self._remote.waiting():
            todo.setdefault(meeting, []).append((commitment, partial(self._remote.go_on, commitment)))
        for meeting, poll in due:
            todo.setdefault(meeting, []).append((poll, partial(self._close, meeting, poll)))
        for meeting, its in todo.items():
            self._finishing.begin(meeting, partial(self._finish, its))
        return left

    async def _close(self, meeting: str, poll: str) -> None:
        await self._closing.close_by_clock(meeting, poll)
        self._counting.begin(poll, partial(self._done, poll, partial(self._teller.count, poll)))

    async def _finish(self, todo: list[Todo]) -> None:
        for what, do in todo:
            if not await self._done(what, do):
                return

    async def _done(self, what: str, do: Callable[[], Awaitable[None]]) -> bool:
        """Whether the store was there for it."""
        try:
            await do()
        except UNREACHABLE as error:
            log.warning("clock.store_unreachable", what=what, error=type(error).__name__)
            return False
        except Exception:
            # One poll that cannot be finished keeps no other from being closed in time.
            log.exception("clock.poll_failed", what=what)
        return True
