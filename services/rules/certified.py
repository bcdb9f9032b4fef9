"""What one X.509 certificate says, well formed but not yet believed: its key, its person, its extensions.

Whose a person's certificate is stands in its subject: `UID` (0.9.2342.19200300.100.1.1) is the member's id and
`organizationIdentifier` (2.5.4.97) the body's. Not `serialNumber`: that is a PrintableString, without `_`.
"""

import base64
import re
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from services.rules import jws
from services.rules.credential_errors import ChainMalformed, KeyNotTaken, NotAPerson

MEMBER_OID = NameOID.USER_ID
BODY_OID = NameOID.ORGANIZATION_IDENTIFIER
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
# Policies of ours, under a UUID arc (ITU-T X.667).
PERSON_POLICY = x509.ObjectIdentifier("2.25.263503441224358092656128688260488835665.1")
SEAL_POLICY = x509.ObjectIdentifier("2.25.263503441224358092656128688260488835665.2")
# A person's, for a key that another authority certified, too.
LINK_POLICY = x509.ObjectIdentifier("2.25.263503441224358092656128688260488835665.3")
ANY_POLICY = x509.ObjectIdentifier("2.5.29.32.0")

RSA_LARGEST_BITS = 4096
RSA_SMALLEST_EXPONENT = 65537

_BEGIN, _END = "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"
_BLOCK = re.compile(_BEGIN.encode() + rb"((?:[A-Za-z0-9+/=]{1,64}\n)+)" + _END.encode())
# cryptography's own exceptions are no ValueErrors; what it only warns of is raised where warnings are errors.
NOT_WELL_FORMED = (
    ValueError,
    TypeError,
    UserWarning,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)

_PLAIN = (0x0C, 0x13, 0x16)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

E = TypeVar("E", bound=x509.ExtensionType)


def load_one(der: bytes) -> x509.Certificate:
    """A certificate from DER, well formed to the last extension. Raises ChainMalformed."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        # cryptography parses lazily: ask for all that may be malformed.
        _ = certificate.extensions, certificate.subject, certificate.issuer
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except NOT_WELL_FORMED as error:
        raise ChainMalformed(what="X.509") from error
    if not is_canonical(certificate, der):
        raise ChainMalformed(what="not in its one encoding")
    if certificate.version != x509.Version.v3:
        raise ChainMalformed(what="version")
    if certificate.serial_number <= 0:
        raise ChainMalformed(what="serial number")
    return certificate


def is_canonical(read: x509.Certificate | x509.CertificateSigningRequest, der: bytes) -> bool:
    """Whether these bytes are the one way to write what was read from them."""
    # The signature is a BIT STRING: where its last bit is 0, one that leaves this bit out has the same bytes.
    return der[-len(read.signature) - 1] == 0 and read.public_bytes(Encoding.DER) == der


def thumbprint(der: bytes) -> str:
    """`x5t#S256`: SHA-256 of the DER, base64url."""
    return jws.digest(der)


def der_of(text: str) -> bytes:
    """A certificate's DER from base64 (RFC 4648 section 4), as evidence and `x5c` carry it, in its one spelling. Raises
    ChainMalformed."""
    try:
        return jws.standard_bytes(text)
    except ValueError as error:
        raise ChainMalformed(what="base64") from error


def public_key_of(der: bytes) -> jws.PublicKey:
    """The key a certificate is for. Raises ChainMalformed, KeyNotTaken."""
    return key_of(load_one(der))


def key_of(certified: x509.Certificate | x509.CertificateSigningRequest) -> jws.PublicKey:
    """The key in a certificate or request, if it is of a kind and strength we take. Raises KeyNotTaken."""
    try:
        key = certified.public_key()
    except NOT_WELL_FORMED as error:
        raise KeyNotTaken(what="unknown") from error
    return taken(key)


def must_be_spelled(certificate: x509.Certificate) -> None:
    """Raise KeyNotTaken unless the key, which was taken, is written in the one way that every browser reads: a point
    may be compressed (SEC 1), parameters of RSA left out."""
    spki = key_of(certificate).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if spki not in certificate.tbs_certificate_bytes:
        raise KeyNotTaken(what="unknown")


def taken(key: object) -> jws.PublicKey:
    """The key, if it is of a kind and strength we take. Raises KeyNotTaken."""
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey):
        _must_be_strong(key)
        return key
    raise KeyNotTaken(
        what=key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else type(key).__name__
    )


def _must_be_strong(key: rsa.RSAPublicKey) -> None:
    # The upper bound is for those who verify: an RSA key of 16384 bits costs them milliseconds for each ballot.
    if not jws.RSA_SMALLEST_BITS <= key.key_size <= RSA_LARGEST_BITS:
        raise KeyNotTaken(what=f"RSA {key.key_size}")
    if key.public_numbers().e < RSA_SMALLEST_EXPONENT:
        raise KeyNotTaken(what="RSA exponent")


def member_of(certificate: x509.Certificate) -> tuple[str, str]:
    """The body and the member that a person's certificate names. Raises NotAPerson."""
    body = certificate.subject.get_attributes_for_oid(BODY_OID)
    member = certificate.subject.get_attributes_for_oid(MEMBER_OID)
    if len(body) != 1 or len(member) != 1:
        raise NotAPerson
    names = str(body[0].value), str(member[0].value)
    if not all(map(_ID.fullmatch, names)) or not all(map(_is_plain, (*body, *member))):
        raise NotAPerson
    return names


