"""Lists of revoked certificates, written by hand: as the library writes them, to the last byte that is signed."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as some

from services.signing import certificate_profile as profile
from services.signing import revocation_list
from services.signing.revocation_list import Revoked

NOW = 1_767_225_600_000
# 2049 is the last year that is written with two digits.
LATE = 2_524_608_000_000

revoked = some.builds(
    Revoked,
    serial=some.integers(1, (1 << 159) - 1),
    at=some.integers(0, 2 * LATE).map(lambda at: at // 1000 * 1000),
    reason=some.sampled_from(sorted(profile.REASONS)),
)


def by_the_library(
    issuer: x509.Certificate, entries: list[Revoked], now: int
) -> x509.CertificateRevocationList:
    """The same list as the library writes it, signed by some key."""
    listed = [
        x509.RevokedCertificateBuilder()
        .serial_number(each.serial)
        .revocation_date(profile.at(each.at))
        .add_extension(x509.CRLReason(profile.REASONS[each.reason]), critical=False)
        .build()
        for each in entries
    ]
    key = ISSUER[1]
    return (
        x509.CertificateRevocationListBuilder(revoked_certificates=listed)
        .issuer_name(issuer.subject)
        .last_update(profile.at(now))
        .next_update(profile.at(now) + timedelta(days=7))
        .add_extension(profile.authority_key(issuer), critical=False)
        .add_extension(x509.CRLNumber(now), critical=False)
        .sign(key, revocation_list.hash_for(key))
    )


def _issuer(curve: ec.EllipticCurve) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(curve)
    made = profile.build(profile.root("https://plenary.example.vn"), key.public_key(), None, NOW)
    return made.sign(key, revocation_list.hash_for(key)), key


ISSUER = _issuer(ec.SECP256R1())


@given(some.lists(revoked, max_size=5, unique_by=lambda each: each.serial), some.sampled_from([NOW, LATE]))
def test_as_the_library_writes_it(entries: list[Revoked], now: int) -> None:
    """Whatever was revoked when, in this century or the next."""
    certificate, key = ISSUER
    der = revocation_list.sign(certificate, key, map(revocation_list.entry, entries), now)
    found = x509.load_der_x509_crl(der)
    assert found.tbs_certlist_bytes == by_the_library(certificate, entries, now).tbs_certlist_bytes
    assert found.is_signature_valid(key.public_key())


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_signed_by_keys_of_every_curve(curve: ec.EllipticCurve) -> None:
    """With the hash that is as strong."""
    certificate, key = _issuer(curve)
    listed = [revocation_list.entry(Revoked(7, NOW, "lost"))]
    found = x509.load_der_x509_crl(revocation_list.sign(certificate, key, listed, NOW))
    assert found.is_signature_valid(key.public_key())
    assert found.signature_hash_algorithm is not None
    assert found.signature_hash_algorithm.name == revocation_list.hash_for(key).name
