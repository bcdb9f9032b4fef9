"""The verdict on a load run: every way in which a history can be wrong is seen, and a right one passes."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
import pytest

from loadtests.programme import SHAPES, Cut, Questions, Vote
from loadtests.verdict import (
    BallotLine,
    Kept,
    Told,
    Verdict,
    _judge_poll,
    compare,
    compare_undeclared,
    prove_receipts,
)
from services.rules import jws, merkle
from services.rules.credential import Anchors
from services.rules.proof_errors import ReceiptWrong
from services.wire import Receipt, Withheld

POLL = "p1"
PEOPLE = ("an", "binh", "chi")


def _line(voter: str, seq: int, index: int) -> BallotLine:
    return BallotLine(voter, seq, index, f"line of {voter} {seq} at {index}", f"ballot of {voter} {seq}")


# Everybody votes, and An votes again.
LINES = (_line("an", 1, 5), _line("binh", 1, 6), _line("chi", 1, 7), _line("an", 2, 8))
KEPT = Kept(LINES, {"an": 8, "binh": 6, "chi": 7})
TOLD = Told(
    sent={(each.voter, each.seq): each.ballot for each in LINES},
    refused=frozenset(),
    receipts={
        (each.voter, each.seq): Receipt(poll=POLL, index=each.index, entry=each.line, proof="")
        for each in LINES
    },
)


def test_right_history_passes() -> None:
    found = Verdict()
    compare(POLL, TOLD, KEPT, found)
    assert not found.wrong
    assert (found.polls, found.sent, found.acknowledged, found.in_ledger, found.in_result) == (1, 4, 4, 4, 3)


def test_answer_that_was_lost_on_the_way_is_no_fault() -> None:
    """Sent and in the ledger, but its device never heard: it counts, and nobody was told otherwise."""
    found = Verdict()
    compare(POLL, replace(TOLD, receipts={("an", 1): TOLD.receipts["an", 1]}), KEPT, found)
    assert not found.wrong


def test_ballot_that_never_arrived_is_no_fault() -> None:
    found = Verdict()
    compare(POLL, replace(TOLD, sent={**TOLD.sent, ("dung", 1): "on its way"}), KEPT, found)
    assert not found.wrong


def _without(voter: str, seq: int) -> Kept:
    lines = [each for each in LINES if (each.voter, each.seq) != (voter, seq)]
    return Kept(lines, {each.voter: each.index for each in lines})


WRONG: dict[str, tuple[Callable[[Verdict], int], Told, Kept]] = {
    "an acknowledged ballot is gone": (lambda v: v.lost, TOLD, _without("binh", 1)),
    "an acknowledged change is gone": (lambda v: v.lost, TOLD, _without("an", 2)),
    "it stands elsewhere": (
        lambda v: v.lost,
        TOLD,
        Kept((*LINES[:1], replace(LINES[1], index=9), *LINES[2:]), {**KEPT.counting, "binh": 9}),
    ),
    "its line is another": (
        lambda v: v.lost,
        TOLD,
        Kept((*LINES[:1], replace(LINES[1], line="other"), *LINES[2:]), KEPT.counting),
    ),
    "it stands there twice": (
        lambda v: v.doubled,
        TOLD,
        Kept((*LINES, replace(LINES[1], index=9)), {**KEPT.counting, "binh": 9}),
    ),
    "nobody sent it": (
        lambda v: v.foreign,
        TOLD,
        Kept((*LINES, _line("dung", 1, 9)), {**KEPT.counting, "dung": 9}),
    ),
    "its voter sent another": (
        lambda v: v.foreign,
        TOLD,
        Kept((*LINES[:1], replace(LINES[1], ballot="other"), *LINES[2:]), KEPT.counting),
    ),
    "it was refused": (lambda v: v.foreign, replace(TOLD, refused=frozenset({("chi", 1)})), KEPT),
    "the first counts, not the last": (lambda v: v.miscounted, TOLD, Kept(LINES, {**KEPT.counting, "an": 5})),
    "somebody is not counted": (lambda v: v.miscounted, TOLD, Kept(LINES, {"an": 8, "binh": 6})),
    "somebody counts who did not vote": (
        lambda v: v.miscounted,
        TOLD,
        Kept(LINES, {**KEPT.counting, "dung": 7}),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_history_is_seen(what: str) -> None:
    counted, told, kept = WRONG[what]
    found = Verdict()
    compare(POLL, told, kept, found)
    assert counted(found) == 1
    assert found.wrong


def test_ballots_of_a_poll_that_nobody_declared_are_looked_for() -> None:
    """The chair's line was cut: what stands in the ledger, shown or withheld, is not lost; what does not, is."""
    withheld = [
        msgspec.json.encode(Withheld(leaf=jws.b64_encode(merkle.leaf_hash(each.line.encode())).decode()))
        for each in LINES
    ]
    before = [b"line"] * 5
    for lines in ([each.line.encode() for each in LINES], withheld):
        found = Verdict()
        compare_undeclared(POLL, TOLD, [[], [*before, *lines]], found)
        assert (found.undeclared, found.lost) == (4, 0)
        assert len(found.wrong) == 1, "no poll may be left undeclared"
        found = Verdict()
        compare_undeclared(
            POLL, TOLD, [[*before, *lines[:2], lines[3], lines[2]], [*before, lines[0]]], found
        )
        assert (found.undeclared, found.lost) == (2, 2)


def test_receipts_that_cannot_be_proven_are_told_each_and_end_no_judging() -> None:
    """What a lost ballot's device holds is no receipt of the ledger that is left: the verdict says so of each."""

    def prove(receipts: Sequence[Receipt]) -> None:
        for place, receipt in enumerate(receipts, start=1):
            if receipt.index in (6, 8):
                raise ReceiptWrong(place=place, what="its line is not in the certificate")

    found = Verdict()
    prove_receipts(POLL, TOLD, prove, found)
    assert found.unproven == len(found.wrong) == 2
    assert all(str(voter) in said for voter, said in zip((("binh", 1), ("an", 2)), found.wrong, strict=True))


def test_a_certificate_that_is_not_proven_is_told_and_ends_no_judging() -> None:
    found = Verdict()
    _judge_poll(POLL, b"{}", Anchors(()), TOLD, found)
    assert found.unproven == len(found.wrong) == 1


@pytest.mark.parametrize("name", SHAPES)
def test_programmes_travel_as_they_are(name: str) -> None:
    shape = SHAPES[name].smaller(2, 10, 1).quicker(4)
    again = msgspec.json.decode(msgspec.json.encode(shape), type=type(shape))
    assert again == shape
    assert (shape.halls, shape.delegates, shape.screens) <= (2, 10, 1)


@pytest.mark.parametrize("name", SHAPES)
def test_acts_of_a_programme_follow_each_other(name: str) -> None:
    """The chair does one thing at a time: none begins before the one before it has ended."""
    free = 0.0
    for step in SHAPES[name].steps:
        match step:
            case Vote():
                assert step.at >= free
                assert step.within < step.lasts, "who votes at all votes before the close"
                free = step.at + step.lasts
            case Questions():
                assert step.at >= free
                free = step.at + step.within + 1 + step.turns
            case Cut():
                pass


def test_crowd_comes_and_goes_along_the_line() -> None:
    day = SHAPES["day"]
    assert [day.share(at) for at in (-1, 0, 10, 20, 250, 300, 1e6)] == [0.7, 0.7, 0.85, 1, 0.65, 0.3, 0.8]
    assert day.ballots is None
    assert SHAPES["burst"].ballots == 500 * 6
