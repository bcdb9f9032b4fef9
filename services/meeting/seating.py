"""The order of things for seats: who sits where, and how the seats stand."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.meeting import seat_plan, seats, sitting
from services.meeting.errors import MeetingUnknown
from services.meeting.seat_plan import Drawn
from services.wire import Event, Meeting, Presence, RollEntry, Seat, SeatPlan, SeatPlanWanted, SeatsChanged


class Books(Protocol):
    """What is read and written of seats, inside one transaction."""

    async def lock(self, key: str, /) -> None: ...
    async def tell(self, key: str, build: Callable[[int], Event], /) -> None: ...
    async def meeting(self, identifier: str, /) -> Meeting | None: ...
    async def draft(self, meeting: str, /) -> Sequence[RollEntry]: ...
    async def presence(self, meeting: str, /) -> dict[str, Presence]: ...
    async def drawn(self, meeting: str, /) -> Drawn | None: ...
    async def keep_drawn(self, meeting: str, drawn: Drawn, /) -> None: ...


class Store(Protocol):
    """Opens the books."""

    def reading(self) -> AbstractAsyncContextManager[Books]: ...
    def transaction(self) -> AbstractAsyncContextManager[Books]: ...


class Seating:
    """Knows the seats of a meeting's hall, of the draft of its roll."""

    def __init__(self, store: Store, ring: Callable[[str], None]) -> None:
        self._store = store
        self._ring = ring

    async def seats(self, identifier: str) -> list[Seat]:
        """The seats, with who is there."""
        async with self._store.reading() as books:
            return seats.plan(await books.draft(identifier), await books.presence(identifier))

    async def plan(self, identifier: str) -> SeatPlan:
        """How the seats stand: as drawn or chosen, else in a hemicycle."""
        async with self._store.reading() as books:
            return await _plan(books, identifier, await books.drawn(identifier) or seat_plan.UNDRAWN)

    async def draw(self, identifier: str, wanted: SeatPlanWanted, request: str) -> SeatPlan:
        """Let the seats stand like this; the same again is no news.

        Raises SheetTooLong, CellWrong, TextUnclean, SeatTwice, MemberTwice, PlaceTaken, MeetingUnknown, MeetingEnded.
        """
        # 1. The plan can be drawn.
        seat_plan.must_be_plan(wanted)
        async with self._store.transaction() as books:
            # 2. The meeting still goes on, and is ours alone for now.
            await books.lock(identifier)
            meeting = await books.meeting(identifier)
            if meeting is None:
                raise MeetingUnknown(meeting=identifier)
            sitting.must_go_on(meeting)
            # 3. The drawing, and the news of it, in one commit.
            before = await books.drawn(identifier) or seat_plan.UNDRAWN
            after = seat_plan.chosen(before, wanted)
            if after != before:
                await books.keep_drawn(identifier, after)
                await _tell(books, identifier, after.revision, request)
            answer = await _plan(books, identifier, after)
        # A crash here loses only the ring; who asks again finds it drawn.
        if after != before:
            self._ring(identifier)
        return answer


async def _plan(books: Books, identifier: str, drawn: Drawn) -> SeatPlan:
    return seat_plan.plan(drawn, await books.draft(identifier))


async def _tell(books: Books, identifier: str, revision: int, request: str) -> None:
    await books.tell(
        identifier,
        lambda index: SeatsChanged(index=index, request=request, meeting=identifier, revision=revision),
    )
