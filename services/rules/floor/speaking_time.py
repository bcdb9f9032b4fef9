"""How long a turn may take, and what of it was used: integers, milliseconds, the server's clock only."""

from collections.abc import Iterable

from msgspec.structs import replace

from services.rules.floor.state import Floor
from services.wire import Lane, Turn

SECOND = 1_000


def person(turn_member: str, name: str) -> str:
    """Who a turn or request counts for: the member, or a guest by name."""
    return turn_member or f"guest {name}"


def granted(floor: Floor, lane: Lane, member: str, name: str, group: str) -> int | None:
    """What the rules grant the next speech of this person here; None without any limit, 0 if nothing is left."""
    rules = lane.rules
    here = [turn for turn in floor.turns_of(lane.item, lane.lane) if turn.role == "speech"]
    who = person(member, name)
    own = [turn for turn in here if person(turn.member, turn.name) == who]
    limits = [_ms(rules.second_s) if own and rules.second_s is not None else _ms(rules.turn_s)]
    limits.append(_left(rules.person_s, own))
    limits.append(_left(rules.group_s.get(group), (turn for turn in here if turn.group == group)))
    limits.append(_left(rules.lane_s, floor.turns_of(lane.item, lane.lane)))
    limits.append(_left(rules.item_s, floor.turns_of(lane.item)))
    return min((limit for limit in limits if limit is not None), default=None)


def used(turn: Turn, now: int) -> int:
    """What a turn has used up to now."""
    if turn.running_since is None:
        return turn.used_ms
    return turn.used_ms + max(0, now - turn.running_since)


def left(turn: Turn, now: int) -> int | None:
    """What is left of a turn; negative once it is over its time; None without a limit."""
    return None if turn.planned_ms is None else turn.planned_ms - used(turn, now)


def run(turn: Turn, lane: Lane, now: int) -> Turn:
    """The turn with its clock running from now."""
    return _clocked(
        replace(turn, state="running", running_since=now, started_at=turn.started_at or now), lane, now
    )


def stop(turn: Turn, now: int) -> Turn:
    """The turn with its clock standing from now, to the millisecond."""
    return replace(
        turn, state="paused", used_ms=used(turn, now), running_since=None, deadline=None, warn_at=None
    )


def end(turn: Turn, now: int) -> Turn:
    """The turn when it is over."""
    return replace(stop(turn, now), state="ended", ended_at=now)


def extend(turn: Turn, lane: Lane, more_ms: int, now: int) -> Turn:
    """The turn with more time; if it had no limit it has none still."""
    planned = None if turn.planned_ms is None else turn.planned_ms + more_ms
    longer = replace(turn, planned_ms=planned, extended_ms=turn.extended_ms + more_ms)
    return longer if turn.running_since is None else _clocked(longer, lane, now)


def _clocked(turn: Turn, lane: Lane, now: int) -> Turn:
    """With the deadline and the warnings that are still to come."""
    remaining = left(turn, now)
    if remaining is None:
        return replace(turn, deadline=None, warn_at=None, warned=0)
    ahead = lane.rules.warn_s * SECOND
    deadline = now + remaining
    warned = 0 if remaining > ahead else 1 if remaining > 0 else 2
    return replace(
        turn, deadline=max(0, deadline), warn_at=deadline - ahead if warned == 0 else None, warned=warned
    )


def _ms(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * SECOND


def _left(seconds: int | None, turns: Iterable[Turn]) -> int | None:
    """What is left of a budget: turns under way count with what they were granted, or have used if that is more."""
    if seconds is None:
        return None
    return max(0, seconds * SECOND - sum(_spent(turn) for turn in turns))


def _spent(turn: Turn) -> int:
    if turn.state == "ended" or turn.planned_ms is None:
        return turn.used_ms
    return max(turn.used_ms, turn.planned_ms)
