"""Vectors of step-up evidence: what a passkey confirmed beside a ballot, and what must not be taken for it."""

import hashlib
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.authenticator import BE, BS, SYNCED, UP, UV, Authenticator, b64, client_data, cose
from tests.support.vectors_signed import payload

_HOST, _ORIGIN = "bieuquyet.example.vn", "https://bieuquyet.example.vn"
_BALLOT = msgspec.json.encode(payload())


def step_ups() -> dict[str, Any]:
    """step-ups.json."""
    return {
        "about": "Evidence that a passkey confirmed a ballot's payload (base64url): challenge = SHA-256('plenary-ballot-v1' "
        "|| 0x00 || payload), WebAuthn Level 3 section 7.2, user verified. `refused` is the code, empty for what is good.",
        "host": _HOST,
        "origins": [_ORIGIN],
        "backup_eligible": True,
        "payload": b64(_BALLOT),
        "cases": [
            {"name": name, "refused": refused, "evidence": _evidence(**how)} for name, refused, how in _CASES
        ],
    }


def _challenge(prefix: bytes = b"plenary-ballot-v1\0", ballot: bytes = _BALLOT) -> bytes:
    return hashlib.sha256(prefix + ballot).digest()


def _said(
    kind: str = "webauthn.get", challenge: bytes | None = None, origin: str = _ORIGIN, **more: Any
) -> bytes:
    return client_data(kind, _challenge() if challenge is None else challenge, origin, **more)


_CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("a passkey that is backed up", "", {}),
    ("one that is not backed up yet, and counts", "", {"flags": UP | UV | BE, "count": 9}),
    ("another ballot", "assertion_challenge_wrong", {"said": _said(challenge=_challenge(ballot=b"{}"))}),
    (
        "a challenge without its prefix",
        "assertion_challenge_wrong",
        {"said": _said(challenge=_challenge(b""))},
    ),
    ("a registration", "assertion_kind_wrong", {"said": _said("webauthn.create")}),
    ("a page of somebody else", "assertion_origin_wrong", {"said": _said(origin="https://evil.example")}),
    (
        "an address that ends in ours",
        "assertion_origin_wrong",
        {"said": _said(origin="https://x.bieuquyet.example.vn")},
    ),
    ("inside somebody else's page", "assertion_embedded", {"said": _said(crossOrigin=True)}),
    ("a top origin, be it ours", "assertion_embedded", {"said": _said(topOrigin=_ORIGIN)}),
    ("a passkey of another site", "assertion_site_wrong", {"site": "example.vn"}),
    ("nobody was there", "assertion_unattended", {"flags": UV | BE}),
    ("nobody was verified", "assertion_unverified", {"flags": UP | BE}),
    ("not eligible any more", "assertion_backup_wrong", {"flags": UP | UV}),
    ("backed up though not eligible", "assertion_backup_wrong", {"flags": UP | UV | BS}),
    ("signed over other bytes", "assertion_unsigned", {"signature": bytes(64)}),
    ("no authenticator data", "assertion_malformed", {"data": b""}),
    ("a name twice", "assertion_malformed", {"said": _said()[:-1] + b', "origin": "https://evil.example"}'}),
]


def _evidence(
    said: bytes | None = None,
    data: bytes | None = None,
    signature: bytes | None = None,
    flags: int = SYNCED,
    count: int = 0,
    site: str = _HOST,
) -> dict[str, str]:
    # Ed25519: the same signature each time the file is made.
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"passkey").digest())
    device = Authenticator(site, _ORIGIN, key, b"passkey", flags, count)
    given = device.asserted(_challenge(), said=said, data=data, signature=signature)
    return {
        "authenticator_data": given["authenticator_data"],
        "client_data": given["client_data"],
        "signature": given["signature"],
        "public_key": b64(cose(key)),
    }
