"""New identifiers: sortable by time, unguessable in the rest."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """A fresh id: prefix, 10 characters of time (ULID order, milliseconds), 16 of randomness (80 bits)."""
    return prefix + _base32(time.time_ns() // 1_000_000, 10) + _base32(secrets.randbits(80), 16)


def _base32(number: int, length: int) -> str:
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(length)))
