"""Every floor's clock is settled by itself."""

import asyncio
from typing import cast

from services.floor.ledger import Ledger
from services.floor.store import Store
from services.floor.timekeeper import Timekeeper
from services.kit import background
from tests.support.waiting import until


class _Floors:
    """Two floors whose clocks are due; the ledger of the first is held by somebody else until it is let go."""

    def __init__(self) -> None:
        self.wound = asyncio.Event()
        self.let_go = asyncio.Event()
        self.begun: list[str] = []
        self.left = {"held": -5_000, "free": -1, "broken": -2}

    async def due(self) -> list[tuple[str, int]]:
        """As Store."""
        return sorted(self.left.items(), key=lambda each: each[1])

    async def settle(self, meeting: str) -> None:
        """As Ledger."""
        self.begun.append(meeting)
        if meeting == "broken":
            raise LookupError("a line that cannot be read")
        if meeting == "held":
            await self.let_go.wait()
        del self.left[meeting]


async def test_a_floor_that_is_held_holds_up_no_other() -> None:
    """Nor does one that is broken; whoever holds a ledger is waited for once, not once a moment."""
    floors = _Floors()
    keeper = Timekeeper(cast("Store", floors), cast("Ledger", floors))
    running = asyncio.create_task(keeper.run())

    async def others_tried() -> bool:
        return "free" not in floors.left and floors.begun.count("broken") > 2

    await until(others_tried, what="the others are in time")
    assert floors.begun.count("held") == 1
    floors.let_go.set()

    async def all_tried() -> bool:
        return set(floors.left) == {"broken"}

    await until(all_tried, what="the one that was held")
    await background.stop([running])
    assert keeper._settling.under_way == {}
