"""The order of things for meetings, their agenda and their roll."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.kit.clock import Clock
from services.meeting import agenda, registrar, roll, sitting
from services.meeting.errors import BodyUnknown, MeetingTaken, MeetingUnknown, RollNotFrozen
from services.meeting.roll import Frozen, Named
from services.wire import (
    AgendaChanged,
    AgendaItem,
    FrozenRoll,
    Meeting,
    MeetingChanged,
    MeetingPlan,
    Member,
    RollEntry,
    RollFrozen,
)


class Books(registrar.Books, Protocol):
    """What the secretariat reads and writes, inside one transaction."""

    async def add_meeting(self, meeting: Meeting, /) -> None: ...
    async def meeting(self, identifier: str, /) -> Meeting | None: ...
    async def meetings(self, body: str, /) -> list[Meeting]: ...
    async def set_state(self, meeting: Meeting, at: int, /) -> None: ...
    async def clear_draft(self, meeting: str, /) -> None: ...
    async def add_draft(self, meeting: str, entries: Sequence[RollEntry], /) -> None: ...
    async def draft(self, meeting: str, /) -> list[RollEntry]: ...
    async def add_frozen(self, meeting: str, frozen: Frozen, members: Sequence[str], /) -> None: ...
    async def frozen(self, meeting: str, revision: int | None = None, /) -> Frozen | None: ...
    async def clear_agenda(self, meeting: str, /) -> None: ...
    async def add_agenda(self, meeting: str, items: Sequence[AgendaItem], /) -> None: ...
    async def agenda(self, meeting: str, /) -> tuple[AgendaItem, ...]: ...


class Store(Protocol):
    """Opens the books."""

    def reading(self) -> AbstractAsyncContextManager[Books]: ...
    def transaction(self) -> AbstractAsyncContextManager[Books]: ...


class Secretariat:
    """Plans meetings, opens and ends them, and keeps their agenda and roll.

    After every commit a crash loses only the ring: the publisher finds the journal by itself, and whoever did not
    get the answer asks again and gets the same one.
    """

    def __init__(
        self, store: Store, ring: Callable[[str], None], clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._store = store
        self._ring = ring
        self._clock = clock
        self._new_id = new_id

    async def plan(self, body: str, plan: MeetingPlan, request: str) -> Meeting:
        """Plan a meeting; asked again with the same id and content, the meeting as it is now.

        Raises BodyUnknown, OtherBody, TextUnclean, MeetingTaken.
        """
        # 1. The plan must be sound.
        meeting = sitting.planned(body, plan, self._new_id())
        async with self._store.transaction() as books:
            if await books.body(body) is None:
                raise BodyUnknown(body=body)
            # 2. The id is free; or the same meeting was planned before.
            if not await books.take(meeting.id, "meeting"):
                before = await books.meeting(meeting.id)
                if before is None or not sitting.is_same_plan(before, meeting):
                    raise MeetingTaken(meeting=meeting.id)
                return before
            # 3. The meeting, and the news of it: the first event under its key.
            await books.add_meeting(meeting)
            await _tell_meeting(books, meeting, request)
        self._ring(meeting.id)
        return meeting

    async def meeting(self, identifier: str) -> Meeting:
        """The meeting of this id. Raises MeetingUnknown."""
        async with self._store.reading() as books:
            return await _meeting(books, identifier)

    async def meetings(self, body: str) -> list[Meeting]:
        """The meetings of a body, newest first. Raises BodyUnknown."""
        async with self._store.reading() as books:
            if await books.body(body) is None:
                raise BodyUnknown(body=body)
            return await books.meetings(body)

    async def open(self, identifier: str, request: str) -> Meeting:
        """Open a meeting, or find it open. Raises MeetingUnknown, MeetingEnded."""
        return await self._step(identifier, sitting.opened, request)

    async def end(self, identifier: str, request: str) -> Meeting:
        """End a meeting, or find it ended. Raises MeetingUnknown, MeetingNotBegun."""
        return await self._step(identifier, sitting.ended, request)

    async def _step(self, identifier: str, step: Callable[[Meeting], Meeting], request: str) -> Meeting:
        async with self._store.transaction() as books:
            before = await lock_meeting(books, identifier)
            after = step(before)
            if after != before:
                await books.set_state(after, self._clock())
                await _tell_meeting(books, after, request)
        if after != before:
            self._ring(identifier)
        return after

    async def draft_roll(
        self, identifier: str, named: Sequence[Named], request: str, *, create: bool = False
    ) -> list[RollEntry]:
        """Put a new draft in the place of the old; with `create`, persons not yet known become delegates of the body.

        Raises MeetingUnknown, MeetingEnded, MemberUnknown.
        """
        async with self._store.transaction() as books:
            # 1. The meeting still goes on, and is ours alone for now.
            meeting = await lock_meeting(books, identifier)
            sitting.must_go_on(meeting)
            # 2. Everybody named is a member; or becomes one now.
            newcomers = await _newcomers(books, meeting.body, named) if create else []
            if newcomers:
                await registrar.keep_members(books, meeting.body, newcomers, request)
            roll.must_be_members(named, await books.members(meeting.body))
            # 3. The draft is no news to anybody until it is frozen.
            entries = [one.entry for one in named]
            await books.clear_draft(identifier)
            await books.add_draft(identifier, entries)
        if newcomers:
            self._ring(meeting.body)
        return entries

    async def draft(self, identifier: str) -> list[RollEntry]:
        """The draft of the roll, in its order."""
        async with self._store.reading() as books:
            return await books.draft(identifier)

    async def freeze_roll(self, identifier: str, request: str) -> FrozenRoll:
        """Freeze the draft as the next revision, or find it frozen as it is.

        Raises MeetingUnknown, MeetingEnded, RollEmpty.
        """
        async with self._store.transaction() as books:
            # 1. The meeting still goes on, and is ours alone for now.
            meeting = await lock_meeting(books, identifier)
            sitting.must_go_on(meeting)
            # 2. The bytes; unchanged, they are those in force.
            last = await books.frozen(identifier)
            entries = await books.draft(identifier)
            frozen = roll.follow(meeting.body, identifier, last, entries)
            # 3. The bytes are stored as hashed, and told as stored.
            if frozen != last:
                await books.add_frozen(identifier, frozen, [entry.member for entry in entries])
                await _tell_roll(books, identifier, frozen, request)
        if frozen != last:
            self._ring(identifier)
        return FrozenRoll(sha256=frozen.sha256, roll=frozen.raw.decode())

    async def roll(self, identifier: str, revision: int | None = None) -> FrozenRoll:
        """The roll in force, or an earlier revision. Raises RollNotFrozen."""
        async with self._store.reading() as books:
            frozen = await books.frozen(identifier, revision)
        if frozen is None:
            raise RollNotFrozen
        return FrozenRoll(sha256=frozen.sha256, roll=frozen.raw.decode())

    async def set_agenda(
        self, identifier: str, items: Sequence[AgendaItem], request: str
    ) -> tuple[AgendaItem, ...]:
        """Put a new agenda in the place of the old; the same again is no news.

        Raises MeetingUnknown, MeetingEnded, ItemTwice, TextUnclean.
        """
        after = agenda.arranged(items)
        async with self._store.transaction() as books:
            sitting.must_go_on(await lock_meeting(books, identifier))
            if await books.agenda(identifier) == after:
                return after
            await books.clear_agenda(identifier)
            await books.add_agenda(identifier, after)
            await books.tell(
                identifier,
                lambda index: AgendaChanged(index=index, request=request, meeting=identifier, items=after),
            )
        self._ring(identifier)
        return after

    async def agenda(self, identifier: str) -> tuple[AgendaItem, ...]:
        """The agenda, in order."""
        async with self._store.reading() as books:
            return await books.agenda(identifier)


async def lock_meeting(books: Books, identifier: str) -> Meeting:
    """The meeting, ours alone until the transaction ends. Raises MeetingUnknown."""
    await books.lock(identifier)
    return await _meeting(books, identifier)


async def _meeting(books: Books, identifier: str) -> Meeting:
    meeting = await books.meeting(identifier)
    if meeting is None:
        raise MeetingUnknown(meeting=identifier)
    return meeting


async def _newcomers(books: Books, body: str, named: Sequence[Named]) -> list[Member]:
    await books.lock(body)
    return roll.newcomers(named, await books.members(body))


async def _tell_meeting(books: Books, meeting: Meeting, request: str) -> None:
    await books.tell(meeting.id, lambda index: MeetingChanged(index=index, request=request, meeting=meeting))


async def _tell_roll(books: Books, identifier: str, frozen: Frozen, request: str) -> None:
    await books.tell(
        identifier,
        lambda index: RollFrozen(
            index=index, request=request, meeting=identifier, sha256=frozen.sha256, roll=frozen.raw.decode()
        ),
    )
