"""From the proceedings of a sitting to the manuscript of its minutes: joined with the papers that signing has of it."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

import msgspec
import structlog

from services.kit.envelope import Envelope, EnvelopeBroken
from services.rules import minutes
from services.rules.floor.record import read_statement
from services.signing import manuscript
from services.signing.manuscript import Manuscript
from services.wire import (
    CertificateNotice,
    MinutesBefore,
    MinutesNotice,
    Proceedings,
    ProceedingsTold,
    TurnsMinuted,
    Voted,
)

STREAM = "proceedings"

log = structlog.get_logger(__name__)

_told = msgspec.json.Decoder(ProceedingsTold)
_proceedings = msgspec.json.Decoder(Proceedings)


class PapersAwaited(Exception):
    """A paper that the minutes must name is not there yet; the message is heard again."""


class Papers(Protocol):
    """What is asked of the store (see PaperStore)."""

    async def of_poll(self, poll: str) -> CertificateNotice | None: ...
    async def minutes_of(self, meeting: str, body: str) -> list[MinutesNotice]: ...
    async def newest_record(self, meeting: str, body: str) -> tuple[str, str, bytes] | None: ...


@dataclass(frozen=True, slots=True)
class MinuteTaking:
    """Makes manuscripts of minutes."""

    papers: Papers
    envelope: Envelope

    async def compose(self, message: bytes) -> Manuscript | None:
        """The minutes that a message wants; None of what nobody who knows our key wrote. Raises PapersAwaited,
        msgspec.DecodeError."""
        # 1. What the meeting room and the voting room say.
        told = _told.decode(message)
        try:
            raw = self.envelope.open(told.sealed, minutes.matter("proceedings", told.meeting, told.edition))
        except EnvelopeBroken:
            log.warning("minutes.envelope_broken", meeting=told.meeting, edition=told.edition)
            return None
        # 2. The polls, of which the ledger tells; off the event loop, for it may be long.
        proceedings, polls = await asyncio.to_thread(_read, raw)
        # 3. The certificate of each that was declared, the newest turn log, the edition before.
        sitting = proceedings.sitting
        listed = tuple([await self._certified(poll) for poll in polls])
        before = await self._before(sitting.meeting.id, sitting.body.id, sitting.edition)
        turns = await self._turns(sitting.meeting.id, sitting.body.id)
        return manuscript.of_proceedings(proceedings, listed, turns, before)

    async def _certified(self, poll: Voted) -> Voted:
        if not minutes.is_certified(poll) or poll.certificate:
            return poll
        notice = await self.papers.of_poll(poll.poll)
        if notice is None:
            raise PapersAwaited(poll.poll)
        return msgspec.structs.replace(poll, certificate=notice.id, sha256=notice.sha256)

    async def _before(self, meeting: str, body: str, edition: int) -> MinutesBefore | None:
        if edition == 1:
            return None
        for notice in await self.papers.minutes_of(meeting, body):
            if notice.edition == edition - 1:
                return MinutesBefore(minutes=notice.id, sha256=notice.sha256)
        raise PapersAwaited(f"edition {edition - 1}")

    async def _turns(self, meeting: str, body: str) -> TurnsMinuted | None:
        found = await self.papers.newest_record(meeting, body)
        return await asyncio.to_thread(_sum_up, *found) if found is not None else None


def _read(raw: bytes) -> tuple[Proceedings, list[Voted]]:
    """The proceedings, and the polls in them with the agenda items they were held for."""
    proceedings = _proceedings.decode(raw)
    members = {one.thumbprint: one.member for one in proceedings.credentials}
    agenda = {one.id for one in proceedings.sitting.agenda}
    # An item that was taken off the agenda since is none.
    items = {poll: item for poll, item in proceedings.items.items() if item in agenda}
    return proceedings, [
        msgspec.structs.replace(poll, item=items.get(poll.poll, ""))
        for poll in minutes.polls_of(proceedings.ledger, members)
    ]


def _sum_up(record: str, sha256: str, statement: bytes) -> TurnsMinuted:
    found = read_statement(statement)
    return minutes.turns_of(found.log, record, sha256, found.index)
