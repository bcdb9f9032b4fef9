"""Who interrupts whom, and that the time comes back to the millisecond; votes; answers; the end of an item."""

from typing import Any

import pytest

from services.rules.errors import TextUnclean
from services.rules.floor import errors, lane_errors, request_errors, turn_errors
from services.rules.floor.turn_log import log_of
from services.wire import (
    AdjustLane,
    CallAnswer,
    EndItem,
    EndTurn,
    Interpose,
    LaneRules,
    OpenLane,
    PauseTurn,
    ResumeTurn,
    StartTurn,
    WriteOpinion,
)
from tests.support.floor_sitting import CHAIR, ITEM, MEETING, FloorSitting

OTHER = "item-2"
WHY = "Đại biểu đề nghị trả lời thêm"
LANES = {
    "speech": LaneRules(turn_s=60, interposed_s=20, paused_by_vote=True),
    "question": LaneRules(turn_s=60, answer_s=180),
    "point_of_order": LaneRules(
        turn_s=30, interposed_s=20, warn_s=10, interrupts=True, blocked_by_vote=True, at_limit="end"
    ),
}


def sitting(*, at_limit: str = "warn") -> FloorSitting:
    """An item with three lanes; a delegate waits in each of two."""
    lanes = {**LANES, "speech": LaneRules(turn_s=60, interposed_s=20, paused_by_vote=True, at_limit=at_limit)}  # type: ignore[arg-type]
    hall = FloorSitting(lanes)
    for lane in lanes:
        hall.chair(OpenLane, item=ITEM, lane=lane)
    hall.ask("an")
    hall.ask("binh", lane="point_of_order")
    return hall


def speaking(hall: FloorSitting, request: str = "r-an", milliseconds: int = 10_000) -> str:
    """A turn that runs, and has for so long."""
    turn = hall.call(request, begun=True)
    hall.wait(milliseconds)
    return turn


def interposed(hall: FloorSitting, turn: str, member: str = "chi", **said: Any) -> str:
    """A question to who speaks; its turn."""
    hall.chair(Interpose, turn=turn, **(said or {"member": member}))
    return hall.turn().id


# --- Interposed questions ----------------------------------------------------------------------------------------


def test_an_interposed_question_gives_the_time_back() -> None:
    """To the millisecond: the speaker has used what they used, and their deadline moves by the question's time."""
    hall = sitting()
    turn = speaking(hall, milliseconds=12_345)
    deadline = hall.turn(turn).deadline or 0
    question = interposed(hall, turn)
    assert (hall.turn(turn).state, hall.turn(turn).used_ms) == ("paused", 12_345)
    assert (hall.turn(question).role, hall.turn(question).interrupts) == ("interposed", turn)
    assert (hall.turn(question).planned_ms, hall.turn(question).request) == (20_000, "")
    assert (hall.turn(question).name, hall.turn(question).group) == ("Ông chi", "B")
    hall.wait(9_876)
    hall.chair(EndTurn, turn=question)
    assert hall.turn(question).used_ms == 9_876
    assert (hall.turn(turn).state, hall.turn(turn).deadline) == ("running", deadline + 9_876)


def test_a_question_by_a_guest() -> None:
    """Anybody by name; it has the rules' time, also where a speech has no limit."""
    hall = FloorSitting({"speech": LaneRules(interposed_s=20)})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    hall.ask("an")
    question = interposed(hall, speaking(hall), name="Bà Khách")
    turn = hall.turn(question)
    assert (turn.member, turn.name, turn.planned_ms) == ("", "Bà Khách", 20_000)
    assert turn.deadline == hall.now + 20_000


def test_no_question_where_the_rules_know_none() -> None:
    """It would have no limit; the desk may give the list rules that know them, with a reason."""
    hall = FloorSitting({"speech": LaneRules(turn_s=60)})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    hall.ask("an")
    turn = speaking(hall)
    with pytest.raises(turn_errors.NotInterposedHere):
        hall.chair(Interpose, turn=turn, member="chi")
    rules = LaneRules(turn_s=60, interposed_s=20)
    hall.chair(AdjustLane, item=ITEM, lane="speech", rules=rules, reason="Chủ tọa cho hỏi xen")
    assert hall.turn(interposed(hall, turn)).planned_ms == 20_000


