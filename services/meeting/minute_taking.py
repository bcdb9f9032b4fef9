"""The order of things when the secretary asks for the minutes of a sitting."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from services.access import NotAllowed
from services.kit.clock import Clock
from services.kit.envelope import Envelope
from services.meeting import secretariat, sitting_record
from services.meeting.errors import RollNotFrozen
from services.meeting.sitting_record import Known
from services.roster.errors import MeetingNotBegun
from services.rules.minutes import matter
from services.wire import Meeting, MinutesAsked, MinutesWanted, PresenceLogged, SittingRecord

# Who asks again so much later has not got them: whatever went astray, it is told again.
ASTRAY_MS = 60_000


class Books(secretariat.Books, Protocol):
    """What is read and written, inside one transaction."""

    async def presence_log(self, meeting: str, /) -> list[PresenceLogged]: ...
    async def moments(self, meeting: str, /) -> tuple[int | None, int | None]: ...
    async def minutes_asked(self, meeting: str, /) -> tuple[int, int]: ...
    async def ask_minutes(self, meeting: str, edition: int, by: str, at: int, /) -> None: ...


class Store(Protocol):
    """Opens the books."""

    def transaction(self) -> AbstractAsyncContextManager[Books]: ...


class MinuteTaking:
    """Takes down what the meeting room knows of a sitting, an edition for each time that the secretary asks."""

    def __init__(self, store: Store, ring: Callable[[str], None], clock: Clock, envelope: Envelope) -> None:
        self._store = store
        self._ring = ring
        self._clock = clock
        self._envelope = envelope

    async def ask(self, identifier: str, wanted: MinutesWanted, by: str, request: str) -> MinutesWanted:
        """Ask for an edition; asked for before, nothing is done again, but for the last one after a minute: then it is
        told again, and whoever has it already makes nothing of it.

        Raises MeetingUnknown, MeetingNotBegun, EditionOutOfTurn, RollNotFrozen, NotAllowed.
        """
        async with self._store.transaction() as books:
            # 1. The meeting is ours alone for now, and has begun.
            meeting = await secretariat.lock_meeting(books, identifier)
            if meeting.state == "planned":
                raise MeetingNotBegun
            # 2. It is the next edition; or it was asked for before.
            at = self._clock()
            last, asked_at = await books.minutes_asked(identifier)
            if wanted.edition < last or (wanted.edition == last and at < asked_at + ASTRAY_MS):
                return wanted
            # 3. All that is known now, and the news of it: sealed, for it says why people were absent.
            known = await _known(books, meeting, by)
            record = sitting_record.recorded(known, wanted.edition, by, at, request)
            if wanted.edition != last:
                sitting_record.must_follow(wanted.edition, last)
                await books.ask_minutes(identifier, wanted.edition, by, at)
            await books.tell(identifier, lambda index: self._asked(record, index))
        # A crash here loses only the ring: who asks again is answered the same.
        self._ring(identifier)
        return wanted

    def _asked(self, record: SittingRecord, index: int) -> MinutesAsked:
        about = matter("sitting", record.meeting.id, record.edition)
        return MinutesAsked(
            index=index,
            request=record.request,
            body=record.body.id,
            meeting=record.meeting.id,
            edition=record.edition,
            sealed=self._envelope.seal(msgspec.json.encode(record), about),
        )


async def _known(books: Books, meeting: Meeting, by: str) -> Known:
    frozen, body = await books.frozen(meeting.id), await books.body(meeting.body)
    if frozen is None or body is None:
        raise RollNotFrozen
    members = await books.members(meeting.body)
    if by not in members:
        raise NotAllowed(act="minutes.ask")
    opened_at, ended_at = await books.moments(meeting.id)
    changes = await books.presence_log(meeting.id)
    agenda = await books.agenda(meeting.id)
    return Known(body, meeting, opened_at, ended_at, members, frozen.raw, changes, agenda)
