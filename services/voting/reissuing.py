"""Ballots that come again: their receipts, made again beside the clerk, so that whoever sends many holds up nobody.

To find a receipt again the batch of that time is read and signed once more. Each poll's are answered one after the
other: a ballot just cast, whose answer was lost on the way, does not wait behind all ballots of polls long over.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from services.kit import metrics
from services.kit.clerks import Clerks, tell
from services.kit.database import UNREACHABLE, current_run
from services.kit.ledger_key import LedgerKey
from services.kit.problem import NotReady
from services.kit.reissuing import Reissues
from services.rules import receipts
from services.rules.merkle import Frontier
from services.voting.batches import Cast, Waiting
from services.voting.questions import Asked, Questions
from services.voting.store import Store

log = structlog.get_logger(__name__)

# The receipts of so many lines are made in about half a millisecond: to hand that to a thread takes longer.
AT_A_STRETCH = 128


@dataclass(frozen=True, slots=True)
class Again:
    """A ballot that stands in the ledger already, and where."""

    waiting: Waiting
    index: int


class Copyist:
    """Answers ballots that come again."""

    def __init__(self, store: Store, questions: Questions, key: LedgerKey) -> None:
        self._store = store
        self._questions = questions
        self._key = key
        self._reissues: Reissues[bytes] = Reissues(self, len)
        self._copyists: Clerks[Again] = Clerks(self._tell_again, 1)

    def answer(self, waiting: Waiting, index: int) -> None:
        """Answer a ballot with the receipt of its line, soon."""
        self._copyists.hand(waiting.asked.poll, Again(waiting, index))

    async def receipt(self, poll: str, index: int) -> bytes:
        """The receipt of a poll's line, as it was given out first."""
        return await self._reissues.receipt(poll, index)

    async def run(self) -> str:
        """The run of the database that receipts would be made from now."""
        return await current_run(self._store.pool)

    async def again(self, poll: str, index: int) -> dict[int, bytes]:
        """The receipts, made again, of this poll's lines that were committed together with this one."""
        asked = await self._questions.asked(poll)
        before, size = await self._store.batch(asked.ledger, index)
        rows = await self._store.lines(asked.ledger, before.size, size)
        lines = [row["line"] for row in rows]
        if len(lines) <= AT_A_STRETCH:
            issued = self._issue(asked, before, lines)
        else:
            issued = await asyncio.to_thread(self._issue, asked, before, lines)
        return {
            row["index"]: receipt
            for row, receipt in zip(rows, issued, strict=True)
            if row["poll"] == asked.no
        }

    def _issue(self, asked: Asked, before: Frontier, lines: Sequence[bytes]) -> list[bytes]:
        batch = receipts.append(before, lines)
        checkpoint = self._key.checkpoint(asked.meeting, batch.growth.frontier)
        return receipts.issue(batch, [asked.poll] * len(lines), checkpoint)

    async def _tell_again(self, poll: str, ballots: list[Again]) -> None:
        for ballot in ballots:
            # Who has gone needs no receipt.
            if ballot.waiting.answer.done():
                continue
            try:
                receipt = await self.receipt(poll, ballot.index)
                metrics.ballots.labels("repeated").inc()
                tell(ballot.waiting.answer, Cast(receipt, repeated=True))
            except Exception as error:
                # What cannot be proven of one batch is no reason not to prove the others.
                log.exception("ballots.not_proven_again", poll=poll, index=ballot.index)
                tell(
                    ballot.waiting.answer,
                    NotReady(what="store") if isinstance(error, UNREACHABLE) else error,
                )
