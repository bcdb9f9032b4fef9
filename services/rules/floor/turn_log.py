"""The floor afterwards: who spoke when and how long, what the desk overrode and why, who was not reached. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.rules.floor import acts
from services.rules.floor.errors import ReplayDiffers
from services.rules.floor.speaking_time import used
from services.rules.floor.state import Floor, begin, fold
from services.wire import (
    Call,
    DeskAct,
    ExtendTurn,
    FloorActed,
    FloorEntry,
    Override,
    Spent,
    Turn,
    TurnLog,
    TurnNews,
    TurnSpoken,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """One act of the desk: where it stands, who did it, what it says, and the floor it was done on."""

    index: int
    line: FloorActed
    act: DeskAct
    before: Floor


def log_of(lines: Sequence[FloorEntry]) -> TurnLog:
    """The turn log of a floor's lines from the first. Turns under way count as they were at the last line.

    Signatures and rules are for `replay`. Raises ReplayDiffers for lines that are no floor's.
    """
    return logged(lines)[1]


def logged(lines: Sequence[FloorEntry]) -> tuple[Floor, TurnLog]:
    """The same, with the floor that it is the log of."""
    floor, said = _read(lines)
    # Who called a turn; one that nobody called, as an interposed question, has who started it.
    callers = {
        news.turn.id: one.line.by
        for one in reversed(said)
        for news in one.line.news
        if isinstance(news, TurnNews) and news.what in ("called", "started")
    }
    spoken = tuple(
        _spoken(floor, turn, callers) for turn in floor.turns.values() if turn.started_at is not None
    )
    return floor, TurnLog(
        meeting=floor.meeting,
        title=floor.title,
        body=floor.body,
        until=floor.size,
        at=floor.at,
        turns=spoken,
        persons=_sums(spoken, lambda each: (each.turn.member, each.turn.name)),
        groups=_sums(spoken, lambda each: ("", each.turn.group)),
        items=_items(floor, spoken),
        overrides=tuple(_override(one) for one in said if one.act.reason),
        unreached=tuple(request for request in floor.requests.values() if request.state == "unreached"),
        opinions=tuple(floor.opinions.values()),
    )


def _read(lines: Iterable[FloorEntry]) -> tuple[Floor, list[_Said]]:
    floor: Floor | None = None
    said: list[_Said] = []
    for line in lines:
        if floor is None:
            floor = begin(line)
            continue
        if isinstance(line, FloorActed):
            act = acts.said(line.jws)
            if isinstance(act, DeskAct):
                said.append(_Said(floor.size, line, act, floor))
        floor = fold(floor, line)
    if floor is None:
        raise ReplayDiffers(index=0, what="no beginning")
    return floor, said


def _spoken(floor: Floor, turn: Turn, callers: dict[str, str]) -> TurnSpoken:
    took = used(turn, floor.at)
    over = 0 if turn.planned_ms is None else max(0, took - turn.planned_ms)
    title = floor.lanes[turn.item, turn.lane].title
    return TurnSpoken(turn=turn, title=title, used_ms=took, over_ms=over, by=callers.get(turn.id, ""))


def _items(floor: Floor, spoken: Sequence[TurnSpoken]) -> tuple[Spent, ...]:
    """Every item that had a list; those in which nobody spoke come last, so that their titles can be told, too."""
    sums = _sums(spoken, lambda each: (each.turn.item, each.title))
    silent = {lane.item: lane.title for lane in floor.lanes.values()}
    for each in sums:
        del silent[each.id]
    nothing = {"turns": 0, "planned_ms": 0, "used_ms": 0, "over_ms": 0}
    return (*sums, *(Spent(id=item, name=title, **nothing) for item, title in silent.items()))


def _sums(spoken: Sequence[TurnSpoken], of: Callable[[TurnSpoken], tuple[str, str]]) -> tuple[Spent, ...]:
    """What each used, in order of their first turn: by id, or by name where there is no id."""
    sums: dict[tuple[str, str], tuple[str, list[TurnSpoken]]] = {}
    for each in spoken:
        identifier, name = of(each)
        sums.setdefault((identifier, "" if identifier else name), (name, []))[1].append(each)
    return tuple(
        Spent(
            id=identifier,
            name=name,
            turns=len(some),
            planned_ms=sum(each.turn.planned_ms or 0 for each in some),
            used_ms=sum(each.used_ms for each in some),
            over_ms=sum(each.over_ms for each in some),
        )
        for (identifier, _), (name, some) in sums.items()
    )


def _override(one: _Said) -> Override:
    item, lane, about = _about(one)
    return Override(
        index=one.index,
        at=one.line.at,
        by=one.line.by,
        act=str(one.act.__struct_config__.tag),
        item=item,
        lane=lane,
        about=about,
        passed_over=_passed_over(one),
        seconds=one.act.seconds if isinstance(one.act, ExtendTurn) else 0,
        reason=one.act.reason,
    )


def _about(one: _Said) -> tuple[str, str, str]:
    """Item, lane and the name of whom an act was about."""
    request = one.before.requests.get(getattr(one.act, "request", ""))
    if request is not None:
        return request.item, request.lane, request.name
    turn = one.before.turns.get(getattr(one.act, "turn", ""))
    if turn is not None:
        return turn.item, turn.lane, turn.name
    return getattr(one.act, "item", ""), getattr(one.act, "lane", ""), ""


def _passed_over(one: _Said) -> str:
    """The name of who was next when somebody else was called."""
    turns = [news.turn for news in one.line.news if isinstance(news, TurnNews) and not news.turn.in_turn]
    if not isinstance(one.act, Call) or not turns:
        return ""
    return one.before.requests[turns[0].next_was].name
