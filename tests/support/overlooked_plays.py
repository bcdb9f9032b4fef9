"""Votes in which Python's check and the browser's were found to differ, or both to overlook something: what a house
could do that has its own keys, but nobody else's. Both are held to the same (`proto/vectors/certificates.json`).
"""

from collections.abc import Callable
from typing import Literal

import msgspec

from services.rules import act
from services.wire import (
    ActPayload,
    BallotCast,
    Credential,
    PollExtended,
    PollHeld,
    PollResumed,
    StepUpDemand,
)
from tests.support.evidence import Sitting, encode
from tests.support.recheck_plays import Play
from tests.support.step_up_plays import device

Sit = Callable[..., Sitting]
# Of a value of 32 bytes the last character has two bits that belong to no byte.
_NO_SALT = "A" * 42 + "B"
_LATEST = 9_007_199_254_740_991
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _begun(sit: Sit, **how: object) -> Sitting:
    vote = sit(duration_s=60, **how)
    vote.announce()
    vote.open()
    vote.cast("db001", "approve")
    return vote


def _over(vote: Sitting) -> Sitting:
    vote.close()
    vote.count()
    vote.declare()
    return vote


def signed_in(line: str) -> str:
    """The act that a line carries."""
    return str(msgspec.json.decode(line)["jws"])


def extended_twice(sit: Sit) -> Sitting:
    """The chair signed thirty seconds once, and the ledger has them twice."""
    vote = _begun(sit)
    vote.extend(30)
    assert vote.deadline is not None
    vote.deadline += 30_000
    again = PollExtended(
        at=vote.tick(), poll=vote.poll, jws=signed_in(vote.lines[-1]), deadline=vote.deadline
    )
    vote.append(again)
    return _over(vote)


def interrupted_twice(kind: Literal["hold", "resume"]) -> Callable[[Sit], Sitting]:
    """An interruption, or its end, that the chair signed once."""

    def play(sit: Sit) -> Sitting:
        vote = _begun(sit)
        vote.hold()
        held = signed_in(vote.lines[-1])
        vote.resume()
        resumed = signed_in(vote.lines[-1])
        vote.hold()
        if kind == "hold":
            vote.lines[-1] = encode(PollHeld(at=vote.at, poll=vote.poll, jws=held))
        vote.resume()
        if kind == "resume":
            vote.lines[-1] = encode(
                PollResumed(at=vote.at, poll=vote.poll, jws=resumed, deadline=vote.deadline)
            )
        return _over(vote)

    return play


def _closed_in_time_to_come(sit: Sit) -> Sitting:
    vote = _begun(sit)
    vote.tick(61)
    payload = ActPayload(act="close", meeting=vote.meeting, poll=vote.poll, definition=vote.hash)
    signed = act.sign_by_server(payload, vote.ledger_key, vote.log_key, _LATEST + 1)
    vote.close(jws=signed, cause="deadline")
    vote.count()
    vote.declare()
    return vote


def _a_ballot_of_another_poll(sit: Sit) -> Sitting:
    vote = sit(before=0)
    vote.append(BallotCast(at=vote.tick(), poll="bq-99", jws="a.b.c", salt=_NO_SALT))
    return vote.play({"db001": "approve", "db002": "reject"})


def _on_pages_of(origin: str, host: str) -> Callable[[Sit], Sitting]:
    def play(sit: Sit) -> Sitting:
        vote = sit(step_up=StepUpDemand(when="optional", origin=origin))
        vote.announce()
        vote.open()
        vote.confirm("db001", "approve", device("db001", site=host, origin=origin))
        return _over(vote)

    return play


def _of_a_late_revision(sit: Sit) -> Sitting:
    vote = sit()
    vote.roll = msgspec.structs.replace(vote.roll, revision=_LATEST + 1)
    vote.roll_text = encode(vote.roll)
    vote.definition = vote.define()
    return vote.play({"db001": "approve"})


GOOD = (
    Play("a ballot of another poll with a salt that is none", "", _a_ballot_of_another_poll),
    Play("passkeys on pages that a browser takes for a number", "", _on_pages_of("https://0x7f.1", "0x7f.1")),
    Play(
        "passkeys on pages at a port that is none",
        "",
        _on_pages_of("https://bieuquyet.example.vn:99999", "bieuquyet.example.vn"),
    ),
)

BAD = (
    Play("one signature for two extensions", "the same act twice", extended_twice, "act_line_wrong"),
    Play(
        "one signature for two interruptions",
        "the same act twice",
        interrupted_twice("hold"),
        "act_line_wrong",
    ),
    Play(
        "one signature for two resumptions",
        "the same act twice",
        interrupted_twice("resume"),
        "act_line_wrong",
    ),
    Play(
        "closed by the clock in time to come", "a number too large", _closed_in_time_to_come, "act_line_wrong"
    ),
    Play("a roll of a revision that no browser counts", "not well formed", _of_a_late_revision, "roll_wrong"),
)


def respelled(credentials: tuple[Credential, ...]) -> tuple[Credential, ...]:
    """The same certificates, one of them in base64 whose last bits belong to no byte."""
    for place, one in enumerate(credentials):
        text = one.chain[0]
        if text.endswith("="):
            bare = text.rstrip("=")
            last = _ALPHABET[_ALPHABET.index(bare[-1]) + 1]
            chain = (bare[:-1] + last + text[len(bare) :], *one.chain[1:])
            other = msgspec.structs.replace(one, chain=chain)
            return (*credentials[:place], other, *credentials[place + 1 :])
    raise AssertionError("no certificate leaves bits over")
