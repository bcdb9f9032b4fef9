"""Votes with certificates of other authorities behind ballots, asked about after the cut: played rightly, and in every
way in which a dishonest ledger might. Python and the browser are held to the same (`proto/vectors/certificates.json`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from services.wire import Choice, RecheckCounts
from tests.support.evidence import Sitting

Sit = Callable[..., Sitting]
LINKED = ("db001", "db002")
CHOICES: dict[str, Choice] = {"db001": "approve", "db002": "reject", "db003": "approve"}


@dataclass(frozen=True)
class Play:
    """A vote by its name: how it is played, `what` is wrong with it, empty if it must be proven, and the refusal."""

    name: str
    what: str
    play: Callable[[Sit], Sitting]
    code: str = "recheck_wrong"


def closed(sit: Sit, **changed: Any) -> Sitting:
    """Three members, two of them with links, who have voted; closed."""
    vote = sit(**({"linked": LINKED} | changed))
    vote.announce()
    vote.open()
    vote.cast_all(CHOICES)
    vote.tick(5)
    vote.close()
    vote.tick()
    return vote


def over(vote: Sitting, **changed: Any) -> Sitting:
    """Counted, declared."""
    vote.count(**changed)
    vote.declare()
    return vote


def revoked(vote: Sitting, member: str, at: int, **changed: Any) -> Any:
    """Revoked at that time."""
    return vote.found(member, **({"kind": "revoked", "why": "keyCompromise", "revoked_at": at} | changed))


def unknown(vote: Sitting, member: str, **changed: Any) -> Any:
    """Nobody could tell."""
    nothing = {"kind": "unknown", "why": "no answer", "known_at": 0, "evidence": ()}
    return vote.found(member, **(nothing | changed))


def _cast_at(vote: Sitting, member: str) -> int:
    """When the member's ballot was cast: all of them at once."""
    line = next(line for line in vote.lines if '"kind":"ballot"' in line)
    assert member in CHOICES
    return int(msgspec.json.decode(line)["at"])


