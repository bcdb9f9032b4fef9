"""Counting, twice, by different roads: the running count kept at each commit, and every ballot line read and
verified again from the ledger. Equal, and the result is written down. Unequal, or a line that does not verify, and
nothing ever is: an alarm says so.
"""

import asyncio

import msgspec
import structlog

from services.kit import metrics
from services.kit.publisher import Bell
from services.refusal import Refused
from services.roster.keyring import Keyring
from services.rules import ballot as rules
from services.rules import jws, tally
from services.rules.bulk import THREADS
from services.rules.majority import decide, present_at_close
from services.rules.tally import Cast
from services.voting.desk import append
from services.voting.questions import Asked, Questions
from services.voting.store import Store
from services.wire import (
    BallotCast,
    Choice,
    Decision,
    PollAlarmed,
    PollClosed,
    PollCounted,
    PollOpened,
)

log = structlog.get_logger(__name__)

_ballots = msgspec.json.Decoder(BallotCast)
_ends: msgspec.json.Decoder[PollOpened | PollClosed] = msgspec.json.Decoder(PollOpened | PollClosed)


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
        ends = [line for at in (opened, closed) for line in await self._lines(asked, at)]
        ballots = await self._store.ballot_lines(asked.ledger, poll.no, opened, closed)
        # 2. The second road: every signature again, off the event loop and on all cores: nobody votes any more, and
        #    the hall waits.
        decision = await asyncio.to_thread(self._recount, asked, ends, ballots)
        # 3. Equal to the first, or nothing.
        async with self._store.locked(asked.meeting) as ledger:
            standing, now = await ledger.poll(identifier)
            row = standing.row
            if row["state"] != "closed" or row["counted_index"] is not None or row["alarm"]:
                return
            if decision is None or standing.counts != decision.counts:
                metrics.count_alarms.inc()
                log.critical("count.alarm", poll=identifier, meeting=asked.meeting)
                await append(ledger, standing, PollAlarmed(at=now, poll=identifier))
                await ledger.move(standing, alarm=True)
            else:
                entry = PollCounted(
                    at=now, poll=identifier, definition=asked.question.hash, decision=decision
                )
                await ledger.move(standing, counted_index=await append(ledger, standing, entry))
        # A crash before this line: counted or not; whoever finds the poll closed and not counted counts it again.
        self._bell.ring(asked.meeting, urgent=True)

    async def _lines(self, asked: Asked, index: int) -> list[bytes]:
        # Nothing if it is gone: the recount then alarms, instead of failing over and over.
        return [row["line"] for row in await self._store.lines(asked.ledger, index, index + 1)]

    def _recount(self, asked: Asked, ends: list[bytes], ballots: list[bytes]) -> Decision | None:
        """The decision by the lines alone; None if any line is not what was once written."""
        try:
            opened, closed = (_ends.decode(line) for line in ends)
            return _decide(asked, opened, closed, self._read_all(asked, ballots))
        except (Refused, ValueError) as error:
            log.critical("count.line_wrong", poll=asked.poll, error=type(error).__name__)
            return None

    def _read_all(self, asked: Asked, lines: list[bytes]) -> list[Cast]:
        def holder_ever(thumbprint: str) -> rules.Holder:
            return self._keyring.holder_ever(asked.body, thumbprint)

        def read(line: bytes) -> Cast:
            raw = _ballots.decode(line).jws.encode()
            payload = rules.read(raw, asked.question, holder_ever, rules.LARGEST).payload
            return Cast(payload, jws.digest(raw))

        return THREADS.verify(lines, lambda some: [read(line) for line in some], Cast)


def _decide(
    asked: Asked, opened: PollOpened | PollClosed, closed: PollOpened | PollClosed, casts: list[Cast]
) -> Decision:
    definition, voters = asked.question.definition, asked.question.voters
    counts, last = tally.recount(casts, voters, changes=definition.changes)
    chair = last.get(definition.presiding)
    chair_choice: Choice | None = chair.payload.choice if chair else None
    return decide(
        definition,
        counts,
        roll=len(voters),
        present_open=len(opened.present),
        present_close=present_at_close(frozenset(closed.present), frozenset(last)),
        chair_choice=chair_choice,
    )
