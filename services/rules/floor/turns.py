"""What the desk does with turns: call, start, pause, resume, extend, end."""

from typing import Literal

from msgspec.structs import replace

from services.rules.floor import speaking_time
from services.rules.floor.errors import VoteUnderWay
from services.rules.floor.request_errors import NotWaiting
from services.rules.floor.requests import Facts, must_not_vote
from services.rules.floor.speakers import lane_of, queue, request_of, state_of, turn_of
from services.rules.floor.state import OVER, Floor, told
from services.rules.floor.turn_errors import (
    CalledAlready,
    OutOfTurn,
    SomebodySpeaks,
    TimeUsedUp,
    TurnTransition,
)
from services.wire import (
    AnyNews,
    Call,
    EndTurn,
    ExtendTurn,
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
        raise NotWaiting(state=state_of(floor, request))
    lane = lane_of(floor, request.item, request.lane)
    must_not_vote(floor, lane)
    must_not_be_called(floor, lane)
    following = queue(floor, lane)[0]
    in_turn = following.id == request.id or lane.rules.order == "manual"
    if not (in_turn or act.reason):
        raise OutOfTurn(next=following.name)
    turn = _turn(floor, lane, request, _granted(floor, lane, request, act.reason, facts.at), facts.at)
    if not in_turn:
        turn = replace(turn, in_turn=False, next_was=following.id)
    called = replace(request, state="called")
    return (
        RequestNews(cause="call", request=called),
        TurnNews(cause="call", what="called", turn=turn),
    )


def start(floor: Floor, act: StartTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """Who was called begins; in a lane that interrupts, who speaks now pauses until then. Raises SomebodySpeaks."""
    turn = turn_of(floor, act.turn)
    lane = lane_of(floor, turn.item, turn.lane)
    must_be(turn, ("called",), "start")
    must_speak_beside_votes(floor, lane)
    running = floor.running()
    paused: tuple[AnyNews, ...] = ()
    if running is not None:
        if not lane.rules.interrupts:
            raise SomebodySpeaks(turn=running.id, name=running.name)
        paused = (happened("paused", "start", speaking_time.stop(running, facts.at)),)
        turn = replace(turn, interrupts=running.id)
    return (*paused, happened("started", "start", speaking_time.run(turn, lane, facts.at)))


def pause(floor: Floor, act: PauseTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """The clock stands."""
    turn = turn_of(floor, act.turn)
    must_be(turn, ("running",), "pause")
    return (happened("paused", "pause", speaking_time.stop(turn, facts.at)),)


def resume(floor: Floor, act: ResumeTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """The clock runs on. Raises SomebodySpeaks, VoteUnderWay, TimeUsedUp."""
    turn = turn_of(floor, act.turn)
    lane = lane_of(floor, turn.item, turn.lane)
    must_be(turn, ("paused",), "resume")
    must_speak_beside_votes(floor, lane)
    running = floor.running()
    if running is not None:
        raise SomebodySpeaks(turn=running.id, name=running.name)
    if _used_up(lane, turn, facts.at):
        raise TimeUsedUp
    return (happened("resumed", "resume", speaking_time.run(turn, lane, facts.at)),)


def extend(floor: Floor, act: ExtendTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """More time. Raises TurnTransition for a turn that is over, or has no limit."""
    turn = turn_of(floor, act.turn)
    lane = lane_of(floor, turn.item, turn.lane)
    must_be(turn, ("called", "running", "paused"), "extend")
    if turn.planned_ms is None:
        raise TurnTransition(state="unlimited", act="extend")
    longer = speaking_time.extend(turn, lane, act.seconds * speaking_time.SECOND, facts.at)
    return (happened("extended", "extend", longer),)


def end(floor: Floor, act: EndTurn, facts: Facts) -> tuple[AnyNews, ...]:
    """The turn is over; an answer that has not begun is dropped. Raises TurnTransition for any other that has not
    begun (skip, defer or remove its request), or is over."""
    turn = turn_of(floor, act.turn)
    if turn.state == "called" and not turn.request:
        return (happened("dropped", "end", replace(turn, state="dropped", ended_at=facts.at)),)
    must_be(turn, ("running", "paused"), "end")
    return ended(floor, turn, "end", facts.at)


def ended(floor: Floor, turn: Turn, cause: str, now: int) -> tuple[AnyNews, ...]:
    """A turn over; who was interrupted by it goes on."""
    news: list[AnyNews] = [happened("ended", cause, speaking_time.end(turn, now))]
    if turn.request:
        spoken = replace(floor.requests[turn.request], state="spoken")
        news.append(RequestNews(cause=cause, request=spoken))
    return (*news, *gone_on(told(floor, tuple(news)), turn, cause, now))


def gone_on(floor: Floor, over: Turn, cause: str, now: int) -> tuple[AnyNews, ...]:
    """Who was interrupted by a turn that is over, or by the one that this had interrupted, goes on: unless somebody
    else speaks, a vote keeps them silent, or the rules end turns at their limit and nothing is left."""
    waits = floor.turns.get(over.interrupts)
    while waits is not None and waits.state in OVER:
        waits = floor.turns.get(waits.interrupts)
    if waits is None or waits.state != "paused" or floor.running() is not None:
        return ()
    lane = lane_of(floor, waits.item, waits.lane)
    if _silenced(floor, lane) or _used_up(lane, waits, now):
        return ()
    return (happened("resumed", cause, speaking_time.run(waits, lane, now)),)


def _granted(floor: Floor, lane: Lane, request: SpeakRequest, reason: str, now: int) -> int | None:
    """Raises TimeUsedUp if nothing is left and no reason is given; with a reason, a whole turn."""
    gone = speaking_time.spending(lane, floor.turns_of(lane.item), now)
    who = speaking_time.person(request.member, request.name)
    granted = speaking_time.granted(lane, gone, who, request.group)
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


def must_not_be_called(floor: Floor, lane: Lane) -> None:
    """Raise CalledAlready while somebody was called in a lane and has not begun."""
    for turn in (floor.turns[identifier] for identifier in floor.active):
        if (turn.item, turn.lane, turn.state) == (lane.item, lane.lane, "called"):
            raise CalledAlready(turn=turn.id, name=turn.name)


def must_be(turn: Turn, states: tuple[str, ...], act: str) -> None:
    """Raise TurnTransition for a turn in another state."""
    if turn.state not in states:
        raise TurnTransition(state=turn.state, act=act)


def must_speak_beside_votes(floor: Floor, lane: Lane) -> None:
    """Raise VoteUnderWay where a vote keeps a lane silent."""
    if _silenced(floor, lane):
        raise VoteUnderWay(poll=floor.votes[0])


def _silenced(floor: Floor, lane: Lane) -> bool:
    return bool(floor.votes) and (lane.rules.paused_by_vote or lane.rules.blocked_by_vote)


def _used_up(lane: Lane, turn: Turn, now: int) -> bool:
    remaining = speaking_time.left(turn, now)
    return lane.rules.at_limit == "end" and remaining is not None and remaining <= 0


def happened(what: What, cause: str, turn: Turn) -> TurnNews:
    """What happened to a turn, as news."""
    return TurnNews(cause=cause, what=what, turn=turn)
