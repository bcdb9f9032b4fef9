"""Two roads to one count, on any history of votes and changes; and neither takes a history that was bent."""

from collections import Counter
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rules.errors import TallyWrong
from services.rules.tally import Cast, count, recount
from services.wire import CHOICES, BallotPayload, Choice, Counts

VOTERS = tuple(f"voter-{number}" for number in range(12))
Acts = list[tuple[str, Choice]]
acts = st.lists(st.tuples(st.sampled_from(VOTERS), st.sampled_from(CHOICES)), max_size=60)


def ledger(acts: Acts) -> list[Cast]:
    """The ballots of these acts, numbered and linked as an honest ballot box would accept them."""
    last: dict[str, Cast] = {}
    ballots = []
    for place, (voter, choice) in enumerate(acts):
        old = last.get(voter)
        payload = BallotPayload(
            v=1,
            meeting="m",
            poll="p" * 43,
            choice=choice,
            label=choice,
            voter=voter,
            seq=old.payload.seq + 1 if old else 1,
            supersedes=old.sha256 if old else None,
        )
        last[voter] = Cast(payload, f"hash-{place}")
        ballots.append(last[voter])
    return ballots


@settings(max_examples=300)
@given(acts)
def test_both_roads_count_the_last_ballots(acts: Acts) -> None:
    """Whatever the order of votes and changes, both counts are the number of voters by last choice."""
    ballots = ledger(acts)
    numbers = Counter(dict(acts).values())
    expected = Counts(approve=numbers["approve"], reject=numbers["reject"], abstain=numbers["abstain"])
    assert count(ballots, VOTERS, changes=True) == expected
    counts, last = recount(ballots, VOTERS, changes=True)
    assert counts == expected
    assert {voter: ballot.payload.choice for voter, ballot in last.items()} == dict(acts)


def drop(ballots: list[Cast], at: int) -> list[Cast]:
    """Leave out a ballot that another one names."""
    return ballots[:at] + ballots[at + 1 :]


def repeat(ballots: list[Cast], at: int) -> list[Cast]:
    """Put a ballot in twice."""
    return [*ballots[: at + 1], *ballots[at:]]


def hurry(ballots: list[Cast], at: int) -> list[Cast]:
    """Put a ballot behind all others."""
    return [*drop(ballots, at), ballots[at]]


def relink(ballots: list[Cast], at: int) -> list[Cast]:
    """Let a ballot be another one than was superseded."""
    return [*ballots[:at], msgspec.structs.replace(ballots[at], sha256="other"), *ballots[at + 1 :]]


def usurp(ballots: list[Cast], at: int) -> list[Cast]:
    """Give a ballot to somebody who is not on the roll."""
    payload = msgspec.structs.replace(ballots[at].payload, voter="stranger", seq=1, supersedes=None)
    return [*ballots, Cast(payload, "new")]


@pytest.mark.parametrize("bend", [drop, repeat, hurry, relink, usurp])
@settings(max_examples=60)
@given(acts=acts)
def test_bent_histories_are_refused_by_both_roads(
    bend: Callable[[list[Cast], int], list[Cast]], acts: Acts
) -> None:
    """A ballot left out, repeated, moved, replaced or from outside is found wherever it lies."""
    ballots = ledger([*acts, (VOTERS[0], "approve"), (VOTERS[0], "reject")])
    named = {ballot.payload.supersedes for ballot in ballots}
    inner = [at for at, ballot in enumerate(ballots) if ballot.sha256 in named]
    for at in inner:
        bent = bend(ballots, at)
        for road in (count, recount):
            with pytest.raises(TallyWrong):
                road(bent, VOTERS, changes=True)
