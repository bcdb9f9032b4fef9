"""Answers: believed from the issuer or its delegate, to our question, in time; the rest proves nothing."""

import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as messages
from hypothesis import given
from hypothesis import strategies as st

from services.pki import ocsp
from services.pki.errors import EvidenceRefused
from services.pki.ocsp import Answer
from tests.support.outside import (
    AT,
    HOUR,
    NOW,
    Outside,
    answer,
    authority,
    certify,
    joined,
    nonce_of,
    responder,
)
from tests.support.pki import Keyed

_DAY_MS = 86_400_000
_NONCE = bytes(range(32))
_SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(scope="module")
def there() -> Outside:
    """An authority that is not ours."""
    return Outside()


@pytest.fixture(scope="module")
def leaf(there: Outside) -> Keyed:
    """One of its persons."""
    return there.person(responders=True)


def _read(
    der: bytes, there: Outside, leaf: Keyed, nonce: bytes = _NONCE, oldest: int = _DAY_MS, at: int = AT
) -> Answer:
    return ocsp.read(der, leaf.certificate, there.issuing.certificate, nonce, at, oldest)


def _fresh() -> int:
    """Answers are produced when they are made."""
    return int(datetime.datetime.now(datetime.UTC).timestamp() * 1000)


def _made(there: Outside, leaf: Keyed, **how: Any) -> tuple[bytes, int]:
    """An answer made at this moment, and the moment."""
    at = _fresh()
    now = datetime.datetime.fromtimestamp(at // 1000, datetime.UTC)
    how = {"this_update": now - HOUR, "next_update": now + HOUR} | how
    return answer(leaf, there.issuing, **how), at


def test_question_names_the_certificate(there: Outside, leaf: Keyed) -> None:
    """Issuer, serial number and nonce."""
    asked = ocsp.question(leaf.certificate, there.issuing.certificate, _NONCE)
    assert messages.load_der_ocsp_request(asked).serial_number == leaf.certificate.serial_number
    assert nonce_of(asked) == _NONCE
    assert ocsp.responders_of(leaf.certificate) == ["http://ca.example.vn/ocsp"]


@pytest.mark.parametrize("delegated", [False, True])
def test_good(there: Outside, leaf: Keyed, *, delegated: bool) -> None:
    """From the issuer itself, or from one whom it made its responder."""
    signer = responder(there.issuing) if delegated else None
    der, at = _made(there, leaf, signer=signer, nonce=_NONCE)
    found = _read(der, there, leaf, at=at)
    assert found.revoked is None
    assert found.fresh


def test_revoked(there: Outside, leaf: Keyed) -> None:
    """With when and why."""
    der, at = _made(there, leaf, revoked=(NOW, x509.ReasonFlags.key_compromise), nonce=_NONCE)
    assert _read(der, there, leaf, at=at).revoked == (AT, "keyCompromise")


def test_unknown_is_no_answer(there: Outside, leaf: Keyed) -> None:
    """A responder that does not know it says nothing."""
    der, at = _made(there, leaf, status=messages.OCSPCertStatus.UNKNOWN, nonce=_NONCE)
    with pytest.raises(EvidenceRefused, match="does not know"):
        _read(der, there, leaf, at=at)


def _strangers(there: Outside) -> dict[str, Keyed]:
    other = Outside()
    return {
        "responder of another authority": responder(other.issuing),
        "responder of the root": responder(there.root),
        "not a responder": responder(there.issuing, use=False),
        "a person": there.person(),
        "may itself be revoked": responder(there.issuing, nocheck=False),
        "the same name, another key": certify("Outside Issuing", other.root, authority()),
    }


@pytest.mark.parametrize("who", sorted(_strangers(Outside())))
def test_signed_by_a_stranger(there: Outside, leaf: Keyed, who: str) -> None:
    """Nobody else answers for an issuer."""
    der, at = _made(there, leaf, signer=_strangers(there)[who], nonce=_NONCE)
    with pytest.raises(EvidenceRefused):
        _read(der, there, leaf, at=at)


def test_responder_that_ended(there: Outside, leaf: Keyed) -> None:
    """A delegate is one for as long as its certificate lasts."""
    der, at = _made(there, leaf, signer=responder(there.issuing), nonce=_NONCE)
    later = at + 100 * 365 * _DAY_MS
    with pytest.raises(EvidenceRefused, match="in time"):
        _read(der, there, leaf, at=later)


def test_about_another(there: Outside, leaf: Keyed) -> None:
    """An answer about somebody else, or about the same number of another issuer."""
    for other in (there.person(), Outside().person()):
        der, at = _made(there, other, nonce=_NONCE)
        with pytest.raises(EvidenceRefused, match="another certificate"):
            _read(der, there, leaf, at=at)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("good", "good"), "more than once"),
        (("good", "revoked"), "more than once"),
        (("revoked", "good"), "more than once"),
        (("another", "good"), "several certificates"),
        (("good", "another"), "several certificates"),
        (("another", "good", "revoked"), "more than once"),
    ],
)
def test_several_words_in_one_answer(there: Outside, leaf: Keyed, words: tuple[str, ...], why: str) -> None:
    """Genuinely signed, and nobody can tell which counts: neither the first nor the better one is taken."""
    at = _fresh()
    now = datetime.datetime.fromtimestamp(at // 1000, datetime.UTC)
    how: dict[str, Any] = {"nonce": _NONCE, "this_update": now - HOUR, "next_update": now + HOUR}
    made = {
        "good": answer(leaf, there.issuing, **how),
        "revoked": answer(leaf, there.issuing, revoked=(now - HOUR, x509.ReasonFlags.key_compromise), **how),
        "another": answer(there.person(), there.issuing, **how),
    }
    assert _read(joined(there.issuing, made["good"]), there, leaf, at=at).revoked is None
    with pytest.raises(EvidenceRefused, match=why):
        _read(joined(there.issuing, *(made[word] for word in words)), there, leaf, at=at)


def test_replayed(there: Outside, leaf: Keyed) -> None:
    """An answer to an earlier question has another nonce."""
    der, at = _made(there, leaf, nonce=bytes(32))
    with pytest.raises(EvidenceRefused, match="another question"):
        _read(der, there, leaf, at=at)


def test_made_before(there: Outside, leaf: Keyed) -> None:
    """Without a nonce: taken as long as it is young, as large authorities answer."""
    der, at = _made(there, leaf)
    assert not _read(der, there, leaf, at=at).fresh
    hour_ms = 3_600_000
    with pytest.raises(EvidenceRefused, match="too old"):
        _read(der, there, leaf, at=at + 5 * 60_000, oldest=hour_ms)


@pytest.mark.parametrize(
    ("this_update", "next_update"),
    [
        (-2 * HOUR, -61 * _SECOND),
        (61 * _SECOND, HOUR),
        (-25 * HOUR, HOUR),
        (-25 * HOUR, None),
    ],
)
def test_out_of_time(
    there: Outside, leaf: Keyed, this_update: datetime.timedelta, next_update: datetime.timedelta | None
) -> None:
    """Run out, from the future, or older than is asked for, also when it repeats our nonce."""
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    der = answer(
        leaf,
        there.issuing,
        nonce=_NONCE,
        this_update=now + this_update,
        next_update=now + next_update if next_update is not None else None,
    )
    with pytest.raises(EvidenceRefused):
        _read(der, there, leaf, at=int(now.timestamp() * 1000))


def test_no_answer_at_all(there: Outside, leaf: Keyed) -> None:
    """A responder that says try later says nothing."""
    der = messages.OCSPResponseBuilder.build_unsuccessful(messages.OCSPResponseStatus.TRY_LATER).public_bytes(
        Encoding.DER
    )
    with pytest.raises(EvidenceRefused, match="try_later"):
        _read(der, there, leaf)


_THERE = Outside()
_WHO = _THERE.person()
_ANSWER, _MADE = _made(_THERE, _WHO, nonce=_NONCE)


@given(st.binary(max_size=400))
def test_hostile_bytes(raw: bytes) -> None:
    """Whatever comes instead of an answer is refused as evidence, and nothing else is raised."""
    with pytest.raises(EvidenceRefused):
        _read(raw, _THERE, _WHO)


@given(st.integers(0, len(_ANSWER) - 1), st.integers(1, 255))
def test_any_byte_changed(place: int, change: int) -> None:
    """An answer of which one byte is another says nothing, or what it said."""
    changed = bytearray(_ANSWER)
    changed[place] ^= change
    try:
        found = _read(bytes(changed), _THERE, _WHO, at=_MADE)
    except EvidenceRefused:
        return
    assert found.revoked is None
