"""Certificates made to order, good ones and wrong ones, for the checks of chains."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA224, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.rules.certified import BODY_OID, DOCUMENT_SIGNING, MEMBER_OID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | Ed25519PrivateKey
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
AT = int(NOW.timestamp() * 1000)
DAY = datetime.timedelta(days=1)
SIGNS = frozenset({"digital_signature", "content_commitment"})
ISSUES = frozenset({"key_cert_sign", "crl_sign"})
UNHEARD_OF = x509.ObjectIdentifier("1.3.6.1.4.1.99999.1")
_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


@dataclass(frozen=True)
class Minted:
    """A private key and its certificate."""

    key: Key
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        """The certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to mint; a field left as it is makes a good certificate."""

    subject: x509.Name
    ca: bool | None = None
    path_length: int | None = None
    usage: frozenset[str] | None = SIGNS
    uses: Sequence[x509.ObjectIdentifier] | None = None
    policies: Sequence[x509.ObjectIdentifier] = ()
    extra: Sequence[tuple[x509.ExtensionType, bool]] = ()
    starts: datetime.datetime = NOW - DAY
    ends: datetime.datetime = NOW + DAY
    issuer_name: x509.Name | None = None
    signs_with: Key | None = None
    weak_hash: bool = False
    pss: padding.PSS | None = None


def fresh() -> ec.EllipticCurvePrivateKey:
    """A new P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def named(common: str) -> x509.Name:
    """A subject that is nobody's."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def person(member: str = "mai", body: str = "hdnd") -> x509.Name:
    """A subject that names a member of a body."""
    return x509.Name([x509.NameAttribute(BODY_OID, body), x509.NameAttribute(MEMBER_OID, member)])


def authority(common: str, **changed: object) -> Order:
    """An order for an authority."""
    return Order(**{"subject": named(common), "ca": True, "usage": ISSUES} | changed)  # type: ignore[arg-type]


def leaf(subject: x509.Name | None = None, **changed: object) -> Order:
    """An order for a person's certificate."""
    uses = (ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING)
    given: dict[str, object] = {"subject": subject or person(), "ca": False, "uses": uses}
    return Order(**given | changed)  # type: ignore[arg-type]


def mint(order: Order, issuer: Minted | None = None, key: Key | None = None) -> Minted:
    """The certificate ordered; without an issuer it signs itself."""
    key = key or fresh()
    signs_with = order.signs_with or (issuer.key if issuer else key)
    above = issuer.certificate.subject if issuer else order.subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(order.subject)
        .issuer_name(order.issuer_name or above)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(order.starts)
        .not_valid_after(order.ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                (issuer.key if issuer else signs_with).public_key()
            ),
            critical=False,
        )
    )
    for extension, critical in _extensions(order):
        builder = builder.add_extension(extension, critical)
    if isinstance(signs_with, Ed25519PrivateKey):
        return Minted(key, builder.sign(signs_with, None))
    hashed = SHA224() if order.weak_hash else SHA256()
    return Minted(key, builder.sign(signs_with, hashed, rsa_padding=order.pss))


def _extensions(order: Order) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = []
    if order.ca is not None:
        found.append((x509.BasicConstraints(order.ca, order.path_length), True))
    if order.usage is not None:
        found.append((x509.KeyUsage(**{name: name in order.usage for name in _USAGES}), True))
    if order.uses is not None:
        found.append((x509.ExtendedKeyUsage(order.uses), False))
    if order.policies:
        policies = [x509.PolicyInformation(policy, None) for policy in order.policies]
        found.append((x509.CertificatePolicies(policies), False))
    return [*found, *order.extra]
