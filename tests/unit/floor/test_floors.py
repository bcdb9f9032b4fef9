"""What is remembered of a floor is of the ledger that is there, also after a database lost its last lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import msgspec

from services.floor.floors import Floors
from services.floor.locked import Locked
from services.floor.records import Records
from services.floor.store import Store
from services.kit.ledger_key import LedgerKey
from services.roster.rolls import Rolls
from services.rules import receipts
from services.rules.floor.turn_log import log_of
from services.rules.merkle import Frontier
from services.wire import LaneRules, OpenLane
from tests.support.floor_sitting import ITEM, MEETING, FloorSitting


@dataclass
class _Ledger:
    """A ledger that may lose its last lines; as Store to who reads, as Locked to who writes."""

    held: list[bytes] = field(default_factory=list)
    meeting: str = MEETING
    reads: list[int] = field(default_factory=list)

    @property
    def frontier(self) -> Frontier:
        return receipts.append(Frontier(), self.held).growth.frontier

    async def lines(self, start: int) -> list[bytes]:
        self.reads.append(start)
        return self.held[start:]

    async def since(self, _: str, start: int) -> tuple[list[bytes], Frontier]:
        return await self.lines(start), self.frontier

    async def head(self, _: str) -> tuple[int, Frontier]:
        return 1, self.frontier


def _sitting(*members: str) -> FloorSitting:
    hall = FloorSitting({"speech": LaneRules(turn_s=60)})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    for member in members:
        hall.ask(member)
    return hall


def _lines(hall: FloorSitting) -> list[bytes]:
    return [msgspec.json.encode(line) for line in hall.lines]


# Two ends of one ledger: what was acknowledged and lost, and what others wrote under the same numbers, and more.
LOST = _sitting("an", "binh", "chi")
STANDS: Sequence[FloorSitting] = (
    _sitting("dung"),
    _sitting("dung", "em", "an"),
    _sitting("dung", "em", "an", "chi"),
)


async def test_who_writes_decides_on_the_lines_that_are_there() -> None:
    """Fewer than are remembered, as many, or more: never on some of both."""
    for stands in STANDS:
        ledger = _Ledger(_lines(LOST))
        floors = Floors(cast("Store", ledger))
        assert await floors.under(cast("Locked", ledger)) == LOST.floor
        ledger.held = _lines(stands)
        assert await floors.under(cast("Locked", ledger)) == stands.floor


async def test_who_reads_is_shown_the_lines_that_are_there() -> None:
    """The floor as it stands, and the turn log."""
    for stands in STANDS:
        ledger = _Ledger(_lines(LOST))
        floors = Floors(cast("Store", ledger))
        records = Records(cast("Store", ledger), cast("Rolls", None), cast("LedgerKey", None))
        assert await floors.now(MEETING) == LOST.floor
        assert await records.log(MEETING) == log_of(LOST.lines)
        ledger.held = _lines(stands)
        assert await floors.now(MEETING) == stands.floor
        assert await records.log(MEETING) == log_of(stands.lines)


async def test_what_is_remembered_is_not_read_again() -> None:
    """As long as nothing was lost: only what came since."""
    hall = _sitting("dung", "em")
    *before, last = _lines(hall)
    ledger = _Ledger(list(before))
    floors = Floors(cast("Store", ledger))
    assert await floors.now(MEETING) == hall.floors[-2]
    ledger.held.append(last)
    assert await floors.now(MEETING) == await floors.under(cast("Locked", ledger)) == hall.floor
    assert ledger.reads == [0, len(before)]
