"""What the desk does to the order: arrange, skip, defer, remove, put back; waiting ones and called ones."""

from typing import Any

import pytest

from services.rules.floor import lane_errors, request_errors, speakers
from services.rules.floor.turn_log import log_of
from services.wire import (
    AdjustLane,
    Arrange,
    CloseLane,
    Defer,
    EndItem,
    EndTurn,
    LaneRules,
    OpenLane,
    QueueChange,
    Remove,
    ReturnLast,
    Skip,
    StartTurn,
    Withdraw,
)
from tests.support.floor_sitting import ITEM, MEETING, FloorSitting

WHY = "Theo đề nghị của Đoàn"


def sitting(*waiting: str, **rules: Any) -> FloorSitting:
    """A sitting with one open lane under these rules, and who waits in it."""
    hall = FloorSitting({"speech": LaneRules(**{"turn_s": 60, **rules})})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    for member in waiting:
        hall.ask(member)
    return hall


def line(hall: FloorSitting) -> list[str]:
    """Who waits, next first; each of them once, and those arranged in front."""
    queue = [request.id for request in speakers.queue(hall.floor, hall.lane())]
    waiting = [request.id for request in hall.floor.requests.values() if request.state == "waiting"]
    assert sorted(queue) == sorted(waiting)
    arranged = [each for each in hall.lane().arranged if each in waiting]
    assert queue[: len(arranged)] == arranged
    return [each.removeprefix("r-") for each in queue]


# --- Arrange -----------------------------------------------------------------------------------------------------


def test_arranged_as_named() -> None:
    """Who asks later comes behind."""
    hall = sitting("an", "binh", "chi")
    hall.chair(Arrange, item=ITEM, lane="speech", order=("r-chi", "r-an", "r-binh"), reason=WHY)
    hall.ask("dung")
    assert line(hall) == ["chi", "an", "binh", "dung"]
    hall.call("r-chi")
    assert hall.turn().in_turn


@pytest.mark.parametrize(
    "order",
    [(), ("r-an",), ("r-an", "r-an"), ("r-an", "r-binh", "r-chi"), ("r-an", "r-x"), ("r-an", "r-late")],
)
def test_an_arrangement_names_everybody_once(order: tuple[str, ...]) -> None:
    """Not fewer, not more, nobody twice, nobody of another list."""
    hall = sitting("an", "binh", "chi")
    hall.chair(OpenLane, item=ITEM, lane="debate", rules=LaneRules(), reason=WHY)
    hall.ask("dung", request="r-late", lane="debate")
    hall.call("r-chi", reason=WHY)
    with pytest.raises(lane_errors.ArrangementWrong):
        hall.chair(Arrange, item=ITEM, lane="speech", order=order, reason=WHY)
    with pytest.raises(lane_errors.LaneUnknown):
        hall.chair(Arrange, item=ITEM, lane="no", order=(), reason=WHY)


def test_an_arrangement_beside_somebody_who_asks() -> None:
    """The console did not see them: it does not speak for them."""
    hall = sitting("an", "binh")
    order = hall.desk_act(Arrange, item=ITEM, lane="speech", order=("r-binh", "r-an"), reason=WHY)
    hall.ask("chi")
    with pytest.raises(lane_errors.ArrangementWrong):
        hall.act("chair-1", order)


# --- Skip --------------------------------------------------------------------------------------------------------


def test_skipped_once() -> None:
    """Behind the next, wherever they stood; the others keep their order."""
    hall = sitting("an", "binh", "chi", "dung")
    hall.chair(Skip, request="r-an", reason=WHY)
    assert line(hall) == ["binh", "an", "chi", "dung"]
    hall.chair(Skip, request="r-chi", reason=WHY)
    assert line(hall) == ["binh", "an", "dung", "chi"]
    hall.chair(Skip, request="r-binh", reason=WHY)
    assert line(hall) == ["an", "binh", "dung", "chi"]


def test_skipped_when_called() -> None:
    """The turn is dropped, the request waits behind the next; the lane is free again."""
    hall = sitting("an", "binh", "chi")
    turn = hall.call("r-an")
    hall.chair(Skip, request="r-an", reason=WHY)
    assert (hall.turn(turn).state, hall.request("r-an").state) == ("dropped", "waiting")
    assert line(hall) == ["binh", "an", "chi"]
    hall.call("r-binh")
    assert hall.turn().in_turn


