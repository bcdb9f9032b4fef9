"""How the order of several lists is told with one line: the same way by every worker."""

import msgspec

from services.floor.page import Page
from services.wire import EndItem, LaneRules, OpenLane, QueueChange
from tests.support.floor_sitting import ITEM, FloorSitting

LANES = ("debate", "explanation", "hearing", "point_of_order", "question", "speech")


def test_lists_are_told_in_one_order() -> None:
    """Not in that of a set, which is another in every process."""
    hall = FloorSitting(dict.fromkeys(LANES, LaneRules()))
    for lane in LANES:
        hall.chair(OpenLane, item=ITEM, lane=lane)
        hall.ask("an", request=f"r-{lane}", lane=lane)
    page = Page(hall.floor, hall.floor, hall.now)
    hall.chair(EndItem, item=ITEM)
    page.write(hall.lines[-1])
    page.close()
    told = msgspec.json.decode(page.lines[0].queues or b"", type=tuple[QueueChange, ...])
    assert tuple(each.lane for each in told) == LANES
