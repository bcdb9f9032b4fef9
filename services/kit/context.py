"""What a service is given when it is composed."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.kit.clock import Clock
from services.kit.settings import Settings
from services.kit.stream import Redis


@dataclass(frozen=True, slots=True)
class Context:
    """Settings, the streams, where the keys are, the key that checks tokens, the clock, and our name among workers."""

    settings: Settings
    redis: Redis
    keys: Path
    token_key: Ed25519PublicKey
    clock: Clock
    worker: str
