"""The ballot box: what happens to a ballot, in order.

A meeting's ballots go through two pairs of hands. The reader finds out which are genuine; the clerk takes all that have
been read and commits them in one transaction under the ledger's lock. So a batch of one is as quick as a plain insert,
a batch of five hundred costs about the same, and ballots are read while those before them are committed. Nothing is
answered before the commit.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from services.kit import metrics
from services.kit.clerks import Clerks, pause, tell
from services.kit.database import UNREACHABLE
from services.kit.ledger_key import LedgerKey
from services.kit.problem import NotReady
from services.kit.publisher import Bell
from services.refusal import Refused
from services.roster.keyring import Keyring, SecondLook
from services.rules import ballot as rules
from services.rules import receipts
from services.rules.ballot import CredentialUnknown, must_be_valid
from services.voting import batches, step_up
from services.voting.admission import Admitted, Repeated, Verdict
from services.voting.batches import Cast, Waiting
from services.voting.locked import Locked
from services.voting.questions import Asked, Questions
from services.voting.reissuing import Copyist
from services.voting.step_up import Confirmation
from services.voting.store import Store

log = structlog.get_logger(__name__)

# So many are read at a stretch, about half a millisecond: no answer that is ready waits longer for its turn.
SLICE = 8


@dataclass(slots=True)
class Incoming:
    """A ballot as it came, waiting to be read."""

    raw: bytes
    limit: int
    asked: Asked
    request: str
    answer: asyncio.Future[Cast]
    confirmation: Confirmation | None = None
    looked: bool = False


class BallotBox:
    """Takes ballots in and hands receipts out; one clerk per meeting commits what has gathered."""

    def __init__(
        self,
        store: Store,
        questions: Questions,
        keyring: Keyring,
        key: LedgerKey,
        copyist: Copyist,
        bell: Bell,
        largest: int,
    ) -> None:
        self._store = store
        self._questions = questions
        self._keyring = keyring
        self._key = key
        self._copyist = copyist
        self._bell = bell
        self._largest = largest
        self._readers: Clerks[Incoming] = Clerks(self._read, SLICE, _turn)
        self._clerks: Clerks[Waiting] = Clerks(self._write, largest, self._gathered)
        self._second = SecondLook(keyring)

    async def cast(
        self, poll: str, raw: bytes, limit: int, request: str, confirmation: Confirmation | None = None
    ) -> Cast:
        """Take one ballot in. Raises the refusals of `rules.ballot`, `admission` and `step_up`, and NotReady."""
        try:
            asked = await self._questions.asked(poll)
            answer: asyncio.Future[Cast] = asyncio.get_running_loop().create_future()
            self._readers.hand(asked.meeting, Incoming(raw, limit, asked, request, answer, confirmation))
            try:
                return await answer
            except rules.ForeignPoll:
                await self._questions.look_again(asked)
                raise
        except Refused as refused:
            metrics.ballots.labels(refused.code).inc()
            raise

    async def _read(self, meeting: str, incoming: list[Incoming]) -> None:
        """Hand on the genuine ones among these; the others are answered."""
        started = time.perf_counter()
        for one in incoming:
            try:
                ballot = rules.read(one.raw, one.asked.question, one.asked.holder_of, one.limit)
                evidence = step_up.confirmed(one.asked.question, ballot, one.confirmation)
                self._clerks.hand(meeting, Waiting(ballot, one.asked, one.request, one.answer, evidence))
            except CredentialUnknown as refused:
                if one.looked:
                    tell(one.answer, refused)
                else:
                    one.looked = True
                    self._second.take(one.asked.body, one.answer, partial(self._readers.hand, meeting, one))
            except Exception as error:
                tell(one.answer, error)
        metrics.verify_seconds.observe(time.perf_counter() - started)

    async def _gathered(self, meeting: str, last: int) -> None:
        """The clerk pauses where many come, and waits until all that have come are read: one commit for all."""
        await pause(meeting, last)
        waiting = self._clerks.waiting[meeting]
        while meeting in self._readers.at_work and len(waiting) < self._largest:  # noqa: ASYNC110 - each turn reads a slice
            await asyncio.sleep(0)

    async def _write(self, meeting: str, batch: list[Waiting]) -> None:
        """Commit and answer: what is not on disk gets no receipt."""
        try:
            await self._commit(meeting, batch)
        except Exception as error:
            # Not acknowledged, but perhaps kept: the same bytes sent again get their receipt. Told first: where there
            # is no memory the log may fail, too.
            fault = NotReady(what="store") if isinstance(error, UNREACHABLE) else error
            for waiting in batch:
                tell(waiting.answer, fault)
            log.exception("ballots.unanswered", meeting=meeting, ballots=len(batch))

    async def _commit(self, meeting: str, batch: list[Waiting]) -> None:
        started = time.perf_counter()
        async with self._store.locked(meeting) as ledger:
            # 1. Under the lock: the time, the polls, and what these voters have cast before.
            verdicts, now = await self._decide(ledger, batch)
            # 2. Append what is admitted.
            admitted = [
                (waiting, verdict)
                for waiting, verdict in zip(batch, verdicts, strict=True)
                if isinstance(verdict, Admitted)
            ]
            admitted.sort(key=lambda pair: pair[0].asked.no)
            appended = receipts.append(
                ledger.frontier, [batches.line(waiting, now) for waiting, _ in admitted]
            )
            if admitted:
                lines = batches.rows(admitted, appended.lines)
                await ledger.append(lines, appended.growth.frontier, now, batches.gains(admitted))
        # 3. Committed. A crash before this line: the ballots are in the ledger or not, all of this batch or none;
        #    nobody was told; the same bytes sent again are answered either way.
        metrics.commit_seconds.observe(time.perf_counter() - started)
        self._answer(meeting, batch, verdicts, appended, admitted)

    async def _decide(self, ledger: Locked, batch: list[Waiting]) -> tuple[list[Verdict], int]:
        polls = sorted({waiting.asked.no for waiting in batch})
        voters = [waiting.ballot.payload.voter for waiting in batch]
        seqs = [waiting.ballot.payload.seq for waiting in batch]
        clock, epoch, rows = await ledger.polls_and_ballots(polls, voters, seqs)
        now = max(clock, ledger.at)
        if epoch != self._keyring.epoch(ledger.body):
            await self._keyring.refresh(ledger.body, ledger.connection)
        definitions = {row["no"]: row["definition"] for row in rows}
        verdicts: list[Verdict | None] = [self._still_valid(waiting, now, definitions) for waiting in batch]
        start = ledger.frontier.size
        for no in polls:
            mine = [
                place for place, one in enumerate(batch) if one.asked.no == no and verdicts[place] is None
            ]
            found = batches.admit(no, [batch[place] for place in mine], rows, now, start) if mine else []
            for place, verdict in zip(mine, found, strict=True):
                verdicts[place] = verdict
            start += sum(isinstance(verdict, Admitted) for verdict in found)
        return [verdict for verdict in verdicts if verdict is not None], now

    def _still_valid(self, waiting: Waiting, now: int, definitions: Mapping[int, str]) -> Refused | None:
        """A refusal if, at the moment that counts, the key was revoked or is out of its time, or the poll asks
        something else."""
        try:
            self._questions.must_stand(waiting.asked, definitions.get(waiting.asked.no, ""))
            must_be_valid(waiting.asked.holder_of(waiting.ballot.thumbprint), now)
        except Refused as refused:
            return refused
        return None

    def _answer(
        self,
        meeting: str,
        batch: list[Waiting],
        verdicts: Sequence[Verdict],
        appended: receipts.Batch,
        admitted: list[tuple[Waiting, Admitted]],
    ) -> None:
        if admitted:
            self._bell.ring(meeting)
            polls = [waiting.asked.poll for waiting, _ in admitted]
            checkpoint = self._key.checkpoint(meeting, appended.growth.frontier)
            issued = receipts.issue(appended, polls, checkpoint)
            for (waiting, _), receipt in zip(admitted, issued, strict=True):
                tell(waiting.answer, Cast(receipt, repeated=False))
            metrics.batch_size.observe(len(admitted))
            metrics.ballots.labels("accepted").inc(len(admitted))
            log.info(
                "ballots.committed",
                meeting=meeting,
                first=appended.before.size,
                requests=[waiting.request for waiting, _ in admitted],
            )
        for waiting, verdict in zip(batch, verdicts, strict=True):
            if isinstance(verdict, Repeated):
                # Beside the clerk, who goes on.
                self._copyist.answer(waiting, verdict.index)
            elif isinstance(verdict, Refused):
                tell(waiting.answer, verdict)


async def _turn(_: str, last: int) -> None:
    """Between two slices all others have a turn, above all the commit under way: it holds the ledger's lock."""
    if last:
        await asyncio.sleep(0)
