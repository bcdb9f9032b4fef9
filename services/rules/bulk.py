"""Long lists, and the hands that share them: what comes out is as if one had done it all, in order.

The first refusal in order of place is the one raised, however many worked and whoever was first.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

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
# So many at a time, at most: all cores end at about the same time.
CHUNK = 250

# Fewer are done by the time that a thread has begun.
WORTH_A_THREAD = 16

T = TypeVar("T")
U = TypeVar("U")


class Hands(Protocol):
    """Who works through a long list. `do` is given some of it at a time, and may be called in several places at once;
    `kind` is what it makes, a type that msgspec can carry."""

    def think(self, many: Sequence[T], do: Callable[[Sequence[T]], list[U]], kind: type[U]) -> list[U]:
        """Work that is Python's own: threads would only wait for each other."""

    def verify(self, many: Sequence[T], do: Callable[[Sequence[T]], list[U]], kind: type[U]) -> list[U]:
        """Work that is mostly verifying signatures: `cryptography` lets other threads run meanwhile."""


class Threads:
    """The hands of one process."""

    def think(self, many: Sequence[T], do: Callable[[Sequence[T]], list[U]], kind: type[U]) -> list[U]:
        """One after the other."""
        return do(many)

    def verify(self, many: Sequence[T], do: Callable[[Sequence[T]], list[U]], kind: type[U]) -> list[U]:
        """On a thread for each core."""
        hands = cores()
        chunk = min(CHUNK, -(-len(many) // hands))
        if hands < 2 or chunk < WORTH_A_THREAD:
            return do(many)
        chunks = [many[start : start + chunk] for start in range(0, len(many), chunk)]
        with ThreadPoolExecutor(hands, thread_name_prefix="proof") as pool:
            return [result for results in pool.map(do, chunks) for result in results]


THREADS = Threads()


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def read_ballots(hands: Hands, lines: Sequence[Placed], asked: Question, holders: Holders) -> list[Cast]:
    """Every ballot line, its signature verified and its words compared with the question. Raises BallotWrong."""
    return hands.verify(lines, lambda some: [_read(placed, asked, holders) for placed in some], Cast)


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
