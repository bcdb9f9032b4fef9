"""A small PKI in memory: a root, an authority for delegates, the body's seal. Independent of `services.signing`."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.rules import certified
from services.rules.credential import Anchors

STARTS = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
ENDS = datetime.datetime(2045, 1, 1, tzinfo=datetime.UTC)
CRL = "http://plenary.example.vn/crl"


@dataclass(frozen=True)
class Keyed:
    """A private key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @cached_property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The private key as PKCS#8 PEM."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def subject(common: str, *, body: str = "", member: str = "") -> x509.Name:
    """A subject as the delegate authority writes it."""
    names = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if body:
        names.append(x509.NameAttribute(certified.BODY_OID, body))
    if member:
        names.append(x509.NameAttribute(certified.MEMBER_OID, member))
    return x509.Name(names)


def certify(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: Keyed | None,
    *,
    authority: bool = False,
    policy: x509.ObjectIdentifier = certified.ANY_POLICY,
    linked: bool = False,
    starts: datetime.datetime = STARTS,
    ends: datetime.datetime = ENDS,
) -> Keyed:
    """Issue a certificate; without an issuer it signs itself."""
    public = key.public_key()
    signing = issuer.key if issuer else key
    usage = x509.KeyUsage(
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
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )
    if not authority:
        uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, certified.DOCUMENT_SIGNING])
        builder = builder.add_extension(uses, critical=False)
    if issuer:
        points = [x509.DistributionPoint([x509.UniformResourceIdentifier(CRL)], None, None, None)]
        builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
        named = [policy, certified.LINK_POLICY] if linked else [policy]
        policies = x509.CertificatePolicies([x509.PolicyInformation(each, None) for each in named])
        builder = builder.add_extension(policies, critical=False)
    return Keyed(key, builder.sign(signing, hashes.SHA256()))


def fresh_key() -> ec.EllipticCurvePrivateKey:
    """A new P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Pki:
    """Root, delegate authority, seal; persons are certified on demand."""

    body: str = "hdnd"
    root: Keyed = field(init=False)
    delegates: Keyed = field(init=False)
    seal: Keyed = field(init=False)

    def __post_init__(self) -> None:
        """Make the three."""
        self.root = certify(subject("Plenary Root"), fresh_key(), None, authority=True)
        self.delegates = certify(
            subject("Delegates"), fresh_key(), self.root, authority=True, policy=certified.PERSON_POLICY
        )
        self.seal = certify(
            subject("Hội đồng nhân dân — dấu số"), fresh_key(), self.root, policy=certified.SEAL_POLICY
        )

    def person(
        self,
        member: str,
        *,
        body: str = "",
        linked: bool = False,
        starts: datetime.datetime = STARTS,
        ends: datetime.datetime = ENDS,
    ) -> Keyed:
        """A member's key and certificate; `linked`: another authority certified the key, too."""
        return certify(
            subject(member, body=body or self.body, member=member),
            fresh_key(),
            self.delegates,
            policy=certified.PERSON_POLICY,
            linked=linked,
            starts=starts,
            ends=ends,
        )

    def anchors(self) -> Anchors:
        """The trust anchor, as `proof` takes it."""
        return Anchors([self.root.der])
