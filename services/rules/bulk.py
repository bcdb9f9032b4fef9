"""Many signatures at once: `cryptography` lets other threads run while it verifies, so threads use every core."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from services.refusal import Refused
from services.rules import ballot, jws
from services.rules.ballot import Holder, Question
from services.rules.extract import Placed
from services.rules.proof_errors import BallotWrong
from services.rules.signed_acts import Holders, holder_of
from services.rules.tally import Cast
from services.wire import BallotCast

# A ballot box may be set to take longer ballots; no ledger line holds more than the wire allows.
LONGEST_BALLOT = 65_536
# Long enough that handing out work costs nothing, short enough that all cores end together.
CHUNK = 250

T = TypeVar("T")
U = TypeVar("U")


@contextmanager
def threads() -> Iterator[ThreadPoolExecutor]:
    """As many threads as there are cores for us."""
    with ThreadPoolExecutor(max(1, os.cpu_count() or 1), thread_name_prefix="proof") as pool:
        yield pool


def in_chunks(pool: ThreadPoolExecutor, many: Sequence[T], do: Callable[[Sequence[T]], list[U]]) -> list[U]:
    """`do` over all, in chunks on all threads; the first refusal in order of place is the one raised."""
    chunks = [many[start : start + CHUNK] for start in range(0, len(many), CHUNK)]
    return [result for results in pool.map(do, chunks) for result in results]


def read_ballots(
    pool: ThreadPoolExecutor, lines: Sequence[Placed], asked: Question, holders: Holders
) -> list[Cast]:
    """Every ballot line, its signature verified and its words compared with the question. Raises BallotWrong."""
    return in_chunks(pool, lines, lambda some: [_read(placed, asked, holders) for placed in some])


def _read(placed: Placed, asked: Question, holders: Holders) -> Cast:
    entry = placed.entry
    if not isinstance(entry, BallotCast):
        raise BallotWrong(index=placed.index, what="not a ballot")
    raw = entry.jws.encode()

    def holder(thumbprint: str) -> Holder:
        return holder_of(holders, thumbprint, entry.at)

    try:
        genuine = ballot.read(raw, asked, holder, LONGEST_BALLOT)
    except Refused as error:
        raise BallotWrong(index=placed.index, what=error.code) from error
    return Cast(genuine.payload, jws.digest(raw))
