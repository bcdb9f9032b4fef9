"""The polls of a whole sitting, made from its ledger: every line is there, ballots as their leaf hashes alone.

Nothing but ballots is withheld (see `withheld`), so that no act on a poll, and no poll, can be among it. Two
readings: `polls_of` says what the ledger tells, taking signatures for what they say; `must_be_signed` verifies them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from msgspec import UnsetType

from services.refusal import Refused
from services.rules import act, jws
from services.rules.extract import Placed, Run
from services.rules.fold import ActLine
from services.rules.proof_errors import ActLineWrong, OrderWrong
from services.rules.signed_acts import Holders, act_of, holder_of, must_be_new, read_act_line
from services.rules.withheld import Stretch
from services.wire import (
    ActPayload,
    Annulled,
    LedgerEntry,
    PollAlarmed,
    PollAnnounced,
    PollCertified,
    PollClosed,
    PollClosing,
    PollCounted,
    PollDeclared,
    PollDefinition,
    PollExtended,
    PollHeld,
    PollOpened,
    PollRechecked,
    PollResumed,
    PollState,
    PollVoided,
    Voted,
)

L = TypeVar("L", bound=LedgerEntry)
S = TypeVar("S")

UNDER_WAY = frozenset({"open", "held", "closing"})
_CUT = frozenset({"closed", "rechecked"})
_VOIDABLE = frozenset({"announced", *UNDER_WAY, *_CUT, "counted", "alarmed", "declared", "certified"})

# From which states a line may come, and to which it leads; other lines move no poll.
_STEPS: dict[type, tuple[frozenset[str], str]] = {
    PollAnnounced: (frozenset({""}), "announced"),
    PollOpened: (frozenset({"announced"}), "open"),
    PollHeld: (frozenset({"open"}), "held"),
    PollResumed: (frozenset({"held"}), "open"),
    PollExtended: (frozenset({"open"}), "open"),
    PollClosing: (frozenset({"open", "held"}), "closing"),
    PollClosed: (UNDER_WAY, "closed"),
    PollRechecked: (frozenset({"closed"}), "rechecked"),
    PollCounted: (_CUT, "counted"),
    PollAlarmed: (_CUT, "alarmed"),
    PollDeclared: (frozenset({"counted"}), "declared"),
    PollCertified: (frozenset({"declared"}), "certified"),
    PollVoided: (_VOIDABLE, "voided"),
}
# As people are told of them.
_TOLD: dict[str, PollState] = {
    "announced": "announced",
    "open": "open",
    "held": "held",
    "closing": "closing",
    "closed": "closed",
    "rechecked": "closed",
    "counted": "closed",
    "alarmed": "closed",
    "declared": "declared",
    "certified": "certified",
    "voided": "voided",
}
_definitions = msgspec.json.Decoder(PollDefinition)
_acts = msgspec.json.Decoder(ActPayload)


@dataclass(slots=True)
class Course:
    """A poll while its lines are read: where it stands, and its last line of each kind."""

    poll: str
    state: str = ""
    lines: dict[type, Placed] = field(default_factory=dict)

    def line(self, kind: type[L]) -> L | None:
        """What its last line of this kind says."""
        placed = self.lines.get(kind)
        return placed.entry if placed is not None and isinstance(placed.entry, kind) else None

    @property
    def definition(self) -> PollDefinition | None:
        """The question, once it was opened."""
        opened = self.line(PollOpened)
        return _said(opened.definition, _definitions) if opened else None

    @property
    def definition_hash(self) -> str:
        """Of the question; empty before it was opened."""
        opened = self.line(PollOpened)
        return jws.digest(opened.definition.encode()) if opened else ""


def follow(run: Run) -> Iterator[tuple[Placed, Course]]:
    """Each line, with its poll as it stands after it. Raises OrderWrong for what no ledger of a sitting has."""
    courses: dict[str, Course] = {}
    stretch, following = Stretch(), run.first
    for placed in run.lines:
        stretch.pass_over(following, placed.index)
        following = placed.index + 1
        course = courses.setdefault(placed.entry.poll, Course(placed.entry.poll))
        _step(course, placed)
        stretch.take(placed)
        yield placed, course
    stretch.pass_over(following, run.first + run.count)


def polls_of(run: Run, members: Mapping[str, str]) -> tuple[Voted, ...]:
    """Every poll that the ledger tells of, in the order in which they were announced. `members`: whose credential it
    is, by thumbprint. Raises OrderWrong, NotWellFormed."""
    courses = {course.poll: course for _, course in follow(run)}
    return tuple(_voted(course, members) for course in courses.values())


def under_way(polls: Iterable[Voted]) -> tuple[Voted, ...]:
    """Those that have no end where the ledger ends: whether all that is withheld since is ballots, nobody can tell."""
    return tuple(one for one in polls if one.state in UNDER_WAY)


def unsaid(run: Run) -> frozenset[str]:
    """The polls annulled under way by a line of the older form, which does not say how many ballots were cast: whether
    all that was withheld meanwhile is ballots, nobody can tell."""
    opened = {one.entry.poll for one in run.lines if isinstance(one.entry, PollOpened)}
    closed = {one.entry.poll for one in run.lines if isinstance(one.entry, PollClosed)}
    return frozenset(
        one.entry.poll
        for one in run.lines
        if isinstance(one.entry, PollVoided)
        and isinstance(one.entry.ballots, UnsetType)
        and one.entry.poll in opened - closed
    )


def must_be_signed(run: Run, meeting: str, body: str, holders: Holders, log_key: str) -> None:
    """Raise ActLineWrong unless every act is signed by who may, with a credential good then, and says its line."""
    acted = set[str]()
    for placed, course in follow(run):
        try:
            _must_be_genuine(placed.entry, course, meeting, body, holders, log_key)
            must_be_new(placed.entry, acted)
        except Refused as error:
            raise ActLineWrong(index=placed.index, what=str(error.facts.get("what", error.code))) from error


def _step(course: Course, placed: Placed) -> None:
    kind = type(placed.entry)
    if kind in _STEPS:
        before, after = _STEPS[kind]
        if course.state not in before:
            raise OrderWrong(
                index=placed.index,
                what=f"{kind.__name__} of a poll that is {course.state or 'not announced'}",
            )
        course.state = after
    elif not course.state:
        raise OrderWrong(index=placed.index, what="of a poll that was not announced")
    course.lines[kind] = placed


def _must_be_genuine(
    entry: LedgerEntry, course: Course, meeting: str, body: str, holders: Holders, log_key: str
) -> None:
    if isinstance(entry, PollOpened):
        _must_be_asked(entry, course, meeting, body, holders)
    elif isinstance(entry, PollVoided):
        _must_be_annulled(entry, course, meeting, holders)
    elif isinstance(entry, PollCounted) and entry.definition != course.definition_hash:
        raise act.ActWrong(what="definition")
    elif isinstance(entry, ActLine):
        said, _ = read_act_line(entry, course.definition, holders, log_key)
        name = act_of(entry)
        act.must_be(said, name, meeting, entry.poll, "" if name == "announce" else course.definition_hash)
        counted = course.lines.get(PollCounted)
        if isinstance(entry, PollDeclared) and counted and said.result != jws.digest(counted.line):
            raise act.ActWrong(what="result")
    # All else is nobody's act: the ledger's word, under its checkpoint.


def _must_be_asked(entry: PollOpened, course: Course, meeting: str, body: str, holders: Holders) -> None:
    """The question is signed by who presides, and is the one that was announced."""
    said, _, holder = act.read_definition(
        entry.definition.encode(), lambda thumbprint: holder_of(holders, thumbprint, entry.at)
    )
    announced = course.line(PollAnnounced)
    pairs = {
        "presiding": (holder.member, said.presiding),
        "meeting": (said.meeting, meeting),
        "body": (said.body.id, body),
        "poll": (said.id, entry.poll),
        "title": (said.title, announced.title if announced else ""),
    }
    for what, (one, other) in pairs.items():
        if one != other:
            raise act.ActWrong(what=what)


def _must_be_annulled(entry: PollVoided, course: Course, meeting: str, holders: Holders) -> None:
    """Two persons signed the same bytes."""
    first, second = (
        act.read_act(raw.encode(), lambda thumbprint: holder_of(holders, thumbprint, entry.at))
        for raw in (entry.jws, entry.second)
    )
    act.must_be(first[0], "void", meeting, entry.poll, course.definition_hash)
    if entry.jws.split(".")[1] != entry.second.split(".")[1]:
        raise act.ActWrong(what="second")
    if first[1].member == second[1].member or not first[0].reason.strip():
        raise act.ActWrong(what="second person")


def _voted(course: Course, members: Mapping[str, str]) -> Voted:
    announced, opened, closed = course.line(PollAnnounced), course.line(PollOpened), course.line(PollClosed)
    counted, declared = course.line(PollCounted), course.line(PollDeclared)
    certified, voided = course.line(PollCertified), course.line(PollVoided)
    definition = course.definition
    return Voted(
        poll=course.poll,
        title=announced.title if announced else "",
        state=_TOLD[course.state],
        practice=bool(definition and definition.practice),
        reruns=(definition.reruns or "") if definition else "",
        definition=course.definition_hash,
        presiding=definition.presiding if definition else "",
        opened_at=opened.at if opened else None,
        closed_at=closed.at if closed else None,
        declared_at=declared.at if declared else None,
        present=len(opened.present) if opened else 0,
        ballots=closed.ballots if closed else 0,
        decision=counted.decision if counted else None,
        annulled=_annulled(voided, members) if voided else None,
        certificate=certified.certificate if certified else "",
        sha256=certified.sha256 if certified else "",
    )


def _annulled(entry: PollVoided, members: Mapping[str, str]) -> Annulled:
    by, second = (members.get(jws.signer_of(raw), "") for raw in (entry.jws, entry.second))
    return Annulled(at=entry.at, reason=_said(entry.jws, _acts).reason, by=by, second=second)


def _said(compact: str, decoder: msgspec.json.Decoder[S]) -> S:
    """What a compact JWS says; who signed it is for `must_be_signed`."""
    return jws.parse(jws.b64_decode(compact.split(".")[1].encode()), decoder)