def _good(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(vote.found("db001"), vote.found("db002"))
    return over(vote)


def _revoked_before(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(revoked(vote, "db001", _cast_at(vote, "db001")), vote.found("db002"), revoked=1)
    del vote.choices["db001"]
    return over(vote)


def _revoked_after(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(revoked(vote, "db001", _cast_at(vote, "db001") + 1), vote.found("db002"))
    return over(vote)


def _unknown_counts(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(unknown(vote, "db001"), vote.found("db002"), unknown=1)
    return over(vote)


def _unknown_said_to_count(sit: Sit) -> Sitting:
    vote = closed(sit, unknown_status="count")
    vote.recheck(unknown(vote, "db001"), unknown(vote, "db002", known_at=vote.at - 3_600_000), unknown=2)
    return over(vote)


def _unknown_excluded(sit: Sit) -> Sitting:
    vote = closed(sit, unknown_status="exclude")
    vote.recheck(vote.found("db001"), unknown(vote, "db002"), unknown=1)
    del vote.choices["db002"]
    return over(vote)


def _changed_after(sit: Sit) -> Sitting:
    vote = sit(linked=LINKED, changes=True)
    vote.announce()
    vote.open()
    vote.cast("db001", "approve")
    vote.cast("db002", "approve")
    vote.tick(60)
    since = vote.at
    vote.tick(60)
    vote.cast("db001", "reject")
    vote.close()
    vote.recheck(revoked(vote, "db001", since), vote.found("db002"), revoked=1)
    vote.choices["db001"] = "approve"
    return over(vote)


def _all_excluded(sit: Sit) -> Sitting:
    vote = closed(sit, linked=("db001", "db002", "db003"), unknown_status="exclude")
    vote.recheck(*(unknown(vote, each) for each in vote.ids), unknown=3)
    vote.choices.clear()
    return over(vote)


def _link_that_did_not_vote(sit: Sit) -> Sitting:
    vote = sit(linked=("db003",))
    vote.announce()
    vote.open()
    vote.cast_all({"db001": "approve", "db002": "approve"})
    vote.close()
    return over(vote)


def _nobody_asked(sit: Sit) -> Sitting:
    return over(closed(sit))


def _nothing_to_ask(sit: Sit) -> Sitting:
    vote = closed(sit, linked=())
    vote.recheck(vote.found("db001"), vote.found("db002"))
    return over(vote)


def _one_left_out(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(vote.found("db002"))
    return over(vote)


def _one_too_many(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(*(vote.found(each) for each in vote.ids))
    return over(vote)


def _one_twice(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(unknown(vote, "db001"), vote.found("db001"), vote.found("db002"))
    return over(vote)


def _old_news(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(vote.found("db001", known_at=vote.at - 61_001), vote.found("db002"))
    return over(vote)


def _asked_too_early(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(vote.found("db001", checked_at=vote.at - 61_001), vote.found("db002"))
    return over(vote)


def _asked_in_the_future(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(vote.found("db001", checked_at=vote.at + 61_001), vote.found("db002"))
    return over(vote)


def _changed(**changed: Any) -> Callable[[Sit], Sitting]:
    def play(sit: Sit) -> Sitting:
        vote = closed(sit)
        vote.recheck(vote.found("db001", **changed), vote.found("db002"))
        return over(vote)

    return play


def _counted_all_the_same(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(revoked(vote, "db001", _cast_at(vote, "db001") - 1), vote.found("db002"), revoked=1)
    return over(vote)


def _excluded_though_good(sit: Sit) -> Sitting:
    vote = closed(sit, unknown_status="exclude")
    vote.recheck(vote.found("db001"), vote.found("db002"))
    del vote.choices["db002"]
    return over(vote)


def _excluded_though_unknown_counts(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(vote.found("db001"), unknown(vote, "db002"), unknown=1)
    del vote.choices["db002"]
    return over(vote)


def _figures(**changed: int) -> Callable[[Sit], Sitting]:
    def play(sit: Sit) -> Sitting:
        vote = closed(sit)
        vote.recheck(vote.found("db001"), unknown(vote, "db002"), **({"unknown": 1} | changed))
        return over(vote)

    return play


def _not_said(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(vote.found("db001"), vote.found("db002"))
    vote.rechecked = msgspec.UNSET
    return over(vote)


def _said_for_nothing(sit: Sit) -> Sitting:
    vote = closed(sit, linked=())
    return over(vote, rechecked=RecheckCounts(checked=2, revoked=0, unknown=2, policy="count"))


def _before_the_cut(sit: Sit) -> Sitting:
    vote = sit(linked=LINKED)
    vote.announce()
    vote.open()
    vote.cast_all(CHOICES)
    vote.recheck(vote.found("db001"), vote.found("db002"))
    vote.close()
    return over(vote)


def _twice(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.recheck(unknown(vote, "db001"), vote.found("db002"), unknown=1)
    vote.recheck(vote.found("db001"), vote.found("db002"))
    return over(vote)


def _after_the_count(sit: Sit) -> Sitting:
    vote = closed(sit)
    vote.count()
    vote.recheck(vote.found("db001"), vote.found("db002"))
    vote.declare(result="A" * 43)
    return vote


GOOD = (
    Play("certificates of other authorities, all good", "", _good),
    Play("revoked before the ballot: not counted", "", _revoked_before),
    Play("revoked after the ballot: counted", "", _revoked_after),
    Play("unknown, and nothing said: counted", "", _unknown_counts),
    Play("unknown, and said to count", "", _unknown_said_to_count),
    Play("unknown, and said to be excluded", "", _unknown_excluded),
    Play("a vote changed after the revocation: the earlier one counts", "", _changed_after),
    Play("every ballot excluded", "", _all_excluded),
    Play("a link that cast no ballot", "", _link_that_did_not_vote),
)
_OTHERS = "others than those who cast ballots"
_NEWER = "good by nothing newer than the cut"
BAD = (
    Play("links behind ballots, and nobody was asked", "nobody was asked", _nobody_asked),
    Play("asked where there is no link", "no ballot was cast with a link", _nothing_to_ask),
    Play("a link that nobody asked about", _OTHERS, _one_left_out),
    Play("a finding about our own credential", _OTHERS, _one_too_many),
    Play("two findings about one link", _OTHERS, _one_twice),
    Play("good by what was known before the cut", _NEWER, _old_news),
    Play("asked before the cut", "asked before the cut", _asked_too_early),
    Play("asked after it was written down", "asked after it was written down", _asked_in_the_future),
    Play("good without evidence", "good without evidence", _changed(evidence=())),
    Play("good, and revoked", "good without evidence", _changed(revoked_at=1)),
    Play("revoked without evidence", "revoked without evidence",
         _changed(kind="revoked", why="x", revoked_at=1, evidence=())),
    Play("revoked, and nobody says when", "revoked without evidence", _changed(kind="revoked", why="x")),
    Play("unknown without a reason", "unknown without a reason", _changed(kind="unknown")),
    Play("evidence named twice", "evidence twice", _changed(evidence=("A" * 43, "A" * 43))),
    Play("revoked before the ballot, and counted", "counted line", _counted_all_the_same, "count_wrong"),
    Play("good, and not counted", "counted line", _excluded_though_good, "count_wrong"),
    Play("unknown and not counted, though the question does not say so", "counted line",
         _excluded_though_unknown_counts, "count_wrong"),
    Play("fewer unknown than found", "counted line: rechecked", _figures(unknown=0), "decision_wrong"),
    Play("more checked than found", "counted line: rechecked", _figures(checked=3), "decision_wrong"),
    Play("a result that does not say that anybody was asked", "counted line: rechecked", _not_said, "decision_wrong"),
    Play("a result that says that somebody was asked, and nobody was", "counted line: rechecked", _said_for_nothing,
         "decision_wrong"),
    Play("asked about before the cut stands", "PollRechecked of a poll that is open", _before_the_cut, "order_wrong"),
    Play("asked about twice", "PollRechecked of a poll that is rechecked", _twice, "order_wrong"),
    Play("asked about after the count", "PollRechecked of a poll that is counted", _after_the_count, "order_wrong"),
)  # fmt: skip
