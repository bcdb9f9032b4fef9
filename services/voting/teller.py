"""Counting, twice, by different roads: the running count kept at each commit, and every ballot line read and
verified again from the ledger. Equal, and the result is written down. Unequal, and nothing ever is: an alarm says so.
"""

import asyncio
from dataclasses import dataclass

import msgspec
import structlog

from services.kit import metrics
from services.kit.publisher import Bell
from services.rules import ballot as rules
from services.rules import jws, tally
from services.rules.majority import decide, present_at_close
from services.rules.tally import Cast
from services.voting import receipts
from services.voting.questions import Asked, Questions
from services.voting.rolls import Keyring
from services.voting.store import Line, Locked, PollRow, Store
from services.wire import BallotCast, Choice, Decision, PollAlarmed, PollClosed, PollCounted, PollOpened

log = structlog.get_logger(__name__)

_encode = msgspec.json.Encoder().encode
_ballots = msgspec.json.Decoder(BallotCast)
_opened = msgspec.json.Decoder(PollOpened)
_closed = msgspec.json.Decoder(PollClosed)


class Teller:
    """Counts closed polls."""

    def __init__(self, store: Store, questions: Questions, keyring: Keyring, bell: Bell) -> None:
        self._store = store
        self._questions = questions
        self._keyring = keyring
        self._bell = bell

    async def count(self, identifier: str) -> None:
        """Count a closed poll, once, however many ask for it at the same time; a crash before is made good here."""
        poll = await self._store.poll(identifier)
        if poll.row["state"] != "closed" or poll.row["counted_index"] is not None or poll.row["alarm"]:
            return
        # 1. The lines of the poll; nobody can add to them any more.
        asked = await self._questions.load(poll)
        await self._keyring.refresh(asked.body)
        opened, closed = poll.row["opened_index"], poll.row["closed_index"]
        lines = await self._store.ballot_lines(asked.ledger, poll.no, opened, closed)
        # 2. The second road: every signature again, off the event loop.
        casts = await asyncio.to_thread(self._read_all, asked, lines)
        recounted = tally.recount(casts, asked.question.voters, changes=asked.question.definition.changes)
        present = _Present(await self._line(asked, opened), await self._line(asked, closed))
        # 3. Equal to the first, or nothing.
        entry: PollCounted | PollAlarmed
        async with self._store.locked(asked.meeting) as ledger:
            standing, now = await ledger.poll(identifier)
            if standing.row["state"] != "closed" or standing.row["counted_index"] is not None:
                return
            if standing.row["alarm"]:
                return
            if standing.counts != recounted:
                metrics.count_alarms.inc()
                log.critical("count.alarm", poll=identifier, meeting=asked.meeting)
                entry = PollAlarmed(at=now, poll=identifier)
                await _append(ledger, standing, entry)
                await ledger.move(standing, alarm=True)
            else:
                decision = _decide(asked, standing, casts, present)
                entry = PollCounted(
                    at=now, poll=identifier, definition=asked.question.hash, decision=decision
                )
                index = await _append(ledger, standing, entry)
                await ledger.move(standing, counted_index=index)
        self._bell.ring(asked.meeting)

    def _read_all(self, asked: Asked, lines: list[bytes]) -> list[Cast]:
        def holder_ever(thumbprint: str) -> rules.Holder:
            return self._keyring.holder_ever(asked.body, thumbprint)

        casts = []
        for line in lines:
            raw = _ballots.decode(line).jws.encode()
            payload = rules.read(raw, asked.question, holder_ever, rules.LARGEST).payload
            casts.append(Cast(payload, jws.digest(raw)))
        return casts

    async def _line(self, asked: Asked, index: int) -> bytes:
        rows = await self._store.lines(asked.ledger, index, index + 1)
        return bytes(rows[0]["line"])


@dataclass(frozen=True, slots=True)
class _Present:
    """The lines that say who was checked in when the poll opened and closed."""

    opened: bytes
    closed: bytes


def _decide(asked: Asked, poll: PollRow, casts: list[Cast], present: _Present) -> Decision:
    definition = asked.question.definition
    last = tally.last_ballots(casts, asked.question.voters, changes=definition.changes)
    chair = last.get(definition.presiding)
    chair_choice: Choice | None = chair.payload.choice if chair else None
    checked_in = frozenset(_closed.decode(present.closed).present)
    return decide(
        definition,
        poll.counts,
        roll=len(asked.question.voters),
        present_open=len(_opened.decode(present.opened).present),
        present_close=present_at_close(checked_in, frozenset(last)),
        chair_choice=chair_choice,
    )


async def _append(ledger: Locked, poll: PollRow, entry: PollCounted | PollAlarmed) -> int:
    line = _encode(entry)
    index = ledger.frontier.size
    grown = receipts.append(ledger.frontier, [line]).growth.frontier
    await ledger.append([Line(poll.no, None, None, "", line)], grown, entry.at)
    return index
