"""Turns that nobody queues for: the answer to a question that was put, and a question interposed to who speaks."""

from msgspec.structs import replace

from services.rules.floor import speaking_time
from services.rules.floor.lane_errors import ItemEnded
from services.rules.floor.requests import Facts, must_not_vote, speaker
from services.rules.floor.speakers import lane_of, turn_of
from services.rules.floor.state import Floor
from services.rules.floor.turn_errors import AnsweredAlready, NoAnswersHere, NotInterposedHere, TurnTransition
from services.rules.floor.turns import happened, must_be, must_not_be_called, must_speak_beside_votes
from services.wire import AnyNews, CallAnswer, Interpose, Turn


def answer(floor: Floor, act: CallAnswer, facts: Facts) -> tuple[AnyNews, ...]:
    """A turn to answer a question that was put. Raises NoAnswersHere, ItemEnded, CalledAlready, SpeakerNotOnRoll;
    AnsweredAlready for one more without a reason."""
    question = turn_of(floor, act.turn)
    lane = lane_of(floor, question.item, question.lane)
    if lane.rules.answer_s is None or question.role != "speech" or question.state != "ended":
        raise NoAnswersHere
    if lane.state == "ended":
        raise ItemEnded
    must_not_vote(floor, lane)
    must_not_be_called(floor, lane)
    answers = (turn for turn in floor.turns_of(lane.item, lane.lane) if turn.answers == question.id)
    if not act.reason and (first := next(answers, None)) is not None:
        raise AnsweredAlready(name=first.name)
    turn = _by_name(floor, question, act.member, act.name, facts.at)
    planned = lane.rules.answer_s * speaking_time.SECOND
    turn = replace(turn, role="answer", answers=question.id, planned_ms=planned)
    return (happened("called", "answer", turn),)


def interpose(floor: Floor, act: Interpose, facts: Facts) -> tuple[AnyNews, ...]:
    """A question to who speaks: they pause, it runs. Raises NotInterposedHere where the rules give it no time,
    TurnTransition unless they speak now, VoteUnderWay."""
    target = turn_of(floor, act.turn)
    lane = lane_of(floor, target.item, target.lane)
    if lane.rules.interposed_s is None:
        raise NotInterposedHere
    must_be(target, ("running",), "interpose")
    if target.role == "interposed":
        raise TurnTransition(state=target.role, act="interpose")
    must_speak_beside_votes(floor, lane)
    turn = _by_name(floor, target, act.member, act.name, facts.at)
    planned = lane.rules.interposed_s * speaking_time.SECOND
    turn = replace(turn, role="interposed", interrupts=target.id, planned_ms=planned)
    return (
        happened("paused", "interpose", speaking_time.stop(target, facts.at)),
        happened("started", "interpose", speaking_time.run(turn, lane, facts.at)),
    )


def _by_name(floor: Floor, beside: Turn, member: str, name: str, now: int) -> Turn:
    """A turn without a request, in the lane of another turn."""
    shown, group, seat = speaker(floor, member, name)
    return Turn(
        id=f"t{floor.size}",
        item=beside.item,
        lane=beside.lane,
        member=member,
        name=shown,
        group=group,
        seat=seat,
        planned_ms=None,
        called_at=now,
    )
