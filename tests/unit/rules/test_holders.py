"""Credentials that are known need not be verified again, and are believed no longer than if they were."""

import datetime
from collections.abc import Sequence

import pytest
from cryptography import x509

from services.refusal import Refused
from services.rules import jws
from services.rules.bulk import THREADS
from services.rules.credential import Anchors, Purpose
from services.rules.holders import Known, read_holders
from services.wire import Credential
from tests.support.pki import ENDS, STARTS, Keyed, Pki, certify, fresh_key, subject

YEAR = datetime.timedelta(days=365)


def milliseconds(moment: datetime.datetime) -> int:
    """As everywhere here."""
    return int(moment.timestamp()) * 1000


def credential(leaf: Keyed, *above: Keyed) -> Credential:
    """As evidence carries it."""
    chain = tuple(jws.standard_b64(each.der) for each in (leaf, *above))
    return Credential(member="db001", thumbprint=jws.digest(leaf.der), chain=chain)


def verdict(one: Credential, trusted: Anchors, at: int, known: Known | None) -> str:
    """Good, or why not."""
    try:
        read_holders(THREADS, [one], trusted, body="hdnd", at=at, known=known)
    except Refused as refused:
        return str(refused.facts["what"])
    return "good"


def test_what_is_known_is_not_verified_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """On another day, at any moment of its time; in another body it is not known."""
    pki, known = Pki(), Known()
    one, trusted = credential(pki.person("db001"), pki.delegates), pki.anchors()
    assert verdict(one, trusted, 0, known) == "good"
    asked: list[int] = []
    verify = trusted.verify

    def verified(chain: Sequence[bytes], at: int, purpose: Purpose) -> x509.Certificate:
        asked.append(at)
        return verify(chain, at, purpose)

    monkeypatch.setattr(trusted, "verify", verified)
    for moment in (STARTS, STARTS + YEAR, ENDS):
        assert verdict(one, trusted, milliseconds(moment), known) == "good"
    assert not asked
    with pytest.raises(Refused):
        read_holders(THREADS, [one], trusted, body="khac", at=0, known=known)
    assert asked


@pytest.mark.parametrize("direct", [True, False], ids=["under the anchor", "under an issuer"])
def test_what_is_known_is_good_no_longer_than_what_is_above_it(direct: bool) -> None:
    """The anchor or the issuer ends before the key does, or begins after it: asked at any time, known or not."""
    since, until = STARTS + 5 * YEAR, STARTS + 10 * YEAR
    root = certify(subject("Root"), fresh_key(), None, authority=True, starts=since, ends=until)
    issuer = certify(subject("Issuer"), fresh_key(), root, authority=True)
    made = Pki()
    made.delegates = root if direct else issuer
    leaf = made.person("db001")
    one = credential(leaf) if direct else credential(leaf, issuer)
    trusted, known = Anchors([root.der]), Known()
    assert verdict(one, trusted, milliseconds(since), known) == "good"
    assert known
    second = datetime.timedelta(seconds=1)
    moments = [since - second, since, since + YEAR, until, until + second]
    found = [verdict(one, trusted, milliseconds(moment), dict(known)) for moment in moments]
    assert found == [verdict(one, trusted, milliseconds(moment), None) for moment in moments]
    assert found == ["chain_not_yet_valid", "good", "good", "good", "chain_expired"]
