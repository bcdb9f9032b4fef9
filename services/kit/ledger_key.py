"""The ledger's own key: it signs checkpoints, and the one act that no person does, closing at the deadline."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.rules import act as acts
from services.rules import note
from services.rules.merkle import Frontier
from services.wire import ActPayload


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """One Ed25519 key for all ledgers of an installation; each ledger has a name (C2SP origin) of its own.

    `kind` tells the ledgers of one meeting apart: "" for that of the votes, "/floor" for that of the floor.
    """

    key: Ed25519PrivateKey
    prefix: str
    kind: str = ""

    def origin(self, meeting: str) -> str:
        """The name of a meeting's ledger."""
        return f"{self.prefix}/{meeting}{self.kind}"

    def text(self, meeting: str) -> str:
        """The ledger's public key as C2SP text."""
        return note.log_key(self.origin(meeting), self.key.public_key())

    def checkpoint(self, meeting: str, tree: Frontier) -> str:
        """A signed checkpoint over a tree that is, or was, this ledger's; the same tree, the same bytes."""
        return note.sign_checkpoint(self.origin(meeting), tree.size, tree.root(), self.key)

    def act(self, payload: ActPayload, now: int) -> str:
        """An act of the ledger itself (`now` in milliseconds)."""
        return acts.sign_by_server(payload, self.key, self.text(payload.meeting), now // 1000)
