"""Work that comes for one key gathers while that key's clerk is at work; the clerk then takes all that has come.

So a batch of one is as quick as no batch at all, and many at once share one transaction.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

BUSY = 8
GATHER_SECONDS = 0.004

T = TypeVar("T")


def tell(waiting: asyncio.Future[T], answer: T | Exception) -> None:
    """Answer one who waits; who has gone meanwhile is passed over, and the others get their answers."""
    if waiting.done():
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)


async def pause(_: str, last: int) -> None:
    """Where many come at once, a moment's wait makes one commit of several; who comes alone never waits."""
    if last >= BUSY:
        await asyncio.sleep(GATHER_SECONDS)


class Clerks(Generic[T]):
    """One clerk for each key, as long as somebody waits."""

    def __init__(
        self,
        work: Callable[[str, list[T]], Awaitable[None]],
        largest: int,
        gather: Callable[[str, int], Awaitable[None]] = pause,
    ) -> None:
        """`work(key, batch)` answers all of a batch, of at most `largest`; it never raises.

        `gather(key, last)` comes before each batch, `last` being the length of the one before (0: there was none).
        """
        self._work = work
        self._largest = largest
        self._gather = gather
        self.waiting: dict[str, list[T]] = defaultdict(list)
        self.at_work: dict[str, asyncio.Task[None]] = {}

    def hand(self, key: str, one: T) -> None:
        """Hand something to the clerk of a key."""
        self.waiting[key].append(one)
        self._call(key)

    def _call(self, key: str) -> None:
        if key not in self.at_work:
            self.at_work[key] = asyncio.create_task(self._serve(key), name=f"clerk {key}")

    async def _serve(self, key: str) -> None:
        """Batch after batch until nobody waits."""
        queue = self.waiting[key]
        batch: list[T] = []
        try:
            while True:
                await self._gather(key, len(batch))
                if not queue:
                    break
                batch, queue[:] = queue[: self._largest], queue[self._largest :]
                await self._work(key, batch)
        except Exception:
            # It never raises, but where there is no memory even for that: who waits behind, or comes, has another.
            del self.at_work[key]
            if queue:
                self._call(key)
            raise
        del self.at_work[key], self.waiting[key]
