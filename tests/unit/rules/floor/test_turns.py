"""Turns: called in order or out of it, started, paused, resumed, extended, ended, with exact milliseconds."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from services.refusal import Refused
from services.rules.errors import TextUnclean
from services.rules.floor import errors, lane_errors, request_errors, speakers, turn_errors
from services.rules.floor.replay import replay
from services.rules.floor.requests import Repeat
from services.wire import (
    AdjustLane,
    Arrange,
    Call,
    ChangeRequest,
    CloseLane,
    DeskAct,
    EndTurn,
    ExtendTurn,
    FloorActed,
    LaneRules,
    OpenLane,
    PauseTurn,
    RecordFloor,
    Remove,
    ResumeTurn,
    Skip,
    StartTurn,
    TurnNews,
    Withdraw,
)
from tests.support.floor_sitting import CHAIR, ITEM, MEETING, MEMBERS, SECRETARY, START, FloorSitting


def sitting(*waiting: str, **rules: Any) -> FloorSitting:
    """A sitting with one open lane under these rules, and who waits in it."""
    hall = FloorSitting({"speech": LaneRules(**{"turn_s": 60, **rules})})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    for member in waiting:
        hall.ask(member)
    return hall


# --- Who may, and who was quicker --------------------------------------------------------------------------------


def test_only_the_desk_calls() -> None:
    """Delegates do not, nor does who has no role; the secretary does."""
    hall = sitting("an")
    for nobody in ("an", "stranger"):
        with pytest.raises(errors.DeskOnly):
            hall.act(nobody, hall.desk_act(Call, request="r-an"))
    hall.chair(Call, by=SECRETARY, request="r-an")


def test_of_two_consoles_one_wins() -> None:
    """The second learns the revision that it did not see, whichever act it was."""
    hall = sitting("an", "binh")
    first = hall.desk_act(Call, request="r-an")
    second = hall.desk_act(Skip, request="r-an", reason="Vắng")
    hall.act(CHAIR, first)
    with pytest.raises(errors.FloorMoved) as refused:
        hall.act(SECRETARY, second)
    assert refused.value.facts == {"revision": hall.floor.revision}
    with pytest.raises(errors.FloorMoved):
        hall.act(CHAIR, first)
    with pytest.raises(errors.FloorMoved):
        hall.chair(StartTurn, turn=hall.turn().id, seen=hall.floor.revision + 1)


def test_delegates_and_records_do_not_make_a_console_stale() -> None:
    """What was seen before somebody asked is still good; so it is after a record was asked for."""
    hall = sitting("an")
    call = hall.desk_act(Call, request="r-an")
    hall.ask("binh")
    hall.chair(RecordFloor)
    hall.act(CHAIR, call)
    assert hall.turn().request == "r-an"


def test_a_record_asked_for_twice_is_one() -> None:
    """As long as nothing has happened since, whoever of the desk asks; then it is another."""
    hall = sitting("an")
    hall.chair(RecordFloor)
    for by in (CHAIR, SECRETARY):
        with pytest.raises(Repeat) as repeat:
            hall.chair(RecordFloor, by=by)
        assert (repeat.value.index, repeat.value.about) == (len(hall.lines) - 1, "")
    hall.ask("binh")
    hall.chair(RecordFloor)
    hall.take_roll(MEMBERS, revision=2)
    hall.chair(RecordFloor)
    assert sum(isinstance(line, FloorActed) and not line.news for line in hall.lines) == 3


def test_a_ledger_with_two_records_in_a_row_is_not_proved() -> None:
    """As ledgers of before: whoever audits is told the line."""
    hall = sitting("an")
    hall.chair(RecordFloor)
    line = hall.lines[-1]
    assert isinstance(line, FloorActed)
    again = msgspec.structs.replace(line, jws=hall.signed(CHAIR, hall.desk_act(RecordFloor)))
    with pytest.raises(errors.ReplayDiffers) as refused:
        replay([*hall.lines, again], hall.holder_at)
    assert refused.value.facts == {"index": len(hall.lines), "what": "a repeat"}


def test_another_meetings_act() -> None:
    """Is nothing here."""
    hall = sitting("an")
    with pytest.raises(errors.ForeignFloor):
        hall.chair(Call, request="r-an", meeting="meeting-2")


REASONED: list[tuple[type[DeskAct], dict[str, Any]]] = [
    (AdjustLane, {"item": ITEM, "lane": "speech"}),
    (Arrange, {"item": ITEM, "lane": "speech", "order": ("r-an", "r-binh")}),
    (Skip, {"request": "r-an"}),
    (ExtendTurn, {"turn": "t5", "seconds": 10}),
]


@pytest.mark.parametrize(("kind", "said"), REASONED)
def test_what_needs_a_reason(kind: type[Any], said: dict[str, Any]) -> None:
    """Without one, or with one that nobody can read, nothing happens."""
    hall = sitting("an", "binh")
    if kind is ExtendTurn:
        hall.call("r-an")
    with pytest.raises(errors.FloorReasonMissing):
        hall.chair(kind, **said)
    for unreadable in (" ", "a\nb", "\u200b", "\u2800"):
        with pytest.raises(TextUnclean):
            hall.chair(kind, **said, reason=unreadable)
    assert hall.chair(kind, **said, reason="Lý do")


# --- Calling -----------------------------------------------------------------------------------------------------


def test_a_call_in_turn() -> None:
    """The turn is who asked, with what the rules grant; its id is its line."""
    hall = sitting("an", "binh")
    hall.now += 3
    news = hall.chair(Call, request="r-an")
    turn = hall.turn()
    assert [type(each).__name__ for each in news] == ["RequestNews", "TurnNews"]
    assert (turn.id, turn.request, turn.member, turn.name) == ("t5", "r-an", "an", "Ông an")
    assert (turn.group, turn.seat, turn.state, turn.role) == ("A", "S-an", "called", "speech")
    assert (turn.planned_ms, turn.used_ms, turn.called_at, turn.started_at) == (60_000, 0, START + 3, None)
    assert (turn.in_turn, turn.next_was, turn.deadline) == (True, "", None)
    assert hall.request("r-an").state == "called"


def test_a_call_out_of_turn_says_who_was_passed_over() -> None:
    """And needs a reason."""
    hall = sitting("an", "binh", "chi")
    with pytest.raises(turn_errors.OutOfTurn) as refused:
        hall.chair(Call, request="r-chi")
    assert refused.value.facts == {"next": "Ông an"}
    hall.call("r-chi", reason="Giải trình")
    assert (hall.turn().in_turn, hall.turn().next_was) == (False, "r-an")


def test_a_reason_makes_no_call_out_of_turn() -> None:
    """Who is next is in turn with or without."""
    hall = sitting("an")
    hall.call("r-an", reason="Mời đại biểu")
    assert (hall.turn().in_turn, hall.turn().next_was) == (True, "")


def test_by_hand_everybody_is_in_turn() -> None:
    """A lane with the order `manual` passes nobody over."""
    hall = sitting("an", "binh", order="manual")
    hall.call("r-binh")
    assert (hall.turn().in_turn, hall.turn().next_was) == (True, "")


def test_calls_that_cannot_be() -> None:
    """Unknown, called, off the list; somebody called who has not begun."""
    hall = sitting("an", "binh")
    with pytest.raises(request_errors.RequestUnknown):
        hall.chair(Call, request="r-none")
    turn = hall.call("r-an")
    with pytest.raises(request_errors.NotWaiting) as refused:
        hall.chair(Call, request="r-an")
    assert refused.value.facts == {"state": "called"}
    assert refused.value.text == "Đăng ký phát biểu này đã được mời, chưa bắt đầu: không thể làm việc này."
    with pytest.raises(turn_errors.CalledAlready) as called:
        hall.chair(Call, request="r-binh")
    assert called.value.facts == {"turn": turn, "name": "Ông an"}
    hall.chair(StartTurn, turn=turn)
    hall.call("r-binh")
    with pytest.raises(turn_errors.SomebodySpeaks) as speaks:
        hall.chair(StartTurn, turn=hall.turn().id)
    assert speaks.value.facts == {"turn": turn, "name": "Ông an"}


def test_who_speaks_is_told_so() -> None:
    """Not that they were called: whoever withdraws, changes, removes, calls, or looks for their place."""
    hall = sitting("an", "binh")
    turn = hall.call("r-an", begun=True)
    told = {"running": "đang phát biểu", "paused": "đang tạm dừng"}
    for state, words in told.items():
        tries: tuple[Callable[[], object], ...] = (
            lambda: hall.act("an", Withdraw(meeting=MEETING, request="r-an")),
            lambda: hall.act("an", ChangeRequest(meeting=MEETING, request="r-an")),
            lambda: hall.chair(Remove, request="r-an", reason="Thử"),
            lambda: hall.chair(Skip, request="r-an", reason="Thử"),
            lambda: hall.chair(Call, request="r-an"),
            lambda: speakers.place(hall.floor, hall.request("r-an"), hall.now),
        )
        for one in tries:
            with pytest.raises(request_errors.NotWaiting) as refused:
                one()
            assert refused.value.facts == {"state": state}
            assert refused.value.text == f"Đăng ký phát biểu này {words}: không thể làm việc này."
        if state == "running":
            hall.chair(PauseTurn, turn=turn)


def test_who_waits_in_a_closed_lane_is_called() -> None:
    """Closing keeps the list."""
    hall = sitting("an")
    hall.chair(CloseLane, item=ITEM, lane="speech")
    hall.call("r-an", begun=True)


@pytest.mark.parametrize(
    ("rules", "planned"),
    [
        ({"turn_s": None}, None),
        ({"second_s": 20}, 60_000),
        ({"person_s": 45}, 45_000),
        ({"group_s": {"A": 50}}, 50_000),
        ({"group_s": {"B": 50}}, 60_000),
        ({"lane_s": 40}, 40_000),
        ({"item_s": 30}, 30_000),
        ({"turn_s": None, "item_s": 30, "lane_s": 35, "person_s": 70}, 30_000),
    ],
)
def test_the_smallest_limit_holds(rules: dict[str, Any], planned: int | None) -> None:
    """Of turn, person, group, lane, item."""
    hall = sitting("an", **rules)
    hall.call("r-an")
    assert hall.turn().planned_ms == planned


def test_budgets_are_of_what_was_used() -> None:
    """The second speech has its own limit; each budget is what the turns before have left, to the millisecond."""
    hall = sitting("an", second_s=50, person_s=80, group_s={"A": 75}, lane_s=90)
    hall.chair(EndTurn, turn=speak(hall, "r-an", 31_234))
    hall.ask("an", request="r-2")
    hall.call("r-2")
    assert hall.turn().planned_ms == min(50_000, 80_000 - 31_234, 75_000 - 31_234, 90_000 - 31_234)


def test_turns_under_way_have_taken_what_they_were_granted() -> None:
    """A call beside a turn that still runs does not spend its time twice; what it used beyond its limit counts too."""
    hall = sitting("an", "binh", lane_s=100)
    hall.call("r-an", begun=True)
    hall.call("r-binh")
    assert hall.turn().planned_ms == 40_000
    hall.chair(EndTurn, turn="t5")
    assert speakers.places(hall.floor, hall.lane(), hall.now, ("r-an", "r-binh")) == {}


def test_a_dropped_turn_spends_nothing() -> None:
    """Nor counts as a first speech."""
    hall = sitting("an", "binh", second_s=10, lane_s=60)
    hall.call("r-an")
    hall.chair(Skip, request="r-an", reason="Chưa sẵn sàng")
    hall.call("r-an", reason="Đã sẵn sàng")
    assert hall.turn().planned_ms == 60_000


def test_time_used_up_needs_a_reason() -> None:
    """With one it is a whole turn."""
    hall = sitting("an", "binh", group_s={"A": 30})
    hall.chair(EndTurn, turn=speak(hall, "r-an", 30_000))
    with pytest.raises(turn_errors.TimeUsedUp):
        hall.chair(Call, request="r-binh")
    hall.call("r-binh", reason="Chủ tọa cho thêm")
    assert (hall.turn().planned_ms, hall.turn().in_turn) == (60_000, True)


def test_time_used_up_where_a_turn_has_no_limit() -> None:
    """A reason gives a turn without a limit, as the rules have none to give."""
    hall = sitting("an", "binh", turn_s=None, lane_s=30)
    hall.chair(EndTurn, turn=speak(hall, "r-an", 31_000))
    hall.call("r-binh", reason="Chủ tọa cho thêm")
    assert hall.turn().planned_ms is None


# --- The clock of a turn -----------------------------------------------------------------------------------------


def speak(hall: FloorSitting, request: str, milliseconds: int) -> str:
    """A turn that has run so long and runs on."""
    turn = hall.call(request, begun=True)
    hall.wait(milliseconds)
    return turn


def test_start_pause_resume_end_to_the_millisecond() -> None:
    """Only what runs is used; deadline and warning move by each pause."""
    hall = sitting("an")
    turn = hall.call("r-an")
    hall.wait(1_111)
    hall.chair(StartTurn, turn=turn)
    began = hall.now
    assert (hall.turn().deadline, hall.turn().warn_at) == (began + 60_000, began + 30_000)
    assert (hall.turn().running_since, hall.turn().started_at, hall.turn().warned) == (began, began, 0)
    hall.wait(10_001)
    hall.chair(PauseTurn, turn=turn)
    standing = hall.turn()
    assert (standing.state, standing.used_ms, standing.running_since) == ("paused", 10_001, None)
    assert (standing.deadline, standing.warn_at) == (None, None)
    hall.wait(500_000)
    hall.chair(ResumeTurn, turn=turn)
    assert hall.turn().deadline == hall.now + 49_999
    assert hall.turn().started_at == began
    hall.wait(7)
    hall.chair(EndTurn, turn=turn)
    over = hall.turn()
    assert (over.state, over.used_ms, over.ended_at) == ("ended", 10_008, hall.now)
    assert (over.planned_ms, over.deadline, over.running_since) == (60_000, None, None)
    assert hall.request("r-an").state == "spoken"
    assert hall.floor.active == ()


def test_a_turn_ended_while_it_stands_uses_nothing_more() -> None:
    """What it had used is what it has used."""
    hall = sitting("an")
    turn = speak(hall, "r-an", 5)
    hall.chair(PauseTurn, turn=turn)
    hall.wait(99_999)
    hall.chair(EndTurn, turn=turn)
    assert hall.turn().used_ms == 5


def test_a_turn_that_starts_and_ends_at_once() -> None:
    """Uses nothing and was a turn."""
    hall = sitting("an")
    hall.chair(EndTurn, turn=hall.call("r-an", begun=True))
    assert (hall.turn().used_ms, hall.turn().state) == (0, "ended")


def test_extending() -> None:
    """Called, running or standing: the plan grows and the deadline with it; used time stays."""
    hall = sitting("an")
    turn = hall.call("r-an")
    hall.chair(ExtendTurn, turn=turn, seconds=5, reason="Nội dung dài")
    hall.chair(StartTurn, turn=turn)
    hall.wait(40_000)
    assert hall.turn().warned == 1
    hall.chair(ExtendTurn, turn=turn, seconds=10, reason="Nội dung dài")
    assert hall.turn().deadline == hall.now + 35_000
    assert (hall.turn().warned, hall.turn().warn_at) == (0, hall.now + 5_000)
    hall.chair(PauseTurn, turn=turn)
    hall.chair(ExtendTurn, turn=turn, seconds=1, reason="Nội dung dài")
    assert (hall.turn().deadline, hall.turn().planned_ms, hall.turn().extended_ms) == (None, 76_000, 16_000)
    hall.chair(ResumeTurn, turn=turn)
    assert hall.turn().deadline == hall.now + 36_000


def test_what_has_no_limit_is_not_extended() -> None:
    """There is nothing to add to."""
    hall = sitting("an", turn_s=None)
    turn = hall.call("r-an", begun=True)
    assert (hall.turn().deadline, hall.turn().warn_at) == (None, None)
    with pytest.raises(turn_errors.TurnTransition) as refused:
        hall.chair(ExtendTurn, turn=turn, seconds=5, reason="Thêm")
    assert refused.value.facts == {"state": "unlimited", "act": "extend"}
    assert hall.wait(10_000_000) == []


TRANSITIONS: list[tuple[type[DeskAct], dict[str, Any], set[str]]] = [
    (StartTurn, {}, {"called"}),
    (PauseTurn, {}, {"running"}),
    (ResumeTurn, {}, {"paused"}),
    (ExtendTurn, {"seconds": 1, "reason": "Thêm"}, {"called", "running", "paused"}),
    (EndTurn, {}, {"running", "paused"}),
]
STATES = ("called", "running", "paused", "ended", "dropped")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("kind", "said", "good"), TRANSITIONS)
def test_every_act_in_every_state(kind: type[Any], said: dict[str, Any], good: set[str], state: str) -> None:
    """An act that does not suit the state is refused, and says which state it is."""
    hall = sitting("an", "binh")
    turn = hall.call("r-an", begun=state not in ("called", "dropped"))
    if state == "dropped":
        hall.chair(Skip, request="r-an", reason="Vắng")
    elif state == "paused":
        hall.chair(PauseTurn, turn=turn)
    elif state == "ended":
        hall.chair(EndTurn, turn=turn)
    assert hall.turn(turn).state == state
    if state in good:
        assert hall.chair(kind, turn=turn, **said)
        return
    with pytest.raises(turn_errors.TurnTransition) as refused:
        hall.chair(kind, turn=turn, **said)
    assert refused.value.facts["state"] == state


@pytest.mark.parametrize(("kind", "said", "_good"), TRANSITIONS)
def test_no_such_turn(kind: type[Any], said: dict[str, Any], _good: set[str]) -> None:
    """Is unknown."""
    hall = sitting("an")
    with pytest.raises(turn_errors.TurnUnknown):
        hall.chair(kind, turn="t99", **said)


def test_only_one_runs() -> None:
    """A paused turn waits while another speaks."""
    hall = sitting("an", "binh")
    first = speak(hall, "r-an", 1_000)
    hall.chair(PauseTurn, turn=first)
    second = speak(hall, "r-binh", 2_000)
    with pytest.raises(turn_errors.SomebodySpeaks):
        hall.chair(ResumeTurn, turn=first)
    hall.chair(EndTurn, turn=second)
    assert hall.turn(first).state == "paused"
    hall.chair(ResumeTurn, turn=first)
    assert hall.turn(first).used_ms == 1_000


# --- Warnings and limits -----------------------------------------------------------------------------------------


def said(news: list[Any] | tuple[Any, ...]) -> list[tuple[str, int]]:
    """What was told of turns, with how many warnings they have had."""
    return [(each.what, each.turn.warned) for each in news if isinstance(each, TurnNews)]


def test_warned_30_s_before_and_at_the_limit() -> None:
    """Each once, at its millisecond; then the overrun is counted."""
    hall = sitting("an")
    turn = hall.call("r-an", begun=True)
    began = hall.now
    assert hall.wait(29_999) == []
    assert said(hall.wait(1)) == [("warned", 1)]
    assert hall.lines[-1].at == began + 30_000
    assert said(hall.wait(29_999)) == []
    assert said(hall.wait(1)) == [("warned", 2)]
    assert hall.lines[-1].at == began + 60_000
    assert hall.wait(12_345) == []
    hall.chair(EndTurn, turn=turn)
    assert hall.turn().used_ms == 72_345


def test_a_pause_keeps_the_warnings_given() -> None:
    """Resumed inside the last 30 s nobody is warned of them again; more time, and they are."""
    hall = sitting("an")
    turn = speak(hall, "r-an", 40_000)
    hall.chair(PauseTurn, turn=turn)
    hall.chair(ResumeTurn, turn=turn)
    assert (hall.turn().warned, hall.turn().warn_at) == (1, None)
    hall.chair(ExtendTurn, turn=turn, seconds=30, reason="Thêm")
    assert said(hall.wait(50_000)) == [("warned", 1), ("warned", 2)]


def test_a_turn_shorter_than_the_warning() -> None:
    """Is warned at its limit only."""
    hall = sitting("an", turn_s=20)
    hall.call("r-an", begun=True)
    assert hall.turn().warn_at is None
    assert said(hall.wait(20_000)) == [("warned", 2)]


@pytest.mark.parametrize(("warn_s", "first"), [(0, []), (1, [("warned", 1)])])
def test_warnings_are_the_lanes(warn_s: int, first: list[tuple[str, int]]) -> None:
    """At zero seconds before, the one at the limit is the only one."""
    hall = sitting("an", warn_s=warn_s)
    hall.call("r-an", begun=True)
    assert said(hall.wait(59_999)) == first
    assert said(hall.wait(1)) == [("warned", 2)]


def test_ended_at_the_limit_where_the_rules_say_so() -> None:
    """Exactly there, whenever the clock comes to it."""
    hall = sitting("an", "binh", at_limit="end")
    hall.call("r-an", begun=True)
    assert said(hall.wait(70_000)) == [("warned", 1), ("ended", 1)]
    assert (hall.turn().used_ms, hall.turn().ended_at) == (60_000, hall.now - 10_000)
    assert hall.request("r-an").state == "spoken"


def test_nothing_left_cannot_be_resumed_where_turns_end() -> None:
    """After other rules, or with none left: more time first."""
    hall = sitting("an")
    turn = speak(hall, "r-an", 60_000)
    hall.chair(PauseTurn, turn=turn)
    ends = LaneRules(turn_s=60, at_limit="end")
    hall.chair(AdjustLane, item=ITEM, lane="speech", rules=ends, reason="Hết giờ")
    with pytest.raises(turn_errors.TimeUsedUp):
        hall.chair(ResumeTurn, turn=turn)
    hall.chair(ExtendTurn, turn=turn, seconds=1, reason="Kết luận")
    hall.chair(ResumeTurn, turn=turn)
    assert said(hall.wait(1_000)) == [("ended", 1)]


def test_other_rules_end_a_turn_that_is_over_its_time() -> None:
    """What is due is due at once."""
    hall = sitting("an")
    turn = speak(hall, "r-an", 61_000)
    ends = LaneRules(turn_s=60, at_limit="end")
    hall.chair(AdjustLane, item=ITEM, lane="speech", rules=ends, reason="Hết giờ")
    assert said(hall.tick()) == [("ended", 2)]
    assert hall.turn(turn).used_ms == 61_000


# --- What is seen ------------------------------------------------------------------------------------------------


def test_places_and_waits() -> None:
    """Who is before, and how long: what is left of who speaks, and what is granted to those ahead."""
    hall = sitting("an", "binh", "chi", second_s=20)
    hall.chair(EndTurn, turn=speak(hall, "r-an", 1_000))
    hall.ask("an", request="r-2")
    hall.call("r-binh", begun=True)
    hall.wait(15_000)
    found = speakers.places(hall.floor, hall.lane(), hall.now, hall.floor.requests)
    assert [(place.place, place.before, place.wait_ms) for place in found.values()] == [
        (1, (), 45_000),
        (2, ("r-chi",), 105_000),
    ]
    hall.wait(100_000)
    hall.ask("dung")
    wait = speakers.place(hall.floor, hall.request("r-dung"), hall.now).wait_ms
    assert wait == 60_000 + 20_000


def test_no_wait_is_told_where_there_is_no_limit() -> None:
    """But who is next with nobody before them waits for nobody."""
    hall = sitting("an", "binh", turn_s=None)
    found = speakers.places(hall.floor, hall.lane(), hall.now, hall.floor.requests)
    assert [place.wait_ms for place in found.values()] == [0, None]


def test_the_floor_as_shown() -> None:
    """Lanes with who waits, turns under way, the last that ended, polls, and the revision to act on."""
    hall = sitting("an", "binh", "chi")
    hall.chair(EndTurn, turn=speak(hall, "r-an", 1))
    hall.call("r-binh", begun=True)
    hall.vote("poll-1", "open")
    seen = speakers.shown(hall.floor)
    assert seen.revision == hall.floor.revision
    assert [request.id for request in seen.lanes[0].waiting] == ["r-chi"]
    assert [turn.request for turn in seen.turns] == ["r-binh"]
    assert seen.last is not None
    assert (seen.last.request, seen.votes) == ("r-an", ("poll-1",))


@pytest.mark.parametrize(
    ("kind", "said", "refusal"),
    [
        (OpenLane, {"item": ITEM, "lane": "speech"}, lane_errors.LaneOpenAlready),
        (CloseLane, {"item": ITEM, "lane": "debate"}, lane_errors.LaneUnknown),
        (Call, {"request": "r-9"}, request_errors.RequestUnknown),
    ],
)
def test_stale_is_said_before_wrong(kind: type[Any], said: dict[str, Any], refusal: type[Refused]) -> None:
    """A console that is behind is told so first; else what is wrong."""
    hall = sitting("an")
    with pytest.raises(refusal):
        hall.chair(kind, **said)
    with pytest.raises(errors.FloorMoved):
        hall.chair(kind, **said, seen=hall.floor.revision - 1)
