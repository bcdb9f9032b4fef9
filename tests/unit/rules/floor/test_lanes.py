"""Lanes: opened, adjusted, closed by the desk or the clock, opened again; and rules that cannot work."""

from typing import Any

import msgspec
import pytest

from services.rules.errors import TextUnclean
from services.rules.floor import errors, lane_errors
from services.rules.floor.replay import replay
from services.rules.floor.turn_log import log_of
from services.wire import AdjustLane, Arrange, CloseLane, FloorActed, LaneRules, OpenLane
from tests.support.floor_sitting import CHAIR, ITEM, MEETING, TITLE, FloorSitting

WHY = "Quá giờ"


def test_a_lane_has_the_profiles_rules_or_its_own() -> None:
    """And the agenda item's title as the server knew it."""
    profile = LaneRules(turn_s=60)
    hall = FloorSitting({"speech": profile})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    assert (hall.lane().rules, hall.lane().title, hall.lane().state) == (profile, TITLE, "open")
    own = LaneRules(turn_s=90)
    hall.chair(OpenLane, item=ITEM, lane="hearing", rules=own, reason=WHY)
    assert hall.lane("hearing").rules == own
    with pytest.raises(lane_errors.LaneUnknown):
        hall.chair(OpenLane, item=ITEM, lane="debate")
    with pytest.raises(lane_errors.LaneOpenAlready):
        hall.chair(OpenLane, item=ITEM, lane="speech")
    with pytest.raises(lane_errors.ItemUnknown):
        hall.act(CHAIR, hall.desk_act(OpenLane, item="item-2", lane="speech"), title="")


def test_rules_that_are_not_the_bodys_own_need_a_reason() -> None:
    """From the first opening on, and the log tells of it; the profile's rules said in full are the profile's."""
    hall = FloorSitting({"speech": LaneRules(turn_s=60), "debate": LaneRules(turn_s=30)})
    own = LaneRules(turn_s=600)
    for lane in ("speech", "hearing"):
        with pytest.raises(errors.FloorReasonMissing):
            hall.chair(OpenLane, item=ITEM, lane=lane, rules=own)
    hall.chair(OpenLane, item=ITEM, lane="speech", rules=LaneRules(turn_s=60))
    hall.chair(OpenLane, item=ITEM, lane="debate")
    assert log_of(hall.lines).overrides == ()
    hall.chair(OpenLane, item="item-2", lane="speech", rules=own, reason=WHY)
    (override,) = log_of(hall.lines).overrides
    assert (override.act, override.item, override.by, override.reason) == ("lane.open", "item-2", CHAIR, WHY)


def test_a_ledger_that_opened_a_lane_without_one_is_not_proved() -> None:
    """As ledgers of before: whoever audits is told the line and what is missing in it."""
    hall = FloorSitting({"speech": LaneRules(turn_s=60)})
    hall.chair(OpenLane, item=ITEM, lane="speech", rules=LaneRules(turn_s=600), reason=WHY)
    line = hall.lines[-1]
    assert isinstance(line, FloorActed)
    silent = OpenLane(meeting=MEETING, seen=0, item=ITEM, lane="speech", rules=LaneRules(turn_s=600))
    old = msgspec.structs.replace(line, jws=hall.signed(CHAIR, silent))
    with pytest.raises(errors.ReplayDiffers) as refused:
        replay([*hall.lines[:-1], old], hall.holder_at)
    assert refused.value.facts == {"index": 2, "what": "floor_reason_missing"}


def test_the_clock_closes_a_lane() -> None:
    """At its millisecond; who waits stays; the time may be moved or taken away while it is open."""
    hall = FloorSitting({"speech": LaneRules()})
    hall.chair(OpenLane, item=ITEM, lane="speech", closes_in_s=10)
    hall.ask("an")
    assert hall.lane().closes_at == hall.now + 10_000
    hall.wait(4_000)
    hall.chair(AdjustLane, item=ITEM, lane="speech", closes_in_s=10, reason=WHY)
    assert hall.wait(9_999) == []
    (closed,) = hall.wait(1)
    assert closed.cause == "clock"
    assert (hall.lane().state, hall.lane().closes_at) == ("closed", None)
    with pytest.raises(lane_errors.LaneClosed):
        hall.chair(AdjustLane, item=ITEM, lane="speech", closes_in_s=10, reason=WHY)
    hall.chair(OpenLane, item=ITEM, lane="speech", closes_in_s=1)
    hall.chair(AdjustLane, item=ITEM, lane="speech", reason=WHY)
    assert hall.lane().closes_at is None
    assert hall.wait(10_000_000) == []
    assert [request.id for request in hall.floor.waiting(ITEM, "speech")] == ["r-an"]


