"""A ledger file read by hand: lines, leaves and roots by RFC 6962 as it is printed, with nothing of the product's."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

Json = dict[str, Any]


@lru_cache(maxsize=512)
def root_of(leaves: tuple[bytes, ...]) -> bytes:
    """The Merkle tree hash of these leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def decoded(text: str) -> bytes:
    """base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(raw: bytes) -> str:
    """The other way round."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def payload_of(compact: str) -> Json:
    """What a compact JWS says; its signature is not looked at."""
    said: Json = json.loads(decoded(compact.split(".")[1]))
    return said


@dataclass(frozen=True)
class Book:
    """A ledger file from line 0."""

    raw: bytes

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines between the head and the checkpoint."""
        return self.raw.splitlines()[1:-1]

    @cached_property
    def said(self) -> list[Json]:
        """What they say."""
        return [json.loads(line) for line in self.lines]

    @cached_property
    def leaves(self) -> tuple[bytes, ...]:
        """Their leaf hashes; of a withheld line the one it tells."""
        return tuple(
            decoded(said["leaf"]) if said["kind"] == "withheld" else hashlib.sha256(b"\0" + line).digest()
            for line, said in zip(self.lines, self.said, strict=True)
        )

    @cached_property
    def checkpoint(self) -> str:
        """The signed checkpoint over all of them."""
        return str(json.loads(self.raw.splitlines()[-1])["checkpoint"])

    def root(self, size: int) -> bytes:
        """The root of the first so many lines."""
        return root_of(self.leaves[:size])

    def places(self, kind: str, poll: str = "") -> list[int]:
        """Where lines of a kind stand, of one poll or of all."""
        return [
            at
            for at, said in enumerate(self.said)
            if said["kind"] == kind and (not poll or said["poll"] == poll)
        ]


def head_of(checkpoint: str) -> tuple[int, bytes]:
    """Size and root that a checkpoint names; its signature is not looked at."""
    _, size, root = checkpoint.split("\n")[:3]
    return int(size), base64.b64decode(root)
