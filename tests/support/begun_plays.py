"""Votes in which signing services sign ballots: played rightly, and in every way in which a dishonest ledger might.

Each is a whole sitting, with what a verifier that knows the rules must say of it; Python and the browser are held to
the same (`proto/vectors/certificates.json`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.rules import jws
from tests.support.evidence import Sitting

Sit = Callable[..., Sitting]


@dataclass(frozen=True)
class Play:
    """A vote by its name: how it is played, and `what` is wrong with it; empty if it must be proven."""

    name: str
    what: str
    play: Callable[[Sit], Sitting]


def open_vote(sit: Sit, **changed: Any) -> Sitting:
    """Three or more members, open, with a grace of 30 seconds unless said otherwise."""
    vote = sit(**({"grace_s": 30} | changed))
    vote.announce()
    vote.open()
    return vote


def over(vote: Sitting, **changed: Any) -> Sitting:
    """Cut, counted, declared."""
    vote.close(**changed)
    vote.count()
    vote.declare()
    return vote


def _in_time(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.cast("db002", "approve")
    vote.come("db001", "approve", coming)
    return over(vote)


def _in_grace(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.cast("db002", "approve")
    vote.end(1)
    vote.tick(29)
    vote.come("db001", "approve", coming)
    return over(vote)


def _by_the_clock(sit: Sit) -> Sitting:
    vote = open_vote(sit, duration_s=60)
    one, other = vote.begin("db001", "approve"), vote.begin("db002", "approve")
    vote.tick(60)
    vote.end(2)
    vote.come("db002", "approve", other)
    vote.come("db001", "approve", one)
    return over(vote)


def _cut_off(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    vote.begin("db001", "reject")
    vote.cast_all({"db002": "approve", "db003": "approve"})
    vote.end(1)
    vote.tick(30)
    return over(vote)


def _lapsed(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    vote.begin("db001", "reject")
    vote.lapse("db001")
    coming = vote.begin("db001", "approve")
    vote.begin("db002", "approve")
    vote.hold()
    vote.lapse("db002", "expired")
    vote.resume()
    vote.come("db001", "approve", coming)
    vote.cast("db002", "approve")
    return over(vote)


def _held_then_ended(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.cast("db002", "approve")
    vote.hold()
    vote.end(1)
    vote.come("db001", "approve", coming)
    return over(vote)


def _changed(sit: Sit) -> Sitting:
    vote = open_vote(sit, changes=True)
    vote.cast("db001", "reject")
    coming = vote.begin("db001", "approve")
    vote.cast("db002", "approve")
    vote.come("db001", "approve", coming)
    return over(vote)


def _no_grace(sit: Sit) -> Sitting:
    vote = open_vote(sit, grace_s=0)
    vote.begin("db001", "reject")
    vote.cast_all({"db002": "approve", "db003": "approve"})
    return over(vote)


def _not_begun(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    vote.begin("db001", "approve")
    vote.end(1)
    vote.cast("db002", "approve")
    vote.lapse("db001")
    return over(vote)


def _other_words(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    vote.begin("db001", "reject")
    vote.end(1)
    vote.come("db001", "approve", vote.ballot("db001", "approve"))
    return over(vote)


def _other_salt(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.come("db001", "approve", coming, salt=jws.digest(b"another"))
    return over(vote)


def _late(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.end(1)
    vote.tick(31)
    vote.come("db001", "approve", coming)
    return over(vote)


def _too_long(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.end(1, until=vote.at + 1_000_000)
    vote.come("db001", "approve", coming)
    return over(vote)


def _cut_short(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    vote.begin("db001", "reject")
    vote.cast_all({"db002": "approve", "db003": "approve"})
    vote.end(1)
    vote.tick(29)
    return over(vote)


def _none_given(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    vote.begin("db001", "reject")
    vote.cast_all({"db002": "approve", "db003": "approve"})
    return over(vote)


def _not_granted(sit: Sit) -> Sitting:
    vote = open_vote(sit, grace_s=0)
    coming = vote.begin("db001", "approve")
    vote.end(1, until=vote.at + 30_000)
    vote.come("db001", "approve", coming)
    return over(vote)


def _for_nobody(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    vote.cast_all({"db001": "approve", "db002": "approve"})
    vote.end(0)
    return over(vote)


def _wrong_number(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.end(2)
    vote.come("db001", "approve", coming)
    return over(vote)


def _other_act(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.end(1)
    vote.come("db001", "approve", coming)
    return over(vote, jws=vote.act("close", reason="again"))


def _left_meanwhile(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.end(1)
    vote.come("db001", "approve", coming)
    return over(vote, present=vote.present[:2])


def _two_at_once(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    vote.begin("db001", "reject")
    coming = vote.begin("db001", "approve")
    vote.come("db001", "approve", coming)
    return over(vote)


def _theirs(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    theirs = vote.ballot("db002", "approve")
    vote.begin("db001", "approve", compact=theirs)
    vote.come("db002", "approve", theirs)
    return over(vote)


def _lapse_of_nothing(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    vote.cast("db001", "approve")
    vote.lapse("db001")
    return over(vote)


def _begun_after_the_end(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.end(1)
    vote.begin("db002", "approve")
    vote.come("db001", "approve", coming)
    return over(vote)


def _cast_twice(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.come("db001", "approve", coming)
    vote.come("db001", "approve", coming)
    return over(vote)


def _below_the_cut(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.begin("db002", "approve")
    vote.end(2)
    vote.come("db001", "approve", coming)
    vote.tick(30)
    vote.close()
    vote.lapse("db002")
    vote.count()
    vote.declare()
    return vote


def _unsigned_end(sit: Sit) -> Sitting:
    vote = open_vote(sit)
    coming = vote.begin("db001", "approve")
    vote.end(1, jws=vote.act("close", by="db002"))
    vote.come("db001", "approve", coming)
    return over(vote)


def _deadline_not_passed(sit: Sit) -> Sitting:
    vote = open_vote(sit, duration_s=60)
    coming = vote.begin("db001", "approve")
    vote.end(1, cause="deadline")
    vote.come("db001", "approve", coming)
    return over(vote)


GOOD = (
    Play("begun and signed in time", "", _in_time),
    Play("begun before the end, signed within the grace", "", _in_grace),
    Play("begun before the deadline, signed within the grace", "", _by_the_clock),
    Play("begun, and cut off when the grace was over", "", _cut_off),
    Play("lapsed, begun anew, lapsed while held", "", _lapsed),
    Play("ended while held, signed within the grace", "", _held_then_ended),
    Play("a vote changed through a service", "", _changed),
    Play("begun, and no grace granted", "", _no_grace),
)
BAD = (
    Play(
        "a ballot after the end that nobody had begun",
        "a ballot after the end that was not begun before",
        _not_begun,
    ),
    Play("other words than those begun", "no such ballot was begun", _other_words),
    Play("another salt", "no such ballot was begun", _other_salt),
    Play("after the grace", "after the time of grace", _late),
    Play("a longer grace than the question grants", "the time of grace", _too_long),
    Play("the cut before the grace was over", "before the time of grace was over", _cut_short),
    Play("no grace where the question grants one", "the time of grace", _none_given),
    Play("a grace that the question does not grant", "the time of grace", _not_granted),
    Play("a grace for nobody", "number of ballots begun", _for_nobody),
    Play("another number of ballots begun", "number of ballots begun", _wrong_number),
    Play("a cut by another act than the end", "another act than the end", _other_act),
    Play("others present at the cut", "others present than at the end", _left_meanwhile),
    Play("two begun at once", "two ballots of one voter begun at once", _two_at_once),
    Play("another voter's ballot", "begun by another voter", _theirs),
    Play("a lapse of nothing", "no ballot of this voter was begun", _lapse_of_nothing),
    Play("begun after the end", "BallotBegun of a poll that is closing", _begun_after_the_end),
    Play("cast twice", "no such ballot was begun", _cast_twice),
    Play("a lapse below the cut", "BallotLapsed of a poll that is closed", _below_the_cut),
    Play("an end that another has signed", "not signed by the person who presides", _unsigned_end),
    Play("an end by a deadline that had not passed", "the deadline had not passed", _deadline_not_passed),
)
