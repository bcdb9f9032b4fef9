"""Invites: a code to be read aloud, of which only the hash is kept, good once and for a while. Pure."""

import hashlib
import secrets
from dataclasses import dataclass

from services.signing.errors import InviteCancelled, InviteExpired, InviteUnknown, InviteUsed

# Crockford's base32: no I, L, O, U, so nothing is misread; 28 of them are 140 bits, which nobody guesses.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 7, 4
_MISREAD = str.maketrans("OIL", "011", " -\t\r\n")


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invite as it is kept; times in milliseconds, None for what did not happen."""

    body: str
    member: str
    expires_at: int
    cancelled_at: int | None
    used_at: int | None
    request: bytes | None
    thumbprint: str | None


def fresh_code() -> str:
    """A new code, in groups."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def fingerprint(code: str) -> bytes:
    """What is kept of a code as somebody typed it: its SHA-256. Raises InviteUnknown for what is no code.

    Looking a hash up tells by its time nothing about the code.
    """
    plain = code.upper().translate(_MISREAD)
    if len(plain) != _GROUPS * _GROUP or not set(plain) <= set(_ALPHABET):
        raise InviteUnknown
    return hashlib.sha256(plain.encode()).digest()


def must_be_usable(invitation: Invitation, now: int) -> None:
    """Raise unless the invite may be used now. Raises InviteUsed, InviteCancelled, InviteExpired."""
    if invitation.used_at is not None:
        raise InviteUsed
    if invitation.cancelled_at is not None:
        raise InviteCancelled
    if now >= invitation.expires_at:
        raise InviteExpired
