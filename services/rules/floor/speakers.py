"""Who waits in a lane, in the order in which they will be called, and how long it will take."""

from collections.abc import Container
from functools import cache

from services.rules.floor import speaking_time
from services.rules.floor.lane_errors import LaneUnknown
from services.rules.floor.order import order_of
from services.rules.floor.request_errors import NotWaiting, RequestUnknown
from services.rules.floor.state import Floor
from services.rules.floor.turn_errors import TurnUnknown
from services.wire import FloorShown, Lane, LaneShown, Place, QueueChange, SpeakRequest, Turn


def lane_of(floor: Floor, item: str, lane: str) -> Lane:
    """A lane. Raises LaneUnknown."""
    found = floor.lanes.get((item, lane))
    if found is None:
        raise LaneUnknown
    return found


def request_of(floor: Floor, identifier: str) -> SpeakRequest:
    """A request to speak. Raises RequestUnknown."""
    found = floor.requests.get(identifier)
    if found is None:
        raise RequestUnknown
    return found


def turn_of(floor: Floor, identifier: str) -> Turn:
    """A turn. Raises TurnUnknown."""
    found = floor.turns.get(identifier)
    if found is None:
        raise TurnUnknown
    return found


def state_of(floor: Floor, request: SpeakRequest) -> str:
    """How a request stands, in one word: its own state, or once it is called that of its turn."""
    turns = (floor.turns[identifier] for identifier in floor.active)
    return next((turn.state for turn in turns if turn.request == request.id), request.state)


def queue(floor: Floor, lane: Lane) -> tuple[SpeakRequest, ...]:
    """Who waits, next first: those the desk has arranged, then the others by the lane's algorithm.

    As of the last line: whatever time alone changes in an order is written down by the clock (`ticking`).
    """
    waiting = {request.id: request for request in floor.waiting(lane.item, lane.lane)}
    ahead = tuple(waiting.pop(identifier) for identifier in lane.arranged if identifier in waiting)
    attribute = lane.rules.quoted_by

    def value_of(member: str, group: str) -> str:
        if attribute in ("", "group"):
            return group
        entry = floor.roll.get(member)
        return "" if entry is None else entry.attributes.get(attribute, "")

    past = floor.turns_of(lane.item)
    return ahead + order_of(lane, tuple(waiting.values()), ahead, past, value_of, floor.at)


def places(floor: Floor, lane: Lane, now: int, wanted: Container[str]) -> dict[str, Place]:
    """Where those of the `wanted` requests stand that wait in a lane, by id, next first.

    The wait is what is left of the turns under way here, and what the rules grant those ahead (budgets of now, not of
    then): in one pass, as many ask at once.
    """
    line = queue(floor, lane)
    ids = tuple(request.id for request in line)
    gone = speaking_time.spending(lane, floor.turns_of(lane.item), now)
    granted = cache(lambda who, group: speaking_time.granted(lane, gone, who, group))
    wait = _under_way(floor, lane, now)
    found = {}
    for at, request in enumerate(line):
        if request.id in wanted:
            found[request.id] = Place(request=request, place=at + 1, before=ids[:at], wait_ms=wait)
        who = speaking_time.person(request.member, request.name)
        # Those who have not spoken are granted the same.
        wait = _sum(wait, granted(who if who in gone.speeches else "", request.group))
    return found


def place(floor: Floor, request: SpeakRequest, now: int) -> Place:
    """Where a waiting request stands. Raises NotWaiting."""
    lane = lane_of(floor, request.item, request.lane)
    found = places(floor, lane, now, (request.id,)).get(request.id)
    if found is None:
        raise NotWaiting(state=state_of(floor, request))
    return found


def _under_way(floor: Floor, lane: Lane, now: int) -> int | None:
    wait: int | None = 0
    for turn in (floor.turns[identifier] for identifier in floor.active):
        if (turn.item, turn.lane) == (lane.item, lane.lane):
            wait = _sum(wait, speaking_time.left(turn, now))
    return wait


def _sum(wait: int | None, more: int | None) -> int | None:
    return None if wait is None or more is None else wait + max(0, more)


def shown(floor: Floor) -> FloorShown:
    """The floor as screens show it."""
    ended = [turn for turn in floor.turns.values() if turn.state == "ended"]
    return FloorShown(
        revision=floor.revision,
        lanes=tuple(LaneShown(lane=lane, waiting=queue(floor, lane)) for lane in floor.lanes.values()),
        turns=tuple(floor.turns[turn] for turn in floor.active),
        last=max(ended, key=lambda turn: turn.ended_at or 0, default=None),
        votes=floor.votes,
    )


def change(
    lane: Lane, before: tuple[SpeakRequest, ...], after: tuple[SpeakRequest, ...]
) -> QueueChange | None:
    """The one cut and paste that makes the queue of before that of after; None if they are the same."""
    old, new = [each.id for each in before], [each.id for each in after]
    if old == new:
        return None
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < min(len(old), len(new)) - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    put = tuple(new[start : len(new) - tail])
    return QueueChange(item=lane.item, lane=lane.lane, start=start, removed=len(old) - tail - start, put=put)
