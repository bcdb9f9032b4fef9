"""Counting ballots, by two roads that share no step: a running count, and a recount from whole histories.

A voter's ballots are numbered 1, 2, … (`seq`); each after the first names the one it supersedes by the
SHA-256 of its compact JWS. Only the last counts, of those that are not excluded (`rechecked`). The order of the ballots
is that of the ledger.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

from services.rules.errors import FiguresImpossible, TallyWrong
from services.wire import BallotPayload, Choice, Counts

NOTHING = Counts(approve=0, reject=0, abstain=0)


class Cast(msgspec.Struct, frozen=True, gc=False):
    """An accepted ballot: its verified payload, and the SHA-256 of its compact JWS (base64url, 43
    characters).
    """

    payload: BallotPayload
    sha256: str


@dataclass(frozen=True, slots=True)
class Vote:
    """What one voter chose in the end, and the ledger line that says so."""

    choice: Choice
    index: int


def add(counts: Counts, new: Choice, old: Choice | None = None) -> Counts:
    """The counts after one more accepted ballot; `old` is the choice it takes the place of.

    Raises FiguresImpossible if `old` was never counted.
    """
    tally = {"approve": counts.approve, "reject": counts.reject, "abstain": counts.abstain}
    tally[new] += 1
    if old is not None:
        if getattr(counts, old) < 1:
            raise FiguresImpossible(what="a ballot is superseded that was not counted")
        tally[old] -= 1
    return Counts(**tally)


def count(
    ballots: Iterable[Cast],
    voters: Collection[str],
    *,
    changes: bool,
    excluded: Collection[str] = frozenset(),
) -> Counts:
    """First road: ballot by ballot, each taking the place of the voter's last; `excluded` ones (by hash) take nobody's
    place. Raises TallyWrong."""
    counts = NOTHING
    standing: dict[str, Cast] = {}
    counted: dict[str, Choice] = {}
    for ballot in ballots:
        voter = ballot.payload.voter
        old = standing.get(voter)
        must_be_entitled(voter, voters)
        must_follow(ballot.payload, old, changes=changes)
        standing[voter] = ballot
        if ballot.sha256 not in excluded:
            counts = add(counts, ballot.payload.choice, counted.get(voter))
            counted[voter] = ballot.payload.choice
    return counts


def recount(
    ballots: Iterable[Cast],
    voters: Collection[str],
    *,
    changes: bool,
    excluded: Collection[str] = frozenset(),
) -> tuple[Counts, dict[str, Cast]]:
    """Second road: gather each voter's whole history, check it, count the ends. The counts, and the ballot of each
    voter that counts. Raises TallyWrong."""
    last = last_ballots(ballots, voters, changes=changes, excluded=excluded)
    return ends(ballot.payload for ballot in last.values()), last


def ends(last: Iterable[BallotPayload | Vote]) -> Counts:
    """The counts of voters' last ballots."""
    found = Counter(ballot.choice for ballot in last)
    return Counts(approve=found["approve"], reject=found["reject"], abstain=found["abstain"])


def last_ballots(
    ballots: Iterable[Cast],
    voters: Collection[str],
    *,
    changes: bool,
    excluded: Collection[str] = frozenset(),
) -> dict[str, Cast]:
    """Each voter's ballot that counts, in the order of their first ballots. Raises TallyWrong."""
    histories: dict[str, list[Cast]] = {}
    for ballot in ballots:
        histories.setdefault(ballot.payload.voter, []).append(ballot)
    for voter, history in histories.items():
        must_be_entitled(voter, voters)
        _must_be_one_history(voter, history, changes)
    left = {
        voter: [each for each in history if each.sha256 not in excluded]
        for voter, history in histories.items()
    }
    return {voter: history[-1] for voter, history in left.items() if history}


def must_follow(ballot: BallotPayload, old: Cast | None, *, changes: bool) -> None:
    """Raise TallyWrong unless `ballot` may come directly after the voter's standing ballot `old` in this
    poll.
    """
    if old is None:
        if ballot.seq != 1 or ballot.supersedes is not None:
            raise TallyWrong(voter=ballot.voter, what="the first ballot must be number 1 and supersede none")
        return
    if not changes:
        raise TallyWrong(voter=ballot.voter, what="a second ballot where a vote cannot be changed")
    if ballot.poll != old.payload.poll:
        raise TallyWrong(voter=ballot.voter, what="a ballot of another poll")
    if ballot.seq != old.payload.seq + 1:
        raise TallyWrong(voter=ballot.voter, what="a number left out or used twice")
    if ballot.supersedes != old.sha256:
        raise TallyWrong(voter=ballot.voter, what="it supersedes another ballot than the last")


def _must_be_one_history(voter: str, history: list[Cast], changes: bool) -> None:
    if len(history) > 1 and not changes:
        raise TallyWrong(voter=voter, what="a second ballot where a vote cannot be changed")
    if [ballot.payload.seq for ballot in history] != list(range(1, len(history) + 1)):
        raise TallyWrong(voter=voter, what="a number left out or used twice")
    named = [ballot.payload.supersedes for ballot in history]
    if named != [None, *(ballot.sha256 for ballot in history[:-1])]:
        raise TallyWrong(voter=voter, what="it supersedes another ballot than the last")
    if len({ballot.payload.poll for ballot in history}) != 1:
        raise TallyWrong(voter=voter, what="a ballot of another poll")


def must_be_entitled(voter: str, voters: Collection[str]) -> None:
    """Raise TallyWrong for somebody who is not on the roll."""
    if voter not in voters:
        raise TallyWrong(voter=voter, what="not on the roll")