def test_questions_that_cannot_be_interposed() -> None:
    """To nobody, to who does not speak, to a question; by nobody, by two, by a stranger, by a name in disguise."""
    hall = sitting()
    with pytest.raises(turn_errors.TurnUnknown):
        hall.chair(Interpose, turn="t99", member="chi")
    turn = hall.call("r-an")
    with pytest.raises(turn_errors.TurnTransition):
        hall.chair(Interpose, turn=turn, member="chi")
    hall.chair(StartTurn, turn=turn)
    for said in ({}, {"member": "chi", "name": "Ai"}):
        with pytest.raises(turn_errors.SpeakerMissing):
            hall.chair(Interpose, turn=turn, **said)
    with pytest.raises(request_errors.SpeakerNotOnRoll):
        hall.chair(Interpose, turn=turn, member="stranger")
    with pytest.raises(TextUnclean):
        hall.chair(Interpose, turn=turn, name="A\u202eB")
    question = interposed(hall, turn)
    with pytest.raises(turn_errors.TurnTransition) as refused:
        hall.chair(Interpose, turn=question, member="dung")
    assert refused.value.facts["state"] == "interposed"
    with pytest.raises(turn_errors.TurnTransition):
        hall.chair(Interpose, turn=turn, member="dung")


def test_the_clock_ends_a_question_where_the_rules_end_turns() -> None:
    """And the speaker goes on at that millisecond."""
    hall = sitting(at_limit="end")
    turn = speaking(hall, milliseconds=5_000)
    question = interposed(hall, turn)
    began = hall.now
    hall.wait(50_000)
    assert hall.turn(question).used_ms == 20_000
    assert hall.turn(turn).running_since == began + 20_000
    assert hall.turn(turn).used_ms == 5_000


def test_a_question_does_not_use_up_a_persons_speeches() -> None:
    """It is nobody's speech: `second_s` and the budgets of persons are not touched by it."""
    rules = LaneRules(turn_s=60, second_s=10, person_s=70, turns_per_person=1, interposed_s=30)
    hall = FloorSitting({"speech": rules})
    hall.chair(OpenLane, item=ITEM, lane="speech")
    hall.ask("an")
    turn = speaking(hall)
    question = interposed(hall, turn)
    hall.wait(30_000)
    hall.chair(EndTurn, turn=question)
    hall.chair(EndTurn, turn=turn)
    hall.ask("chi")
    hall.call("r-chi")
    assert hall.turn().planned_ms == 60_000


# --- Points of order ---------------------------------------------------------------------------------------------


def test_a_point_of_order_interrupts_and_gives_back() -> None:
    """When it starts, not when it is called."""
    hall = sitting()
    turn = speaking(hall, milliseconds=1_001)
    point = hall.call("r-binh")
    assert hall.turn(turn).state == "running"
    hall.wait(500)
    hall.chair(StartTurn, turn=point)
    assert (hall.turn(turn).used_ms, hall.turn(point).interrupts) == (1_501, turn)
    hall.wait(30_000)
    assert (hall.turn(point).state, hall.turn(point).used_ms) == ("ended", 30_000)
    assert (hall.turn(turn).state, hall.turn(turn).used_ms) == ("running", 1_501)


def test_other_lanes_do_not_interrupt() -> None:
    """A question waits until who speaks has ended."""
    hall = sitting()
    turn = speaking(hall)
    hall.ask("chi", lane="question")
    question = hall.call("r-chi")
    with pytest.raises(turn_errors.SomebodySpeaks):
        hall.chair(StartTurn, turn=question)
    hall.chair(EndTurn, turn=turn)
    hall.chair(StartTurn, turn=question)


def test_a_point_of_order_while_a_speaker_stands() -> None:
    """Who was paused by the chair is interrupted by nobody, and does not go on by itself."""
    hall = sitting()
    turn = speaking(hall)
    hall.chair(PauseTurn, turn=turn)
    point = hall.call("r-binh", begun=True)
    assert hall.turn(point).interrupts == ""
    hall.chair(EndTurn, turn=point)
    assert hall.turn(turn).state == "paused"


# --- One in another ----------------------------------------------------------------------------------------------


def nested(hall: FloorSitting) -> tuple[str, str, str]:
    """A speech, a question interposed to it, a point of order in the question: 10, 3 and 2 seconds so far."""
    speech = speaking(hall)
    question = interposed(hall, speech)
    hall.wait(3_000)
    point = speaking(hall, "r-binh", 2_000)
    return speech, question, point


def states(hall: FloorSitting, *turns: str) -> list[str]:
    """Their states."""
    return [hall.turn(turn).state for turn in turns]


