"""Ballots that services outside sign: what is proven of them, and every way of cheating with them is refused."""

import time

import pytest

from services.refusal import Refused
from services.rules import begun, proof
from services.rules.begun import Record
from services.rules.extract import Placed
from services.wire import BallotBegun, BallotLapsed
from tests.support.begun_plays import BAD, GOOD, Play
from tests.support.evidence import Sitting
from tests.support.pki import Pki

PKI = Pki()


def sit(**changed: object) -> Sitting:
    """Three members, not yet opened."""
    return Sitting(**({"members": 3, "pki": PKI} | changed))  # type: ignore[arg-type]


def record(name: str) -> Record:
    """What became of the ballots that were begun, in a play by its name."""
    play = next(play for play in GOOD if play.name == name)
    return proof.verify_statement(play.play(sit).statement(), PKI.anchors()).history.begun


@pytest.mark.parametrize("play", GOOD, ids=lambda play: play.name)
def test_played_rightly_it_is_proven(play: Play) -> None:
    """Every voter's choice, and who ended the vote, once."""
    vote = play.play(sit)
    proven = proof.verify_statement(vote.statement(), PKI.anchors())
    assert {member: one.choice for member, one in proven.votes.items()} == vote.choices
    assert [step.act for step in proven.steps].count("close") == 1


@pytest.mark.parametrize("play", BAD, ids=lambda play: play.name)
def test_played_wrongly_it_is_refused(play: Play) -> None:
    """By the check that is made for it, whatever the ledger's own signature says."""
    with pytest.raises(Refused) as refused:
        proof.verify_statement(play.play(sit).statement(), PKI.anchors())
    assert refused.value.facts["what"] == play.what


def test_what_became_of_them_is_counted() -> None:
    """In time, within the grace, lapsed by reason, cut off."""
    assert record("begun and signed in time").in_time == 1
    clock = record("begun before the deadline, signed within the grace")
    assert (clock.begun, clock.in_time, clock.in_grace, clock.cut_off) == (2, 0, 2, 0)
    assert record("begun, and cut off when the grace was over").cut_off == 1
    lapsed = record("lapsed, begun anew, lapsed while held")
    assert (lapsed.begun, lapsed.lapsed, lapsed.in_time) == (3, {"declined": 1, "expired": 1}, 1)
    assert record("begun, and no grace granted").cut_off == 1


def test_thousands_begun_at_once_are_followed_as_they_come() -> None:
    """Nobody looks through all that are begun for each that is begun or lapses: of 30,000 that would be ten seconds."""
    course, started, many = begun.Course(), time.process_time(), range(30_000)
    for each in many:
        line = BallotBegun(
            at=0, poll="bq-01", voter=f"db{each}", commitment=f"{each:043}", provider="smartca"
        )
        begun.follow(course, Placed(each, b"", line), is_over=False)
    for each in reversed(many):
        lapsed = BallotLapsed(at=0, poll="bq-01", voter=f"db{each}", why="declined")
        begun.follow(course, Placed(each, b"", lapsed), is_over=False)
    assert time.process_time() - started < 5
    assert (course.begun, course.pending, course.lapsed) == (30_000, {}, {"declined": 30_000})