def test_skipping_keeps_what_was_arranged() -> None:
    """A skip in front does not undo the hand that arranged behind it."""
    hall = sitting("an", "binh", "chi", "dung")
    order = ("r-dung", "r-chi", "r-binh", "r-an")
    hall.chair(Arrange, item=ITEM, lane="speech", order=order, reason=WHY)
    hall.chair(Skip, request="r-dung", reason=WHY)
    assert line(hall) == ["chi", "dung", "binh", "an"]


def test_only_who_is_followed_is_skipped() -> None:
    """The last, or the only one called, has nobody to be put behind; who speaks is skipped no more."""
    hall = sitting("an", "binh")
    with pytest.raises(lane_errors.NobodyFollows):
        hall.chair(Skip, request="r-binh", reason=WHY)
    hall.call("r-an", begun=True)
    with pytest.raises(request_errors.NotWaiting):
        hall.chair(Skip, request="r-an", reason=WHY)
    hall.chair(EndTurn, turn=hall.turn().id)
    hall.call("r-binh")
    with pytest.raises(lane_errors.NobodyFollows):
        hall.chair(Skip, request="r-binh", reason=WHY)
    with pytest.raises(request_errors.RequestUnknown):
        hall.chair(Skip, request="r-9", reason=WHY)


# --- Defer -------------------------------------------------------------------------------------------------------


def test_deferred_to_the_end_of_now() -> None:
    """Who asks later comes behind them all the same."""
    hall = sitting("an", "binh", "chi")
    hall.chair(Defer, request="r-an", reason=WHY)
    hall.ask("dung")
    assert line(hall) == ["binh", "chi", "an", "dung"]


def test_deferred_when_called() -> None:
    """Back to the end, also when nobody else waits; then called again it is a new turn."""
    hall = sitting("an", "binh")
    hall.call("r-an")
    hall.chair(Defer, request="r-an", reason=WHY)
    assert line(hall) == ["binh", "an"]
    hall.chair(Remove, request="r-binh", reason=WHY)
    turn = hall.call("r-an")
    hall.chair(Defer, request="r-an", reason=WHY)
    assert hall.call("r-an") != turn
    hall.chair(StartTurn, turn=hall.turn().id)
    with pytest.raises(request_errors.NotWaiting):
        hall.chair(Defer, request="r-an", reason=WHY)


# --- Remove ------------------------------------------------------------------------------------------------------


def test_removed() -> None:
    """Waiting or called; they may ask again. Who speaks is not removed, who is gone neither."""
    hall = sitting("an", "binh")
    hall.chair(Remove, request="r-an", reason=WHY)
    turn = hall.call("r-binh")
    hall.chair(Remove, request="r-binh", reason=WHY)
    assert hall.turn(turn).state == "dropped"
    assert {request.state for request in hall.floor.requests.values()} == {"removed"}
    with pytest.raises(request_errors.NotWaiting):
        hall.chair(Remove, request="r-an", reason=WHY)
    hall.ask("an", request="r-2")
    hall.call("r-2", begun=True)
    with pytest.raises(request_errors.NotWaiting):
        hall.chair(Remove, request="r-2", reason=WHY)


# --- Put back ----------------------------------------------------------------------------------------------------


def test_the_last_is_put_back() -> None:
    """At the top, before what was arranged; what they used stays counted."""
    hall = sitting("an", "binh", "chi", person_s=100)
    turn = hall.call("r-an", begun=True)
    hall.wait(45_000)
    hall.chair(EndTurn, turn=turn)
    hall.chair(Arrange, item=ITEM, lane="speech", order=("r-chi", "r-binh"), reason=WHY)
    hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)
    assert line(hall) == ["an", "chi", "binh"]
    hall.call("r-an")
    assert (hall.turn().planned_ms, hall.turn().in_turn) == (55_000, True)
    assert hall.turn(turn).state == "ended"


def test_put_back_twice() -> None:
    """Each time the last to end; nobody stands in the arrangement twice."""
    hall = sitting("an", "binh")
    for _ in range(2):
        hall.chair(EndTurn, turn=hall.call("r-an", begun=True))
        hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)
        assert line(hall) == ["an", "binh"]
        assert hall.lane().arranged == ("r-an",)
    with pytest.raises(request_errors.NotWaiting) as refused:
        hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)
    assert refused.value.facts == {"state": "waiting"}
    assert refused.value.text == "Đăng ký phát biểu này đang chờ: không thể làm việc này."
    hall.wait(1)
    hall.chair(EndTurn, turn=hall.call("r-binh", begun=True, reason=WHY))
    hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)
    assert line(hall) == ["binh", "an"]


