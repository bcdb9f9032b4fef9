"""Who speaks beyond their time spends the budgets of others while they speak, not only once they have ended."""

import json
from typing import Any

import msgspec
import pytest

from services.rules.floor import errors, speakers, ticking, turn_errors
from services.rules.floor.replay import replay
from services.wire import (
    AdjustLane,
    Call,
    CloseLane,
    EndTurn,
    FloorTicked,
    LaneNews,
    LaneRules,
    OpenLane,
    PauseTurn,
    ResumeTurn,
)
from tests.support.floor_sitting import ITEM, FloorSitting
from tests.support.naive_clerk import NaiveClerk

WHY = "Thử"
# Group A speaks three times as often as B, and each has a minute and a half.
BY_GROUP: dict[str, Any] = {
    "order": "groups",
    "turn_s": 60,
    "group_s": {"A": 90, "B": 90},
    "shares": {"A": 3},
}


def sitting(*waiting: str, **rules: Any) -> FloorSitting:
    """A sitting with one open lane under these rules, and who waits in it."""
    hall = FloorSitting({"speech": LaneRules(**{"turn_s": 60, **rules}), "debate": LaneRules(turn_s=60)})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    for member in waiting:
        hall.ask(member)
    return hall


def by_group(**rules: Any) -> FloorSitting:
    """Chi (B) has spoken; An (A) speaks; Binh (A) is next, Dung (B) comes behind."""
    hall = sitting("chi", "an", "binh", "dung", **BY_GROUP, **rules)
    hall.chair(EndTurn, turn=hall.call("r-chi", begun=True, reason=WHY))
    hall.call("r-an", begun=True)
    assert line(hall) == ["binh", "dung"]
    return hall


def line(hall: FloorSitting) -> list[str]:
    """Who waits, next first."""
    return [request.member for request in speakers.queue(hall.floor, hall.lane())]


def must_be_proved(hall: FloorSitting) -> None:
    """By replay, and by a clerk who knows the rules from their words only."""
    assert replay(hall.lines, hall.holder_at) == hall.floor
    clerk = NaiveClerk()
    for each in hall.lines:
        clerk.take(json.loads(msgspec.json.encode(each)))
    assert clerk.shown() == json.loads(msgspec.json.encode(speakers.shown(hall.floor)))


@pytest.mark.parametrize(("lane_s", "item_s"), [(100, None), (None, 100)])
@pytest.mark.parametrize(
    ("spoken_s", "granted"), [(40, 40_000), (60, 40_000), (61, 39_000), (80, 20_000), (99, 1_000), (100, 0)]
)
def test_what_is_left_now_is_granted(
    lane_s: int | None, item_s: int | None, spoken_s: int, granted: int
) -> None:
    """Of the lane's time and the item's: not less than was granted to who speaks, and what they have used beyond it."""
    hall = sitting("an", "binh", "chi", lane_s=lane_s, item_s=item_s)
    hall.call("r-an", begun=True)
    hall.wait(spoken_s * 1_000)
    places = speakers.places(hall.floor, hall.lane(), hall.now, hall.floor.requests)
    left = max(0, 60_000 - spoken_s * 1_000)
    assert [place.wait_ms for place in places.values()] == [left, left + granted]
    if granted:
        hall.call("r-binh")
        assert hall.turn().planned_ms == granted
    else:
        with pytest.raises(turn_errors.TimeUsedUp):
            hall.chair(Call, request="r-binh")
    must_be_proved(hall)


def test_a_grant_that_was_given_stands() -> None:
    """Whoever was called keeps what was left then, however long the speaker before them goes on."""
    hall = sitting("an", "binh", lane_s=100)
    turn = hall.call("r-an", begun=True)
    hall.wait(70_000)
    hall.call("r-binh")
    hall.wait(60_000)
    hall.chair(EndTurn, turn=turn)
    assert (hall.turn(turn).used_ms, hall.turn().planned_ms) == (130_000, 30_000)


def test_a_group_that_speaks_its_time_away_comes_last_at_that_moment() -> None:
    """A line of the clock says so, to the millisecond: consoles and screens are told before anybody is called."""
    hall = by_group()
    assert hall.wait(89_999)[-1].cause == "clock"
    assert line(hall) == ["binh", "dung"]
    seen = hall.floor.revision
    (told,) = hall.wait(1)
    assert told == LaneNews(cause="clock", lane=hall.lane())
    assert (hall.floor.revision, line(hall)) == (seen + 1, ["dung", "binh"])
    assert ticking.due(hall.floor) is None
    with pytest.raises(turn_errors.OutOfTurn):
        hall.chair(Call, request="r-binh")
    hall.call("r-dung")
    assert (hall.turn().in_turn, hall.turn().planned_ms) == (True, 60_000)
    must_be_proved(hall)


def test_pauses_do_not_count() -> None:
    """Only what was spoken does."""
    hall = by_group()
    hall.wait(70_000)
    hall.chair(PauseTurn, turn=hall.turn().id)
    hall.wait(600_000)
    assert line(hall) == ["binh", "dung"]
    hall.chair(ResumeTurn, turn=hall.turn().id)
    hall.wait(19_999)
    assert line(hall) == ["binh", "dung"]
    hall.wait(1)
    assert line(hall) == ["dung", "binh"]
    must_be_proved(hall)


def test_a_lane_that_closes_at_that_very_moment() -> None:
    """Is told once, closed."""
    hall = by_group()
    hall.chair(AdjustLane, item=ITEM, lane="speech", closes_in_s=90, reason=WHY)
    hall.wait(89_999)
    (told,) = hall.wait(1)
    assert told == LaneNews(cause="clock", lane=hall.lane())
    assert (hall.lane().state, line(hall)) == ("closed", ["dung", "binh"])
    must_be_proved(hall)


@pytest.mark.parametrize(
    "rules", [{"at_limit": "end"}, {"group_s": {"B": 90}}, {"group_s": {"A": 60}}, {"order": "registration"}]
)
def test_nothing_is_due_where_nothing_changes(rules: dict[str, Any]) -> None:
    """The turn ends first; the group has no budget; it was gone when An was called; the order does not ask for it."""
    hall = sitting("chi", "an", "binh", "dung", **{**BY_GROUP, **rules})
    hall.chair(EndTurn, turn=hall.call("r-chi", begun=True, reason=WHY))
    hall.call("r-an", begun=True)
    told = hall.wait(600_000)
    assert not [each for each in told if isinstance(each, LaneNews)]
    must_be_proved(hall)


def test_a_ledger_without_that_line_is_not_proved() -> None:
    """Whoever holds the clock back bends the order: the auditor is told the line that came too early."""
    hall = by_group()
    hall.wait(90_000)
    assert isinstance(hall.lines[-1], FloorTicked)
    held, size = hall.lines[:-1], len(hall.lines) - 1
    hall.now += 1
    hall.chair(CloseLane, item=ITEM, lane="speech")
    with pytest.raises(errors.ReplayDiffers) as refused:
        replay([*held, hall.lines[-1]], hall.holder_at)
    assert refused.value.facts == {"index": size, "what": "the clock was due"}
