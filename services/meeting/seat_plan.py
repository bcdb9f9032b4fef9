"""Where the seats stand: laid out by ourselves until the secretary draws them, then as drawn.

Pure, and in whole numbers: a seat with its air takes 10 by 10, rows are 12 apart, the desk is above (y = 0). A seat is
known by its name, or by its member if it has none. Seats that a drawing does not know yet are put in rows behind it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, cos, floor, isqrt, pi, sin

from services.meeting.errors import CellEmpty, CellWrong, MemberTwice, PlaceTaken, SeatTwice, SheetTooLong
from services.rules.text import must_be_legible
from services.wire import RollEntry, SeatLayout, SeatPlace, SeatPlan, SeatPlanWanted

SEATS_MOST = 10_000
SEAT = 10
ROW = 12
INNER = 4 * SEAT

# "A12", "Dãy 3-07": the row, then the number in it.
_NAMED = re.compile(r"(.*?)[ .\-/]*([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the secretary chose last; `revision` counts such choices."""

    revision: int
    wanted: SeatPlanWanted


UNDRAWN = Drawn(0, SeatPlanWanted(layout="hemicycle"))


def must_be_plan(wanted: SeatPlanWanted) -> None:
    """Raise unless the plan can be drawn. Raises SheetTooLong, CellWrong, TextUnclean, SeatTwice, MemberTwice,
    PlaceTaken."""
    if len(wanted.places) > SEATS_MOST:
        raise SheetTooLong(line=SEATS_MOST + 1, most=SEATS_MOST)
    if wanted.places and wanted.layout != "drawn":
        raise CellWrong(line=1, column="places", what="only a drawn plan has places")
    for line, place in enumerate(wanted.places, start=1):
        if not (place.seat or place.member):
            raise CellEmpty(line=line, column="seat")
        must_be_legible(place.seat, place=f"seat {line}")
        must_be_legible(place.row, place=f"row {line}")
    _must_be_once(wanted.places)


def _must_be_once(places: Sequence[SeatPlace]) -> None:
    known: dict[tuple[str, str], int] = {}
    points: dict[tuple[int, int], int] = {}
    for line, place in enumerate(places, start=1):
        first = known.setdefault(_key(place.seat, place.member), line)
        if first != line and place.seat:
            raise SeatTwice(line=line, seat=place.seat, first=first)
        if first != line:
            raise MemberTwice(line=line, member=place.member, first=first)
        if (taken := points.setdefault((place.x, place.y), line)) != line:
            raise PlaceTaken(line=line, first=taken)


def _key(seat: str, member: str) -> tuple[str, str]:
    return (seat, "") if seat else ("", member)


def chosen(before: Drawn, wanted: SeatPlanWanted) -> Drawn:
    """The plan after this choice: the same if it says the same, else the next revision."""
    return before if before.wanted == wanted else Drawn(before.revision + 1, wanted)


def plan(drawn: Drawn, entries: Sequence[RollEntry]) -> SeatPlan:
    """Every seat of the roll in its place; see SeatPlan."""
    layout = drawn.wanted.layout
    places = _as_drawn(drawn.wanted.places, entries) if layout == "drawn" else laid_out(layout, entries)
    return SeatPlan(
        revision=drawn.revision,
        layout=layout,
        width=max((place.x for place in places), default=0) + SEAT // 2,
        height=max((place.y for place in places), default=0) + SEAT // 2,
        places=tuple(places),
    )


