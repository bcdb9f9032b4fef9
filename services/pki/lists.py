"""Lists of revoked certificates (CRL, RFC 5280 section 5), read once into a table by serial number.

Taken are whole lists signed by the certificate's own issuer, for all reasons. What says less, or something that we do
not understand (indirect and delta lists, lists for some reasons, unknown critical extensions), proves nothing here.
`judging` leaves such a list to the path library, which knows them all and takes 300 ms for a large one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from services.pki.errors import EvidenceRefused
from services.pki.paths import TOLERANCE
from services.rules import jws
from services.rules.certified import NOT_WELL_FORMED, extension

TOLERANCE_MS = int(TOLERANCE.total_seconds() * 1000)
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_HASHES = (SHA256, SHA384, SHA512)
_UNDERSTOOD = (x509.CRLNumber, x509.AuthorityKeyIdentifier, x509.IssuingDistributionPoint)
_ENTRY_UNDERSTOOD = (x509.CRLReason, x509.InvalidityDate)

E = TypeVar("E", bound=x509.ExtensionType)


class ListBeyondUs(EvidenceRefused):
    """A list of a form that we do not read, which another reader may."""


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list whose signature is good. Times in milliseconds; `revoked`: serial number to when and why.

    `places`: the distribution points it is for (None: for all); `leaves`, `authorities`: of whom it speaks.
    """

    sha256: bytes
    this_update: int
    next_update: int
    places: frozenset[str] | None
    leaves: bool
    authorities: bool
    revoked: Mapping[int, tuple[int, str]]


def read(der: bytes, issuer: x509.Certificate) -> RevocationList:
    """The list in these bytes, signed by this issuer. Raises EvidenceRefused, ListBeyondUs.

    It takes 150 ms for 50,000 entries, all of it under Python's lock: in a process of its own (see examiner).
    """
    try:
        found = x509.load_der_x509_crl(der)
        _must_be_signed(found, issuer)
        scope = _scope(found)
        this_update, next_update = found.last_update_utc, found.next_update_utc
        revoked = _entries(found)
    except (*NOT_WELL_FORMED, UnsupportedAlgorithm) as error:
        raise EvidenceRefused("list: not well formed") from error
    if next_update is None:
        raise EvidenceRefused("list: does not say when the next one comes")
    if next_update < this_update:
        raise EvidenceRefused("list: ends before it begins")
    return RevocationList(
        hashlib.sha256(der).digest(),
        _millis(this_update),
        _millis(next_update),
        _places(scope),
        leaves=scope is None or not scope.only_contains_ca_certs,
        authorities=scope is None or not scope.only_contains_user_certs,
        revoked=revoked,
    )


def must_speak_of(told: RevocationList, certificate: x509.Certificate, at: int, oldest: int) -> None:
    """Raise EvidenceRefused unless the list speaks of this certificate, is in time, and at most `oldest` ms old."""
    if at < told.this_update - TOLERANCE_MS:
        raise EvidenceRefused("list: from the future")
    if at > min(told.next_update, told.this_update + oldest) + TOLERANCE_MS:
        raise EvidenceRefused("list: too old")
    constraints = extension(certificate, x509.BasicConstraints)
    authority = constraints is not None and constraints.ca
    if not (told.authorities if authority else told.leaves):
        raise EvidenceRefused("list: of other certificates")
    if told.places is not None and told.places.isdisjoint(places_of(certificate)):
        raise EvidenceRefused("list: of another distribution point")


def places_of(certificate: x509.Certificate) -> list[str]:
    """The addresses of lists that a certificate names, those of its own issuer for all reasons."""
    points = extension(certificate, x509.CRLDistributionPoints)
    return [
        name.value
        for point in points or ()
        if point.reasons is None and point.crl_issuer is None
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier)
    ]


def must_be_strong(key: object, hashed: object) -> None:
    """Raise EvidenceRefused for what must sign neither lists nor answers."""
    match key:
        case Ed25519PublicKey():
            return
        case ec.EllipticCurvePublicKey():
            strong = isinstance(key.curve, _CURVES)
        case rsa.RSAPublicKey():
            strong = key.key_size >= jws.RSA_SMALLEST_BITS
        case _:
            strong = False
    if not (strong and isinstance(hashed, _HASHES)):
        raise EvidenceRefused("signed by a weak key, or over a weak hash")


def _must_be_signed(found: x509.CertificateRevocationList, issuer: x509.Certificate) -> None:
    if found.issuer != issuer.subject:
        raise ListBeyondUs("list: of another issuer")
    usage = extension(issuer, x509.KeyUsage)
    if usage is not None and not usage.crl_sign:
        raise ListBeyondUs("list: its issuer's key signs no lists")
    key = issuer.public_key()
    must_be_strong(key, found.signature_hash_algorithm)
    try:
        # Only the kinds that must_be_strong has let through.
        good = found.is_signature_valid(key)  # type: ignore[arg-type]
    except InvalidSignature:
        good = False
    if not good:
        raise ListBeyondUs("list: signature of another key")


def _scope(found: x509.CertificateRevocationList) -> x509.IssuingDistributionPoint | None:
    """What it says it is for. Raises ListBeyondUs for what does not speak of all, or in a way we do not know."""
    scope: x509.IssuingDistributionPoint | None = None
    for each in found.extensions:
        if isinstance(each.value, x509.DeltaCRLIndicator):
            raise ListBeyondUs("list: of changes only")
        if isinstance(each.value, x509.IssuingDistributionPoint):
            scope = each.value
        elif each.critical and not isinstance(each.value, _UNDERSTOOD):
            raise ListBeyondUs(f"list: critical extension {each.oid.dotted_string}")
    if scope is not None and (
        scope.indirect_crl
        or scope.only_some_reasons
        or scope.only_contains_attribute_certs
        or scope.relative_name is not None
    ):
        raise ListBeyondUs("list: of some certificates or reasons only")
    if scope is not None and not all(map(_is_address, scope.full_name or ())):
        raise ListBeyondUs("list: its distribution point is no address")
    return scope


def _places(scope: x509.IssuingDistributionPoint | None) -> frozenset[str] | None:
    if scope is None or scope.full_name is None:
        return None
    return frozenset(name.value for name in scope.full_name)


def _is_address(name: x509.GeneralName) -> bool:
    return isinstance(name, x509.UniformResourceIdentifier)


def _entries(found: x509.CertificateRevocationList) -> dict[int, tuple[int, str]]:
    revoked: dict[int, tuple[int, str]] = {}
    for each in found:
        told = _millis(each.revocation_date_utc), _reason(each)
        # Whoever stands there twice was revoked since the first of both.
        revoked[each.serial_number] = min(told, revoked.get(each.serial_number, told))
    return revoked


def _reason(entry: x509.RevokedCertificate) -> str:
    reason = "unspecified"
    for each in entry.extensions:
        if isinstance(each.value, x509.CRLReason):
            reason = each.value.reason.value
        elif each.critical and not isinstance(each.value, _ENTRY_UNDERSTOOD):
            # RFC 5280 section 5.3: the whole list is then of no use to us, as an indirect one (certificateIssuer) is.
            raise ListBeyondUs(f"list: critical extension {each.oid.dotted_string} of an entry")
    return reason


def _millis(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
