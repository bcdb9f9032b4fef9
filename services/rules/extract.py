"""A run of a ledger taken out of it, believed only when it makes up the tree that the checkpoint signs."""

from dataclasses import dataclass

import msgspec

from services.refusal import Refused
from services.rules import jws, merkle, note
from services.rules.proof_errors import ExtractWrong, RootWrong
from services.wire import BallotCast, Extract, LedgerEntry, Withheld

_lines: msgspec.json.Decoder[LedgerEntry | Withheld] = msgspec.json.Decoder(LedgerEntry | Withheld)
_encoder = msgspec.json.Encoder()


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A line in its place: its index in the whole ledger, its bytes, and what it says."""

    index: int
    line: bytes
    entry: LedgerEntry


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a ledger that its checkpoint covers. `lines` leaves out what was withheld; `count` counts all."""

    first: int
    count: int
    lines: tuple[Placed, ...]
    checkpoint: note.Checkpoint


def open_extract(extract: Extract) -> Run:
    """The lines of an extract, proven to be the ledger's. Raises ExtractWrong, CheckpointWrong, RootWrong."""
    leaves: list[bytes] = []
    lines: list[Placed] = []
    latest = 0
    for index, text in enumerate(extract.lines, start=extract.start):
        line, entry = _read(index, text)
        if isinstance(entry, Withheld):
            leaves.append(_leaf(index, entry))
            continue
        if entry.at < latest:
            raise ExtractWrong(index=index, what="time goes backwards")
        latest = entry.at
        leaves.append(merkle.leaf_hash(line))
        lines.append(Placed(index, line, entry))
    checkpoint = must_be_signed(extract, leaves)
    return Run(extract.start, len(leaves), tuple(lines), checkpoint)


def _read(index: int, text: str) -> tuple[bytes, LedgerEntry | Withheld]:
    try:
        line = text.encode()
        entry = _lines.decode(line)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ExtractWrong(index=index, what="no entry of a ledger") from error
    # One way to write an entry: a second one could read differently in another program. A ballot's members are
    # two plain words and a compact JWS, so the short way to the same answer for the many.
    if _encoder.encode(entry) != line:
        raise ExtractWrong(index=index, what="not written as a ledger writes it")
    if isinstance(entry, BallotCast) and not entry.jws.isascii():
        raise ExtractWrong(index=index, what="a ballot that is no compact JWS")
    return line, entry


def _leaf(index: int, entry: Withheld) -> bytes:
    try:
        return jws.b64_decode(entry.leaf.encode())
    except Refused as error:
        raise ExtractWrong(index=index, what="leaf hash") from error


def must_be_signed(extract: Extract, leaves: list[bytes]) -> note.Checkpoint:
    """The checkpoint, which signs exactly the tree of these leaves. Raises CheckpointWrong, RootWrong."""
    checkpoint = note.open_checkpoint(extract.checkpoint, extract.log_key)
    if checkpoint.origin != extract.origin:
        raise RootWrong(what="origin")
    if checkpoint.size != extract.start + len(leaves):
        raise RootWrong(what="number of lines")
    try:
        peaks = tuple(jws.b64_decode(peak.encode()) for peak in extract.frontier)
        tree = merkle.Frontier(extract.start, peaks).append(leaves)
    except Refused as error:
        raise RootWrong(what="frontier") from error
    if tree.root() != checkpoint.root:
        raise RootWrong(what="root hash")
    return checkpoint
