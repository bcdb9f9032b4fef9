"""The press: one manuscript in, exactly one paper about its matter out, whatever is killed in between."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog

from services.kit import metrics
from services.kit.clock import Clock
from services.signing import printing
from services.signing.manuscript import Manuscript
from services.signing.printing import Printed, Spoiled

log = structlog.get_logger(__name__)

T = TypeVar("T")
LONGEST_PAUSE_MS = 600_000


class ManuscriptNotProven(Exception):
    """What came does not hold; no paper is made of it. The message has the code of the check."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The statement kept about a matter, whoever stored it first; `done` once its files are kept too."""

    id: str
    statement: bytes
    done: bool


class Shelf(Protocol):
    """What the press needs of the store. Each method is one transaction, durable when it returns."""

    async def reserve(
        self, manuscript: Manuscript, identifier: str, issued_at: int, statement: bytes
    ) -> Stored:
        """Keep the statement unless there is one about this; whichever is kept is returned. Repeats change nothing."""

    async def keep(
        self, stored: Stored, printed: Printed, manuscript: Manuscript, verified: Awaitable[None]
    ) -> bool:
        """Keep the files and tell of it, all or nothing; False, and no change, if they were kept before.

        Commits only once `verified` is there, and nothing if that raises.
        """


class Shop(Protocol):
    """Where the heavy work is done."""

    async def run(self, do: Callable[..., T], *arguments: object) -> T:
        """The result of a function of `printing`."""


class Press:
    """Issues papers of manuscripts as they come; the same manuscript again changes nothing."""

    def __init__(
        self,
        shelf: Shelf,
        shop: Shop,
        clock: Clock,
        fresh_id: Callable[[str], str],
        ring: Callable[[str], None],
    ) -> None:
        """`fresh_id` makes an id of a prefix; `ring` wakes the publisher for a meeting."""
        self._shelf = shelf
        self._shop = shop
        self._clock = clock
        self._fresh_id = fresh_id
        self._ring = ring
        self._refused: dict[tuple[str, str, int], tuple[int, int]] = {}

    async def issue(self, manuscript: Manuscript) -> None:
        """One paper. Raises ManuscriptNotProven. Whoever calls acknowledges the message once this returns."""
        started = time.perf_counter()
        self._must_not_pause(manuscript)
        # 1. Prove it: what does not hold must not even take the place of what does.
        issued_at, fresh = self._clock(), self._fresh_id(manuscript.prefix)
        statement = manuscript.state(fresh, issued_at)
        self._must_be_good(manuscript, await self._shop.run(printing.prove, statement))
        # 2. Store what will be signed. A crash before: nothing happened, the message is heard again.
        stored = await self._shelf.reserve(manuscript, fresh, issued_at, statement)
        # A crash after: the paper has its id and text for ever; the next to hear the message goes on here.
        if stored.done:
            return
        # 3. Sign, typeset, seal. Nothing of it is durable: a crash only loses the work.
        printed = self._must_be_good(manuscript, await self._shop.run(printing.print_out, stored.statement))
        # 4. Verify what came out, and write it down meanwhile: the files, and what is told of them, in one transaction
        #    that commits when they are found good. Whoever else got here first has won.
        if await self._keep(stored, printed, manuscript):
            # A crash from here on: the paper exists and is told of; the publisher sweeps without being rung.
            seconds = time.perf_counter() - started
            metrics.papers.labels(manuscript.paper).inc()
            metrics.paper_seconds.labels(manuscript.paper).observe(seconds)
            self._ring(manuscript.meeting)
            log.info("paper.issued", id=stored.id, seconds=round(seconds, 3), **_said(manuscript))
        # 5. Returning acknowledges the message. A crash before that: it is heard again and found done.

    async def _keep(self, stored: Stored, printed: Printed, manuscript: Manuscript) -> bool:
        verified = asyncio.create_task(self._verify(printed, manuscript))
        try:
            return await self._shelf.keep(stored, printed, manuscript, verified)
        finally:
            # Somebody else has kept it, or it cannot be kept: nobody asks any more.
            verified.cancel()
            await asyncio.gather(verified, return_exceptions=True)

    async def _verify(self, printed: Printed, manuscript: Manuscript) -> None:
        self._must_be_good(manuscript, await self._shop.run(printing.verify, printed.sha256))

    def _must_be_good(self, manuscript: Manuscript, outcome: T | Spoiled) -> T:
        matter = _matter(manuscript)
        if isinstance(outcome, Spoiled):
            log.error("paper.refused", code=outcome.code, text=outcome.text, **_said(manuscript))
            _, pause = self._refused.get(matter, (0, 1_000))
            self._refused[matter] = self._clock() + pause, min(2 * pause, LONGEST_PAUSE_MS)
            raise ManuscriptNotProven(outcome.code)
        self._refused.pop(matter, None)
        return outcome

    def _must_not_pause(self, manuscript: Manuscript) -> None:
        """What does not hold stays on the stream (the trust anchor may be what is wrong), but costs little."""
        until, _ = self._refused.get(_matter(manuscript), (0, 0))
        if self._clock() < until:
            raise ManuscriptNotProven("waiting before the next try")


def _matter(manuscript: Manuscript) -> tuple[str, str, int]:
    return manuscript.paper, manuscript.about, manuscript.line


def _said(manuscript: Manuscript) -> dict[str, str | int]:
    """What the log says of it."""
    paper, about, line = _matter(manuscript)
    return {"paper": paper, "about": about, "line": line, "request": manuscript.request}
