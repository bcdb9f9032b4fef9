"""Kept evidence, looked at again offline: who made it up proves nothing, in whatever form."""

import datetime
from collections.abc import Callable

import pytest
from asn1crypto import crl
from cryptography import x509

from services.pki import anchors, judging, kept
from services.pki.paths import Evidence
from tests.support.outside import (
    AT,
    HOUR,
    NOW,
    Extension,
    Outside,
    answer,
    authority,
    certify,
    joined,
    responder,
    revocation_list,
    signing,
)
from tests.support.pki import Keyed

_INDIRECT: Extension = (x509.IssuingDistributionPoint(None, None, False, False, None, True, False), True)
# Reasons of entries that no distribution point may name (RFC 5280 section 4.2.1.13).
_NEVER_NAMED = {x509.ReasonFlags.unspecified, x509.ReasonFlags.remove_from_crl}
Revoked = dict[int, tuple[datetime.datetime, x509.ReasonFlags]]
DAY_MS = 86_400_000


def _reasons(*which: x509.ReasonFlags) -> Extension:
    return x509.IssuingDistributionPoint(None, None, False, False, frozenset(which), False, False), True


_OTHER_REASONS = _reasons(*(set(x509.ReasonFlags) - _NEVER_NAMED - {x509.ReasonFlags.key_compromise}))
SIGNERS: dict[str, Callable[[Outside], Keyed]] = {
    "another authority of the same name": lambda _: Outside().issuing,
    "a sibling": lambda there: certify("Sibling", there.root, authority()),
    "a certificate that signed itself": lambda _: certify("Outside Issuing", None, authority()),
    "the root": lambda there: there.root,
    "a person": lambda there: there.person("Bình"),
}


@pytest.fixture(scope="module")
def there() -> Outside:
    """An authority that is not ours."""
    return Outside()


def _standing(there: Outside, leaf: Keyed, *evidence: bytes) -> str:
    path = (*there.chain(leaf), there.root.der)
    return kept.standing(path, (revocation_list(there.root), *evidence), there.anchors, AT, "person").kind


@pytest.mark.parametrize("extensions", [[], [_INDIRECT]], ids=["for its own", "for everybody"])
def test_lists(there: Outside, extensions: list[Extension]) -> None:
    """The issuer's own is believed, in both forms; in its name nobody else's is."""
    leaf, name = there.person(), there.issuing.certificate.subject
    assert _standing(there, leaf, revocation_list(there.issuing, extensions=extensions)) == "good"
    for who, signer in SIGNERS.items():
        made_up = revocation_list(signer(there), extensions=extensions, issuer=name)
        assert _standing(there, leaf, made_up) == "unknown", who


def test_signature_of_another_list(there: Outside) -> None:
    """A genuine list for one reason, and one for all others that carries its signature: the second is not that one."""
    leaf = there.person()
    genuine = revocation_list(there.issuing, extensions=[_reasons(x509.ReasonFlags.key_compromise)])
    others = revocation_list(there.issuing, extensions=[_OTHER_REASONS])
    assert _standing(there, leaf, genuine, others) == "good"
    made_up = crl.CertificateList.load(others)
    made_up["signature"] = crl.CertificateList.load(genuine)["signature"]
    for pair in ((genuine, made_up.dump(force=True)), (made_up.dump(force=True), genuine)):
        assert _standing(there, leaf, *pair) == "unknown"


ANCHORED: dict[str, Callable[[Keyed, Revoked], tuple[bytes, ...]]] = {
    "for everybody": lambda by, revoked: (revocation_list(by, revoked, extensions=[_INDIRECT]),),
    "for some reasons each": lambda by, revoked: (
        revocation_list(by, revoked, extensions=[_reasons(x509.ReasonFlags.key_compromise)]),
        revocation_list(by, extensions=[_OTHER_REASONS]),
    ),
}


@pytest.mark.parametrize("form", ANCHORED)
@pytest.mark.parametrize("level", [0, 1])
def test_anchor_that_another_authority_certified(there: Outside, form: str, level: int) -> None:
    """Its lists count as its own, and say who is revoked; of an authority under it likewise; nobody else's in its name,
    nor those of who certified it."""
    anchor = there.issuing
    by = certify("Under It", anchor, authority()) if level else anchor
    leaf = certify("An", by, signing())
    path = (leaf.der, *([by.der] if level else []), anchor.der)
    above = (revocation_list(anchor, extensions=[_INDIRECT]),) if level else ()
    since = (NOW - HOUR, x509.ReasonFlags.key_compromise)

    def standing(*lists: bytes) -> str:
        trusted = anchors.of([anchor.der])
        return kept.standing(path, (*above, *lists), trusted, AT, "person").kind

    assert standing(*ANCHORED[form](by, {})) == "good"
    assert standing(*ANCHORED[form](by, {leaf.certificate.serial_number: since})) == "revoked"
    assert standing() == "unknown"
    for signer in (there.root, there.person("Bình"), certify("Outside Issuing", None, authority())):
        made_up = revocation_list(signer, extensions=[_INDIRECT], issuer=by.certificate.subject)
        assert standing(made_up) == "unknown"
    if level:
        revoked = revocation_list(anchor, {by.certificate.serial_number: since}, extensions=[_INDIRECT])
        above = (revoked,)
        assert standing(*ANCHORED[form](by, {})) == "revoked"


@pytest.mark.parametrize("others", [("good",), ("revoked",)])
def test_several_words_in_one_answer(there: Outside, others: tuple[str, ...]) -> None:
    """The path library would take the first that is about the person: an answer of several proves nothing to it."""
    leaf = there.person(responders=True, lists=False)
    since = (NOW - HOUR, x509.ReasonFlags.key_compromise)
    made = {"good": answer(leaf, there.issuing), "revoked": answer(leaf, there.issuing, revoked=since)}
    chain = there.chain(leaf)

    def standing(*words: str) -> str:
        above = Evidence((revocation_list(there.root),), (joined(there.issuing, *(made[w] for w in words)),))
        return judging.by_all(chain, there.anchors, AT, "person", DAY_MS, (), above).kind

    assert standing("good") == "good"
    assert standing("good", *others) == "unknown"


def test_answers(there: Outside) -> None:
    """Nor anybody else's answer, or their responder's."""
    leaf = there.person(responders=True)
    for who, signer in SIGNERS.items():
        for by in (signer(there), responder(signer(there))):
            assert _standing(there, leaf, answer(leaf, there.issuing, signer=by)) == "unknown", who
