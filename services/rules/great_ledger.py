"""The ledger of a great poll: a file beside the certificate that names it, read as a stream, as often as it must be.

However long the file is, a page of it is held. Whoever reads gives a function that begins a fresh reading: the file's
lines, each with its newline; every reading is compared with the hash, so that each was of the same bytes.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice, zip_longest

from msgspec import UnsetType

from services.rules import jws, ledger_file, merkle
from services.rules.extract import Placed, Run, ballot_in, checkpoint_of, frontier_of, must_sign, placed_in
from services.rules.fold import History, follow
from services.rules.proof_errors import LedgerFileWrong, OrderWrong
from services.wire import Extract, LedgerFile

Reading = Callable[[], Iterable[bytes]]
# So many ballots are in hand at a time: worth the while of many hands, and some 30 MB.
PAGE = 8_000


@dataclass(slots=True)
class _Tree:
    """The tree as its leaves come."""

    frontier: merkle.Frontier
    leaves: list[bytes] = field(default_factory=list)

    def take(self, leaf: bytes) -> None:
        self.leaves.append(leaf)
        if len(self.leaves) == PAGE:
            self.grown()

    def grown(self) -> merkle.Frontier:
        self.frontier, self.leaves = self.frontier.append(self.leaves), []
        return self.frontier


def name(extract: Extract, reading: Iterable[bytes], lines: int) -> LedgerFile:
    """How a certificate names the file of an extract, whose lines these are, each with its newline; there must be so
    many. Raises LedgerFileWrong."""
    hashed = sha256(ledger_file.head_of(extract))
    count = 0
    for line in reading:
        hashed.update(line)
        count += 1
    if count != lines:
        raise LedgerFileWrong(what="number of lines")
    hashed.update(ledger_file.foot_of(extract))
    return LedgerFile(lines=lines, sha256=jws.b64_encode(hashed.digest()).decode())


def must_be_of(extract: Extract, reading: Reading) -> None:
    """Raise LedgerFileWrong unless the file is that of an extract which holds its lines itself."""
    whole = ledger_file.render(extract).splitlines(keepends=True)
    if any(one != other for one, other in zip_longest(whole, reading())):
        raise LedgerFileWrong(what="another than the certificate holds")


def open_file(extract: Extract, reading: Reading, poll: str) -> tuple[Run, History]:
    """The run that the file holds, proven to be the ledger's, and what its lines say of a poll.

    Raises LedgerFileWrong, ExtractWrong, CheckpointWrong, RootWrong, OrderWrong.
    """
    # 1. It is the very file that the certificate names.
    deque(_lines(extract, reading), maxlen=0)
    # 2. Its lines make up the tree that the checkpoint signs. What they say of the poll is asked on the way; what is
    #    wrong with that is told after what is wrong with the ledger.
    named = _named(extract)
    checkpoint = checkpoint_of(extract, named.lines)
    tree = _Tree(frontier_of(extract, []))
    placed = placed_in(extract.start, _lines(extract, reading), tree.take)
    history: History | None = None
    refused: OrderWrong | None = None
    try:
        history = follow(placed, poll, hold=False)
    except OrderWrong as error:
        refused = error
    deque(placed, maxlen=0)
    must_sign(checkpoint, tree.grown())
    if history is None:
        raise refused or LookupError("no history and no refusal")
    return Run(extract.start, named.lines, (), checkpoint), history


def ballots_in(extract: Extract, reading: Reading, poll: str) -> Iterator[Sequence[Placed]]:
    """The ballots of a poll, a page at a time, from a file that was opened before. Raises LedgerFileWrong."""
    found = (
        ballot_in(index, line, poll)
        for index, line in enumerate(_lines(extract, reading), start=extract.start)
    )
    ballots = (placed for placed in found if placed is not None)
    while page := list(islice(ballots, PAGE)):
        yield page


def _lines(extract: Extract, reading: Reading) -> Iterator[bytes]:
    """The lines of the ledger, without their newlines. Exhausted, the file was the one that is named."""
    named, hashed = _named(extract), sha256()
    for place, line in enumerate(reading(), start=-1):
        hashed.update(line)
        if place < 0 and line != ledger_file.head_of(extract):
            raise LedgerFileWrong(what="its first line")
        if place > named.lines:
            break
        if 0 <= place < named.lines:
            yield line.removesuffix(b"\n")
    if jws.b64_encode(hashed.digest()).decode() != named.sha256:
        raise LedgerFileWrong(what="SHA-256")


def _named(extract: Extract) -> LedgerFile:
    if isinstance(extract.file, UnsetType):
        raise LedgerFileWrong(what="the certificate names none")
    if extract.lines:
        raise LedgerFileWrong(what="lines in the certificate, too")
    return extract.file
