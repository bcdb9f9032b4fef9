"""What the desk does to the order of a lane: skip, defer, arrange, remove, put back. Always with a reason.

Every one of these writes down the order of those it touched (`arranged`); the others come behind, ordered by the
algorithm as if those had just spoken. So nobody who was in front is passed but for what the reason says.
"""

from msgspec.structs import replace

from services.rules.floor.lane_errors import ArrangementWrong, ItemEnded, NobodyFollows, NothingSpoken
from services.rules.floor.request_errors import NotWaiting
from services.rules.floor.requests import dropped_turn, taken_off
from services.rules.floor.speakers import lane_of, queue, request_of, state_of
from services.rules.floor.state import Floor
from services.wire import (
    AnyNews,
    Arrange,
    Defer,
    Lane,
    LaneNews,
    Remove,
    RequestNews,
    ReturnLast,
    Skip,
    SpeakRequest,
)


def arrange(floor: Floor, act: Arrange) -> tuple[AnyNews, ...]:
    """All who wait, in this order. Raises ArrangementWrong."""
    lane = lane_of(floor, act.item, act.lane)
    if sorted(act.order) != sorted(request.id for request in floor.waiting(lane.item, lane.lane)):
        raise ArrangementWrong
    return (_arranged(lane, act.order, "arrange"),)


def skip(floor: Floor, act: Skip, now: int) -> tuple[AnyNews, ...]:
    """Passed over once: behind the next. Raises NobodyFollows, NotWaiting."""
    request = request_of(floor, act.request)
    dropped = dropped_turn(floor, request, "skip", now)
    lane, ids = _line(floor, request)
    at = ids.index(request.id) if request.id in ids else 0
    others = [each for each in ids if each != request.id]
    if at >= len(others):
        raise NobodyFollows
    order = [*others[: at + 1], request.id, *others[at + 1 :]]
    fixed = [place for place, each in enumerate(order, start=1) if each in lane.arranged]
    return (*_waits(request, "skip"), *dropped, _arranged(lane, order[: max([at + 2, *fixed])], "skip"))


def defer(floor: Floor, act: Defer, now: int) -> tuple[AnyNews, ...]:
    """To the end of all who wait now. Raises NotWaiting."""
    request = request_of(floor, act.request)
    dropped = dropped_turn(floor, request, "defer", now)
    lane, ids = _line(floor, request)
    order = [*(each for each in ids if each != request.id), request.id]
    return (*_waits(request, "defer"), *dropped, _arranged(lane, order, "defer"))


def remove(floor: Floor, act: Remove, now: int) -> tuple[AnyNews, ...]:
    """Off the list by the desk. Raises NotWaiting."""
    return taken_off(floor, request_of(floor, act.request), "removed", "remove", now)


def return_last(floor: Floor, act: ReturnLast) -> tuple[AnyNews, ...]:
    """The last who spoke in a lane, back at its top: also past what its rules give a person to ask for, which bind who
    asks; here the desk decides, and says why. Raises ItemEnded, NothingSpoken, NotWaiting."""
    lane = lane_of(floor, act.item, act.lane)
    if lane.state == "ended":
        raise ItemEnded
    spoken = [turn for turn in floor.turns_of(lane.item, lane.lane) if turn.request and turn.state == "ended"]
    if not spoken:
        raise NothingSpoken
    request = floor.requests[max(spoken, key=lambda turn: (turn.ended_at or 0, turn.called_at)).request]
    if request.state != "spoken":
        raise NotWaiting(state=state_of(floor, request))
    return (
        *_waits(request, "return"),
        _arranged(lane, [request.id, *(each for each in lane.arranged if each != request.id)], "return"),
    )


def _line(floor: Floor, request: SpeakRequest) -> tuple[Lane, list[str]]:
    lane = lane_of(floor, request.item, request.lane)
    return lane, [each.id for each in queue(floor, lane)]


def _waits(request: SpeakRequest, cause: str) -> tuple[AnyNews, ...]:
    if request.state == "waiting":
        return ()
    return (RequestNews(cause=cause, request=replace(request, state="waiting")),)


def _arranged(lane: Lane, order: tuple[str, ...] | list[str], cause: str) -> LaneNews:
    return LaneNews(cause=cause, lane=replace(lane, arranged=tuple(order)))
