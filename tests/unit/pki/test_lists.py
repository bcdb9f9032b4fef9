"""Lists: taken from their issuer alone, about those they speak of, in time; the rest proves nothing."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from services.pki import lists
from services.pki.errors import EvidenceRefused
from services.pki.lists import ListBeyondUs, RevocationList
from tests.support.outside import (
    AT,
    HOUR,
    NOW,
    Extension,
    Outside,
    authority,
    certify,
    revocation_list,
    usage,
)

_DAY_MS = 86_400_000
_HELD = x509.ReasonFlags.certificate_hold


@pytest.fixture(scope="module")
def there() -> Outside:
    """An authority that is not ours."""
    return Outside()


def _scope(
    *,
    place: str | None = None,
    users: bool = False,
    authorities: bool = False,
    indirect: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
    attributes: bool = False,
) -> Extension:
    name = [x509.UniformResourceIdentifier(place)] if place else None
    return (
        x509.IssuingDistributionPoint(name, None, users, authorities, reasons, indirect, attributes),
        True,
    )


def _read(there: Outside, *extensions: Extension) -> RevocationList:
    return lists.read(revocation_list(there.issuing, extensions=extensions), there.issuing.certificate)


def test_who_is_on_it(there: Outside) -> None:
    """Each serial number with when and why; a hold counts as revoked as long as it stands."""
    when = NOW - 3 * HOUR
    found = lists.read(revocation_list(there.issuing, {7: (when, _HELD)}), there.issuing.certificate)
    assert found.revoked == {7: (int(when.timestamp()) * 1000, "certificateHold")}
    assert found.this_update == int((NOW - HOUR).timestamp()) * 1000


def test_signed_by_another(there: Outside) -> None:
    """Of the same name, another key; and of another name."""
    other = Outside()
    with pytest.raises(EvidenceRefused):
        lists.read(revocation_list(other.issuing), there.issuing.certificate)
    with pytest.raises(EvidenceRefused):
        lists.read(revocation_list(there.root), there.issuing.certificate)


def test_key_that_signs_no_lists(there: Outside) -> None:
    """An authority whose key usage says so."""
    silent = certify("Silent", there.root, [authority()[0], usage("key_cert_sign")])
    with pytest.raises(ListBeyondUs):
        lists.read(revocation_list(silent), silent.certificate)


@pytest.mark.parametrize(
    "extension",
    [
        _scope(indirect=True),
        _scope(reasons=frozenset({x509.ReasonFlags.key_compromise})),
        _scope(attributes=True),
        (x509.DeltaCRLIndicator(1), True),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),
    ],
)
def test_of_a_form_that_we_do_not_read(there: Outside, extension: Extension) -> None:
    """Indirect, for some reasons, of changes, or with something critical that we do not know: told apart."""
    with pytest.raises(ListBeyondUs):
        _read(there, extension)


def test_critical_extension_of_an_entry(there: Outside) -> None:
    """One entry that we do not understand makes the whole list one that we do not."""
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(7)
        .revocation_date(NOW)
        .add_extension(x509.CertificateIssuer([x509.DirectoryName(there.root.certificate.subject)]), True)
        .build()
    )
    signed = (
        x509.CertificateRevocationListBuilder(revoked_certificates=[entry])
        .issuer_name(there.issuing.certificate.subject)
        .last_update(NOW)
        .next_update(NOW + HOUR)
        .sign(there.issuing.key, hashes.SHA256())
    )
    with pytest.raises(ListBeyondUs):
        lists.read(signed.public_bytes(Encoding.DER), there.issuing.certificate)


@pytest.mark.parametrize(
    ("scope", "speaks"),
    [
        (_scope(users=True), True),
        (_scope(authorities=True), False),
        (_scope(place="http://ca.example.vn/issuing.crl"), True),
        (_scope(place="http://ca.example.vn/other.crl"), False),
    ],
)
def test_whom_it_speaks_of(there: Outside, scope: Extension, *, speaks: bool) -> None:
    """A list of authorities, or of another distribution point, says nothing about this person."""
    found, person = _read(there, scope), there.person().certificate
    if speaks:
        lists.must_speak_of(found, person, AT, _DAY_MS)
    else:
        with pytest.raises(EvidenceRefused):
            lists.must_speak_of(found, person, AT, _DAY_MS)


@pytest.mark.parametrize(
    ("this_update", "next_update", "good"),
    [
        (NOW - HOUR, NOW + HOUR, True),
        (NOW - HOUR, NOW - datetime.timedelta(seconds=59), True),
        (NOW - HOUR, NOW - datetime.timedelta(seconds=61), False),
        (NOW + datetime.timedelta(seconds=59), NOW + HOUR, True),
        (NOW + datetime.timedelta(seconds=61), NOW + HOUR, False),
        (NOW - 25 * HOUR, NOW + HOUR, False),
    ],
)
def test_in_time(
    there: Outside, this_update: datetime.datetime, next_update: datetime.datetime, *, good: bool
) -> None:
    """Neither from the future nor run out, and never older than is asked for, whatever it says of its next one."""
    found = lists.read(
        revocation_list(there.issuing, this_update=this_update, next_update=next_update),
        there.issuing.certificate,
    )
    if good:
        lists.must_speak_of(found, there.person().certificate, AT, _DAY_MS)
    else:
        with pytest.raises(EvidenceRefused):
            lists.must_speak_of(found, there.person().certificate, AT, _DAY_MS)


_ISSUER = Outside().issuing
_LIST = revocation_list(_ISSUER, {7: (NOW, _HELD)})


@given(st.binary(max_size=400))
def test_hostile_bytes(raw: bytes) -> None:
    """Whatever comes instead of a list is refused as evidence, and nothing else is raised."""
    with pytest.raises(EvidenceRefused):
        lists.read(raw, _ISSUER.certificate)


@given(st.integers(0, len(_LIST) - 1), st.integers(1, 255))
def test_any_byte_changed(place: int, change: int) -> None:
    """A list of which one byte is another is none."""
    changed = bytearray(_LIST)
    changed[place] ^= change
    with pytest.raises(EvidenceRefused):
        lists.read(bytes(changed), _ISSUER.certificate)
