"""One transaction on a floor's ledger: what is known, the clock settled, lines written, committed, told.

Under the lock only the lock's own connection is used: acts waiting for the lock hold connections too, and whoever
holds it must never wait for one of them.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from services.floor.floors import Floors
from services.floor.locked import Known, Locked
from services.floor.page import Page
from services.floor.store import Store
from services.kit.publisher import Bell
from services.rules import receipts
from services.rules.floor import ticking
from services.rules.merkle import Frontier


@dataclass(slots=True)
class Opened:
    """A ledger under its lock. `page`: what will be committed; None as long as the floor has not begun.

    `appended`: its lines in the tree, once they are.
    """

    locked: Locked
    known: Known
    page: Page | None
    appended: receipts.Batch = field(default_factory=lambda: receipts.append(Frontier(), []))


class Ledger:
    """Opens ledgers for writing."""

    def __init__(self, store: Store, floors: Floors, bell: Bell) -> None:
        self._store = store
        self._floors = floors
        self._bell = bell
        # Set when the clock has something to do at another time than was known.
        self.wound = asyncio.Event()

    @asynccontextmanager
    async def opened(
        self, meeting: str, speakers: Collection[str] = (), actors: Collection[str] = ()
    ) -> AsyncIterator[Opened]:
        """Hold a meeting's ledger; what stands on the page when the block ends is committed. Raises MeetingUnknown."""
        async with self._store.locked(meeting) as locked:
            # 1. What is known now, and the floor up to the last line.
            known = await locked.known(speakers, actors)
            floor = await self._floors.under(locked)
            opened = Opened(locked, known, None)
            # 2. What the clock had to do comes before anything else.
            if floor is not None:
                opened.page = Page(floor, floor, known.now)
                opened.page.settle()
            yield opened
            # 3. Append all of it.
            if opened.page is not None and opened.page.lines:
                await _append(opened, opened.page)
        # 4. Committed: it is so, and everybody may know it.
        if opened.page is not None and opened.page.lines:
            self._floors.keep(meeting, opened.page.floor, opened.appended.growth.frontier)
            self._bell.ring(meeting)
            if opened.page.is_due_anew():
                self.wound.set()

    async def settle(self, meeting: str) -> None:
        """Write down what the clock had to do."""
        async with self.opened(meeting):
            pass


async def _append(opened: Opened, page: Page) -> None:
    page.close()
    opened.appended = receipts.append(opened.locked.frontier, [line.line for line in page.lines])
    await opened.locked.append(
        page.lines, opened.appended.growth.frontier, page.floor.at, ticking.due(page.floor)
    )
