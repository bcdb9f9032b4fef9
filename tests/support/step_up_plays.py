"""Votes whose ballots passkeys confirm: played rightly, and in every way in which a dishonest ledger might. Python and
the browser are held to the same (`proto/vectors/certificates.json`).
"""

import hashlib
from collections.abc import Callable
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.rules import step_up
from services.wire import StepUpDemand
from tests.support import fixed_keys
from tests.support.authenticator import BE, BS, UP, UV, Authenticator, client_data, otherwise
from tests.support.evidence import Sitting
from tests.support.recheck_plays import Play

Sit = Callable[..., Sitting]
PAGES = "https://bieuquyet.example.vn"
HOST = "bieuquyet.example.vn"
# Python's own reader takes it, no browser's does.
NO_JSON = b'{"type":"webauthn.get","challenge":"","origin":"","more":NaN}'


def device(member: str, **told: Any) -> Authenticator:
    """The passkey of a member: P-256, Ed25519 or RSA; the last is not backed up."""
    keys: dict[str, Any] = {
        "db001": fixed_keys.p256("passkey of db001"),
        "db002": Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"passkey of db002").digest()),
        "db003": fixed_keys.rsa2048(),
    }
    flags = UP | UV if member == "db003" else UP | UV | BE | BS
    how: dict[str, Any] = {
        "site": HOST,
        "origin": PAGES,
        "key": keys[member],
        "flags": flags,
        "is_fixed": True,
    }
    return Authenticator(**(how | told))


def asked(sit: Sit, when: Literal["optional", "required", ""] = "optional", **changed: Any) -> Sitting:
    """A vote that is open."""
    demand = {"step_up": StepUpDemand(when=when, origin=PAGES)} if when else {}
    vote = sit(**(demand | changed))
    vote.announce()
    vote.open()
    return vote


def over(vote: Sitting) -> Sitting:
    """Closed, counted, declared."""
    vote.tick(5)
    vote.close()
    vote.count()
    vote.declare()
    return vote


def _some(sit: Sit) -> Sitting:
    vote = asked(sit)
    vote.confirm("db001", "approve", device("db001"))
    vote.cast("db002", "reject")
    vote.confirm("db003", "approve", device("db003"))
    return over(vote)


def _all(sit: Sit) -> Sitting:
    vote = asked(sit, "required")
    for member in vote.ids:
        vote.confirm(member, "approve", device(member))
    return over(vote)


def _by_a_service(when: Literal["optional", "required"]) -> Callable[[Sit], Sitting]:
    def play(sit: Sit) -> Sitting:
        vote = asked(sit, when, grace_s=30)
        vote.come("db002", "approve", vote.begin("db002", "approve"))
        vote.confirm("db001", "approve", device("db001"))
        return over(vote)

    return play


def _changed(sit: Sit) -> Sitting:
    vote = asked(sit, "required", changes=True)
    vote.confirm("db001", "approve", device("db001"))
    vote.confirm("db001", "reject", device("db001"))
    return over(vote)


GOOD = (
    Play("passkeys confirmed some ballots", "", _some),
    Play("passkeys of three kinds confirmed all ballots, as was demanded", "", _all),
    Play("a signing service signed one that no passkey confirmed", "", _by_a_service("optional")),
    Play("confirmed, changed, and confirmed again", "", _changed),
)


def _unasked(sit: Sit) -> Sitting:
    vote = asked(sit, "")
    vote.confirm("db001", "approve", device("db001"))
    return over(vote)


def _missing(sit: Sit) -> Sitting:
    vote = asked(sit, "required")
    vote.confirm("db001", "approve", device("db001"))
    vote.cast("db002", "approve")
    return over(vote)


def _of_another_voter(sit: Sit) -> Sitting:
    vote = asked(sit)
    vote.confirm("db001", "approve", device("db002"))
    vote.confirm("db002", "approve", device("db002"))
    return over(vote)


def _wrong(member: str = "db001", told: dict[str, Any] | None = None, **how: Any) -> Callable[[Sit], Sitting]:
    def play(sit: Sit) -> Sitting:
        vote = asked(sit)
        vote.confirm(member, "approve", device(member, **(told or {})), **how)
        return over(vote)

    return play


def _of_another_ballot(sit: Sit) -> Sitting:
    vote = asked(sit)
    other = step_up.challenge(b"{}")
    vote.confirm("db001", "approve", device("db001"), said=client_data("webauthn.get", other, PAGES))
    return over(vote)


def _bad(name: str, what: str, play: Callable[[Sit], Sitting]) -> Play:
    return Play(name, what, play, "step_up_wrong")


BAD = (
    _bad("confirmed though nobody asked", "not asked for", _unasked),
    _bad("not confirmed though it was demanded", "not confirmed", _missing),
    # Whoever keeps the ledger can write that any ballot was begun.
    _bad("begun with a service though it was demanded", "not confirmed", _by_a_service("required")),
    _bad("two voters with one passkey", "the passkey of another voter", _of_another_voter),
    _bad("confirmed another ballot", "assertion_challenge_wrong", _of_another_ballot),
    _bad(
        "on a page of somebody else",
        "assertion_origin_wrong",
        _wrong(told={"origin": "https://evil.example"}),
    ),
    _bad("by a passkey of another site", "assertion_site_wrong", _wrong(told={"site": "example.vn"})),
    _bad("nobody was verified", "assertion_unverified", _wrong(told={"flags": UP | BE})),
    _bad("nobody was there", "assertion_unattended", _wrong(told={"flags": UV | BE})),
    _bad("backed up though it cannot be", "assertion_backup_wrong", _wrong(told={"flags": UP | UV | BS})),
    _bad("a signature of nothing", "assertion_unsigned", _wrong("db002", signature=bytes(64))),
    _bad("a signature that is none", "assertion_unsigned", _wrong("db001", signature=b"no DER")),
    _bad("an RSA signature of nothing", "assertion_unsigned", _wrong("db003", signature=bytes(256))),
    _bad("no data of the device", "assertion_malformed", _wrong(data=b"")),
    _bad("a browser that says nothing", "assertion_malformed", _wrong(said=b"[]")),
    _bad("a word that is no JSON", "assertion_malformed", _wrong(said=NO_JSON)),
    _bad("a key written in another way", "passkey_key_not_taken", _wrong(told={"spell": otherwise})),
)
