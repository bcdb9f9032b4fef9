"""What the meeting room alone knows of a sitting, as its minutes are to say it; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from services.meeting.errors import EditionOutOfTurn
from services.wire import (
    AgendaItem,
    Attendee,
    Body,
    Meeting,
    Member,
    Officer,
    PresenceLogged,
    Roll,
    SittingRecord,
    Stay,
)

_DESK = frozenset({"secretary", "chair"})


@dataclass(frozen=True, slots=True)
class Known:
    """What the books have of a sitting. `opened_at`, `ended_at`: None of what was not noted; `roll`: the exact bytes in
    force."""

    body: Body
    meeting: Meeting
    opened_at: int | None
    ended_at: int | None
    members: Mapping[str, Member]
    roll: bytes
    changes: Sequence[PresenceLogged]
    agenda: tuple[AgendaItem, ...]


def must_follow(wanted: int, last: int) -> None:
    """Raise EditionOutOfTurn unless the edition wanted is the next after the last that was asked for."""
    if wanted != last + 1:
        raise EditionOutOfTurn(edition=last + 1)


def recorded(known: Known, edition: int, by: str, at: int, request: str) -> SittingRecord:
    """The record of a sitting; `by` asks for it at that time (milliseconds)."""
    roll = msgspec.json.decode(known.roll, type=Roll)
    changes = _by_member(known.changes)
    opened_at = known.meeting.starts_at if known.opened_at is None else known.opened_at
    return SittingRecord(
        body=known.body,
        meeting=known.meeting,
        opened_at=opened_at,
        ended_at=None if known.ended_at is None else max(known.ended_at, opened_at),
        edition=edition,
        asked_at=at,
        asked_by=_officer(known.members[by]),
        desk=tuple(_officer(one) for one in known.members.values() if not _DESK.isdisjoint(one.roles)),
        roll=known.roll.decode(),
        attendance=tuple(
            Attendee(
                member=entry.member,
                name=entry.name,
                group=entry.group,
                seat=entry.seat,
                stays=stays_of(changes.get(entry.member, ())),
                reason=_reason(changes.get(entry.member, ())),
            )
            for entry in roll.entries
        ),
        agenda=known.agenda,
        request=request,
    )


def stays_of(changes: Iterable[PresenceLogged]) -> tuple[Stay, ...]:
    """From when to when a member was there, of their changes in order. A clock that stepped back, or of another
    machine, does not take time back: minutes in which somebody left before they came would be refused for ever."""
    stays: list[Stay] = []
    at = 0
    for change in changes:
        at = max(at, change.at)
        is_there = bool(stays) and stays[-1].left is None
        if change.present and not is_there:
            stays.append(Stay(came=at, left=None))
        elif not change.present and is_there:
            stays[-1] = Stay(came=stays[-1].came, left=at)
    return tuple(stays)


def _reason(changes: Sequence[PresenceLogged]) -> str:
    return changes[-1].reason if changes and not changes[-1].present else ""


def _by_member(changes: Iterable[PresenceLogged]) -> dict[str, list[PresenceLogged]]:
    found: dict[str, list[PresenceLogged]] = {}
    for change in changes:
        found.setdefault(change.member, []).append(change)
    return found


def _officer(member: Member) -> Officer:
    return Officer(member=member.id, name=member.name, title=member.title, roles=member.roles)
