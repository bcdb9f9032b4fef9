"""Floors in memory: a fold over lines that never change, kept and taken further as the ledger grows."""

import asyncio

from services.floor.locked import Locked
from services.floor.page import read
from services.floor.store import Store
from services.rules.floor.state import Floor

KEPT = 64


class Floors:
    """The floors that were asked for last, as far as they were read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, Floor] = {}
        self._cold = asyncio.Lock()

    async def now(self, meeting: str) -> Floor | None:
        """The floor as it stands; None if it has not begun."""
        if meeting in self._kept:
            return await self._further(meeting)
        # After a start a whole hall asks at once: the ledger is read from its beginning once, not once for each.
        async with self._cold:
            return await self._further(meeting)

    async def _further(self, meeting: str) -> Floor | None:
        kept = self._kept.get(meeting)
        size = kept.size if kept is not None else 0
        lines = await self._store.since(meeting, size)
        # Somebody else may have read some of it meanwhile.
        newest = self._kept.get(meeting)
        if newest is not None and newest.size > size:
            kept, lines = newest, lines[newest.size - size :]
        return self.keep(meeting, read(kept, lines))

    async def under(self, ledger: Locked) -> Floor | None:
        """The same under the ledger's lock: nothing is missing."""
        kept = self._kept.get(ledger.meeting)
        size = kept.size if kept is not None else 0
        if size == ledger.frontier.size:
            return kept
        if size > ledger.frontier.size:
            # A database that came back without its last commits: what we remember never was.
            self._kept.pop(ledger.meeting, None)
            kept, size = None, 0
        return self.keep(ledger.meeting, read(kept, await ledger.lines(size)))

    def keep(self, meeting: str, floor: Floor | None) -> Floor | None:
        """Keep a floor whose lines are all committed, unless one that was read further is kept; the floor itself."""
        kept = self._kept.pop(meeting, None)
        newest = floor if kept is None or (floor is not None and floor.size > kept.size) else kept
        if newest is not None:
            if len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[meeting] = newest
        return floor
