"""A batch of ballots between the clerk and the store; no IO: who waits, what is admitted, what is to be written."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec
from asyncpg import Record
from msgspec import UNSET, UnsetType

from services.rules import jws
from services.rules.ballot import Ballot
from services.voting import step_up
from services.voting.admission import Admitted, Stored, Verdict, admit_all
from services.voting.locked import Gain, Line
from services.voting.poll_row import PollRow
from services.voting.questions import Asked
from services.wire import BallotCast, BallotPayload, StepUpEvidence

_payloads = msgspec.json.Decoder(BallotPayload)
_lines = msgspec.json.Decoder(BallotCast)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Cast:
    """The answer to a ballot: its receipt as JSON, and whether it is a repeat of an earlier answer."""

    receipt: bytes
    repeated: bool


@dataclass(slots=True)
class Waiting:
    """A genuine ballot waiting for its commit."""

    ballot: Ballot
    asked: Asked
    request: str
    answer: asyncio.Future[Cast]
    confirmed: StepUpEvidence | UnsetType = UNSET


def admit(no: int, batch: list[Waiting], rows: list[Record], now: int, start: int) -> list[Verdict]:
    """Verdicts on the ballots of poll `no` in a batch, by the rows read under the lock; `start` as in admit_all."""
    mine = [row for row in rows if row["no"] == no]
    asked = batch[0].asked.question
    return admit_all(
        [waiting.ballot for waiting in batch],
        histories(mine),
        PollRow(mine[0]).standing,
        now,
        start,
        changes=asked.definition.changes,
        lacking={each.ballot.raw for each in batch if step_up.is_lacking(asked, each.confirmed)},
    )


def histories(rows: list[Record]) -> dict[str, tuple[Stored, ...]]:
    """What voters have cast before, by voter, of the rows of one poll."""
    return {
        voter: tuple(_stored(row) for row in stored)
        for voter, stored in groupby(
            sorted(
                (row for row in rows if row["index"] is not None),
                key=lambda row: (row["voter"], row["index"]),
            ),
            key=lambda row: str(row["voter"]),
        )
    }


def _stored(row: Record) -> Stored:
    raw = _lines.decode(row["line"]).jws.encode()
    return Stored(row["index"], raw, _payloads.decode(jws.b64_decode(raw.split(b".")[1])))


def line(waiting: Waiting, now: int) -> bytes:
    """The ledger line of a ballot taken in at `now` (milliseconds)."""
    return _encode(
        BallotCast(
            at=now, poll=waiting.asked.poll, jws=waiting.ballot.raw.decode(), confirmed=waiting.confirmed
        )
    )


def rows(admitted: list[tuple[Waiting, Admitted]], lines: Sequence[bytes]) -> list[Line]:
    """What the store appends for the admitted ballots and their lines."""
    return [
        Line(
            waiting.asked.no, waiting.ballot.payload.voter, waiting.ballot.payload.seq, waiting.request, line
        )
        for (waiting, _), line in zip(admitted, lines, strict=True)
    ]


def gains(admitted: list[tuple[Waiting, Admitted]]) -> list[Gain]:
    """What the admitted ballots add to the running counts."""
    gains: dict[int, dict[str, int]] = {}
    for waiting, verdict in admitted:
        gain = gains.setdefault(waiting.asked.no, {"ballots": 0, "approve": 0, "reject": 0, "abstain": 0})
        gain["ballots"] += 1
        gain[waiting.ballot.payload.choice] += 1
        if verdict.instead_of is not None:
            gain[verdict.instead_of] -= 1
    return [Gain(no, **gain) for no, gain in gains.items()]
