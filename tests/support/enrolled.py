"""A person with a key and a certificate, as signing would tell of them."""

import base64
import datetime
from dataclasses import dataclass

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from services.rules import jws
from services.wire import Credential, CredentialIssued, CredentialRevoked, LoginPayload

TYP = "plenary-login+jws"
CTY = "application/vnd.plenary.login+json"


@dataclass(frozen=True)
class Person:
    """Whoever holds this key."""

    member: str
    key: jws.PrivateKey
    der: bytes
    not_after: int

    @property
    def thumbprint(self) -> str:
        """The certificate's thumbprint (x5t#S256)."""
        return jws.digest(self.der)

    def issued(self, index: int = 0, *, body: str = "hdnd", replaces: str = "") -> bytes:
        """The news that this certificate was issued."""
        credential = Credential(
            member=self.member, thumbprint=self.thumbprint, chain=(base64.b64encode(self.der).decode(),)
        )
        return msgspec.json.encode(
            CredentialIssued(
                index=index, body=body, credential=credential, not_after=self.not_after, replaces=replaces
            )
        )

    def revoked(self, index: int, *, body: str = "hdnd", at: int = 1) -> bytes:
        """The news that this certificate was revoked."""
        return msgspec.json.encode(
            CredentialRevoked(
                index=index, body=body, member=self.member, thumbprint=self.thumbprint, at=at, reason="lost"
            )
        )

    def login(
        self,
        challenge: str,
        audience: str,
        *,
        alg: str = "",
        typ: str = TYP,
        cty: str = CTY,
        thumbprint: str = "",
        key: jws.PrivateKey | None = None,
    ) -> bytes:
        """A signed LoginPayload; what is not given is as it must be."""
        header = jws.Header(
            alg=alg or jws.algorithm_of(self.key.public_key())[-1],
            typ=typ,
            cty=cty,
            x5t_S256=thumbprint or self.thumbprint,
            iat=1_700_000_000,
        )
        payload = msgspec.json.encode(LoginPayload(challenge=challenge, audience=audience))
        return jws.compact(header, payload, key or self.key, header.alg).encode()


def fresh_key(kind: str = "ES256") -> jws.PrivateKey:
    """A new key of a kind that persons may have."""
    match kind:
        case "RS256" | "PS256":
            return rsa.generate_private_key(65537, 2048)
        case "EdDSA":
            return Ed25519PrivateKey.generate()
        case _:
            return ec.generate_private_key(ec.SECP256R1())


def enrol(member: str, kind: str = "ES256", *, days: int = 30, began: int = -1) -> Person:
    """A person with a fresh key and a self-signed certificate, valid from `began` days from now for `days`."""
    key = fresh_key(kind)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, member)])
    start = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=began)
    end = start + datetime.timedelta(days=days)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .sign(key, None if isinstance(key, Ed25519PrivateKey) else hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Person(member, key, der, int(end.timestamp() * 1000))
