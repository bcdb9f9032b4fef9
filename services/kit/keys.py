"""Private keys live in files that only their owner may read; never in the environment, a log or a URL."""

import os
import stat
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

K = TypeVar("K", Ed25519PrivateKey, ec.EllipticCurvePrivateKey)


class KeyRefused(Exception):
    """A key file is missing, of the wrong kind, or readable by others."""


def ensure(path: Path, fresh: K) -> K:
    """The key in `path`; if there is none yet, `fresh` is written there first. Raises KeyRefused."""
    if not path.exists():
        write_private(path, fresh)
    return load(path, type(fresh))


def write_private(path: Path, key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
    """Write a new key file with mode 0600, whole or not at all; an existing file is never replaced."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    # link, not rename: whoever came first keeps the name, so two starts at once agree on one key.
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def load(path: Path, kind: type[K]) -> K:
    """The private key in `path`. Raises KeyRefused."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyRefused(f"{path.name} may be read by others; set its mode to 0600")
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyRefused(f"{path.name} cannot be read as a private key") from error
    if not isinstance(key, kind):
        raise KeyRefused(f"{path.name} is a key of another kind")
    return key


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
