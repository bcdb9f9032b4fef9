"""How long a turn may take, and what of it was used: integers, milliseconds, the server's clock only."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from services.wire import Lane, Turn

SECOND = 1_000


def person(member: str, name: str) -> str:
    """Who a turn or request counts for: the member, or a guest by name."""
    return member or f"guest {name}"


@dataclass(frozen=True, slots=True)
class Spending:
    """What is gone of a lane's budgets (milliseconds): of each person and group by speeches in the lane; of the lane
    and of its item by all turns. `speeches`: how many each person has had in the lane."""

    speeches: Mapping[str, int]
    persons: Mapping[str, int]
    groups: Mapping[str, int]
    lane: int
    item: int


def spending(lane: Lane, turns: Iterable[Turn], now: int) -> Spending:
    """What these turns take of a lane's budgets by now: the turns of its item in all lanes, without dropped ones.

    Turns under way count with what they were granted, or have used up to now if that is more: who speaks beyond their
    time spends it while they speak.
    """
    speeches, persons, groups, lanes = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for turn in turns:
        spent = _spent(turn, now)
        lanes[turn.lane] += spent
        if turn.lane == lane.lane and turn.role == "speech":
            who = person(turn.member, turn.name)
            speeches[who] += 1
            persons[who] += spent
            groups[turn.group] += spent
    return Spending(speeches, persons, groups, lanes[lane.lane], lanes.total())


def granted(lane: Lane, gone: Spending, who: str, group: str) -> int | None:
    """What the rules grant the next speech of a `person` here; None without any limit, 0 if nothing is left."""
    rules = lane.rules
    again = rules.second_s is not None and gone.speeches.get(who, 0) > 0
    limits = (
        _ms(rules.second_s if again else rules.turn_s),
        _left(rules.person_s, gone.persons.get(who, 0)),
        _left(rules.group_s.get(group), gone.groups.get(group, 0)),
        _left(rules.lane_s, gone.lane),
        _left(rules.item_s, gone.item),
    )
    return min((limit for limit in limits if limit is not None), default=None)


def spent_at(lane: Lane, turns: Iterable[Turn], running: Turn, now: int) -> int | None:
    """When who speaks will have spent the last of their group's time in a lane; None without one, or if it is gone.

    `turns`: as `spending` takes them, `running` among them. So long beyond its own time must the turn go on.
    """
    budget = lane.rules.group_s.get(running.group)
    if budget is None or running.role != "speech" or running.running_since is None:
        return None
    remaining = budget * SECOND - spending(lane, turns, now).groups.get(running.group, 0)
    return (
        None if remaining <= 0 else running.running_since + _spent(running, now) + remaining - running.used_ms
    )


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
    started = now if turn.started_at is None else turn.started_at
    return _clocked(replace(turn, state="running", running_since=now, started_at=started), lane, now)


def stop(turn: Turn, now: int) -> Turn:
    """The turn with its clock standing from now, to the millisecond."""
    return replace(
        turn, state="paused", used_ms=used(turn, now), running_since=None, deadline=None, warn_at=None
    )


def end(turn: Turn, now: int) -> Turn:
    """The turn when it is over."""
    return replace(stop(turn, now), state="ended", ended_at=now)


def extend(turn: Turn, lane: Lane, more_ms: int, now: int) -> Turn:
    """The turn with more time; one without a limit has none still."""
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


def _left(seconds: int | None, gone: int) -> int | None:
    return None if seconds is None else max(0, seconds * SECOND - gone)


def _spent(turn: Turn, now: int) -> int:
    gone = used(turn, now)
    return gone if turn.state == "ended" or turn.planned_ms is None else max(gone, turn.planned_ms)
