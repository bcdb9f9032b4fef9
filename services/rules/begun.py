"""Ballots that a service outside signs: begun in the ledger, then cast or lapsed; and the time of grace.

A service takes seconds to minutes to answer. So that nobody's ballot is lost to a vote that ends meanwhile, and nobody
begins one when they have seen how the vote went, a ballot is begun with a commitment to exactly what is to be signed:
the SHA-256 of 32 random bytes and the JWS signing input. The ballot that comes names those bytes. Of each voter one at
most is begun at a time. Times in milliseconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.refusal import Refused
from services.rules import jws
from services.rules.extract import Placed
from services.rules.proof_errors import OrderWrong
from services.rules.tally import Cast
from services.wire import (
    BallotBegun,
    BallotCast,
    BallotLapsed,
    BallotWanted,
    Lapse,
    PollClosed,
    PollClosing,
    PollDefinition,
)


@dataclass(frozen=True, slots=True)
class Record:
    """What became of the ballots that were begun: how many, how many came before the end and how many in the time of
    grace, why the others lapsed; and how many were still with their services at the cut. `voters`: of each ballot
    that came, by its line, who began it."""

    begun: int
    in_time: int
    in_grace: int
    lapsed: Mapping[Lapse, int]
    cut_off: int
    voters: Mapping[int, str]


@dataclass(slots=True)
class Course:
    """Where those ballots stand while the lines are read; `pending` is voter by commitment, `said` the other way
    round: of a great poll thousands are begun at once, and nobody looks through them for each that comes."""

    begun: int = 0
    pending: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    in_time: int = 0
    in_grace: int = 0
    lapsed: dict[Lapse, int] = field(default_factory=dict)
    voters: dict[int, str] = field(default_factory=dict)
    closing: PollClosing | None = None


Told = Literal["wanted", "signed", "unsigned", "unwanted"]


def matter(told: Told, commitment: str) -> str:
    """What an envelope between voting and signing is about: what is told of which ballot (or poll), so that nobody who
    reads one on a stream can put it under another."""
    return f"ballot.{told} {commitment}"


def wanted(asked: BallotWanted) -> str:
    """What the envelope of the words is about: all that is asked with them, so that nobody puts them to another service
    or under another key or poll, where nobody could sign them and the ballot would lapse."""
    said = (asked.body, asked.meeting, asked.poll, asked.voter, asked.provider, asked.thumbprint)
    return matter("wanted", " ".join((asked.commitment, *said)))


def commitment(salt: bytes, signing_input: str) -> str:
    """What the ledger says of a ballot that is begun (base64url)."""
    return jws.digest(salt + signing_input.encode())


def committed(cast: BallotCast) -> str:
    """What the ballot's first line must have said. Raises NotWellFormed."""
    return commitment(jws.b64_decode(cast.salt.encode()), cast.jws.rpartition(".")[0])


def follow(course: Course, placed: Placed, *, is_over: bool) -> None:
    """One more line: a ballot begun, cast or lapsed. Raises OrderWrong."""
    match placed.entry:
        case BallotBegun(voter=voter, commitment=said):
            _must(said not in course.pending, placed, "begun twice")
            _must(voter not in course.said, placed, "two ballots of one voter begun at once")
            course.pending[said], course.said[voter] = voter, said
            course.begun += 1
        case BallotLapsed(voter=voter, why=why):
            _must(voter in course.said, placed, "no ballot of this voter was begun")
            del course.pending[course.said.pop(voter)]
            course.lapsed[why] = course.lapsed.get(why, 0) + 1
        case BallotCast() as cast if cast.salt:
            _cast(course, placed, cast, is_over=is_over)
        case _:
            _must(not is_over, placed, "a ballot after the end that was not begun before")


def _cast(course: Course, placed: Placed, cast: BallotCast, *, is_over: bool) -> None:
    try:
        said = committed(cast)
    except Refused as error:
        raise OrderWrong(index=placed.index, what="salt") from error
    _must(said in course.pending, placed, "no such ballot was begun")
    if is_over and course.closing is not None:
        _must(cast.at <= course.closing.until, placed, "after the time of grace")
    course.voters[placed.index] = voter = course.pending.pop(said)
    del course.said[voter]
    if is_over:
        course.in_grace += 1
    else:
        course.in_time += 1


def end(course: Course, placed: Placed, closing: PollClosing) -> None:
    """The end of voting, with ballots still to come. Raises OrderWrong."""
    _must(closing.begun == len(course.pending) > 0, placed, "number of ballots begun")
    course.closing = closing


def close(course: Course, placed: Placed, closed: PollClosed) -> None:
    """The cut. Raises OrderWrong if somebody's time of grace was cut short, or another act than the end's is named."""
    closing = course.closing
    if closing is not None:
        _must((closed.jws, closed.cause) == (closing.jws, closing.cause), placed, "another act than the end")
        _must(closed.present == closing.present, placed, "others present than at the end")
        _must(not course.pending or closed.at >= closing.until, placed, "before the time of grace was over")


def record(course: Course) -> Record:
    """What became of them, after the cut."""
    return Record(
        course.begun, course.in_time, course.in_grace, course.lapsed, len(course.pending), course.voters
    )


def must_be_granted(found: Record, closing: PollClosing | None, definition: PollDefinition) -> None:
    """Raise OrderWrong unless whoever had begun was given the time of grace that the question grants, and no other."""
    grace = definition.grace_s * 1000
    right = (
        not (grace and found.cut_off) if closing is None else closing.until == closing.at + grace > closing.at
    )
    if not right:
        raise OrderWrong(index=0, what="the time of grace")


def must_be_theirs(found: Record, ballots: Sequence[Placed], cast: Sequence[Cast]) -> None:
    """Raise OrderWrong unless each ballot that was begun is of the voter who began it."""
    for placed, one in zip(ballots, cast, strict=True):
        if found.voters.get(placed.index, one.payload.voter) != one.payload.voter:
            raise OrderWrong(index=placed.index, what="begun by another voter")


def _must(right: bool, placed: Placed, what: str) -> None:
    if not right:
        raise OrderWrong(index=placed.index, what=what)
