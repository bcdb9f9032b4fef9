"""The ballots of a great poll, read and counted a page at a time: what is held grows with the voters, not with how
often they vote.

A voter's ballots are followed one by one, as the running count of the first road takes them; the second road counts
the ends. Of a voter there are kept the last ballot and, where links have cast some (see `rechecked`), what was cast
since the last one by another key: one of these counts, whatever is excluded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.rules import begun, bulk, rechecked, step_up, tally
from services.rules.assertion import Flags
from services.rules.ballot import Question
from services.rules.bulk import Hands
from services.rules.extract import Placed
from services.rules.fold import History
from services.rules.proof_errors import CountWrong
from services.rules.rechecked import NOTHING, Stood, Weighed
from services.rules.signed_acts import Holders
from services.rules.tally import Cast, Vote
from services.wire import Counts, PollDefinition


@dataclass(slots=True)
class _Voter:
    """The last ballot, and what may count: each with its line."""

    last: Cast
    standing: list[tuple[Vote, Stood | None]]


@dataclass(slots=True)
class _Course:
    """What the pages so far come to. `weighing`: whether links may have cast ballots."""

    weighing: bool
    running: Counts = tally.NOTHING
    voters: dict[str, _Voter] = field(default_factory=dict)
    confirmed: dict[int, Flags] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Read:
    """What the ballots come to: the vote of each voter that counts, and the rest as in `proof.Proven`."""

    votes: Mapping[str, Vote]
    weighed: Weighed
    confirmed: Mapping[int, Flags]


def read(
    hands: Hands, pages: Iterable[Sequence[Placed]], asked: Question, history: History, holders: Holders
) -> Read:
    """Every ballot, verified and counted. Raises BallotWrong, OrderWrong, StepUpWrong, TallyWrong, RecheckWrong,
    CountWrong."""
    course, definition = _Course(rechecked.may_weigh(history, holders)), asked.definition
    for page in pages:
        cast = bulk.read_ballots(hands, page, asked, holders)
        begun.must_be_theirs(history.begun, page, cast)
        course.confirmed |= step_up.read(page, cast, definition, course.owners)
        for placed, one in zip(page, cast, strict=True):
            _take(course, placed, one, asked, holders)
    weighed = _weigh(course, history, definition, holders)
    votes = _votes(course, weighed.excluded)
    _must_be_counted(course, votes, history)
    return Read(votes, weighed, course.confirmed)


def _take(course: _Course, placed: Placed, cast: Cast, asked: Question, holders: Holders) -> None:
    payload = cast.payload
    tally.must_be_entitled(payload.voter, asked.voters)
    before = course.voters.get(payload.voter)
    old = before.last if before else None
    tally.must_follow(payload, old, changes=asked.definition.changes)
    course.running = tally.add(course.running, payload.choice, old.payload.choice if old else None)
    stood = rechecked.stands(placed, cast) if course.weighing else None
    standing = before.standing if before else []
    if stood is not None and holders[stood.thumbprint].linked:
        course.links.add(stood.thumbprint)
    else:
        standing.clear()
    standing.append((Vote(payload.choice, placed.index), stood))
    course.voters[payload.voter] = _Voter(cast, standing)


def _weigh(course: _Course, history: History, definition: PollDefinition, holders: Holders) -> Weighed:
    if not course.weighing:
        return NOTHING
    stood = [each for voter in course.voters.values() for _, each in voter.standing if each is not None]
    return rechecked.judge(history, definition, stood, sorted(course.links))


def _votes(course: _Course, excluded: frozenset[str]) -> dict[str, Vote]:
    left = {
        name: [vote for vote, stood in voter.standing if stood is None or stood.sha256 not in excluded]
        for name, voter in course.voters.items()
    }
    return {name: votes[-1] for name, votes in left.items() if votes}


def _must_be_counted(course: _Course, votes: Mapping[str, Vote], history: History) -> None:
    if tally.ends(_votes(course, frozenset()).values()) != course.running:
        raise CountWrong(what="two counts differ")
    if tally.ends(votes.values()) != history.counted.decision.counts:
        raise CountWrong(what="counted line")
