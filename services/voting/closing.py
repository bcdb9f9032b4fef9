"""The end of a vote: the cut, by the chair or by the clock; the declared result; the note of its certificate."""

from dataclasses import dataclass
from typing import Literal

import structlog

from services.rules import jws
from services.voting import poll
from services.voting.desk import Desk, Move
from services.voting.errors import CountsDiffer, NotCounted, ResultDiffers
from services.voting.locked import Locked
from services.voting.poll_row import PollRow
from services.wire import ActPayload, PollCertified, PollClosed, PollDeclared

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Closing:
    """Close, declare, certify."""

    desk: Desk

    async def close(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """The cut, by the chair. If the clock was first, the clock closed it, and that is the answer."""
        signed = await self.desk.signed(identifier, raw, "close", who)

        async def step(ledger: Locked, standing: PollRow, now: int) -> Move:
            if poll.is_due(standing.standing, now):
                return await self._cut(ledger, standing, self._clock_act(standing, now), "deadline", now)
            poll.after("close", standing.standing.state)
            return await self._cut(ledger, standing, signed.text, "chair", now)

        return await self.desk.write(signed.poll, raw, request, step)

    async def close_by_clock(self, meeting: str, identifier: str) -> None:
        """The cut, by the deadline; whoever notices first, once."""
        async with self.desk.store.locked(meeting) as ledger:
            standing, now = await ledger.poll(identifier)
            if poll.is_due(standing.standing, now):
                act = self._clock_act(standing, now)
                move = await self._cut(ledger, standing, act, "deadline", now)
                await self.desk.take(ledger, standing, move, request="")
                log.info("poll.closed_by_clock", poll=identifier)
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

    async def _cut(
        self, ledger: Locked, standing: PollRow, signed: str, cause: Literal["chair", "deadline"], now: int
    ) -> Move:
        row = standing.row
        roll = await self.desk.rolls.by_hash(ledger.meeting, row["roll"], ledger.connection)
        entry = PollClosed(
            at=now,
            poll=row["id"],
            jws=signed,
            cause=cause,
            present=await self.desk.present(ledger, roll),
            ballots=await ledger.ballots(standing),
        )
        closed_at = standing.standing.deadline if cause == "deadline" else now
        ended = {"closed_index": None, "closed_at": closed_at, "deadline": None, "remaining": None}
        return Move(entry, {"state": "closed", **ended})

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


def _counted_index(standing: PollRow) -> int:
    """Where the `poll.counted` line stands. Raises NotCounted, CountsDiffer."""
    if standing.row["alarm"]:
        raise CountsDiffer
    if standing.row["counted_index"] is None:
        raise NotCounted
    return int(standing.row["counted_index"])
