"""Words from one service to another over a stream that others may read: sealed with a key that both have.

AES-256-GCM (NIST SP 800-38D) with a random nonce; what it is about is authenticated with it, so that an envelope of one
matter cannot be put under another.
"""

import os
import stat
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.kit.files import write_once
from services.kit.keys import KeyRefused

KEY_BYTES = 32
_NONCE_BYTES = 12


class EnvelopeBroken(Exception):
    """It was not sealed with this key about this matter."""


class Envelope:
    """Seals and opens with one key."""

    def __init__(self, key: bytes) -> None:
        """`key`: 32 random bytes."""
        self._cipher = AESGCM(key)

    def seal(self, words: bytes, about: str) -> str:
        """The words, readable by whoever has the key."""
        nonce = os.urandom(_NONCE_BYTES)
        return b64encode(nonce + self._cipher.encrypt(nonce, words, about.encode())).decode()

    def open(self, sealed: str, about: str) -> bytes:
        """The words. Raises EnvelopeBroken."""
        try:
            raw = b64decode(sealed, validate=True)
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode())
        except (ValueError, InvalidTag) as error:
            raise EnvelopeBroken from error


def ensure(path: Path) -> Envelope:
    """The envelope of the key in `path`, made there (mode 0600) if there is none. Raises KeyRefused."""
    write_once(path, os.urandom(KEY_BYTES), mode=0o600)
    return load(path)


def load(path: Path) -> Envelope:
    """The envelope of the key in `path`. Raises KeyRefused."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyRefused(f"{path.name} may be read by others; set its mode to 0600")
        key = path.read_bytes()
    except OSError as error:
        raise KeyRefused(f"{path.name} cannot be read") from error
    if len(key) != KEY_BYTES:
        raise KeyRefused(f"{path.name} is not a key of {KEY_BYTES} bytes")
    return Envelope(key)
