"""Chains of other authorities at enrolment, through the server: clocks that differ, authorities that ended, crossed
ones, constrained ones; each refused by its own code, and the invite is good for a better one."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA224

from services.rules import credential
from services.rules.certified import to_pem
from services.signing.holdings import AUTHORITY
from tests.integration.signing import test_links
from tests.integration.signing.test_links import Hall, proof_of
from tests.support.outside import (
    HOUR,
    Extension,
    authority,
    certify,
    places,
    revocation_list,
    signing,
)
from tests.support.pki import Keyed
from tests.support.signing_desk import request_of

pytestmark = pytest.mark.usefixtures("without_press")

Chain = tuple[Keyed, ...]
_SECOND = datetime.timedelta(seconds=1)
hall = test_links.hall


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def _issuing(hall: Hall, issuer: Keyed, *more: Extension, above: str = "root", **how: Any) -> Keyed:
    """An authority of persons, whose list is found under its name; `above`: its issuer's list."""
    found = places(lists=[f"{hall.there.url}/{above}.crl"])
    return certify("Another Issuing", issuer, [*authority(), *found, *more], **how)


def _person(hall: Hall, issuer: Keyed, **how: Any) -> Keyed:
    """Somebody below it; its list is served."""
    _serve(hall, "another", issuer)
    found = places(lists=[f"{hall.there.url}/another.crl"])
    return certify("Mai", issuer, [*signing(), *found], **how)


def _serve(hall: Hall, name: str, issuer: Keyed) -> None:
    now = _now()
    der = revocation_list(issuer, this_update=now - HOUR, next_update=now + HOUR)
    hall.server.give(f"/{name}.crl", der)


def _under(hall: Hall, **how: Any) -> Chain:
    issuing = _issuing(hall, hall.there.root, **how)
    return _person(hall, issuing), issuing


def _constrained(hall: Hall, country: str) -> Chain:
    """Below an authority for Vietnam alone."""
    vietnam = x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN")]))
    issuing = _issuing(hall, hall.there.root, (x509.NameConstraints([vietnam], None), True))
    return _person(hall, issuing, country=country), issuing


def _crossed(hall: Hall, *, vouched: bool) -> Chain:
    """Below another root, for which ours vouches, or does not."""
    other = certify("Other Root", None, authority())
    vouching = [*authority(), *places(lists=[f"{hall.there.url}/root.crl"])]
    crossed = certify("Other Root", hall.there.root, vouching, key=other.key)
    _serve(hall, "other", other)
    issuing = _issuing(hall, other, above="other")
    return _person(hall, issuing), issuing, (crossed if vouched else other)


def _deep(hall: Hall) -> Chain:
    """Below an authority that may have no others below it."""
    narrow = _issuing(hall, hall.there.issuing, above="issuing")
    return _person(hall, narrow), narrow, hall.there.issuing


CASES: dict[str, tuple[Callable[[Hall], Chain], str]] = {
    "good": (_under, ""),
    "an authority that ended": (lambda hall: _under(hall, ends=_now() - HOUR), "chain_expired"),
    "an authority that ended, within what clocks differ by": (
        lambda hall: _under(hall, ends=_now() - 20 * _SECOND),
        "chain_expired",
    ),
    "an authority that is to begin": (lambda hall: _under(hall, starts=_now() + HOUR), "chain_not_yet_valid"),
    "an authority that begins, within what clocks differ by": (
        lambda hall: _under(hall, starts=_now() + 30 * _SECOND),
        "",
    ),
    "a person that is to begin": (
        lambda hall: (_person(hall, hall.there.issuing, starts=_now() + 120 * _SECOND), hall.there.issuing),
        "chain_not_yet_valid",
    ),
    "crossed": (lambda hall: _crossed(hall, vouched=True), ""),
    "not crossed": (lambda hall: _crossed(hall, vouched=False), "chain_untrusted"),
    "of the country": (lambda hall: _constrained(hall, "VN"), ""),
    "of another country": (lambda hall: _constrained(hall, "LA"), "chain_untrusted"),
    "too deep": (_deep, "chain_untrusted"),
    "its authority left out": (lambda hall: _under(hall)[:1], "chain_untrusted"),
    "weak": (lambda hall: _under(hall, hashed=SHA224()), "chain_weak"),
}


@pytest.mark.parametrize("case", CASES)
async def test_at_enrolment(hall: Hall, case: str) -> None:
    """Linked, or refused by its code; whoever is refused enrols otherwise with the same invite."""
    made, code = CASES[case]
    chain = made(hall)
    invite = await hall.desk.invite("mai")
    pems = [to_pem(each.der) for each in chain]
    asked = {"code": invite, "chain": pems}
    challenge = await hall.desk.ask("POST", "/links/challenges", asked, status=200)
    sent = asked | {"proof": proof_of(chain[0], challenge["payload"])}
    if not code:
        linked = await hall.desk.ask("POST", "/links", sent, status=201)
        ders = [x509.load_pem_x509_certificate(each.encode()) for each in linked["chain"]]
        anchors = credential.load_anchors(hall.desk.app[AUTHORITY].trust)
        raw = [Keyed(chain[0].key, each).der for each in ders]
        assert (
            credential.member_of(credential.verify_chain(raw, anchors, hall.desk.clock(), "person"))[1]
            == "mai"
        )
        return
    assert (await hall.desk.ask("POST", "/links", sent, status=403))["code"] == code
    assert await hall.desk.told() == []
    await hall.desk.enrol(invite, request_of())
