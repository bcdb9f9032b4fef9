"""The roll: who is entitled to vote in a meeting. A draft is made and made again; freezing turns it into bytes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from services.meeting import sheet
from services.meeting.errors import MemberTwice, MemberUnknown, RollEmpty, SeatTwice, SheetTooLong
from services.rules import jws
from services.wire import Member, Roll, RollEntry

_rolls = msgspec.json.Decoder(Roll)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A roll in force: its number, the exact bytes, their hash."""

    revision: int
    raw: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Named:
    """An entry to be, with the line it comes from and the title of the person (for members yet to be made)."""

    line: int
    entry: RollEntry
    title: str = ""


def from_sheet(raw: bytes) -> list[Named]:
    """The entries of a CSV sheet. A column of roles is known and passed over: a roll gives nobody a role.

    Raises the refusals of `sheet.read`, MemberTwice, SeatTwice.
    """
    named = [Named(row.line, _entry(row), row.cell("title")) for row in sheet.read(raw)]
    _must_be_once(named)
    return named


def _entry(row: sheet.Row) -> RollEntry:
    return RollEntry(
        member=row.cell("id"),
        name=row.cell("name"),
        group=row.cell("group"),
        seat=row.cell("seat"),
        attributes=row.attributes,
    )


def from_entries(entries: Sequence[RollEntry]) -> list[Named]:
    """The entries of a JSON list, whose texts must be clean as they are: whoever writes JSON can compose.

    Raises SheetTooLong, CellWrong, ColumnTwice, MemberTwice, SeatTwice.
    """
    if len(entries) > sheet.ROWS_MOST:
        raise SheetTooLong(line=sheet.ROWS_MOST + 1, most=sheet.ROWS_MOST)
    for line, entry in enumerate(entries, start=1):
        sheet.must_be_cell(line, "name", "name", entry.name)
        sheet.must_be_cell(line, "group", "group", entry.group)
        sheet.must_be_cell(line, "seat", "seat", entry.seat)
        sheet.must_be_attributes(line, entry.attributes)
    named = [Named(line, entry) for line, entry in enumerate(entries, start=1)]
    _must_be_once(named)
    return named


def _must_be_once(named: Iterable[Named]) -> None:
    members: dict[str, int] = {}
    seats: dict[str, int] = {}
    for one in named:
        first = members.setdefault(one.entry.member, one.line)
        if first != one.line:
            raise MemberTwice(line=one.line, member=one.entry.member, first=first)
        if one.entry.seat and (taken := seats.setdefault(one.entry.seat, one.line)) != one.line:
            raise SeatTwice(line=one.line, seat=one.entry.seat, first=taken)


def newcomers(named: Iterable[Named], known: Mapping[str, Member]) -> list[Member]:
    """The delegates that are on this roll and not yet members of the body."""
    return [
        Member(
            id=one.entry.member,
            name=one.entry.name,
            group=one.entry.group,
            title=one.title,
            attributes=one.entry.attributes,
        )
        for one in named
        if one.entry.member not in known
    ]


def must_be_members(named: Iterable[Named], known: Mapping[str, Member]) -> None:
    """Raise MemberUnknown for the first entry whose person is not a member."""
    for one in named:
        if one.entry.member not in known:
            raise MemberUnknown(line=one.line, member=one.entry.member)


def freeze(body: str, meeting: str, revision: int, entries: Sequence[RollEntry]) -> Frozen:
    """The roll as bytes, in the order of the draft: what is hashed is what is stored and carried. Raises RollEmpty."""
    if not entries:
        raise RollEmpty
    raw = msgspec.json.encode(Roll(body=body, meeting=meeting, revision=revision, entries=tuple(entries)))
    return Frozen(revision, raw, jws.digest(raw))


def follow(body: str, meeting: str, last: Frozen | None, entries: Sequence[RollEntry]) -> Frozen:
    """The roll in force after freezing this draft: the last one if it says the same, else the next revision.

    Raises RollEmpty.
    """
    if last is not None and _rolls.decode(last.raw).entries == tuple(entries):
        return last
    return freeze(body, meeting, last.revision + 1 if last else 1, entries)
