"""How often a voter is heard in one poll."""

import msgspec
import pytest

from services.rules import jws
from services.voting import admission
from services.voting.admission import MOST, Stored
from services.voting.errors import BallotsTooMany, SequenceWrong
from services.wire import BallotPayload

FIRST = BallotPayload(
    v=1,
    meeting="phien-1",
    poll="A" * 43,
    choice="approve",
    label="Tán thành",
    voter="001",
    seq=1,
    supersedes=None,
)


def _number(seq: int) -> BallotPayload:
    return msgspec.structs.replace(FIRST, seq=seq, supersedes=jws.digest(b"raw"))


def _history(seq: int) -> tuple[Stored, ...]:
    return (Stored(seq, b"raw", msgspec.structs.replace(FIRST, choice="reject", seq=seq)),)


def test_a_vote_is_changed_often_and_not_for_ever() -> None:
    """The last that is taken stands; whoever sends the one behind it, is told so."""
    assert admission.must_follow(_number(MOST), _history(MOST - 1), changes=True) == "reject"
    with pytest.raises(BallotsTooMany):
        admission.must_follow(_number(MOST + 1), _history(MOST), changes=True)


def test_a_number_out_of_turn_is_that_first() -> None:
    """Nobody is told that they changed their vote too often who has not."""
    with pytest.raises(SequenceWrong):
        admission.must_follow(_number(MOST + 1), _history(3), changes=True)
