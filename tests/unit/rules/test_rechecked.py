"""Certificates of other authorities behind ballots: what is proven of them, and every way of cheating is refused."""

import msgspec
import pytest

from services.refusal import Refused
from services.rules import proof
from tests.support.evidence import Sitting
from tests.support.great_ledger import proven_apart
from tests.support.pki import Pki
from tests.support.recheck_plays import BAD, GOOD, Play

PKI = Pki()


def sit(**changed: object) -> Sitting:
    """Three members, not yet opened."""
    return Sitting(**({"members": 3, "pki": PKI} | changed))  # type: ignore[arg-type]


def proven(name: str) -> proof.Proven:
    """What is proven of a play by its name."""
    play = next(play for play in GOOD if play.name == name)
    return proof.verify_statement(play.play(sit).statement(), PKI.anchors())


@pytest.mark.parametrize("play", GOOD, ids=lambda play: play.name)
def test_played_rightly_it_is_proven(play: Play) -> None:
    """Every voter's choice that counts, and nobody else's."""
    vote = play.play(sit)
    found = proof.verify_statement(vote.statement(), PKI.anchors())
    assert {member: one.choice for member, one in found.votes.items()} == vote.choices
    read = proven_apart(vote.statement(), PKI.anchors())
    assert (read.votes, read.weighed.noted, read.weighed.counts) == (
        found.votes,
        found.weighed.noted,
        found.weighed.counts,
    )


@pytest.mark.parametrize("play", BAD, ids=lambda play: play.name)
def test_played_wrongly_it_is_refused(play: Play) -> None:
    """By the check that is made for it, whatever the ledger's own signature says."""
    for prove in (proof.verify_statement, proven_apart):
        with pytest.raises(Refused) as refused:
            prove(play.play(sit).statement(), PKI.anchors())
        assert (refused.value.code, refused.value.facts["what"]) == (play.code, play.what)


def test_what_became_of_whose_ballot_is_told() -> None:
    """By voter: why, and whether it counts."""
    revoked = proven("revoked before the ballot: not counted").weighed.noted
    assert [(voter, one.why, one.excluded) for voter, one in revoked.items()] == [("db001", "revoked", True)]
    counted = proven("unknown, and nothing said: counted").weighed.noted
    assert [(voter, one.why, one.excluded) for voter, one in counted.items()] == [("db001", "unknown", False)]
    assert proven("revoked after the ballot: counted").weighed.noted == {}


def test_nothing_changes_where_all_credentials_are_our_own() -> None:
    """No word of it in the question, the ledger or the result: they are written as they always were."""
    vote = sit().play({"db001": "approve", "db002": "reject"})
    statement = msgspec.json.encode(vote.statement())
    assert b"rechecked" not in statement
    assert b"unknown_status" not in vote.definition_jws.encode()
    assert b"unknown_status" not in msgspec.json.encode(vote.definition)
