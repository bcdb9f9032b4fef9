"""The states of a poll and what each allows; pure.

draft → announced → open ⇄ held → (closing →) closed → declared → certified;  voided from any state after open

Closing: voting has ended, and ballots that were begun with a signing service before that may still come for a time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from services.refusal import Refused
from services.voting.errors import (
    DeadlinePassed,
    NoDeadline,
    PollClosed,
    PollHeld,
    PollNotOpen,
    PollVoided,
    TransitionWrong,
)
from services.wire import PollState

HANOI = timezone(timedelta(hours=7))

TRANSITIONS: dict[str, dict[PollState, PollState]] = {
    "announce": {"draft": "announced"},
    "open": {"announced": "open"},
    "hold": {"open": "held"},
    "resume": {"held": "open"},
    "extend": {"open": "open"},
    "close": {"open": "closed", "held": "closed"},
    "cut": {"closing": "closed"},
    "declare": {"closed": "declared"},
    "certify": {"declared": "certified"},
    "void": {
        "open": "voided",
        "held": "voided",
        "closing": "voided",
        "closed": "voided",
        "declared": "voided",
        "certified": "voided",
    },
}

# No more ballots come, and others may read those that came. Of a voided poll, too, however early: nobody shall annul a
# vote because of how it goes, and nobody else see how it went.
OVER: frozenset[PollState] = frozenset({"closed", "declared", "certified", "voided"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a poll stands, as far as time and state go (milliseconds). `grace_ends_at`: of one that is closing."""

    state: PollState
    deadline: int | None
    remaining: int | None
    closed_at: int | None
    grace_ends_at: int | None = None


def after(act: str, state: PollState) -> PollState:
    """The state after an act. Raises TransitionWrong for any transition that is not listed."""
    try:
        return TRANSITIONS[act][state]
    except KeyError as error:
        raise TransitionWrong(state=state, act=act) from error


def is_due(poll: Standing, now: int) -> bool:
    """Whether the clock has closed the poll, be it written down yet or not."""
    return poll.state == "open" and poll.deadline is not None and now >= poll.deadline


def is_cut(poll: Standing, now: int, pending: int) -> bool:
    """Whether nothing can come any more of what was begun: all has come or lapsed, or the time of grace is over."""
    return poll.state == "closing" and (not pending or poll.grace_ends_at is None or now > poll.grace_ends_at)


def must_take_begun(poll: Standing, now: int) -> None:
    """Raise unless a ballot that was begun in time may be admitted now. Raises as must_take_ballots."""
    if poll.state == "closing" and poll.grace_ends_at is not None and now <= poll.grace_ends_at:
        return
    must_take_ballots(poll, now)


def must_take_ballots(poll: Standing, now: int) -> None:
    """Raise unless a ballot may be admitted now. Raises PollNotOpen, PollHeld, PollClosed, PollVoided."""
    if poll.state == "open" and not is_due(poll, now):
        return
    refusals: dict[PollState, type[Refused]] = {
        "draft": PollNotOpen,
        "announced": PollNotOpen,
        "held": PollHeld,
        "voided": PollVoided,
    }
    if poll.state in refusals:
        raise refusals[poll.state]
    closed_at = poll.closed_at if poll.closed_at is not None else (poll.deadline or now)
    raise PollClosed(closed_at=closed_at, closed_at_text=clock_text(closed_at))


def clock_text(at: int) -> str:
    """A time as people in Viet Nam read it: hours, minutes, seconds, date."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(HANOI).strftime("%H:%M:%S ngày %d/%m/%Y")


def deadline_on_opening(duration_s: int | None, now: int) -> int | None:
    """When the clock will close the poll."""
    return None if duration_s is None else now + duration_s * 1000


def remaining_on_hold(deadline: int | None, now: int) -> int | None:
    """What is left of the time while the poll is held."""
    return None if deadline is None else max(0, deadline - now)


def deadline_on_resuming(remaining: int | None, now: int) -> int | None:
    """The deadline when voting goes on with the time that was left."""
    return None if remaining is None else now + remaining


def deadline_on_extending(poll: Standing, seconds: int, now: int) -> int:
    """A later deadline. Raises NoDeadline, and DeadlinePassed once it is too late."""
    if poll.deadline is None:
        raise NoDeadline
    if now >= poll.deadline:
        raise DeadlinePassed
    return poll.deadline + seconds * 1000
