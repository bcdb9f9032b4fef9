"""Who is there. The time is the server's and never goes backwards; saying the same again changes nothing."""

from collections.abc import Collection, Mapping, Sequence

from services.meeting.errors import MemberTwice, NotSummoned, PresenceTooOften, ReasonWithoutAbsence
from services.rules.text import must_be_legible
from services.wire import Member, Presence, PresenceLogged, PresenceMark

# What anybody changes of their own presence is kept for good and told to all: a phone in a loop comes to an end.
OWN_MOST = 100


def must_be_marks(marks: Sequence[PresenceMark]) -> None:
    """Raise unless each mark is sound. Raises MemberTwice, ReasonWithoutAbsence, TextUnclean."""
    lines: dict[str, int] = {}
    for line, mark in enumerate(marks, start=1):
        first = lines.setdefault(mark.member, line)
        if first != line:
            raise MemberTwice(line=line, member=mark.member, first=first)
        if mark.present and mark.reason:
            raise ReasonWithoutAbsence(member=mark.member)
        must_be_legible(mark.reason, place=f"reason {line}")
        must_be_legible(mark.why, place=f"why {line}")


def must_be_summoned(
    marks: Sequence[PresenceMark], on_roll: Collection[str], members: Mapping[str, Member]
) -> None:
    """Raise NotSummoned unless each is on the roll, or secretary or chair of the body."""
    for mark in marks:
        member = members.get(mark.member)
        runs_it = member is not None and not {"secretary", "chair"}.isdisjoint(member.roles)
        if mark.member not in on_roll and not runs_it:
            raise NotSummoned(member=mark.member)


def marked(marks: Sequence[PresenceMark], before: Mapping[str, Presence], now: int) -> list[Presence]:
    """The presence of those marked, in their order: as it stands if nothing changes, else as of `now` (ms)."""
    return [_after(mark, before.get(mark.member), now) for mark in marks]


def _after(mark: PresenceMark, before: Presence | None, now: int) -> Presence:
    if before is not None and (before.present, before.reason) == (mark.present, mark.reason):
        return before
    at = max(now, before.at) if before is not None else now
    return Presence(member=mark.member, present=mark.present, at=at, reason=mark.reason)


def changed(after: Sequence[Presence], before: Mapping[str, Presence]) -> list[Presence]:
    """Those who came or left."""
    return [presence for presence in after if before.get(presence.member) != presence]


def must_mean_it(times: int) -> None:
    """Raise PresenceTooOften for who has changed their own presence so many times."""
    if times >= OWN_MOST:
        raise PresenceTooOften(most=OWN_MOST)


def logged(changes: Sequence[Presence], marks: Sequence[PresenceMark], by: str) -> list[PresenceLogged]:
    """What is kept of these changes: who made them, and why."""
    why = {mark.member: mark.why for mark in marks}
    return [
        PresenceLogged(
            member=one.member, present=one.present, at=one.at, reason=one.reason, by=by, why=why[one.member]
        )
        for one in changes
    ]
