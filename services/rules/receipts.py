"""Receipts: the ledger line with one's ballot, and the proof of its place under a signed checkpoint; pure.

A receipt depends on nothing but the tree before its batch, the batch's lines and the checkpoint after it (Ed25519 is
deterministic), so the same receipt can be made again at any time, byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from services.rules import merkle, note
from services.wire import Receipt

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines appended together: the tree before them, the lines, and the tree grown by them."""

    before: merkle.Frontier
    lines: Sequence[bytes]
    growth: merkle.Growth


def append(before: merkle.Frontier, lines: Sequence[bytes]) -> Batch:
    """Grow the tree by these lines."""
    return Batch(before, lines, merkle.grow(before, [merkle.leaf_hash(line) for line in lines]))


def proofs(batch: Batch, checkpoint: str) -> list[str]:
    """The C2SP tlog-proof of each line of a committed batch."""
    paths = batch.growth.proof_lines(note.hash_line)
    return [note.render_proof(index, path, checkpoint) for index, path in enumerate(paths, batch.before.size)]


def issue(batch: Batch, polls: Sequence[str], checkpoint: str) -> list[bytes]:
    """The receipts of a committed batch as JSON, one for each line; `polls` are the ids the lines belong to."""
    return [
        _encoder.encode(Receipt(poll=poll, index=index, entry=line.decode(), proof=proof))
        for index, (line, proof, poll) in enumerate(
            zip(batch.lines, proofs(batch, checkpoint), polls, strict=True), batch.before.size
        )
    ]
