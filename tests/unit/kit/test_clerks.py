"""Clerks: batch after batch, and never a key that nobody serves."""

import asyncio
from collections.abc import Iterator

import pytest

from services.kit.clerks import Clerks
from tests.support.waiting import until


class _Desk:
    """Takes in what comes; at some batches it breaks off, as where there is no memory."""

    def __init__(self, faults: list[Exception | None], largest: int) -> None:
        self.taken: list[int] = []
        self._faults: Iterator[Exception | None] = iter(faults)
        self.clerks: Clerks[int] = Clerks(self._work, largest)

    async def _work(self, _: str, batch: list[int]) -> None:
        if fault := next(self._faults, None):
            raise fault
        self.taken += batch


async def test_who_waits_behind_a_clerk_that_broke_off_is_served() -> None:
    """And whoever comes later: else they would wait for ever, all of that meeting in that worker."""
    broken: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: broken.append(told["message"]))
    desk = _Desk([MemoryError()], largest=2)
    for number in range(5):
        desk.clerks.hand("key", number)

    async def served(numbers: list[int]) -> bool:
        return desk.taken == numbers and not desk.clerks.at_work

    await until(lambda: served([2, 3, 4]), 5, "those behind it to be served")
    desk.clerks.hand("key", 5)
    await until(lambda: served([2, 3, 4, 5]), 5, "who came later to be served")


@pytest.mark.parametrize("faults", [[MemoryError()], [None, MemoryError()]])
async def test_a_clerk_that_broke_off_with_nobody_behind_is_followed(faults: list[Exception | None]) -> None:
    """The key is not held by who is gone."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    desk = _Desk(faults, largest=9)

    async def gone() -> bool:
        return not desk.clerks.at_work

    for number in range(3):
        desk.clerks.hand("key", number)
        await until(gone, 5, "the clerk to end")
    assert 2 in desk.taken
    assert not desk.clerks.waiting.get("other")
