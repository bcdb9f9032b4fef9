"""The press: one declared result in, exactly one certificate out, whatever is killed in between."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec
import structlog

from services.kit import metrics
from services.kit.clock import Clock
from services.signing import certificate, printing
from services.signing.printing import Printed, Spoiled
from services.wire import CertificateIssued, Result

log = structlog.get_logger(__name__)

T = TypeVar("T")
LONGEST_PAUSE_MS = 600_000
_results = msgspec.json.Decoder(Result)


class ResultNotProven(Exception):
    """A result came that does not hold; no certificate is made of it. The message has the code of the check."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The statement kept for a poll, whoever stored it first; `done` once its files are kept too."""

    id: str
    statement: bytes
    done: bool


class Shelf(Protocol):
    """What the press needs of the store. Each method is one transaction, durable when it returns."""

    async def reserve(self, result: Result, certificate_id: str, issued_at: int, statement: bytes) -> Stored:
        """Keep the statement unless the poll has one; whichever is kept is returned. Repeats change nothing."""

    async def keep(self, stored: Stored, printed: Printed, build: Callable[[int], CertificateIssued]) -> bool:
        """Keep the files and tell of it, all or nothing; False, and no change, if they were kept before."""


class Shop(Protocol):
    """Where the heavy work is done."""

    async def run(self, do: Callable[..., T], *arguments: object) -> T:
        """The result of a function of `printing`."""


class Press:
    """Issues certificates for results as they come; the same result again changes nothing."""

    def __init__(
        self,
        shelf: Shelf,
        shop: Shop,
        clock: Clock,
        fresh_id: Callable[[], str],
        ring: Callable[[str], None],
    ) -> None:
        """`ring` wakes the publisher for a meeting."""
        self._shelf = shelf
        self._shop = shop
        self._clock = clock
        self._fresh_id = fresh_id
        self._ring = ring
        self._software = certificate.software()
        self._refused: dict[str, tuple[int, int]] = {}

    async def handle(self, message: bytes) -> None:
        """A message of the work stream `results`: acknowledged once this returns."""
        await self.issue(_results.decode(message))

    async def issue(self, result: Result) -> None:
        """One certificate for a declared result. Raises ResultNotProven."""
        started = time.perf_counter()
        self._must_not_pause(result.poll)
        # 1. Prove the result: what does not hold must not even take the poll's place.
        issued_at = self._clock()
        statement = certificate.state(result, fresh := self._fresh_id(), issued_at, self._software)
        self._must_be_good(result.poll, await self._shop.run(printing.prove, statement))
        # 2. Store what will be signed. A crash before: nothing happened, the result is heard again.
        stored = await self._shelf.reserve(result, fresh, issued_at, statement)
        # A crash after: the poll has its certificate's id and text for ever; the next to hear the result goes on here.
        if stored.done:
            return
        # 3. Sign, typeset, seal, and verify what came out. Nothing of it is durable: a crash only loses the work.
        printed = self._must_be_good(result.poll, await self._shop.run(printing.print_out, stored.statement))
        # 4. Store both files, and tell of it in the same transaction. Whoever else got here first has won.
        issued = _issued(result, stored.id, printed.sha256)
        if await self._shelf.keep(stored, printed, issued):
            # A crash from here on: the certificate exists and is told of; the publisher sweeps without being rung.
            metrics.certificates.inc()
            seconds = time.perf_counter() - started
            metrics.certificate_seconds.observe(seconds)
            self._ring(result.meeting)
            said = {"poll": result.poll, "certificate": stored.id, "request": result.request}
            log.info("certificate.issued", seconds=round(seconds, 3), **said)
        # 5. Returning acknowledges the result. A crash before that: it is heard again and found done.

    def _must_be_good(self, poll: str, outcome: T | Spoiled) -> T:
        if isinstance(outcome, Spoiled):
            log.error("certificate.refused", poll=poll, code=outcome.code, text=outcome.text)
            _, pause = self._refused.get(poll, (0, 1_000))
            self._refused[poll] = self._clock() + pause, min(2 * pause, LONGEST_PAUSE_MS)
            raise ResultNotProven(outcome.code)
        self._refused.pop(poll, None)
        return outcome

    def _must_not_pause(self, poll: str) -> None:
        """A result that does not hold stays on the stream (the trust anchor may be what is wrong), but costs little."""
        until, _ = self._refused.get(poll, (0, 0))
        if self._clock() < until:
            raise ResultNotProven("waiting before the next try")


def _issued(result: Result, certificate_id: str, sha256: str) -> Callable[[int], CertificateIssued]:
    def build(index: int) -> CertificateIssued:
        return CertificateIssued(
            index=index,
            request=result.request,
            body=result.body.id,
            meeting=result.meeting,
            poll=result.poll,
            certificate=certificate_id,
            sha256=sha256,
        )

    return build
