"""The life of one poll, read from its ledger lines: only the listed steps, in order, within their times.

    announced -> open <-> held -> (closing ->) closed -> (rechecked ->) counted -> declared

A poll is closing while ballots that were begun before its end may still come (see `begun`); it is rechecked where
certificates of other authorities stand behind ballots (see `rechecked`).

Signatures are not looked at here; who may sign what is for `signed_acts` and `ballot`. Times in milliseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from services.rules import begun
from services.rules.begun import Course as Begun
from services.rules.extract import Placed
from services.rules.proof_errors import OrderWrong
from services.wire import (
    BallotBegun,
    BallotCast,
    BallotLapsed,
    PollAnnounced,
    PollClosed,
    PollClosing,
    PollCounted,
    PollDeclared,
    PollExtended,
    PollHeld,
    PollOpened,
    PollRechecked,
    PollResumed,
)

K = TypeVar("K")

ActLine = PollAnnounced | PollHeld | PollResumed | PollExtended | PollClosing | PollClosed | PollDeclared

# From which states a line may come, and to which it leads.
_STEPS: dict[type, tuple[tuple[str, ...], str]] = {
    PollAnnounced: (("",), "announced"),
    PollOpened: (("announced",), "open"),
    PollHeld: (("open",), "held"),
    PollResumed: (("held",), "open"),
    PollExtended: (("open",), "open"),
    PollClosing: (("open", "held"), "closing"),
    PollClosed: (("open", "held", "closing"), "closed"),
    PollRechecked: (("closed",), "rechecked"),
    PollCounted: (("closed", "rechecked"), "counted"),
    PollDeclared: (("counted",), "declared"),
}

# In which states a ballot may come, be begun, or lapse; none of them moves the poll.
_BALLOTS: dict[type, tuple[str, ...]] = {
    BallotCast: ("open", "closing"),
    BallotBegun: ("open",),
    BallotLapsed: ("open", "held", "closing"),
}


@dataclass(frozen=True, slots=True)
class History:
    """A declared poll: its opening, what was signed to move it on, its ballots, its end. `closing`: the end of
    voting, if ballots that were begun before could come after it; `begun`: what became of them. `ballots`: all of them;
    where lines are read as a stream, those that services outside have signed (`closed.ballots` counts all).
    `rechecked`: what was found of outside certificates, where any stand behind ballots."""

    announced: PollAnnounced
    opened: PollOpened
    opened_index: int
    acts: tuple[Placed, ...]
    ballots: tuple[Placed, ...]
    closed: PollClosed
    closed_index: int
    closing: PollClosing | None
    begun: begun.Record
    rechecked: PollRechecked | None
    counted: PollCounted
    counted_line: bytes
    declared_at: int


@dataclass(slots=True)
class _Course:
    """Where the poll stands while its lines are read."""

    state: str = ""
    deadline: int | None = None
    held_at: int = 0
    milestones: dict[type, Placed] = field(default_factory=dict)
    acts: list[Placed] = field(default_factory=list)
    hold: bool = True
    cast: int = 0
    ballots: list[Placed] = field(default_factory=list)
    begun: Begun = field(default_factory=Begun)


def follow(lines: Iterable[Placed], poll: str, *, hold: bool = True) -> History:
    """The history of a poll that was declared and not touched since; without `hold` its ballots are only counted.
    Raises OrderWrong, naming the line."""
    course = _Course(hold=hold)
    for placed in lines:
        if placed.entry.poll != poll:
            continue
        _step(course, placed)
    if course.state != "declared":
        raise OrderWrong(index=_last_index(course), what="the poll was not declared")
    return _history(course)


def _step(course: _Course, placed: Placed) -> None:
    kind = type(placed.entry)
    if kind not in _STEPS and kind not in _BALLOTS:
        raise OrderWrong(index=placed.index, what=f"{kind.__name__} of a poll to be certified")
    before, after = _STEPS.get(kind) or (_BALLOTS[kind], course.state)
    if course.state not in before:
        raise OrderWrong(index=placed.index, what=_misplaced(kind, course.state))
    if kind in _BALLOTS:
        _take(course, placed)
        return
    _keep_time(course, placed)
    # Who ended it has signed the line with which it ended; the cut that follows a time of grace only repeats it.
    if isinstance(placed.entry, ActLine) and course.state != "closing":
        course.acts.append(placed)
    course.state = after
    course.milestones[kind] = placed


def _take(course: _Course, placed: Placed) -> None:
    """A ballot, or what is said of one that was begun."""
    if course.state == "open" and not isinstance(placed.entry, BallotLapsed):
        _must_be_in_time(course, placed)
    begun.follow(course.begun, placed, is_over=course.state == "closing")
    if isinstance(placed.entry, BallotCast):
        course.cast += 1
        if course.hold or placed.entry.salt:
            course.ballots.append(placed)


def _misplaced(kind: type, state: str) -> str:
    if kind is BallotCast and state in ("closed", "rechecked", "counted", "declared"):
        return "a ballot after the poll was closed"
    return f"{kind.__name__} of a poll that is {state or 'not announced'}"


def _must_be_in_time(course: _Course, placed: Placed) -> None:
    if course.deadline is not None and placed.entry.at > course.deadline:
        raise OrderWrong(index=placed.index, what="after the deadline")


def _keep_time(course: _Course, placed: Placed) -> None:
    """Move the clock of the poll on: it stands while the poll is held, and is never turned back."""
    match placed.entry:
        case PollOpened(deadline=deadline, at=at):
            _must(deadline is None or deadline > at, placed, "deadline")
            course.deadline = deadline
        case PollHeld(at=at):
            _must_be_in_time(course, placed)
            course.held_at = at
        case PollResumed(deadline=deadline, at=at):
            left = None if course.deadline is None else course.deadline - course.held_at + at
            _must(deadline == left, placed, "the time that was left")
            course.deadline = deadline
        case PollExtended(deadline=deadline):
            _must_be_in_time(course, placed)
            _must(course.deadline is not None and deadline > course.deadline, placed, "no longer than before")
            course.deadline = deadline
        case PollClosing() as closing:
            _must_end_rightly(course, placed, closing)
            begun.end(course.begun, placed, closing)
        case PollClosed() as closed:
            if course.state != "closing":
                _must_end_rightly(course, placed, closed)
            begun.close(course.begun, placed, closed)
            _must(closed.ballots == course.cast, placed, "number of ballots")
        case _:
            pass


def _must_end_rightly(course: _Course, placed: Placed, end: PollClosing | PollClosed) -> None:
    if end.cause == "deadline":
        passed = course.state == "open" and course.deadline is not None and end.at >= course.deadline
        _must(passed, placed, "the deadline had not passed")


def _must(right: bool, placed: Placed, what: str) -> None:
    if not right:
        raise OrderWrong(index=placed.index, what=what)


def _last_index(course: _Course) -> int:
    return max((placed.index for placed in course.milestones.values()), default=0)


def _history(course: _Course) -> History:
    announced, opened = _milestone(course, PollAnnounced), _milestone(course, PollOpened)
    closed, counted = _milestone(course, PollClosed), _milestone(course, PollCounted)
    return History(
        announced=announced,
        opened=opened,
        opened_index=course.milestones[PollOpened].index,
        acts=tuple(course.acts),
        ballots=tuple(course.ballots),
        closed=closed,
        closed_index=course.milestones[PollClosed].index,
        closing=course.begun.closing,
        begun=begun.record(course.begun),
        rechecked=_milestone(course, PollRechecked) if PollRechecked in course.milestones else None,
        counted=counted,
        counted_line=course.milestones[PollCounted].line,
        declared_at=_milestone(course, PollDeclared).at,
    )


def _milestone(course: _Course, kind: type[K]) -> K:
    placed = course.milestones.get(kind)
    if placed is None or not isinstance(placed.entry, kind):
        raise OrderWrong(index=_last_index(course), what=f"no {kind.__name__}")
    return placed.entry