def test_each_gives_back_to_whom_it_interrupted() -> None:
    """From the inside out; nobody loses a millisecond."""
    hall = sitting()
    speech, question, point = turns = nested(hall)
    assert states(hall, *turns) == ["paused", "paused", "running"]
    hall.chair(EndTurn, turn=point)
    assert states(hall, *turns) == ["paused", "running", "ended"]
    hall.wait(1_000)
    hall.chair(EndTurn, turn=question)
    assert states(hall, *turns) == ["running", "ended", "ended"]
    hall.wait(1)
    hall.chair(EndTurn, turn=speech)
    assert [hall.turn(turn).used_ms for turn in turns] == [10_001, 4_000, 2_000]


def test_the_middle_one_ends_first() -> None:
    """Then the inner one gives back to the outer one."""
    hall = sitting()
    _, question, point = turns = nested(hall)
    hall.chair(EndTurn, turn=question)
    assert states(hall, *turns) == ["paused", "ended", "running"]
    hall.chair(EndTurn, turn=point)
    assert states(hall, *turns) == ["running", "ended", "ended"]


def test_the_outer_ones_end_first() -> None:
    """There is nobody to give back to."""
    hall = sitting()
    speech, question, point = turns = nested(hall)
    hall.chair(EndTurn, turn=question)
    hall.chair(EndTurn, turn=speech)
    hall.chair(EndTurn, turn=point)
    assert states(hall, *turns) == ["ended", "ended", "ended"]
    assert hall.floor.active == ()


def test_a_question_ended_while_it_stands() -> None:
    """The speaker goes on; but not beside somebody else who speaks by then."""
    hall = sitting()
    speech = speaking(hall)
    question = interposed(hall, speech)
    hall.chair(PauseTurn, turn=question)
    hall.chair(EndTurn, turn=question)
    assert hall.turn(speech).state == "running"
    question = interposed(hall, speech, "dung")
    hall.chair(PauseTurn, turn=question)
    point = hall.call("r-binh", begun=True)
    hall.chair(EndTurn, turn=question)
    assert states(hall, speech, point) == ["paused", "running"]


def test_the_chair_lets_the_speaker_go_on_before_the_question_is_over() -> None:
    """The question stands; its end changes nothing for who speaks."""
    hall = sitting()
    speech = speaking(hall)
    question = interposed(hall, speech)
    with pytest.raises(turn_errors.SomebodySpeaks):
        hall.chair(ResumeTurn, turn=speech)
    hall.chair(PauseTurn, turn=question)
    hall.chair(ResumeTurn, turn=speech)
    since = hall.turn(speech).running_since
    hall.wait(10)
    hall.chair(EndTurn, turn=question)
    assert hall.turn(speech).running_since == since


def test_who_has_nothing_left_does_not_go_on_where_turns_end() -> None:
    """Under rules that came while they stood: the chair gives more time, or ends it."""
    hall = sitting()
    speech = speaking(hall, milliseconds=61_000)
    question = interposed(hall, speech)
    rules = LaneRules(turn_s=60, at_limit="end")
    hall.chair(AdjustLane, item=ITEM, lane="speech", rules=rules, reason="Hết giờ")
    hall.chair(EndTurn, turn=question)
    assert hall.turn(speech).state == "paused"
    with pytest.raises(turn_errors.TimeUsedUp):
        hall.chair(ResumeTurn, turn=speech)


# --- Answers -----------------------------------------------------------------------------------------------------


def asked(hall: FloorSitting) -> str:
    """A question that was put."""
    hall.ask("chi", lane="question")
    question = speaking(hall, "r-chi", 50_000)
    hall.chair(EndTurn, turn=question)
    return question


def test_an_answer() -> None:
    """By a minister who is on no roll, in the question's lane, by the answer's limit; a second one with a reason."""
    hall = sitting()
    question = asked(hall)
    for reason in ("", WHY):
        hall.chair(CallAnswer, turn=question, name="Bộ trưởng", reason=reason)
        answer = hall.turn()
        assert (answer.role, answer.answers, answer.lane, answer.item) == (
            "answer",
            question,
            "question",
            ITEM,
        )
        assert (answer.planned_ms, answer.member, answer.name) == (180_000, "", "Bộ trưởng")
        assert (answer.state, answer.request, answer.in_turn) == ("called", "", True)
        hall.chair(StartTurn, turn=answer.id)
        hall.wait(180_500)
        hall.chair(EndTurn, turn=answer.id)
        assert hall.turn().used_ms == 180_500
    with pytest.raises(turn_errors.AnsweredAlready) as refused:
        hall.chair(CallAnswer, turn=question, member="dung")
    assert refused.value.facts == {"name": "Bộ trưởng"}
    hall.chair(CallAnswer, turn=question, member="dung", reason=WHY)
    assert (hall.turn().member, hall.turn().group) == ("dung", "B")
    told = [(each.act, each.by, each.about, each.reason) for each in log_of(hall.lines).overrides]
    assert told == [("answer", CHAIR, "Ông chi", WHY)] * 2


