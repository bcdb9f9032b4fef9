"""A run of a ledger taken out of it, believed only when it makes up the tree that the checkpoint signs."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec
from msgspec import UnsetType

from services.refusal import Refused
from services.rules import jws, merkle, note
from services.rules.proof_errors import ExtractWrong, LedgerFileNeeded, RootWrong
from services.wire import UNREADABLE, BallotCast, Extract, LedgerEntry, Withheld

_lines: msgspec.json.Decoder[LedgerEntry | Withheld] = msgspec.json.Decoder(LedgerEntry | Withheld)
_encoder = msgspec.json.Encoder()


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A line in its place: its index in the whole ledger, its bytes, and what it says."""

    index: int
    line: bytes
    entry: LedgerEntry


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a ledger that its checkpoint covers. `lines` leaves out what was withheld; `count` counts all. Of one
    that was read as a stream nobody holds the lines: there are none."""

    first: int
    count: int
    lines: tuple[Placed, ...]
    checkpoint: note.Checkpoint


def open_extract(extract: Extract) -> Run:
    """The lines of an extract, proven to be the ledger's. Raises ExtractWrong, CheckpointWrong, RootWrong;
    LedgerFileNeeded if they stand in a file of their own."""
    leaves: list[bytes] = []
    lines = (_encoded(index, text) for index, text in enumerate(extract.lines, start=extract.start))
    placed = tuple(placed_in(extract.start, lines, leaves.append))
    checkpoint = must_be_signed(extract, leaves)
    return Run(extract.start, len(leaves), placed, checkpoint)


def placed_in(start: int, lines: Iterable[bytes], take: Callable[[bytes], object]) -> Iterator[Placed]:
    """Each line that is not withheld, in its place, as lines come; `take` is given the leaf hash of each that comes.
    Raises ExtractWrong."""
    latest = 0
    for index, line in enumerate(lines, start=start):
        entry = _read(index, line)
        if isinstance(entry, Withheld):
            take(_leaf(index, entry))
            continue
        if entry.at < latest:
            raise ExtractWrong(index=index, what="time goes backwards")
        latest = entry.at
        take(merkle.leaf_hash(line))
        yield Placed(index, line, entry)


def ballot_in(index: int, line: bytes, poll: str) -> Placed | None:
    """The ballot of this poll that a line holds which was read before; None if it holds something else. Raises
    ExtractWrong."""
    entry = _decoded(index, line)
    return Placed(index, line, entry) if isinstance(entry, BallotCast) and entry.poll == poll else None


def _encoded(index: int, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ExtractWrong(index=index, what="no entry of a ledger") from error


def _decoded(index: int, line: bytes) -> LedgerEntry | Withheld:
    try:
        return _lines.decode(line)
    except UNREADABLE as error:
        raise ExtractWrong(index=index, what="no entry of a ledger") from error


def _read(index: int, line: bytes) -> LedgerEntry | Withheld:
    entry = _decoded(index, line)
    # One way to write an entry: a second one could read differently in another program. A ballot's members are
    # two plain words and a compact JWS, so the short way to the same answer for the many.
    if _encoder.encode(entry) != line:
        raise ExtractWrong(index=index, what="not written as a ledger writes it")
    if isinstance(entry, BallotCast) and not entry.jws.isascii():
        raise ExtractWrong(index=index, what="a ballot that is no compact JWS")
    return entry


def _leaf(index: int, entry: Withheld) -> bytes:
    try:
        return jws.b64_decode(entry.leaf.encode())
    except Refused as error:
        raise ExtractWrong(index=index, what="leaf hash") from error


def must_be_signed(extract: Extract, leaves: list[bytes]) -> note.Checkpoint:
    """The checkpoint, which signs exactly the tree of these leaves. Raises CheckpointWrong, RootWrong; LedgerFileNeeded
    if the lines stand in a file of their own."""
    if not isinstance(extract.file, UnsetType):
        raise LedgerFileNeeded(lines=extract.file.lines, sha256=extract.file.sha256)
    checkpoint = checkpoint_of(extract, len(leaves))
    must_sign(checkpoint, frontier_of(extract, leaves))
    return checkpoint


def checkpoint_of(extract: Extract, count: int) -> note.Checkpoint:
    """The checkpoint after so many lines. Raises CheckpointWrong, RootWrong."""
    checkpoint = note.open_checkpoint(extract.checkpoint, extract.log_key)
    if checkpoint.origin != extract.origin:
        raise RootWrong(what="origin")
    if checkpoint.size != extract.start + count:
        raise RootWrong(what="number of lines")
    return checkpoint


def frontier_of(extract: Extract, leaves: list[bytes]) -> merkle.Frontier:
    """The tree where the extract begins, and these leaves. Raises RootWrong."""
    try:
        peaks = tuple(jws.b64_decode(peak.encode()) for peak in extract.frontier)
        return merkle.Frontier(extract.start, peaks).append(leaves)
    except Refused as error:
        raise RootWrong(what="frontier") from error


def must_sign(checkpoint: note.Checkpoint, tree: merkle.Frontier) -> None:
    """Raise RootWrong unless the checkpoint is of exactly this tree."""
    if tree.root() != checkpoint.root:
        raise RootWrong(what="root hash")