def _is_plain(attribute: x509.NameAttribute[str | bytes]) -> bool:
    """Whether an id is written as UTF8String, PrintableString or IA5String: browsers' check reads no other kinds."""
    raw = str(attribute.value).encode()
    return (
        x509.Name([attribute]).public_bytes().endswith(tuple(bytes((tag, len(raw))) + raw for tag in _PLAIN))
    )


def asserts(certificate: x509.Certificate, policy: x509.ObjectIdentifier) -> bool:
    """Whether it was issued under this very policy."""
    policies = extension(certificate, x509.CertificatePolicies)
    return policies is not None and any(each.policy_identifier == policy for each in policies)


def is_link(certificate: x509.Certificate) -> bool:
    """Whether a person's certificate says that another authority certified its key, too."""
    return asserts(certificate, LINK_POLICY)


def extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    """The extension of a kind, if there is one."""
    for each in certificate.extensions:
        # Not isinstance: these are abstract classes, slow to ask, and there are no others below them.
        if type(each.value) is kind:
            return each.value
    return None


def to_pem(der: bytes) -> str:
    """A certificate as canonical PEM (RFC 7468): 64 columns, one newline after each line."""
    text = base64.b64encode(der).decode()
    lines = (text[start : start + 64] + "\n" for start in range(0, len(text), 64))
    return _BEGIN + "".join(lines) + _END


def blocks(pem: bytes) -> list[bytes]:
    """The DER of each certificate in a text of canonical PEM (see to_pem) and of nothing else.

    What openssl writes with `-outform PEM` is that, if nothing is put before, between or behind the blocks. Raises
    ChainMalformed; also for none.
    """
    found: list[bytes] = []
    place = 0
    while place < len(pem):
        block = _BLOCK.match(pem, place)
        if block is None:
            raise ChainMalformed(what=f"not canonical PEM from byte {place}")
        found.append(_canonical(block))
        place = block.end()
    if not found:
        raise ChainMalformed(what="no certificate")
    return found


def _canonical(block: re.Match[bytes]) -> bytes:
    try:
        der = base64.b64decode(block[1].replace(b"\n", b""), validate=True)
    except ValueError as error:
        raise ChainMalformed(what="base64") from error
    if to_pem(der).encode() != block[0]:
        raise ChainMalformed(what="not canonical base64 in 64 columns")
    return der