def test_a_wrong_answer_is_dropped() -> None:
    """A minister called by mistake keeps nobody from answering."""
    hall = sitting()
    question = asked(hall)
    hall.chair(CallAnswer, turn=question, name="Bộ trưởng Y")
    hall.chair(EndTurn, turn=hall.turn().id)
    assert (hall.turn().state, hall.turn().ended_at) == ("dropped", hall.now)
    hall.chair(CallAnswer, turn=question, name="Bộ trưởng X")
    assert hall.turn().state == "called"


def test_what_cannot_be_answered() -> None:
    """A speech, a question not put yet, an answer; nobody answers; somebody is called already; the item is over."""
    hall = sitting()
    speech = speaking(hall)
    hall.chair(EndTurn, turn=speech)
    hall.ask("chi", lane="question")
    question = hall.call("r-chi", begun=True)
    for turn in (speech, question):
        with pytest.raises(turn_errors.NoAnswersHere):
            hall.chair(CallAnswer, turn=turn, name="Bộ trưởng")
    hall.chair(EndTurn, turn=question)
    with pytest.raises(turn_errors.SpeakerMissing):
        hall.chair(CallAnswer, turn=question)
    with pytest.raises(request_errors.SpeakerNotOnRoll):
        hall.chair(CallAnswer, turn=question, member="stranger")
    hall.chair(CallAnswer, turn=question, name="Bộ trưởng")
    with pytest.raises(turn_errors.CalledAlready):
        hall.chair(CallAnswer, turn=question, name="Thứ trưởng")
    hall.chair(StartTurn, turn=hall.turn().id)
    hall.chair(EndTurn, turn=hall.turn().id)
    with pytest.raises(turn_errors.NoAnswersHere):
        hall.chair(CallAnswer, turn=hall.turn().id, name="Bộ trưởng")
    hall.chair(EndItem, item=ITEM)
    with pytest.raises(lane_errors.ItemEnded):
        hall.chair(CallAnswer, turn=question, name="Bộ trưởng")


# --- Votes -------------------------------------------------------------------------------------------------------


def test_a_vote_pauses_who_speaks_where_the_rules_say_so() -> None:
    """The time stands; afterwards the chair lets them go on."""
    hall = sitting()
    turn = speaking(hall, milliseconds=7_777)
    news = hall.vote("poll-1", "open")
    assert [each.cause for each in news] == ["vote", "vote"]
    assert (hall.turn().state, hall.turn().used_ms) == ("paused", 7_777)
    with pytest.raises(errors.VoteUnderWay):
        hall.chair(ResumeTurn, turn=turn)
    hall.wait(60_000)
    hall.vote("poll-1", "closed")
    assert (hall.turn().state, hall.floor.votes) == ("paused", ())
    hall.chair(ResumeTurn, turn=turn)
    assert hall.turn().deadline == hall.now + 52_223


def test_a_vote_silences() -> None:
    """No start, no interposed question, no point of order; a turn in another lane runs on."""
    hall = sitting()
    question = asked(hall)
    hall.chair(CallAnswer, turn=question, name="Bộ trưởng")
    answer = hall.turn().id
    hall.chair(StartTurn, turn=answer)
    speech = hall.call("r-an")
    hall.vote("poll-1", "open")
    assert hall.turn(answer).state == "running"
    with pytest.raises(errors.VoteUnderWay):
        hall.call("r-binh")
    hall.chair(EndTurn, turn=answer)
    with pytest.raises(errors.VoteUnderWay):
        hall.chair(StartTurn, turn=speech)
    with pytest.raises(errors.VoteUnderWay):
        hall.ask("dung", lane="point_of_order")
    hall.vote("poll-1", "voided")
    hall.call("r-binh", begun=True)


def test_a_point_of_order_that_ends_during_a_vote() -> None:
    """Began before it, and runs on; who it interrupted stays silent until the vote is over."""
    hall = sitting()
    turn = speaking(hall)
    point = hall.call("r-binh", begun=True)
    hall.vote("poll-1", "open")
    assert hall.turn(point).state == "running"
    with pytest.raises(errors.VoteUnderWay):
        hall.chair(Interpose, turn=point, member="chi")
    hall.wait(30_000)
    assert states(hall, turn, point) == ["paused", "ended"]
    hall.vote("poll-1", "closed")
    hall.chair(ResumeTurn, turn=turn)
    assert hall.turn(turn).used_ms == 10_000


