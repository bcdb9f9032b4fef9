"""Private keys live in files that only their owner may read; never in the environment, a log or a URL."""

import stat
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from services.kit.files import write_once

K = TypeVar("K", Ed25519PrivateKey, ec.EllipticCurvePrivateKey)


class KeyRefused(Exception):
    """A key file is missing, of the wrong kind, or readable by others."""


def ensure(path: Path, fresh: K) -> K:
    """The key in `path`; if there is none yet, `fresh` is written there first. Raises KeyRefused."""
    if not path.exists():
        write_private(path, fresh)
    found = _read(path)
    if not isinstance(found, type(fresh)):
        raise KeyRefused(f"{path.name} is a key of another kind")
    return found


def write_private(path: Path, key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
    """Write a new key file with mode 0600, whole or not at all; an existing file is never replaced."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_once(path, pem, mode=0o600)


def load_ed25519(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 private key in `path`. Raises KeyRefused."""
    key = _read(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"{path.name} is a key of another kind")
    return key


def load_ec(path: Path) -> ec.EllipticCurvePrivateKey:
    """The elliptic curve private key in `path`. Raises KeyRefused."""
    key = _read(path)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyRefused(f"{path.name} is a key of another kind")
    return key


def _read(path: Path) -> PrivateKeyTypes:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyRefused(f"{path.name} may be read by others; set its mode to 0600")
        return serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyRefused(f"{path.name} cannot be read as a private key") from error


def load_public(path: Path) -> Ed25519PublicKey:
    """The Ed25519 public key (PEM) in `path`, for a service that only verifies. Raises KeyRefused."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyRefused(f"{path.name} cannot be read as a public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyRefused(f"{path.name} is a key of another kind")
    return key


def write_public(path: Path, key: Ed25519PublicKey) -> None:
    """Write the public half beside its key, for services on other machines."""
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    if not path.exists() or path.read_bytes() != pem:
        path.write_bytes(pem)