def laid_out(layout: SeatLayout, entries: Sequence[RollEntry], top: int = SEAT // 2) -> list[SeatPlace]:
    """The seats of the roll, in its order, in rows that begin at `top`, or in a hemicycle around the desk."""
    if not entries:
        return []
    rows = _rows_by_name(entries) or _rows_by_count(layout, entries)
    placed = _hemicycle(rows) if layout == "hemicycle" else _straight(rows, top)
    order = {_key(entry.seat, entry.member): number for number, entry in enumerate(entries)}
    return sorted(placed, key=lambda place: order[_key(place.seat, place.member)])


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    entries: tuple[RollEntry, ...]


def _rows_by_name(entries: Sequence[RollEntry]) -> list[_Row]:
    """The rows that the names of the seats tell, in the order in which the roll first names them; none if some do not,
    or if they tell of a single one."""
    found: dict[str, list[tuple[int, RollEntry]]] = {}
    for entry in entries:
        named = _NAMED.fullmatch(entry.seat)
        if named is None:
            return []
        found.setdefault(named[1], []).append((int(named[2]), entry))
    if len(found) == 1:
        return []
    return [
        _Row(name, tuple(entry for _, entry in sorted(seats, key=lambda seat: seat[0])))
        for name, seats in found.items()
    ]


def _rows_by_count(layout: SeatLayout, entries: Sequence[RollEntry]) -> list[_Row]:
    """Rows of our own: as many as the hall needs, filled so that who is together on the roll sits together."""
    if layout == "hemicycle":
        return _wedges(entries)
    across = min(len(entries), isqrt(2 * len(entries) - 1) + 1)
    runs = [entries[first : first + across] for first in range(0, len(entries), across)]
    return [_Row(str(number), tuple(run)) for number, run in enumerate(runs, start=1)]


def _wedges(entries: Sequence[RollEntry]) -> list[_Row]:
    """Rows around the desk, filled from the left wing to the right, all rows at once."""
    sizes = _sizes(len(entries))
    turns = sorted(((place + 1) / (size + 1), row) for row, size in enumerate(sizes) for place in range(size))
    seated = sorted(zip((row for _, row in turns), range(len(entries)), strict=True))
    return [
        _Row(str(row + 1), tuple(entries[number] for _, number in run))
        for row, run in groupby(seated, key=lambda seat: seat[0])
    ]


def _sizes(seats: int) -> list[int]:
    """How many sit in each row of a hemicycle: the least rows that hold all, each filled alike."""
    capacities: list[int] = []
    while sum(capacities) < seats:
        capacities.append(_capacity(INNER + ROW * len(capacities)))
    whole = sum(capacities)
    reached = [ceil(seats * sum(capacities[: row + 1]) / whole) for row in range(len(capacities))]
    return [upto - before for upto, before in zip(reached, [0, *reached], strict=False)]


def _capacity(radius: int) -> int:
    return floor(pi * radius / SEAT) + 1


def _hemicycle(rows: Sequence[_Row]) -> list[SeatPlace]:
    """Rows as arcs around the desk, the first nearest; a row that is too long for its arc gets a wider one."""
    radii: list[int] = []
    for row in rows:
        nearest = radii[-1] + ROW if radii else INNER
        radii.append(max(nearest, ceil((len(row.entries) - 1) * SEAT / pi)))
    middle = radii[-1] + SEAT // 2
    return [
        _place(entry, row.name, middle - radius * cos(turn), SEAT // 2 + radius * sin(turn))
        for radius, row in zip(radii, rows, strict=True)
        for entry, turn in zip(row.entries, _turns(len(row.entries)), strict=True)
    ]


def _turns(seats: int) -> list[float]:
    """The angles of the seats of an arc, from the left wing; a single one sits in the middle."""
    return [pi * place / (seats - 1) for place in range(seats)] if seats > 1 else [pi / 2]


def _straight(rows: Sequence[_Row], top: int) -> list[SeatPlace]:
    """Rows one behind the other, each in the middle."""
    widest = max(len(row.entries) for row in rows)
    return [
        _place(entry, row.name, (widest - len(row.entries) + 1) * SEAT // 2 + place * SEAT, top + depth * ROW)
        for depth, row in enumerate(rows)
        for place, entry in enumerate(row.entries)
    ]


def _place(entry: RollEntry, row: str, x: float, y: float) -> SeatPlace:
    return SeatPlace(seat=entry.seat, member=entry.member, x=round(x), y=round(y), row=row)


def _as_drawn(places: Iterable[SeatPlace], entries: Sequence[RollEntry]) -> list[SeatPlace]:
    """The drawing with who sits where; behind it, in rows, who is on the roll and not in it."""
    known: Mapping[tuple[str, str], SeatPlace] = {_key(each.seat, each.member): each for each in places}
    strangers = [entry for entry in entries if _key(entry.seat, entry.member) not in known]
    lowest = max((place.y for place in known.values()), default=-ROW)
    behind = {each.member: each for each in laid_out("rows", strangers, top=lowest + 2 * ROW)}
    seated = []
    for entry in entries:
        place = known.get(_key(entry.seat, entry.member)) or behind[entry.member]
        seated.append(SeatPlace(seat=entry.seat, member=entry.member, x=place.x, y=place.y, row=place.row))
    taken = {_key(entry.seat, entry.member) for entry in entries}
    empty = [
        SeatPlace(seat=place.seat, x=place.x, y=place.y, row=place.row)
        for key, place in known.items()
        if key not in taken and place.seat
    ]
    return [*seated, *empty]
