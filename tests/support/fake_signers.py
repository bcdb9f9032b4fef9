"""Persons whose keys lie at a signing service, for the fake services: what such a service can do with a hash."""

import datetime
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from aiohttp import web
from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from services.rules import jws
from services.signing.remote.exchange import Manners, open_session
from services.signing.remote.port import Display, Order, RemoteKey

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
STARTS = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
_PREHASHED = Prehashed(SHA256())


@dataclass(frozen=True)
class Signer:
    """A person, their key, its certificate."""

    name: str
    key: Key
    der: bytes

    def signs(self, hashed: bytes, alg: str = "RS256") -> bytes:
        """What the service's module makes of a hash: RSA as it is, ECDSA as DER."""
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(hashed, ec.ECDSA(_PREHASHED))
        pss = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32)
        return self.key.sign(hashed, pss if alg == "PS256" else padding.PKCS1v15(), _PREHASHED)

    def cms(self, hashed: bytes, *, attributes: bool = False) -> bytes:
        """A SignedData; with signed attributes the signature is over those, as most libraries do it."""
        signed: list[cms.CMSAttribute] = []
        value = self.signs(hashed)
        if attributes:
            signed = [
                cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [hashed]}),
            ]
            value = self.signs(hashlib.sha256(cms.CMSAttributes(signed).dump()).digest())
        return _signed_data(self, value, signed)

    @property
    def remote(self) -> RemoteKey:
        """The key as an adapter knows it."""
        return RemoteKey(f"key-of-{self.name}", (self.der,))


def _signed_data(signer: Signer, value: bytes, attributes: list[cms.CMSAttribute]) -> bytes:
    certificate = asn1.Certificate.load(signer.der)
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    identifier = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    kind = "sha256_ecdsa" if isinstance(signer.key, ec.EllipticCurvePrivateKey) else "rsassa_pkcs1v15"
    one: dict[str, Any] = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": identifier}),
        "digest_algorithm": sha256,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": kind}),
        "signature": core.OctetString(value),
    }
    if attributes:
        one["signed_attrs"] = cms.CMSAttributes(attributes)
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms([sha256]),
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [cms.SignerInfo(one)],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def high(der: bytes) -> bytes:
    """An ECDSA signature with the other s, the larger one."""
    r, s = decode_dss_signature(der)
    return encode_dss_signature(r, max(s, jws.P256_ORDER - s))


@cache
def signer(name: str, kind: str = "rsa") -> Signer:
    """A person with a key of their own; the same each time."""
    key: Key = (
        rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    )
    return _certified(name, key)


def certified_again(who: Signer) -> Signer:
    """The same key under another certificate."""
    return _certified(who.name, who.key)


def _certified(name: str, key: Key) -> Signer:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(STARTS)
        .not_valid_after(STARTS + datetime.timedelta(days=3650))
        .sign(key, SHA256())
    )
    return Signer(name, key, certificate.public_bytes(Encoding.DER))


def signing_input(alg: str = "RS256", choice: str = "approve") -> bytes:
    """A message to sign whose header names an algorithm."""
    header = msgspec.json.encode({"alg": alg, "typ": "plenary-ballot+jws"})
    return jws.b64_encode(header) + b"." + jws.b64_encode(f'{{"choice":"{choice}"}}'.encode())


def order(who: Signer, identifier: str = "pl-01", alg: str = "RS256") -> Order:
    """A signature that is wanted of somebody."""
    message = signing_input(alg)
    display = Display.of("Nghị quyết về dự toán ngân sách năm 2027", "Tán thành", message)
    return Order(identifier, f"user-{who.name}", who.remote, message, display, Clock().now + 300_000)


@dataclass
class Clock:
    """A clock that is set by hand, in milliseconds."""

    now: int = 1_795_000_000_000

    def __call__(self) -> int:
        """Never the same moment twice."""
        self.now += 1
        return self.now


@dataclass
class Pauses:
    """Waits for nothing, and remembers for how long it was asked to."""

    asked: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        """At once."""
        self.asked.append(seconds)

    @property
    def manners(self) -> Manners:
        """Manners that wait like this."""
        return Manners(pause=self)


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """A fake service on a free port: its address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def talking(app: web.Application, make: Callable[..., Any]) -> AsyncIterator[Any]:
    """An adapter and a fake service that it talks to; `make(session, url)` gives the adapter."""
    async with serving(app) as url, open_session() as session:
        yield make(session, url)
