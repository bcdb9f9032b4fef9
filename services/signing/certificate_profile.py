"""What stands in each certificate that we issue: RFC 5280, RFC 9336, `docs/signatures.md`. Pure.

Poppler's pdfsig calls a signature trusted only if its certificate has both the extended key usage emailProtection
and a CRL distribution point. Certificates issued before OCSP was answered have no address of it, and stay good.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from services.rules import jws
from services.rules.certified import (
    BODY_OID,
    DOCUMENT_SIGNING,
    LINK_POLICY,
    MEMBER_OID,
    PERSON_POLICY,
    SEAL_POLICY,
)

ROOT_LIFE = timedelta(days=20 * 365)
AUTHORITY_LIFE = timedelta(days=10 * 365)
PERSON_LIFE = timedelta(days=365)
# A link certificate lasts as long as the outside certificate behind it, and no longer than this.
LINK_LIFE = timedelta(days=3 * 365)
CRL_LIFE = timedelta(days=7)
ANSWER_LIFE = timedelta(hours=1)
RESPONDER_LIFE = timedelta(days=2)
# Phones whose clock is a little behind must take a fresh certificate for valid.
BACKDATED = timedelta(minutes=5)
# Of persons, our own clock, too: one that ran ahead while a hall enrolled (by the seven hours of a time zone, say), and
# is set right, must not leave everybody with a key that is good only later. It says nothing of when the key was there:
# that is in the ledgers.
PERSON_BACKDATED = timedelta(days=1)
# RFC 5280 appendix A.1: ub-common-name, ub-organization-name. In characters there; the library counts bytes.
_LONGEST_NAME = 64

REASONS = {
    "superseded": x509.ReasonFlags.superseded,
    "lost": x509.ReasonFlags.key_compromise,  # whoever has the phone may have the key
    "left": x509.ReasonFlags.affiliation_changed,
    "compromised": x509.ReasonFlags.key_compromise,
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who a certificate is for."""

    body: str
    body_name: str
    member: str
    name: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What an issuer is to certify; `path_length` is None for a leaf, `issuer` names the CRL to look at. `linked`:
    another authority certified the key, too."""

    subject: x509.Name
    life: timedelta
    path_length: int | None
    policy: x509.ObjectIdentifier | None
    issuer: str
    public_url: str
    linked: bool = False
    backdated: timedelta = BACKDATED


def root(public_url: str) -> Profile:
    """The trust anchor of a fresh installation."""
    subject = _name("Plenary Root Authority", _host(public_url))
    return Profile(subject, ROOT_LIFE, 1, None, "root", public_url)


def delegates(public_url: str) -> Profile:
    """The authority of persons' certificates: it can issue neither authorities nor seals."""
    subject = _name("Plenary Delegates Authority", _host(public_url))
    return Profile(subject, AUTHORITY_LIFE, 0, PERSON_POLICY, "root", public_url)


def seal(public_url: str) -> Profile:
    """The seal on results of this installation."""
    subject = _name("Con dấu số kết quả biểu quyết (Plenary Seal)", _host(public_url))
    return Profile(subject, AUTHORITY_LIFE, None, SEAL_POLICY, "root", public_url)


def person(public_url: str, who: Person, life: timedelta = PERSON_LIFE, *, linked: bool = False) -> Profile:
    """A person's key for signing ballots and acts; `linked`: another authority certified it, too."""
    subject = x509.Name(
        [
            x509.NameAttribute(BODY_OID, who.body),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(who.body_name)),
            x509.NameAttribute(MEMBER_OID, who.member),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(who.name)),
        ]
    )
    return Profile(subject, life, None, PERSON_POLICY, "delegates", public_url, linked, PERSON_BACKDATED)


def build(
    made: Profile, key: jws.PublicKey, issuer: x509.Certificate | None, now: int
) -> x509.CertificateBuilder:
    """The certificate to be signed; `issuer` is None for the root itself, `now` in milliseconds."""
    starts, ends = at(now) - made.backdated, at(now) + made.life
    if issuer is not None:
        ends = min(ends, issuer.not_valid_after_utc)
    subject = made.subject if made.path_length is None else _told_apart(made.subject, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
    for extension, critical in _use(made):
        builder = builder.add_extension(extension, critical)
    return builder if issuer is None else _with_issuer(builder, made, issuer)


def responder(issuer: x509.Certificate, key: ec.EllipticCurvePublicKey, now: int) -> x509.CertificateBuilder:
    """A certificate for answering (OCSP) in the issuer's name, for a few days, not to be asked about itself.

    It names no person and no purpose but this one: neither ballots nor seals are taken of it.
    """
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(_name("Plenary Responder", "Plenary"))
        .issuer_name(issuer.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at(now) - BACKDATED)
        .not_valid_after(min(at(now) + RESPONDER_LIFE, issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(authority_key(issuer), critical=False)
    )


def authority_key(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """The issuer's key identifier, as its own certificate has it."""
    try:
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        own = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key())
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def at(millis: int) -> datetime:
    """Milliseconds since 1970 as a moment in UTC, whole seconds as X.509 has them."""
    return datetime.fromtimestamp(millis // 1000, UTC)


def key_usage(*, authority: bool) -> x509.KeyUsage:
    """An authority signs certificates and lists of the revoked; whoever else has a key signs with it, and means it."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _use(made: Profile) -> list[tuple[x509.ExtensionType, bool]]:
    authority = made.path_length is not None
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=authority, path_length=made.path_length), True),
        (key_usage(authority=authority), True),
    ]
    if not authority:
        uses = [ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING]
        found.append((x509.ExtendedKeyUsage(uses), False))
    policies = [each for each in (made.policy, LINK_POLICY if made.linked else None) if each is not None]
    if policies:
        named = x509.CertificatePolicies([x509.PolicyInformation(each, None) for each in policies])
        found.append((named, False))
    return found


def _with_issuer(
    builder: x509.CertificateBuilder, made: Profile, issuer: x509.Certificate
) -> x509.CertificateBuilder:
    place = f"{made.public_url}/signing"
    crl = x509.UniformResourceIdentifier(f"{place}/crl/{made.issuer}.crl")
    above = x509.UniformResourceIdentifier(f"{place}/ca/{made.issuer}.cer")
    points = [x509.DistributionPoint([crl], None, None, None)]
    answers = x509.UniformResourceIdentifier(f"{place}/ocsp/{made.issuer}")
    access = [
        x509.AccessDescription(AuthorityInformationAccessOID.OCSP, answers),
        x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, above),
    ]
    return (
        builder.add_extension(authority_key(issuer), critical=False)
        .add_extension(x509.CRLDistributionPoints(points), critical=False)
        .add_extension(x509.AuthorityInformationAccess(access), critical=False)
    )


def _name(common: str, organization: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(organization)),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _cut(name: str) -> str:
    return name.encode()[:_LONGEST_NAME].decode(errors="ignore")


def _told_apart(subject: x509.Name, key: jws.PublicKey) -> x509.Name:
    """Two installations on one host must not have authorities of one name: readers of PDF files go by it."""
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    mark = hashlib.sha256(spki).hexdigest()[:16]
    return x509.Name([*subject, x509.NameAttribute(NameOID.SERIAL_NUMBER, mark)])


def _host(public_url: str) -> str:
    return urlsplit(public_url).hostname or "plenary"
