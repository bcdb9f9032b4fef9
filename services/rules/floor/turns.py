"""What the desk does with turns: call, start, pause, resume, extend, end; answers and interposed questions."""

from typing import Literal

from msgspec.structs import replace

from services.rules.floor import speaking_time
from services.rules.floor.errors import (
    CalledAlready,
    ItemEnded,
    NoAnswersHere,
    NotWaiting,
    OutOfTurn,
    SomebodySpeaks,
    TimeUsedUp,
    TurnTransition,
    VoteUnderWay,
)
from services.rules.floor.requests import Facts, must_not_vote, speaker
from services.rules.floor.speakers import lane_of, queue, request_of, turn_of
from services.rules.floor.state import Floor
from services.wire import (
    AnyNews,
    Call,
    CallAnswer,
    EndTurn,
    ExtendTurn,
    Interpose,
    Lane,
    PauseTurn,
    RequestNews,
    ResumeTurn,
    SpeakRequest,
    StartTurn,
    Turn,
    TurnNews,
)

What = Literal["called", "started", "paused", "resumed", "extended", "warned", "ended", "dropped"]


def call(floor: Floor, act: Call, facts: Facts) -> tuple[AnyNews, ...]:
    """A turn for a waiting request. Raises OutOfTurn, TimeUsedUp (both only without a reason), CalledAlready,
    NotWaiting, VoteUnderWay."""
    request = request_of(floor, act.request)
    if request.state != "waiting":
        raise NotWaiting(state=request.state)
    lane = lane_of(floor, request.item, request.lane)
    must_not_vote(floor, lane)
    _must_not_be_called(floor, lane)
    following = queue(floor, lane)[0]
    in_turn = following.id == request.id or lane.rules.order == "manual"
    if not (in_turn or act.reason):
        raise OutOfTurn(next=following.name)
    turn = _turn(floor, lane, request, _granted(floor, lane, request, act.reason), facts.at)
    if not in_turn:
        turn = replace(turn, in_turn=False, next_was=following.id)
    called = replace(request, state="called")
    return (
        RequestNews(cause="call", request=called),
        TurnNews(cause="call", what="called", turn=turn),
    )


def answer(floor: Floor, act: CallAnswer, facts: Facts) -> tuple[AnyNews, ...]:
    """A turn to answer a question that was put. Raises NoAnswersHere, ItemEnded, CalledAlready, SpeakerNotOnRoll."""
    question = turn_of(floor, act.turn)
    lane = lane_of(floor, question.item, question.lane)
    if lane.rules.answer_s is None or question.role != "speech" or question.state != "ended":
        raise NoAnswersHere
    if lane.state == "ended":
        raise ItemEnded
    must_not_vote(floor, lane)
    _must_not_be_called(floor, lane)
    turn = _by_name(floor, question, act.member, act.name, facts.at)
    planned = lane.rules.answer_s * speaking_time.SECOND
    turn = replace(turn, role="answer", answers=question.id, planned_ms=planned)
    return (TurnNews(cause="answer", what="called", turn=turn),)


def interpose(floor: Floor, act: Interpose, facts: Facts) -> tuple[AnyNews, ...]:
    """A question to who speaks: they pause, it runs. Raises TurnTransition unless they speak now."""
    target = turn_of(floor, act.turn)
    lane = lane_of(floor, target.item, target.lane)
    _must_be(target, ("running",), "interpose")
    if target.role == "interposed":
        raise TurnTransition(state=target.role, act="interpose")
    _must_speak_beside_votes(floor, lane)
    turn = _by_name(floor, target, act.member, act.name, facts.at)
    limit = lane.rules.interposed_s
    planned = None if limit is None else limit * speaking_time.SECOND
    turn = replace(turn, role="interposed", interrupts=target.id, planned_ms=planned)
    return (
        _told("paused", "interpose", speaking_time.stop(target, facts.at)),
        _told("started", "interpose", speaking_time.run(turn, lane, facts.at)),
    )