def test_closing() -> None:
    """Once; then it may be adjusted, and opened again as it was."""
    hall = FloorSitting({"speech": LaneRules(turn_s=60)})
    with pytest.raises(lane_errors.LaneUnknown):
        hall.chair(CloseLane, item=ITEM, lane="speech")
    hall.chair(OpenLane, item=ITEM, lane="speech", closes_in_s=100)
    hall.chair(CloseLane, item=ITEM, lane="speech")
    assert hall.lane().closes_at is None
    with pytest.raises(lane_errors.LaneClosed):
        hall.chair(CloseLane, item=ITEM, lane="speech")
    rules = LaneRules(turn_s=30)
    hall.chair(AdjustLane, item=ITEM, lane="speech", rules=rules, reason=WHY)
    hall.chair(OpenLane, item=ITEM, lane="speech")
    assert (hall.lane().rules, hall.lane().state) == (rules, "open")


def test_open_again_under_other_rules() -> None:
    """Is an adjustment by another name: it needs a reason, and another order undoes what was arranged."""
    hall = FloorSitting({"speech": LaneRules()})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    hall.ask("an")
    hall.ask("binh")
    hall.chair(Arrange, item=ITEM, lane="speech", order=("r-binh", "r-an"), reason=WHY)
    hall.chair(CloseLane, item=ITEM, lane="speech")
    manual = LaneRules(order="manual")
    with pytest.raises(errors.FloorReasonMissing):
        hall.chair(OpenLane, item=ITEM, lane="speech", rules=manual)
    hall.chair(OpenLane, item=ITEM, lane="speech", rules=LaneRules())
    assert hall.lane().arranged == ("r-binh", "r-an")
    hall.chair(CloseLane, item=ITEM, lane="speech")
    hall.chair(OpenLane, item=ITEM, lane="speech", rules=manual, reason=WHY)
    assert hall.lane().arranged == ()


@pytest.mark.parametrize(
    ("rules", "what"),
    [
        ({"order": "quoted"}, "quoted_by"),
        ({"quoted_by": "group"}, "quoted_by"),
        ({"stances": ()}, "stances"),
        ({"stances": ("for", "for")}, "stances"),
        ({"order": "alternating"}, "alternating needs for and against"),
        ({"order": "alternating", "stances": ("for", "other")}, "alternating needs for and against"),
        ({"turns_per_person": 1, "waiting_per_person": 2}, "waiting_per_person"),
    ],
)
def test_rules_that_cannot_work(rules: dict[str, Any], what: str) -> None:
    """Are refused, and say what is wrong; when a lane opens and when it is adjusted."""
    hall = FloorSitting({"speech": LaneRules()})
    with pytest.raises(lane_errors.LaneRulesUnsound) as refused:
        hall.chair(OpenLane, item=ITEM, lane="speech", rules=LaneRules(**rules))
    assert refused.value.facts == {"what": what}
    assert what in refused.value.text_en
    assert what not in refused.value.text, "an English word in the Vietnamese text"
    hall.chair(OpenLane, item=ITEM, lane="speech")
    with pytest.raises(lane_errors.LaneRulesUnsound):
        hall.chair(AdjustLane, item=ITEM, lane="speech", rules=LaneRules(**rules), reason=WHY)


@pytest.mark.parametrize(
    "rules", [{"shares": {"A\u200b": 2}}, {"group_s": {"A\n": 2}}, {"order": "quoted", "quoted_by": "a\x00"}]
)
def test_names_in_rules_are_readable(rules: dict[str, Any]) -> None:
    """A group that looks like another would have a budget of its own."""
    hall = FloorSitting({"speech": LaneRules()})
    with pytest.raises(TextUnclean):
        hall.chair(OpenLane, item=ITEM, lane="speech", rules=LaneRules(**rules))
