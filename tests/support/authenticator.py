"""An authenticator written by hand: a device with passkeys, and a browser that speaks for it. Honest unless told."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from services.rules import step_up
from services.wire import StepUpEvidence

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
SYNCED = UP | UV | BE | BS
Key = ec.EllipticCurvePrivateKey | Ed25519PrivateKey | rsa.RSAPrivateKey


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def client_data(kind: str, challenge: bytes, origin: str, /, **more: Any) -> bytes:
    """What a browser says; `more` replaces or adds, None takes away."""
    said = {"type": kind, "challenge": b64(challenge), "origin": origin, "crossOrigin": False, **more}
    return json.dumps({name: value for name, value in said.items() if value is not None}).encode()


def cose(key: Key) -> bytes:
    """The public key in COSE (RFC 9053)."""
    match key:
        case ec.EllipticCurvePrivateKey():
            point = key.public_key().public_numbers()
            size = (key.curve.key_size + 7) // 8
            curve, alg = {256: (1, -7), 384: (2, -35)}[key.curve.key_size]
            return cbor2.dumps(
                {1: 2, 3: alg, -1: curve, -2: point.x.to_bytes(size), -3: point.y.to_bytes(size)}
            )
        case Ed25519PrivateKey():
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()})
        case rsa.RSAPrivateKey():
            numbers = key.public_key().public_numbers()
            return cbor2.dumps(
                {1: 3, 3: -257, -1: numbers.n.to_bytes(key.key_size // 8), -2: b"\x01\x00\x01"}
            )


def otherwise(key: Key) -> bytes:
    """The same key, as no device should write it: the members in another order."""
    return cbor2.dumps(dict(reversed(cbor2.loads(cose(key)).items())))


@dataclass
class Authenticator:
    """One passkey in one device."""

    site: str = "plenary.example.vn"
    origin: str = "https://plenary.example.vn"
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    flags: int = SYNCED
    count: int = 0
    person: bytes = b""
    is_fixed: bool = False
    spell: Callable[[Key], bytes] = cose

    def data(self, *, flags: int | None = None, site: str | None = None, count: int | None = None) -> bytes:
        """Authenticator data without a key."""
        head = hashlib.sha256((self.site if site is None else site).encode()).digest()
        said = self.flags if flags is None else flags
        return head + bytes([said]) + (self.count if count is None else count).to_bytes(4)

    def sign(self, signed: bytes) -> bytes:
        """As WebAuthn wants it: ECDSA in DER, RSA by PKCS#1."""
        match self.key:
            case ec.EllipticCurvePrivateKey():
                return self.key.sign(signed, ec.ECDSA(SHA256(), deterministic_signing=self.is_fixed))
            case Ed25519PrivateKey():
                return self.key.sign(signed)
            case rsa.RSAPrivateKey():
                return self.key.sign(signed, padding.PKCS1v15(), SHA256())

    def made(
        self, wanted: dict[str, Any], *, fmt: str = "none", said: bytes | None = None, **how: Any
    ) -> dict[str, Any]:
        """A PasskeyMade for what the server wanted."""
        challenge = str(wanted["challenge"]["challenge"]).encode()
        self.person = _unb64(str(wanted["person"]))
        head = self.data(**{"flags": self.flags | AT, **how})
        public = self.spell(self.key)
        attested = bytes(16) + len(self.credential).to_bytes(2) + self.credential + public
        statement: dict[str, Any] = {}
        browser = client_data("webauthn.create", challenge, self.origin) if said is None else said
        if fmt == "packed":
            signed = head + attested + hashlib.sha256(browser).digest()
            statement = {"alg": cbor2.loads(public)[3], "sig": self.sign(signed)}
        attestation = cbor2.dumps({"fmt": fmt, "attStmt": statement, "authData": head + attested})
        return {
            "client_data": b64(browser),
            "attestation": b64(attestation),
            "transports": ["internal", "hybrid"],
            "name": "iPhone của Mai",
        }

    def asserted(
        self,
        challenge: bytes,
        *,
        said: bytes | None = None,
        data: bytes | None = None,
        signature: bytes | None = None,
    ) -> dict[str, Any]:
        """A PasskeyAsserted; what is not given is as it must be, and signed."""
        browser = client_data("webauthn.get", challenge, self.origin) if said is None else said
        device = self.data() if data is None else data
        signed = self.sign(device + hashlib.sha256(browser).digest())
        return {
            "id": b64(self.credential),
            "client_data": b64(browser),
            "authenticator_data": b64(device),
            "signature": b64(signed if signature is None else signature),
            "person": b64(self.person),
        }

    def confirm(self, ballot: str, **how: Any) -> StepUpEvidence:
        """What stands beside a ballot; `how` as `asserted` is told."""
        payload = _unb64(ballot.split(".")[1])
        said = self.asserted(step_up.challenge(payload), **how)
        return StepUpEvidence(
            authenticator_data=said["authenticator_data"],
            client_data=said["client_data"],
            signature=said["signature"],
            public_key=b64(self.spell(self.key)),
        )


def _unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