def start(floor: Floor, act: StartTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """Who was called begins; in a lane that interrupts, who speaks now pauses until then. Raises SomebodySpeaks."""
    turn = turn_of(floor, act.turn)
    lane = lane_of(floor, turn.item, turn.lane)
    _must_be(turn, ("called",), "start")
    _must_speak_beside_votes(floor, lane)
    running = floor.running()
    paused: tuple[AnyNews, ...] = ()
    if running is not None:
        if not lane.rules.interrupts:
            raise SomebodySpeaks(turn=running.id)
        paused = (_told("paused", "start", speaking_time.stop(running, facts.at)),)
        turn = replace(turn, interrupts=running.id)
    return (*paused, _told("started", "start", speaking_time.run(turn, lane, facts.at)))


def pause(floor: Floor, act: PauseTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """The clock stands."""
    turn = turn_of(floor, act.turn)
    _must_be(turn, ("running",), "pause")
    return (_told("paused", "pause", speaking_time.stop(turn, facts.at)),)


def resume(floor: Floor, act: ResumeTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """The clock runs on. Raises SomebodySpeaks, VoteUnderWay, TimeUsedUp."""
    turn = turn_of(floor, act.turn)
    lane = lane_of(floor, turn.item, turn.lane)
    _must_be(turn, ("paused",), "resume")
    _must_speak_beside_votes(floor, lane)
    running = floor.running()
    if running is not None:
        raise SomebodySpeaks(turn=running.id)
    remaining = speaking_time.left(turn, facts.at)
    if lane.rules.at_limit == "end" and remaining is not None and remaining <= 0:
        raise TimeUsedUp
    return (_told("resumed", "resume", speaking_time.run(turn, lane, facts.at)),)


def extend(floor: Floor, act: ExtendTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """More time. Raises TurnTransition for a turn that is over, or has no limit."""
    turn = turn_of(floor, act.turn)
    lane = lane_of(floor, turn.item, turn.lane)
    _must_be(turn, ("called", "running", "paused"), "extend")
    if turn.planned_ms is None:
        raise TurnTransition(state="unlimited", act="extend")
    longer = speaking_time.extend(turn, lane, act.seconds * speaking_time.SECOND, facts.at)
    return (_told("extended", "extend", longer),)


def end(floor: Floor, act: EndTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """The turn is over. Raises TurnTransition for one that has not begun, or is over."""
    turn = turn_of(floor, act.turn)
    _must_be(turn, ("running", "paused"), "end")
    return ended(floor, turn, "end", facts.at)


def ended(floor: Floor, turn: Turn, cause: str, now: int) -> tuple[AnyNews, ...]:
    """A turn over; who was interrupted by it goes on, unless a vote keeps them silent."""
    news: list[AnyNews] = [_told("ended", cause, speaking_time.end(turn, now))]
    if turn.request:
        spoken = replace(floor.requests[turn.request], state="spoken")
        news.append(RequestNews(cause=cause, request=spoken))
    waits = floor.turns.get(turn.interrupts)
    running = floor.running()
    if waits is not None and waits.state == "paused" and (running is None or running.id == turn.id):
        lane = lane_of(floor, waits.item, waits.lane)
        if not _silenced(floor, lane):
            news.append(_told("resumed", cause, speaking_time.run(waits, lane, now)))
    return tuple(news)


def _granted(floor: Floor, lane: Lane, request: SpeakRequest, reason: str) -> int | None:
    """Raises TimeUsedUp if nothing is left and no reason is given; with a reason, a whole turn."""
    granted = speaking_time.granted(floor, lane, request.member, request.name, request.group)
    if granted != 0:
        return granted
    if not reason:
        raise TimeUsedUp
    return None if lane.rules.turn_s is None else lane.rules.turn_s * speaking_time.SECOND


def _turn(floor: Floor, lane: Lane, request: SpeakRequest, planned: int | None, now: int) -> Turn:
    return Turn(
        id=f"t{floor.size}",
        item=lane.item,
        lane=lane.lane,
        request=request.id,
        member=request.member,
        name=request.name,
        group=request.group,
        seat=request.seat,
        stance=request.stance,
        planned_ms=planned,
        called_at=now,
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


def _must_not_be_called(floor: Floor, lane: Lane) -> None:
    for turn in (floor.turns[identifier] for identifier in floor.active):
        if (turn.item, turn.lane, turn.state) == (lane.item, lane.lane, "called"):
            raise CalledAlready(turn=turn.id)


def _must_be(turn: Turn, states: tuple[str, ...], act: str) -> None:
    if turn.state not in states:
        raise TurnTransition(state=turn.state, act=act)


def _must_speak_beside_votes(floor: Floor, lane: Lane) -> None:
    if _silenced(floor, lane):
        raise VoteUnderWay(poll=floor.votes[0])


def _silenced(floor: Floor, lane: Lane) -> bool:
    return bool(floor.votes) and (lane.rules.paused_by_vote or lane.rules.blocked_by_vote)


def _told(what: What, cause: str, turn: Turn) -> TurnNews:
    return TurnNews(cause=cause, what=what, turn=turn)
