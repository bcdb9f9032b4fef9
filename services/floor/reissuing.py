"""Receipts of acts that were taken long ago, made again: a few batches at once, and what was made last is kept."""

import asyncio

from services.floor.archive import Archive
from services.wire import FloorReceipt

# A receipt and the revision after its line.
Issued = tuple[FloorReceipt, int]

AT_ONCE = 2
KEPT_BYTES = 16 * 1024 * 1024


class Reissues:
    """Makes receipts again. Whoever asks for many of long ago waits for their own, not the floor for them."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._hands = asyncio.Semaphore(AT_ONCE)
        self._kept: dict[tuple[str, int], Issued] = {}
        self._bytes = 0

    async def receipt(self, meeting: str, index: int) -> Issued:
        """The receipt of a line, as it was given out first."""
        if (found := self._kept.get((meeting, index))) is not None:
            return found
        async with self._hands:
            # The batch of another line, made while we waited, may have been this one's, too.
            if (found := self._kept.get((meeting, index))) is not None:
                return found
            issued = await self._archive.again(meeting, index)
        for each, one in issued.items():
            self._keep((meeting, each), one)
        return issued[index]

    def _keep(self, line: tuple[str, int], issued: Issued) -> None:
        if line in self._kept:
            return
        self._kept[line] = issued
        self._bytes += _size(issued)
        while self._bytes > KEPT_BYTES:
            self._bytes -= _size(self._kept.pop(next(iter(self._kept))))


def _size(issued: Issued) -> int:
    receipt, _ = issued
    return len(receipt.entry) + len(receipt.proof)
