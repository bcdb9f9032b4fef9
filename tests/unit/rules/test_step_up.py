"""Ballots that passkeys confirmed: what is proven of them, and every way of cheating is refused."""

import msgspec
import pytest

from services.refusal import Refused
from services.rules import proof
from services.signing import step_up_words
from tests.support.evidence import Sitting
from tests.support.great_ledger import proven_apart
from tests.support.pki import Pki
from tests.support.recheck_plays import Play
from tests.support.step_up_plays import BAD, GOOD

PKI = Pki()


def sit(**changed: object) -> Sitting:
    """Three members, not yet opened."""
    return Sitting(**({"members": 3, "pki": PKI} | changed))  # type: ignore[arg-type]


FIGURES = {GOOD[0].name: (2, 1), GOOD[1].name: (3, 2), GOOD[2].name: (1, 1), GOOD[3].name: (1, 1)}


@pytest.mark.parametrize("play", GOOD, ids=lambda play: play.name)
def test_played_rightly_it_is_proven(play: Play) -> None:
    """Every choice counts, and of the ballots that count it is said which a passkey confirmed, and of what kind."""
    vote = play.play(sit)
    found = proof.verify_statement(vote.statement(), PKI.anchors())
    assert {member: one.choice for member, one in found.votes.items()} == vote.choices
    figures = FIGURES[play.name]
    assert step_up_words.figures(found) == figures
    ((label, text),) = step_up_words.facts(found)
    assert "passkey" in label
    assert text.startswith(f"{figures[0]} phiếu có xác nhận, trong đó {figures[1]} bằng khóa được đồng bộ")


@pytest.mark.parametrize("play", BAD, ids=lambda play: play.name)
def test_played_wrongly_it_is_refused(play: Play) -> None:
    """By the check that is made for it, whatever the ledger's own signature says."""
    with pytest.raises(Refused) as refused:
        proof.verify_statement(play.play(sit).statement(), PKI.anchors())
    with pytest.raises(Refused) as of_file:
        proven_apart(play.play(sit).statement(), PKI.anchors())
    assert of_file.value.code == refused.value.code
    assert (refused.value.code, refused.value.facts["what"]) == (play.code, play.what)


def test_nothing_changes_where_nobody_asks() -> None:
    """No word of it in the question, the ledger or the minutes: they are written as they always were."""
    vote = sit().play({"db001": "approve", "db002": "reject"})
    assert b"confirmed" not in msgspec.json.encode(vote.statement())
    assert b"step_up" not in msgspec.json.encode(vote.definition)
    assert step_up_words.facts(proof.verify_statement(vote.statement(), PKI.anchors())) == []