def test_polls_that_are_known_change_nothing() -> None:
    """Announced, drafted, held, opened again, closed twice; several at once."""
    hall = sitting()
    assert hall.vote("poll-1", "draft") == hall.vote("poll-1", "announced") == ()
    hall.vote("poll-1", "open")
    hall.vote("poll-2", "open")
    for still in ("open", "held", "closing"):
        assert hall.vote("poll-1", still) == ()
    assert list(hall.floor.votes) == ["poll-1", "poll-2"]
    hall.vote("poll-1", "closed")
    assert hall.vote("poll-1", "declared") == hall.vote("poll-9", "certified") == ()
    assert list(hall.floor.votes) == ["poll-2"]


# --- The end of an item ------------------------------------------------------------------------------------------


def test_the_end_of_an_item() -> None:
    """Who speaks has spoken, who was called or waits was not reached, every lane has ended."""
    hall = sitting()
    turn = speaking(hall)
    hall.ask("chi")
    hall.ask("dung")
    called = hall.call("r-chi")
    point = hall.call("r-binh")
    hall.chair(EndItem, item=ITEM)
    assert states(hall, turn, called, point) == ["ended", "dropped", "dropped"]
    assert hall.turn(turn).used_ms == 10_000
    assert [hall.request(f"r-{who}").state for who in ("an", "binh", "chi", "dung")] == [
        "spoken",
        "unreached",
        "unreached",
        "unreached",
    ]
    assert {lane.state for lane in hall.floor.lanes.values()} == {"ended"}
    assert hall.floor.active == ()
    with pytest.raises(lane_errors.ItemEnded):
        hall.chair(EndItem, item=ITEM)
    with pytest.raises(lane_errors.ItemEnded):
        hall.chair(OpenLane, item=ITEM, lane="speech")
    with pytest.raises(lane_errors.ItemEnded):
        hall.chair(AdjustLane, item=ITEM, lane="speech", reason="Thêm")
    with pytest.raises(lane_errors.ItemUnknown):
        hall.chair(EndItem, item="item-9")


def test_an_item_ends_with_turns_in_one_another() -> None:
    """All are over, with what they had used; nobody of this item goes on."""
    hall = sitting()
    turns = nested(hall)
    hall.chair(EndItem, item=ITEM)
    assert states(hall, *turns) == ["ended", "ended", "ended"]
    assert [hall.turn(turn).used_ms for turn in turns] == [10_000, 3_000, 2_000]
    assert hall.request("r-an").state == hall.request("r-binh").state == "spoken"


def test_an_item_ends_with_a_turn_that_stands() -> None:
    """And who took part is not invited to write, who was returned and waits is."""
    hall = sitting()
    turn = speaking(hall)
    hall.chair(PauseTurn, turn=turn)
    hall.chair(EndItem, item=ITEM)
    assert hall.turn(turn).used_ms == 10_000
    with pytest.raises(request_errors.NotInvited):
        hall.act("an", WriteOpinion(meeting=MEETING, item=ITEM, text="x"))
    hall.act("binh", WriteOpinion(meeting=MEETING, item=ITEM, text="x"))


def other_item(hall: FloorSitting) -> tuple[str, str]:
    """A speech of this item, interrupted by a point of order of another."""
    hall.chair(OpenLane, item=OTHER, lane="point_of_order")
    hall.ask("chi", item=OTHER, lane="point_of_order")
    speech = speaking(hall)
    return speech, speaking(hall, "r-chi", 1_000)


def test_the_item_of_who_interrupts_ends() -> None:
    """Who was interrupted in another item goes on at once."""
    hall = sitting()
    speech, point = other_item(hall)
    hall.chair(EndItem, item=OTHER)
    assert states(hall, speech, point) == ["running", "ended"]
    assert hall.turn(speech).running_since == hall.now
    assert hall.lane().state == "open"


def test_the_item_of_who_was_interrupted_ends() -> None:
    """Who interrupts goes on; then nobody."""
    hall = sitting()
    speech, point = other_item(hall)
    hall.chair(EndItem, item=ITEM)
    assert states(hall, speech, point) == ["ended", "running"]
    hall.chair(EndTurn, turn=point)
    assert hall.floor.active == ()


def test_an_item_ends_during_a_vote() -> None:
    """Its turns are over; who was interrupted elsewhere stays silent."""
    hall = sitting()
    speech, point = other_item(hall)
    hall.vote("poll-1", "open")
    hall.chair(EndItem, item=OTHER)
    assert states(hall, speech, point) == ["paused", "ended"]
