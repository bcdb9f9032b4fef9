"""The press: one manuscript in, exactly one paper about its matter out, whatever is killed in between."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog

from services.kit import memory, metrics, token_keys
from services.kit.clock import Clock
from services.signing import printing, proving
from services.signing.manuscript import Manuscript, Matter
from services.signing.printing import Printed
from services.signing.proving import Spoiled

log = structlog.get_logger(__name__)

T = TypeVar("T")
LONGEST_PAUSE_MS = 600_000


class ManuscriptNotProven(Exception):
    """What came does not hold; no paper is made of it. The message has the code of the check."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The statement kept about a matter, whoever stored it first: under which id, and the SHA-256 of its bytes; `done`
    once its files are kept too."""

    id: str
    sha256: str
    done: bool


class Shelf(Protocol):
    """What the press needs of the store. Each method is one transaction, durable when it returns."""

    async def reserve(
        self,
        manuscript: Manuscript,
        identifier: str,
        issued_at: int,
        statement: bytes,
        proven: Awaitable[None],
    ) -> Stored:
        """Keep the statement unless there is one about this; whichever is kept is returned. Repeats change nothing.

        Commits only once `proven` is there, and nothing if that raises.
        """

    async def statement(self, stored: Stored) -> bytes:
        """The bytes of a statement that is kept."""

    async def is_done(self, matter: Matter) -> bool:
        """Whether there is a paper about this, its files kept."""

    async def keep(
        self, stored: Stored, printed: Printed, manuscript: Manuscript, verified: Awaitable[None]
    ) -> bool:
        """Keep the files and tell of it, all or nothing; False, and no change, if they were kept before.

        Commits only once `verified` is there, and nothing if that raises.
        """


class Turns(Protocol):
    """One after the other, of all presses on a machine."""

    def taken(self) -> AbstractAsyncContextManager[None]:
        """A turn, held as long as the block lasts. May raise instead of waiting."""


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
        great: Turns,
    ) -> None:
        """`fresh_id` makes an id of a prefix; `ring` wakes the publisher for a meeting; `great`: who prints a paper of
        which the machine has not the memory for two."""
        self._shelf = shelf
        self._shop = shop
        self._clock = clock
        self._fresh_id = fresh_id
        self._ring = ring
        self._great = great
        self._refused: dict[Matter, tuple[int, int]] = {}
        self._bench = asyncio.Lock()

    async def issue(self, manuscript: Manuscript) -> None:
        """One paper. Raises ManuscriptNotProven. Whoever calls acknowledges the message once this returns."""
        started = time.perf_counter()
        self._must_not_pause(manuscript.matter)
        # The shop has one bench, and nobody shall hold a transaction while waiting for it.
        async with self._bench:
            await self._issue(manuscript, started)

    async def issue_in_turn(
        self, matter: Matter, composed: Callable[[], AbstractAsyncContextManager[Manuscript]]
    ) -> None:
        """One great paper about this, of which the machine has the memory for one at a time: it is composed once its
        turn has come, and kept together as long as the block lasts. Raises ManuscriptNotProven, and what `great` raises
        while another has the turn: nobody stands still for as long as a great paper takes."""
        started = time.perf_counter()
        self._must_not_pause(matter)
        async with self._great.taken():
            # Another may have taken it up meanwhile, and be done.
            if await self._shelf.is_done(matter):
                return
            async with composed() as manuscript:
                # What came and was taken apart is free by now.
                await asyncio.to_thread(memory.give_back)
                # Nobody shall hold the bench while waiting for another press, which may be frozen: small papers go on.
                async with self._bench:
                    await self._issue(manuscript, started)
        memory.give_back_later()

    async def _issue(self, manuscript: Manuscript, started: float) -> None:
        # 1. Prove it, and write down meanwhile what will be signed; the transaction commits when it is proven: what
        #    does not hold must not even take the place of what does.
        issued_at, fresh = self._clock(), self._fresh_id(manuscript.prefix)
        statement = manuscript.state(fresh, issued_at)
        async with self._checking(manuscript, proving.prove, statement, manuscript.ledger) as proven:
            stored = await self._shelf.reserve(manuscript, fresh, issued_at, statement, proven)
        # It lies in the shop; a great one is not held here, too, for as long as it is printed.
        del statement
        # 2. A crash before: nothing happened, the message is heard again. After: the paper has its id and text for
        #    ever; the next to hear the message goes on here.
        if stored.done:
            self._refused.pop(manuscript.matter, None)
            return
        # 3. Sign, typeset, seal. Nothing of it is durable: a crash only loses the work.
        outcome = await self._print(stored, manuscript)
        token_keys.hear(outcome.code if isinstance(outcome, Spoiled) else "")
        printed = self._must_be_good(manuscript, outcome)
        # 4. Verify what came out, and write it down meanwhile: the files, and what is told of them, in one transaction
        #    that commits when they are found good. Whoever else got here first has won.
        async with self._checking(manuscript, printing.verify, printed.sha256) as verified:
            kept = await self._shelf.keep(stored, printed, manuscript, verified)
        if kept:
            # A crash from here on: the paper exists and is told of; the publisher sweeps without being rung.
            self._refused.pop(manuscript.matter, None)
            seconds = time.perf_counter() - started
            metrics.papers.labels(manuscript.paper).inc()
            metrics.paper_seconds.labels(manuscript.paper).observe(seconds)
            self._ring(manuscript.meeting)
            log.info("paper.issued", id=stored.id, seconds=round(seconds, 3), **_said(manuscript))
        # 5. Returning acknowledges the message. A crash before that: it is heard again and found done.

    async def _print(self, stored: Stored, manuscript: Manuscript) -> Printed | Spoiled:
        try:
            return await self._shop.run(printing.print_proven, stored.sha256, manuscript.ledger)
        except KeyError:
            # Another's was stored first, or the shop's process has been replaced.
            statement = await self._shelf.statement(stored)
            return await self._shop.run(printing.print_out, statement, manuscript.ledger)

    @asynccontextmanager
    async def _checking(
        self, manuscript: Manuscript, check: Callable[..., Spoiled | None], *what: object
    ) -> AsyncIterator[Awaitable[None]]:
        """A check under way in the shop, to be awaited. It raises ManuscriptNotProven."""

        async def outcome() -> None:
            self._must_be_good(manuscript, await self._shop.run(check, *what))

        checked = asyncio.create_task(outcome())
        try:
            yield checked
        finally:
            # Somebody else was first, or the store is away: nobody asks any more.
            checked.cancel()
            await asyncio.gather(checked, return_exceptions=True)

    def _must_be_good(self, manuscript: Manuscript, outcome: T | Spoiled) -> T:
        matter = manuscript.matter
        if isinstance(outcome, Spoiled):
            log.error("paper.refused", refused=outcome.code, text=outcome.text, **_said(manuscript))
            _, pause = self._refused.get(matter, (0, 1_000))
            self._refused[matter] = self._clock() + pause, min(2 * pause, LONGEST_PAUSE_MS)
            raise ManuscriptNotProven(outcome.code)
        return outcome

    def _must_not_pause(self, matter: Matter) -> None:
        """What does not hold stays on the stream (the trust anchor may be what is wrong), but costs little."""
        until, longest = self._refused.get(matter, (0, 0))
        # Nor longer after a clock that was set back: that may be what was wrong.
        if 0 < until - self._clock() <= longest:
            raise ManuscriptNotProven("waiting before the next try")


def _said(manuscript: Manuscript) -> dict[str, str | int]:
    """What the log says of it."""
    paper, about, line = manuscript.matter
    return {"paper": paper, "about": about, "line": line, "request": manuscript.request}
