"""Members of a body and their roles. Nobody becomes operator here, and a body keeps its last secretary."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import msgspec

from services.meeting import sheet
from services.meeting.errors import LastSecretary, MemberTwice, RoleNotGranted, RoleUnknown, SheetTooLong
from services.wire import Member, Role

_ORDER: tuple[Role, ...] = get_args(Role)
_ROLES: dict[str, Role] = {
    **{role: role for role in _ORDER},
    "thư ký": "secretary",
    "chủ tọa": "chair",
    "chủ toạ": "chair",
    "đại biểu": "delegate",
    "quan sát viên": "observer",
    "người vận hành": "operator",
}


@dataclass(frozen=True, slots=True)
class Entrant:
    """A member to be added or changed, with the line it comes from; `roles` None: leave them as they are."""

    line: int
    member: Member
    roles: tuple[Role, ...] | None


def from_sheet(raw: bytes) -> list[Entrant]:
    """The members of a CSV sheet. A column of seats is known and passed over: a seat belongs to a meeting.

    Raises the refusals of `sheet.read`, MemberTwice, RoleUnknown, RoleNotGranted.
    """
    return _checked([_entrant(row) for row in sheet.read(raw)])


def _entrant(row: sheet.Row) -> Entrant:
    member = Member(
        id=row.cell("id"),
        name=row.cell("name"),
        group=row.cell("group"),
        title=row.cell("title"),
        attributes=row.attributes,
    )
    words = [" ".join(word.casefold().split()) for word in re.split(r"[,;/|+]", row.cell("roles"))]
    roles = [_role(row, word) for word in words if word]
    return Entrant(row.line, member, _in_order(roles) if roles else None)


def _role(row: sheet.Row, word: str) -> Role:
    if word not in _ROLES:
        raise RoleUnknown(line=row.line, column=row.header("roles"), word=word)
    return _ROLES[word]


def _in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    return tuple(sorted(set(roles), key=_ORDER.index))


def from_members(members: Sequence[Member]) -> list[Entrant]:
    """The members of a JSON list; roles are taken as given (a delegate's, if left out).

    Raises SheetTooLong, CellWrong, ColumnTwice, MemberTwice, RoleNotGranted.
    """
    if len(members) > sheet.ROWS_MOST:
        raise SheetTooLong(line=sheet.ROWS_MOST + 1, most=sheet.ROWS_MOST)
    for line, member in enumerate(members, start=1):
        sheet.must_be_cell(line, "name", "name", member.name)
        sheet.must_be_cell(line, "group", "group", member.group)
        sheet.must_be_cell(line, "title", "title", member.title)
        sheet.must_be_attributes(line, member.attributes)
    return _checked(
        [Entrant(line, member, _in_order(member.roles)) for line, member in enumerate(members, start=1)]
    )


def _checked(entrants: list[Entrant]) -> list[Entrant]:
    lines: dict[str, int] = {}
    for one in entrants:
        first = lines.setdefault(one.member.id, one.line)
        if first != one.line:
            raise MemberTwice(line=one.line, member=one.member.id, first=first)
        if one.roles is not None and "operator" in one.roles:
            raise RoleNotGranted(line=one.line, role="operator")
    return entrants


def merged(entrants: Iterable[Entrant], known: Mapping[str, Member]) -> list[Member]:
    """The members as they will be: those without roles of their own keep theirs, or begin as delegates."""
    return [
        msgspec.structs.replace(one.member, roles=_roles_of(one, known.get(one.member.id)))
        for one in entrants
    ]


def _roles_of(one: Entrant, before: Member | None) -> tuple[Role, ...]:
    if one.roles is not None:
        return one.roles
    return before.roles if before is not None else ("delegate",)


def changed(after: Iterable[Member], known: Mapping[str, Member]) -> list[Member]:
    """Those who are new or not as they were."""
    return [member for member in after if known.get(member.id) != member]


def must_keep_secretary(after: Iterable[Member], known: Mapping[str, Member]) -> None:
    """Raise LastSecretary if the body had a secretary and would be left without."""
    whole = {**known, **{member.id: member for member in after}}
    had = any("secretary" in member.roles for member in known.values())
    if had and not any("secretary" in member.roles for member in whole.values()):
        raise LastSecretary
