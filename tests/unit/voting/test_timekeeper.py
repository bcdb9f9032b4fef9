"""The polls of every meeting are finished by themselves."""

import asyncio
from typing import cast

from services.kit import background
from services.voting.closing import Closing
from services.voting.intents import RemoteBallots
from services.voting.store import Store
from services.voting.teller import Teller
from services.voting.timekeeper import Timekeeper
from tests.support.waiting import until


class _Meetings:
    """Three meetings whose polls are due; the ledger of the first is held by somebody else until it is let go."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.count_on = asyncio.Event()
        self.begun: list[str] = []
        self.counted: list[str] = []
        self.left = [("held", "a"), ("held", "b"), ("broken", "c"), ("free", "d")]

    async def due(self) -> tuple[list[tuple[str, str]], int | None]:
        """As Store."""
        return list(self.left), None

    async def waiting(self) -> list[tuple[str, str]]:
        """As RemoteBallots."""
        return []

    async def close_by_clock(self, meeting: str, poll: str) -> None:
        """As Closing."""
        self.begun.append(poll)
        if meeting == "broken":
            raise LookupError("a line that cannot be read")
        if meeting == "held":
            await self.let_go.wait()

    async def count(self, poll: str) -> None:
        """As Teller. The poll `great` takes long."""
        if poll == "great":
            await self.count_on.wait()
        self.counted.append(poll)
        self.left = [each for each in self.left if each[1] != poll]


def _keeper(meetings: _Meetings) -> Timekeeper:
    return Timekeeper(
        cast("Store", meetings),
        cast("Closing", meetings),
        cast("Teller", meetings),
        cast("RemoteBallots", meetings),
    )


async def test_a_ledger_that_is_held_holds_up_no_other() -> None:
    """Nor does one that is broken; whoever holds a ledger is waited for once, not once a moment."""
    meetings = _Meetings()
    keeper = _keeper(meetings)
    running = asyncio.create_task(keeper.run())

    async def others_tried() -> bool:
        return meetings.counted == ["d"] and meetings.begun.count("c") > 2

    await until(others_tried, what="the others are in time")
    assert (meetings.begun.count("a"), meetings.begun.count("b")) == (1, 0)
    meetings.let_go.set()

    async def all_tried() -> bool:
        return meetings.counted == ["d", "a", "b"]

    await until(all_tried, what="those of the ledger that was held")
    await background.stop([running])
    assert keeper._finishing.under_way == {}
    assert keeper._counting.under_way == {}


async def test_a_count_that_takes_long_holds_up_no_close() -> None:
    """Not even in its own meeting; and it is begun once, not at every look at the clock."""
    meetings = _Meetings()
    meetings.left = [("one", "great"), ("one", "small")]
    keeper = _keeper(meetings)
    running = asyncio.create_task(keeper.run())

    async def looked_again() -> bool:
        return meetings.counted == ["small"] and meetings.begun.count("great") > 2

    await until(looked_again, what="the other was closed and counted, in time")
    assert list(keeper._counting.under_way) == ["great"]
    meetings.count_on.set()

    async def all_counted() -> bool:
        return meetings.counted == ["small", "great"]

    await until(all_counted, what="the great count, once")
    await background.stop([running])
