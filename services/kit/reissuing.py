"""Receipts of what was committed long ago, made again: a few batches at once, and what was made last is kept.

It is kept for one run of the database: behind one that was lost other lines may stand under the same numbers.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, Protocol, TypeVar

from services.kit.database_run import bound_to

AT_ONCE = 2
KEPT_BYTES = 16 * 1024 * 1024

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Line(NamedTuple):
    run: str
    key: str
    number: int


class Source(Protocol[T_co]):
    """Makes receipts again, batch by batch."""

    async def run(self) -> str:
        """The run of the database that they would be made from now."""

    async def again(self, key: str, index: int) -> Mapping[int, T_co]:
        """The receipts, by index, of all lines of a key that were committed together with this one."""


class Reissues(Generic[T]):
    """Gives receipts again. Whoever asks for many of long ago waits for their own, and nobody else for them."""

    def __init__(self, source: Source[T], size: Callable[[T], int]) -> None:
        """`size`: about how many bytes of memory a receipt takes."""
        self._source = source
        self._size = size
        self._hands = asyncio.Semaphore(AT_ONCE)
        self._kept: dict[_Line, T] = {}
        self._bytes = 0

    async def receipt(self, key: str, index: int) -> T:
        """The receipt of a line, as it was given out first. Raises AnotherRun if the database is lost meanwhile."""
        line = _Line(await self._source.run(), key, index)
        if (found := self._kept.get(line)) is not None:
            return found
        async with self._hands:
            # The batch of another line, made while we waited, may have been this one's, too.
            if (found := self._kept.get(line)) is not None:
                return found
            with bound_to(line.run):
                issued = await self._source.again(key, index)
        for each, one in issued.items():
            self._keep(line._replace(number=each), one)
        return issued[index]

    def _keep(self, line: _Line, issued: T) -> None:
        if line in self._kept:
            return
        self._kept[line] = issued
        self._bytes += self._size(issued)
        while self._bytes > KEPT_BYTES:
            self._bytes -= self._size(self._kept.pop(next(iter(self._kept))))
