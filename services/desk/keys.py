"""The keys of an installation: what is missing in `<data>/keys` is made (the list is in docs/map.md)."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit import clock, envelope, keys
from services.kit.settings import Settings
from services.signing import authority
from services.signing.countersigned import time_authority


def ensure(settings: Settings) -> Path:
    """Make the keys and certificates that are missing; the directory. Raises KeyRefused, AuthorityRefused,
    TimeAuthorityRefused.

    Safe to repeat and to run twice at once: a file that exists is never replaced.
    """
    directory = settings.data / "keys"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    token = keys.ensure(directory / "token.key", Ed25519PrivateKey.generate())
    keys.write_public(directory / "token.pub", token.public_key())
    keys.ensure(directory / "ledger.key", Ed25519PrivateKey.generate())
    keys.ensure(directory / "webhook.key", Ed25519PrivateKey.generate())
    envelope.ensure(directory / "envelope.key")
    authority.ensure(directory, settings.address, clock.now())
    time_authority.ensure(settings, directory, clock.now())
    return directory
