"""Signing in: a person proves possession of an enrolled key by signing a challenge of ours.

A challenge is `<expiry>.<nonce>.<mac>`; its code binds it to one certificate, so nothing is stored for strangers who
ask: only challenges that were answered are remembered, so that each opens the door once. A token that is out stays
good until it expires (15 minutes by default), also after its certificate was revoked: other services verify it
without asking. What matters most, ballots and acts on polls, is signed by the key itself and refused at once.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.meeting.errors import AudienceWrong, ChallengeExpired, ChallengeWrong
from services.rules import jws
from services.rules.ballot import CredentialExpired, CredentialRevoked
from services.wire import Admission, CredentialHeld, LoginPayload, Token

TYP = "plenary-login+jws"
CTY = "application/vnd.plenary.login+json"
LIMIT = 4096
CHALLENGE_MS = 120_000
NONCE_BYTES = 32

_payloads = msgspec.json.Decoder(LoginPayload)


@dataclass(frozen=True, slots=True)
class Bearer:
    """An enrolled certificate as signing told of it; `not_after` in milliseconds."""

    thumbprint: str
    body: str
    member: str
    certificate: bytes
    not_after: int
    revoked: bool


def secret_of(key: Ed25519PrivateKey) -> bytes:
    """The secret of challenges, the same in every worker and of no use for anything else."""
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return hashlib.blake2b(key=raw, person=b"plenary chall", digest_size=32).digest()


def challenge(secret: bytes, thumbprint: str, nonce: bytes, now: int) -> tuple[str, int]:
    """A challenge for one certificate, and when it expires (milliseconds)."""
    expires_at = now + CHALLENGE_MS
    said = f"{expires_at}.{jws.b64_encode(nonce).decode()}"
    return f"{said}.{_mac(secret, thumbprint, said)}", expires_at


def _mac(secret: bytes, thumbprint: str, said: str) -> str:
    return jws.b64_encode(hmac.digest(secret, f"{thumbprint}.{said}".encode(), "sha256")).decode()


def must_be_ours(secret: bytes, thumbprint: str, given: str, now: int) -> int:
    """When the challenge expires, if we gave it for this certificate. Raises ChallengeWrong, ChallengeExpired."""
    said, _, mac = given.rpartition(".")
    expiry = said.partition(".")[0]
    if not hmac.compare_digest(mac.encode(), _mac(secret, thumbprint, said).encode()):
        raise ChallengeWrong
    if int(expiry) <= now:
        raise ChallengeExpired
    return int(expiry)


def read(parts: jws.Parts, bearer: Bearer) -> LoginPayload:
    """What the person signed, once the signature was found to be of their key.

    Raises AlgorithmWrong, SignatureWrong, NotWellFormed.
    """
    key = x509.load_der_x509_certificate(bearer.certificate).public_key()
    jws.verify(parts, key)  # type: ignore[arg-type]  # a key of another kind is refused as AlgorithmWrong
    return jws.parse(parts.payload, _payloads)


def must_be_for(payload: LoginPayload, audience: str) -> None:
    """Raise AudienceWrong unless it was signed for our address: another site cannot pass our challenge on."""
    if payload.audience != audience:
        raise AudienceWrong(audience=audience)


def must_be_good(bearer: Bearer, now: int) -> None:
    """Raise unless the certificate may be used now (milliseconds). Raises CredentialRevoked, CredentialExpired."""
    if bearer.revoked:
        raise CredentialRevoked
    valid_from = x509.load_der_x509_certificate(bearer.certificate).not_valid_before_utc
    if not valid_from.timestamp() * 1000 <= now <= bearer.not_after:
        raise CredentialExpired


def admission(token: Token, issue: Callable[[Token], str]) -> Admission:
    """The token, signed, and what it says."""
    return Admission(
        token=issue(token),
        expires_at=token.exp * 1000,
        member=token.sub,
        body=token.body,
        roles=token.roles,
    )


def best(bearers: Iterable[Bearer], now: int) -> list[CredentialHeld]:
    """Of each member the key that opens most: good before expired before revoked, then the one that lasts longest."""
    found: dict[str, CredentialHeld] = {}
    for bearer in bearers:
        state: Literal["good", "expired", "revoked"] = (
            "revoked" if bearer.revoked else "expired" if bearer.not_after <= now else "good"
        )
        one = CredentialHeld(member=bearer.member, state=state, not_after=bearer.not_after)
        if bearer.member not in found or _rank(one) > _rank(found[bearer.member]):
            found[bearer.member] = one
    return list(found.values())


def _rank(held: CredentialHeld) -> tuple[int, int]:
    return ("revoked", "expired", "good").index(held.state), held.not_after
