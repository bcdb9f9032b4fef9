"""The end of a vote, by the chair or by the clock; the cut, then or after a time of grace for ballots that services
outside are still signing; the declared result; the note of its certificate.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec
import structlog

from services.rules import jws
from services.voting import poll
from services.voting.desk import PLACE, Desk, Move
from services.voting.errors import CountsDiffer, NotCounted, ResultDiffers
from services.voting.intent_store import Intents
from services.voting.locked import Locked
from services.voting.poll_row import PollRow
from services.voting.questions import read_definition
from services.wire import ActPayload, PollCertified, PollClosed, PollClosing, PollDeclared

log = structlog.get_logger(__name__)

Cause = Literal["chair", "deadline"]
_endings = msgspec.json.Decoder(PollClosing)


@dataclass(frozen=True, slots=True)
class Closing:
    """Close, declare, certify."""

    desk: Desk

    async def close(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """The cut, by the chair. If the clock was first, the clock closed it, and that is the answer."""
        signed = await self.desk.signed(identifier, raw, "close", who)

        async def step(ledger: Locked, standing: PollRow, now: int) -> Move:
            if poll.is_due(standing.standing, now):
                return await self._end(ledger, standing, self._clock_act(standing, now), "deadline", now)
            poll.after("close", standing.standing.state)
            return await self._end(ledger, standing, signed.text, "chair", now)

        return await self.desk.write(signed.poll, raw, request, step)

    async def close_by_clock(self, meeting: str, identifier: str) -> None:
        """The end by the deadline, and the cut when the time of grace is over; whoever notices first, once."""
        async with self.desk.store.locked(meeting) as ledger:
            standing, now = await ledger.poll(identifier)
            if poll.is_due(standing.standing, now):
                act = self._clock_act(standing, now)
                move = await self._end(ledger, standing, act, "deadline", now)
                await self.desk.take(ledger, standing, move, request="")
                log.info("poll.closed_by_clock", poll=identifier)
            elif poll.is_cut(standing.standing, now, await Intents(ledger.connection).pending(standing.no)):
                end = _endings.decode(await ledger.last_act(standing))
                move = await self._cut(ledger, standing, end.jws, end.cause, end.present, now)
                await self.desk.take(ledger, standing, move, request="")
                log.info("poll.grace_over", poll=identifier)
        self.desk.bell.ring(meeting, urgent=True)

    async def declare(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Declare the counted result: the chair signs its hash. Raises NotCounted, CountsDiffer, ResultDiffers."""
        signed = await self.desk.signed(identifier, raw, "declare", who)

        async def step(ledger: Locked, standing: PollRow, now: int) -> Move:
            state = poll.after("declare", standing.standing.state)
            if signed.payload.result != jws.digest(await ledger.line(_counted_index(standing))):
                raise ResultDiffers
            return Move(PollDeclared(at=now, poll=identifier, jws=signed.text), {"state": state})

        return await self.desk.write(signed.poll, raw, request, step)

    async def certify(
        self, meeting: str, identifier: str, certificate: str, sha256: str, request: str
    ) -> None:
        """Note in the ledger that signing has issued the certificate; once."""
        async with self.desk.store.locked(meeting) as ledger:
            standing, now = await ledger.poll(identifier)
            if standing.standing.state == "declared":
                state = poll.after("certify", standing.standing.state)
                entry = PollCertified(at=now, poll=identifier, certificate=certificate, sha256=sha256)
                await self.desk.take(ledger, standing, Move(entry, {"state": state}), request)
        self.desk.bell.ring(meeting, urgent=True)

    async def counted_line(self, standing: PollRow) -> bytes:
        """The `poll.counted` line. Raises NotCounted, CountsDiffer."""
        index = _counted_index(standing)
        return await self.desk.store.line(standing.row["ledger"], index)

    async def _end(self, ledger: Locked, standing: PollRow, signed: str, cause: Cause, now: int) -> Move:
        """The cut, unless ballots that were begun may still come."""
        row = standing.row
        roll = await self.desk.rolls.by_hash(ledger.meeting, row["roll"], ledger.connection)
        present = await self.desk.present(ledger, roll)
        grace = read_definition(row["jws"]).grace_s * 1000
        pending = await Intents(ledger.connection).pending(standing.no) if grace else 0
        if not pending:
            return await self._cut(ledger, standing, signed, cause, present, now)
        entry = PollClosing(
            at=now,
            poll=row["id"],
            jws=signed,
            cause=cause,
            present=present,
            until=now + grace,
            begun=pending,
        )
        ended = {"closed_at": _ended_at(standing, cause, now), "deadline": None, "remaining": None}
        return Move(entry, {"state": "closing", "grace_ends_at": entry.until, **ended})

    async def _cut(
        self,
        ledger: Locked,
        standing: PollRow,
        signed: str,
        cause: Cause,
        present: tuple[str, ...],
        now: int,
    ) -> Move:
        entry = PollClosed(
            at=now,
            poll=standing.row["id"],
            jws=signed,
            cause=cause,
            present=present,
            ballots=await ledger.ballots(standing),
        )
        closed_at = standing.standing.closed_at or _ended_at(standing, cause, now)
        ended = {"closed_index": PLACE, "closed_at": closed_at, "deadline": None, "remaining": None}
        return Move(entry, {"state": "closed", "grace_ends_at": None, **ended})

    def _clock_act(self, standing: PollRow, now: int) -> str:
        row = standing.row
        return self.desk.key.act(
            ActPayload(
                act="close",
                meeting=row["meeting"],
                poll=row["id"],
                definition=row["definition"],
                reason="deadline",
            ),
            now,
        )


def _ended_at(standing: PollRow, cause: Cause, now: int) -> int:
    """When voting ended: at the deadline, however late it was noticed."""
    return standing.standing.deadline or now if cause == "deadline" else now


def _counted_index(standing: PollRow) -> int:
    """Where the `poll.counted` line stands. Raises NotCounted, CountsDiffer."""
    if standing.row["alarm"]:
        raise CountsDiffer
    if standing.row["counted_index"] is None:
        raise NotCounted
    return int(standing.row["counted_index"])
