"""An authority that is not ours: root, issuing authority, persons with addresses in them, its lists and answers."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from asn1crypto import core
from asn1crypto import ocsp as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from services.pki import anchors
from services.pki.anchors import TrustAnchors
from tests.support.pki import ENDS, STARTS, Keyed, fresh_key

HOUR = datetime.timedelta(hours=1)
NOW = datetime.datetime(2026, 6, 1, 8, tzinfo=datetime.UTC)
AT = int(NOW.timestamp() * 1000)

Extension = tuple[x509.ExtensionType, bool]


def usage(*which: str) -> Extension:
    """A key usage extension with these bits."""
    bits = {
        name: name in which
        for name in (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
            *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        )
    }
    return x509.KeyUsage(**bits), True


def authority(*, path_length: int | None = None) -> list[Extension]:
    """What makes a certificate an authority's."""
    return [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        usage("key_cert_sign", "crl_sign"),
    ]


def signing() -> list[Extension]:
    """What makes a certificate a person's for signing, without addresses."""
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.CLIENT_AUTH])
    return [usage("digital_signature", "content_commitment"), (uses, False)]


def places(*, lists: Iterable[str] = (), responders: Iterable[str] = ()) -> list[Extension]:
    """Where status is to be had."""
    found: list[Extension] = []
    points = [
        x509.DistributionPoint([x509.UniformResourceIdentifier(each)], None, None, None) for each in lists
    ]
    if points:
        found.append((x509.CRLDistributionPoints(points), False))
    access = [
        x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(each))
        for each in responders
    ]
    if access:
        found.append((x509.AuthorityInformationAccess(access), False))
    return found


def certify(
    common: str,
    issuer: Keyed | None,
    extensions: Iterable[Extension],
    *,
    key: ec.EllipticCurvePrivateKey | None = None,
    starts: datetime.datetime = STARTS,
    ends: datetime.datetime = ENDS,
    hashed: hashes.SHA224 | hashes.SHA256 | None = None,
    country: str = "VN",
) -> Keyed:
    """A certificate with exactly these extensions."""
    key = key or fresh_key()
    name = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, country), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Keyed(key, builder.sign(issuer.key if issuer else key, hashed or hashes.SHA256()))


def revocation_list(
    signer: Keyed,
    revoked: Mapping[int, tuple[datetime.datetime, x509.ReasonFlags]] | None = None,
    *,
    this_update: datetime.datetime = NOW - HOUR,
    next_update: datetime.datetime = NOW + 24 * HOUR,
    extensions: Iterable[Extension] = (),
    issuer: x509.Name | None = None,
) -> bytes:
    """A list (DER) signed by `signer`."""
    entries = [
        x509.RevokedCertificateBuilder()
        .serial_number(serial)
        .revocation_date(when)
        .add_extension(x509.CRLReason(why), critical=False)
        .build()
        for serial, (when, why) in (revoked or {}).items()
    ]
    builder = (
        x509.CertificateRevocationListBuilder(revoked_certificates=entries)
        .issuer_name(issuer or signer.certificate.subject)
        .last_update(this_update)
        .next_update(next_update)
        .add_extension(x509.CRLNumber(1), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def answer(
    certificate: Keyed,
    issuer: Keyed,
    *,
    signer: Keyed | None = None,
    revoked: tuple[datetime.datetime, x509.ReasonFlags] | None = None,
    nonce: bytes | None = None,
    this_update: datetime.datetime = NOW - HOUR,
    next_update: datetime.datetime | None = NOW + HOUR,
    status: ocsp.OCSPCertStatus | None = None,
) -> bytes:
    """A responder's answer (DER) about a certificate; signed by its issuer, or by a delegate."""
    by = signer or issuer
    kind = status or (ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD)
    builder = ocsp.OCSPResponseBuilder().add_response(
        certificate.certificate,
        issuer.certificate,
        hashes.SHA1(),  # noqa: S303 - the usual name of an issuer
        kind,
        this_update,
        next_update,
        revoked[0] if revoked else None,
        revoked[1] if revoked else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate)
    if signer is not None:
        builder = builder.certificates([signer.certificate])
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


def joined(signer: Keyed, *answers: bytes) -> bytes:
    """What several answers say, in one that this authority signed."""
    made, *others = (asn1.OCSPResponse.load(each) for each in answers)
    basic = made["response_bytes"]["response"].parsed
    said = basic["tbs_response_data"]
    for other in others:
        said["responses"].append(
            other["response_bytes"]["response"].parsed["tbs_response_data"]["responses"][0]
        )
    basic["signature"] = core.OctetBitString(
        signer.key.sign(said.dump(force=True), ec.ECDSA(hashes.SHA256()))
    )
    made["response_bytes"]["response"] = asn1.BasicOCSPResponse.load(basic.dump(force=True))
    der: bytes = made.dump(force=True)
    return der


def responder(issuer: Keyed, *, nocheck: bool = True, use: bool = True) -> Keyed:
    """A delegated responder's certificate."""
    extensions: list[Extension] = [usage("digital_signature")]
    if use:
        extensions.append((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False))
    if nocheck:
        extensions.append((x509.OCSPNoCheck(), False))
    return certify("Responder", issuer, extensions)


def nonce_of(question: bytes) -> bytes:
    """The nonce in a request."""
    found = ocsp.load_der_ocsp_request(question).extensions.get_extension_for_class(x509.OCSPNonce)
    return found.value.nonce


@dataclass
class Outside:
    """Root and issuing authority, whose lists and responder are found under `url`."""

    url: str = "http://ca.example.vn"
    root: Keyed = field(init=False)
    issuing: Keyed = field(init=False)

    def __post_init__(self) -> None:
        """Make the two."""
        self.root = certify("Outside Root", None, authority())
        self.issuing = certify(
            "Outside Issuing", self.root, [*authority(path_length=0), *places(lists=[f"{self.url}/root.crl"])]
        )

    def person(self, name: str = "An", *, responders: bool = False, lists: bool = True) -> Keyed:
        """A person's certificate for signing."""
        found = places(
            lists=[f"{self.url}/issuing.crl"] if lists else [],
            responders=[f"{self.url}/ocsp"] if responders else [],
        )
        return certify(name, self.issuing, [*signing(), *found])

    def chain(self, leaf: Keyed) -> tuple[bytes, ...]:
        """The chain that goes with a leaf, without the anchor."""
        return leaf.der, self.issuing.der

    @property
    def anchors(self) -> TrustAnchors:
        """Trust in the root alone."""
        return anchors.of([self.root.der])
