"""Floors in memory: a fold over lines that never change, kept and taken further as the ledger grows.

Each is kept with the tree of its lines. A database that came back without its last commits, and has others under their
numbers by now, has another tree: what is remembered never was, and the ledger is read anew.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.floor.locked import Locked
from services.floor.page import read
from services.floor.store import Store
from services.rules import receipts
from services.rules.floor.state import Floor
from services.rules.merkle import Frontier

KEPT = 64


@dataclass(frozen=True, slots=True)
class _Kept:
    """A floor as far as it was read (None: it has not begun), and the tree of the lines that it is of."""

    floor: Floor | None
    tree: Frontier

    def grows_to(self, lines: Sequence[bytes], tree: Frontier) -> bool:
        """Whether these lines behind its own are that ledger."""
        return not self.tree.size or receipts.append(self.tree, lines).growth.frontier == tree


_NOTHING = _Kept(None, Frontier())


class Floors:
    """The floors that were asked for last, as far as they were read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, _Kept] = {}
        self._cold = asyncio.Lock()

    async def now(self, meeting: str) -> Floor | None:
        """The floor as it stands; None if it has not begun."""
        if meeting in self._kept:
            return await self._further(meeting)
        # After a start a whole hall asks at once: the ledger is read from its beginning once, not once for each.
        async with self._cold:
            return await self._further(meeting)

    async def _further(self, meeting: str) -> Floor | None:
        kept = self._kept.get(meeting, _NOTHING)
        lines, tree = await self._store.since(meeting, kept.tree.size)
        # Somebody else may have read it meanwhile.
        newest = self._kept.get(meeting, kept)
        if newest is not kept and newest.tree.size >= tree.size:
            return newest.floor
        if not kept.grows_to(lines, tree):
            self._kept.pop(meeting, None)
            kept = _NOTHING
            lines, tree = await self._store.since(meeting, 0)
        return self.keep(meeting, read(kept.floor, lines), tree)

    async def under(self, ledger: Locked) -> Floor | None:
        """The same under the ledger's lock: nothing is missing."""
        kept = self._kept.get(ledger.meeting, _NOTHING)
        if kept.tree == ledger.frontier:
            return kept.floor
        lines = await ledger.lines(kept.tree.size)
        if not kept.grows_to(lines, ledger.frontier):
            self._kept.pop(ledger.meeting, None)
            kept, lines = _NOTHING, await ledger.lines(0)
        floor = read(kept.floor, lines)
        self.keep(ledger.meeting, floor, ledger.frontier)
        return floor

    def keep(self, meeting: str, floor: Floor | None, tree: Frontier) -> Floor | None:
        """Keep a floor whose lines, of this tree, are all committed, unless one that was read further is kept; which of
        them it is."""
        kept = self._kept.pop(meeting, _NOTHING)
        newest = _Kept(floor, tree) if tree.size > kept.tree.size else kept
        if newest.floor is not None:
            if len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[meeting] = newest
        return newest.floor
