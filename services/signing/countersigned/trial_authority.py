"""A time-stamp authority of our own, for trials only: it proves nothing to anybody, and says so in all that it signs.

Whoever makes both the signature and its time-stamp can date it as they please. So this one is used only when it is
asked for, its certificates and its policy are named THỬ NGHIỆM (trial), and every page that it stamps says so.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.rules.certified import to_pem
from services.signing.certificate_profile import at, key_usage
from services.signing.countersigned.acts import Materials

# Under the arc of our other policies (services/rules/certified).
TRIAL_POLICY = "2.25.263503441224358092656128688260488835665.9"
NAME = "THỬ NGHIỆM – Plenary Trial Time-Stamps"
_LIFE = timedelta(days=5 * 365)
_LIST_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TrialAuthority:
    """Plain values, such that another process may have them: PKCS#8 and certificates in DER."""

    root_key: bytes
    root: bytes
    key: bytes
    certificate: bytes

    @property
    def trust(self) -> bytes:
        """The anchor (PEM) that whoever believes it would have to trust."""
        return to_pem(self.root).encode()

    def stamp(self, digest: bytes, now: int, nonce: int = 0) -> bytes:
        """A token (DER) for this SHA-256, at `now` (milliseconds), in answer to the request of this nonce."""
        stated = {
            "version": "v1",
            "policy": TRIAL_POLICY,
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
            "serial_number": secrets.randbits(63),
            "gen_time": datetime.fromtimestamp(now // 1000, UTC),
            "accuracy": {"seconds": 1},
        }
        if nonce:
            stated["nonce"] = nonce
        return _signed(tsp.TSTInfo(stated), self.certificate, _load(self.key))

    def materials(self, now: int) -> Materials:
        """Its certificate and its list of revoked ones, of now: there are none."""
        root, key = x509.load_der_x509_certificate(self.root), _load(self.root_key)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(root.subject)
            .last_update(at(now))
            .next_update(at(now) + _LIST_LIFE)
            .add_extension(x509.CRLNumber(now), critical=False)
            .add_extension(above, critical=False)
        )
        return Materials(
            (self.certificate, self.root), (builder.sign(key, SHA256()).public_bytes(Encoding.DER),)
        )


@dataclass(frozen=True, slots=True)
class TrialStamper:
    """Stamps with the trial authority, by this clock (milliseconds)."""

    authority: TrialAuthority
    clock: Callable[[], int]

    def stamp(self, over: bytes) -> bytes:
        """A token (DER) over these bytes."""
        return self.authority.stamp(sha256(over).digest(), self.clock())


def found(now: int, life: timedelta = _LIFE) -> TrialAuthority:
    """A fresh one, whose own certificate is good for `life` from now (milliseconds)."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    mark = secrets.token_hex(4)
    above = _name(f"{NAME} Root {mark}")
    root = _builder(above, above, root_key, now, life * 2, root_key)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = root.add_extension(key_usage(authority=True), critical=True)
    leaf = _builder(_name(f"{NAME} {mark}"), above, key, now, life, root_key)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(key_usage(authority=False), critical=True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return TrialAuthority(
        _dump(root_key),
        root.sign(root_key, SHA256()).public_bytes(Encoding.DER),
        _dump(key),
        leaf.sign(root_key, SHA256()).public_bytes(Encoding.DER),
    )


def _signed(stated: tsp.TSTInfo, certificate: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    leaf = asn1.Certificate.load(certificate)
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    named = tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256(certificate).digest()}]})
    values = {
        "content_type": cms.ContentType("tst_info"),
        "message_digest": core.OctetString(sha256(stated.dump()).digest()),
        "signing_certificate_v2": named,
    }
    attributes = cms.CMSAttributes(
        [cms.CMSAttribute({"type": each, "values": [values[each]]}) for each in values]
    )
    identifier = cms.IssuerAndSerialNumber({"issuer": leaf.issuer, "serial_number": leaf.serial_number})
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": identifier}),
        "digest_algorithm": digest,
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": key.sign(attributes.dump(), ec.ECDSA(SHA256())),
    }
    signed = {
        "version": "v3",
        "digest_algorithms": [digest],
        "encap_content_info": cms.EncapsulatedContentInfo(
            {"content_type": "tst_info", "content": core.ParsableOctetString(stated.dump())}
        ),
        "certificates": [leaf],
        "signer_infos": [signer],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump())


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: int,
    life: timedelta,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    policy = x509.PolicyInformation(x509.ObjectIdentifier(TRIAL_POLICY), None)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at(now) - timedelta(minutes=5))
        .not_valid_after(at(now) + life)
        .add_extension(own, critical=False)
        .add_extension(above, critical=False)
        .add_extension(x509.CertificatePolicies([policy]), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _dump(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _load(key: bytes) -> ec.EllipticCurvePrivateKey:
    loaded = serialization.load_der_private_key(key, password=None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise TypeError("the trial authority's key is not an elliptic curve key")
    return loaded
