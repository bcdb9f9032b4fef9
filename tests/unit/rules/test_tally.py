"""Counting ballots, and what no ledger can hold."""

import pytest

from services.rules.errors import FiguresImpossible, TallyWrong
from services.rules.tally import NOTHING, Cast, add, count, last_ballots, recount
from services.wire import BallotPayload, Choice, Counts

VOTERS = frozenset({"an", "binh"})
POLL = "p" * 43


def cast(voter: str, choice: Choice, seq: int = 1, supersedes: str | None = None, poll: str = POLL) -> Cast:
    """A ballot whose hash tells voter and number."""
    payload = BallotPayload(
        v=1,
        meeting="m",
        poll=poll,
        choice=choice,
        label="Tán thành",
        voter=voter,
        seq=seq,
        supersedes=supersedes,
    )
    return Cast(payload, f"{voter}-{seq}")


def test_latest_ballot_counts() -> None:
    """Cast, change, change back, count: one vote, the last."""
    ballots = [
        cast("an", "approve"),
        cast("binh", "abstain"),
        cast("an", "reject", 2, "an-1"),
        cast("an", "approve", 3, "an-2"),
    ]
    expected = Counts(approve=1, reject=0, abstain=1)
    assert count(ballots, VOTERS, changes=True) == recount(ballots, VOTERS, changes=True)[0] == expected
    assert last_ballots(ballots, VOTERS, changes=True)["an"].payload.seq == 3


def test_no_ballots_count_as_nothing() -> None:
    """A poll in which nobody voted has three zeros, by both roads."""
    assert count([], VOTERS, changes=False) == recount([], VOTERS, changes=False)[0] == NOTHING


@pytest.mark.parametrize(
    "ballots",
    [
        [cast("carol", "approve")],
        [cast("an", "approve", 2)],
        [cast("an", "approve", 1, "an-0")],
        [cast("an", "approve"), cast("an", "approve")],
        [cast("an", "approve"), cast("an", "reject", 3, "an-1")],
        [cast("an", "approve"), cast("an", "reject", 2)],
        [cast("an", "approve"), cast("an", "reject", 2, "binh-1")],
        [cast("an", "approve"), cast("an", "reject", 2, "an-1", poll="q" * 43)],
        [cast("an", "reject", 2, "an-1"), cast("an", "approve")],
    ],
)
def test_impossible_ledgers_are_refused_by_both_roads(ballots: list[Cast]) -> None:
    """Strangers, gaps, repeats, wrong links and mixed polls end the count instead of bending it."""
    for road in (count, recount):
        with pytest.raises(TallyWrong):
            road(ballots, VOTERS, changes=True)


def test_second_ballot_is_refused_where_votes_stand() -> None:
    """Where a vote cannot be changed, even a well-linked second ballot spoils the count."""
    ballots = [cast("an", "approve"), cast("an", "reject", 2, "an-1")]
    for road in (count, recount):
        with pytest.raises(TallyWrong):
            road(ballots, VOTERS, changes=False)


def test_superseding_what_was_not_counted_is_refused() -> None:
    """A running count never goes below zero."""
    with pytest.raises(FiguresImpossible):
        add(NOTHING, "approve", "reject")