def test_put_back_past_what_the_rules_give() -> None:
    """They have had all their speeches, or wait with another: the desk says why, and everybody sees it."""
    hall = sitting("an", turns_per_person=2)
    hall.chair(EndTurn, turn=hall.call("r-an", begun=True))
    hall.ask("an", request="r-2")
    hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)
    assert line(hall) == ["an", "2"]
    for request in ("r-an", "r-2"):
        hall.chair(EndTurn, turn=hall.call(request, begun=True))
    assert hall.floor.speeches(ITEM, "speech", "an") == 3
    assert [(each.act, each.reason) for each in log_of(hall.lines).overrides] == [("return", WHY)]
    with pytest.raises(request_errors.SpeechesUsedUp):
        hall.ask("an", request="r-3")


def test_nobody_to_put_back() -> None:
    """Nobody has spoken; only somebody who was dropped; the item is over; they took it back themselves."""
    hall = sitting("an")
    with pytest.raises(lane_errors.NothingSpoken):
        hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)
    hall.call("r-an")
    hall.chair(Defer, request="r-an", reason=WHY)
    with pytest.raises(lane_errors.NothingSpoken):
        hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)
    hall.chair(EndTurn, turn=hall.call("r-an", begun=True))
    hall.chair(CloseLane, item=ITEM, lane="speech")
    hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)
    hall.act("an", Withdraw(meeting=MEETING, request="r-an"))
    with pytest.raises(request_errors.NotWaiting):
        hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)
    hall.chair(EndItem, item=ITEM)
    with pytest.raises(lane_errors.ItemEnded):
        hall.chair(ReturnLast, item=ITEM, lane="speech", reason=WHY)


# --- The order's rules -------------------------------------------------------------------------------------------


def test_another_order_is_another_line() -> None:
    """Adjusted to another algorithm, what was arranged is so no more; other limits leave it."""
    hall = sitting("an", "binh")
    hall.chair(Arrange, item=ITEM, lane="speech", order=("r-binh", "r-an"), reason=WHY)
    longer = LaneRules(turn_s=90)
    hall.chair(AdjustLane, item=ITEM, lane="speech", rules=longer, reason=WHY)
    assert line(hall) == ["binh", "an"]
    hall.chair(AdjustLane, item=ITEM, lane="speech", rules=LaneRules(order="fewest_turns"), reason=WHY)
    assert line(hall) == ["an", "binh"]


def test_another_roll_orders_anew() -> None:
    """Quoted by an attribute of the roll: the roll in force says whose turn it is; the group asked with stays."""
    hall = sitting("an", "binh", "chi", order="quoted", quoted_by="group")
    assert line(hall) == ["an", "chi", "binh"]
    hall.take_roll({"an": "A", "binh": "B", "chi": "A"}, revision=2)
    assert line(hall) == ["an", "chi", "binh"]
    hall.chair(Remove, request="r-binh", reason=WHY)
    hall.ask("binh", request="r-2")
    assert hall.request("r-2").group == "B"


@pytest.mark.parametrize(
    ("before", "after", "cut"),
    [
        (("an", "binh", "chi"), ("an", "binh", "chi"), None),
        (("an", "binh"), ("an", "binh", "chi"), (2, 0, ("r-chi",))),
        (("an", "binh", "chi"), ("binh", "an", "chi"), (0, 2, ("r-binh", "r-an"))),
        (("an", "binh", "chi"), ("an", "chi"), (1, 1, ())),
        (("an",), (), (0, 1, ())),
        (("an", "binh"), ("an", "chi", "binh"), (1, 0, ("r-chi",))),
    ],
)
def test_a_change_is_one_cut(
    before: tuple[str, ...], after: tuple[str, ...], cut: tuple[int, int, tuple[str, ...]] | None
) -> None:
    """The smallest run of places that differs."""
    hall = sitting("an", "binh", "chi")
    old, new = (tuple(hall.request(f"r-{each}") for each in line) for line in (before, after))
    expected = (
        None
        if cut is None
        else QueueChange(item=ITEM, lane="speech", start=cut[0], removed=cut[1], put=cut[2])
    )
    assert speakers.change(hall.lane(), old, new) == expected
