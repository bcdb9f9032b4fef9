"""An authority for time in memory, and revocation lists: what stands behind signatures, for tests."""

import asyncio
import datetime
from dataclasses import dataclass, field
from hashlib import sha256

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.rules import time_stamp
from services.rules.long_term import LongTerm
from tests.support.pki import ENDS, STARTS, Keyed, Pki, certify, fresh_key, subject


@dataclass(frozen=True)
class Stamper:
    """An RSA key and its certificate (DER): what pyHanko stamps with."""

    key: rsa.RSAPrivateKey
    der: bytes


@dataclass
class TimeAuthority:
    """A root for time and a certificate under it that stamps."""

    root: Keyed = field(default_factory=lambda: certify(subject("Time"), fresh_key(), None, authority=True))
    stamper: Stamper = field(init=False)

    def __post_init__(self) -> None:
        """Issue the certificate that stamps."""
        self.stamper = for_time("Time 1", self.root)

    def token(self, over: bytes, at_ms: int) -> bytes:
        """A time-stamp (RFC 3161) over these bytes, at that moment."""
        moment = datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC)
        stamper = self._stamper([self.root.der], moment)
        answer = asyncio.run(stamper.async_timestamp(sha256(over).digest(), "sha256"))
        return bytes(answer.dump())

    def answer(self, request: bytes) -> bytes:
        """The answer (DER) to a request, now; the root is not in it."""
        asked = tsp.TimeStampReq.load(request)
        return bytes(self._stamper([], None).request_tsa_response(asked).dump())

    def _stamper(self, embedded: list[bytes], moment: datetime.datetime | None) -> DummyTimeStamper:
        key = self.stamper.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return DummyTimeStamper(
            asn1.Certificate.load(self.stamper.der),
            asn1_keys.PrivateKeyInfo.load(key),
            certs_to_embed=SimpleCertificateStore.from_certs(map(asn1.Certificate.load, embedded)),
            fixed_dt=moment,
        )


def for_time(
    common: str,
    issuer: Keyed,
    *,
    critical: bool = True,
    more: bool = False,
    crl: str = "",
    ends: datetime.datetime = ENDS,
) -> Stamper:
    """A certificate for time-stamps; one that is not `critical` or allows `more` must not be taken. `crl`: where
    its list lies."""
    key = rsa.generate_private_key(65537, 2048)
    uses = [ExtendedKeyUsageOID.TIME_STAMPING, *([ExtendedKeyUsageOID.CODE_SIGNING] if more else [])]
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject(common))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(STARTS)
        .not_valid_after(ends)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=critical)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    builder = builder.add_extension(above, critical=False)
    if crl:
        points = [x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)]
        builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
    return Stamper(key, builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER))


def revocation_list(
    issuer: Keyed, at_ms: int, revoked: dict[int, int] | None = None, *, hours: int = 48
) -> bytes:
    """A CRL (DER) of this moment; `revoked`: serial numbers and when (milliseconds)."""
    moment = datetime.datetime.fromtimestamp(at_ms // 1000, datetime.UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(moment)
        .next_update(moment + datetime.timedelta(hours=hours))
    )
    for serial, when in (revoked or {}).items():
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(serial)
            .revocation_date(datetime.datetime.fromtimestamp(when // 1000, datetime.UTC))
            .build()
        )
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def behind(
    pki: Pki, time: TimeAuthority, over: bytes, at_ms: int, revoked: dict[int, int] | None = None
) -> LongTerm:
    """What stands behind a signature: a token over these bytes, the anchors, the lists of both authorities."""
    token = time.token(over, at_ms)
    lists = (revocation_list(pki.delegates, at_ms, revoked), revocation_list(pki.root, at_ms))
    return LongTerm(token, time_stamp.read(token, over), (pki.root.der, time.root.der), lists)
