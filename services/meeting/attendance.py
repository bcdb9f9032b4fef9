"""The order of things for presence."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.meeting import presence, sitting
from services.meeting.errors import MeetingUnknown
from services.wire import Event, Meeting, Member, Presence, PresenceChanged, PresenceLogged, PresenceMark


class Books(Protocol):
    """What attendance reads and writes, inside one transaction."""

    async def lock(self, key: str, /) -> None: ...
    async def tell(self, key: str, build: Callable[[int], Event], /) -> None: ...
    async def meeting(self, identifier: str, /) -> Meeting | None: ...
    async def members(self, body: str, only: Collection[str], /) -> dict[str, Member]: ...
    async def summoned(self, meeting: str, members: Collection[str], /) -> set[str]: ...
    async def keep_presence(self, meeting: str, presence: Sequence[Presence], /) -> None: ...
    async def presence(self, meeting: str, only: Collection[str] | None = None, /) -> dict[str, Presence]: ...
    async def own_changes(self, meeting: str, member: str, /) -> int: ...
    async def log_presence(self, meeting: str, changes: Sequence[PresenceLogged], /) -> None: ...
    async def presence_log(self, meeting: str, /) -> list[PresenceLogged]: ...


class Store(Protocol):
    """Opens the books."""

    def reading(self) -> AbstractAsyncContextManager[Books]: ...
    def transaction(self) -> AbstractAsyncContextManager[Books]: ...


class Attendance:
    """Knows who came, who left and who is excused."""

    def __init__(self, store: Store, ring: Callable[[str], None], clock: Callable[[], int]) -> None:
        self._store = store
        self._ring = ring
        self._clock = clock

    async def mark(
        self, identifier: str, marks: Sequence[PresenceMark], by: str, request: str
    ) -> list[Presence]:
        """Mark some as there or not: one event for all that changes. Their presence now, in the order given.

        `by` says so: the member, or the secretary for them; what they changed, and why, is kept for good.

        Raises MemberTwice, ReasonWithoutAbsence, TextUnclean, MeetingUnknown, MeetingEnded, NotSummoned,
        PresenceTooOften.
        """
        presence.must_be_marks(marks)
        named = [mark.member for mark in marks]
        async with self._store.transaction() as books:
            # 1. The meeting still goes on, and is ours alone for now.
            await books.lock(identifier)
            meeting = await books.meeting(identifier)
            if meeting is None:
                raise MeetingUnknown(meeting=identifier)
            sitting.must_go_on(meeting)
            # 2. Everybody marked has a place here.
            on_roll = await books.summoned(identifier, named)
            presence.must_be_summoned(marks, on_roll, await books.members(meeting.body, named))
            # 3. What changes by it, and the news of that, in one commit.
            before = await books.presence(identifier, named)
            after = presence.marked(marks, before, self._clock())
            changed = presence.changed(after, before)
            # Who comes for the first time need not be counted: a whole hall does so at once.
            if by in before and any(one.member == by for one in changed):
                presence.must_mean_it(await books.own_changes(identifier, by))
            if changed:
                await books.keep_presence(identifier, changed)
                await books.log_presence(identifier, presence.logged(changed, marks, by))
                await _tell(books, identifier, changed, request)
        # A crash here loses only the ring; who asks again finds themselves marked.
        if changed:
            self._ring(identifier)
        return after

    async def presence(self, identifier: str) -> list[Presence]:
        """Everybody who was ever marked, in order of their ids."""
        async with self._store.reading() as books:
            return list((await books.presence(identifier)).values())

    async def log(self, identifier: str) -> list[PresenceLogged]:
        """Every change there was, in order."""
        async with self._store.reading() as books:
            return await books.presence_log(identifier)


async def _tell(books: Books, identifier: str, changed: Sequence[Presence], request: str) -> None:
    await books.tell(
        identifier,
        lambda index: PresenceChanged(
            index=index, request=request, meeting=identifier, presence=tuple(changed)
        ),
    )
