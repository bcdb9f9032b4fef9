"""The order of things for bodies and their members."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.meeting import membership, sitting
from services.meeting.errors import BodyTaken, BodyUnknown
from services.meeting.membership import Entrant
from services.rules.profiles import profile
from services.wire import Body, BodyChanged, Event, Member, MemberChanged


class Books(Protocol):
    """What the registrar reads and writes, inside one transaction."""

    async def lock(self, key: str, /) -> None: ...
    async def tell(self, key: str, build: Callable[[int], Event], /) -> None: ...
    async def take(self, identifier: str, kind: str, /) -> bool: ...
    async def add_body(self, body: Body, /) -> None: ...
    async def body(self, identifier: str, /) -> Body | None: ...
    async def members(self, body: str, /) -> dict[str, Member]: ...
    async def keep_members(self, body: str, members: Sequence[Member], /) -> None: ...


class Store(Protocol):
    """Opens the books."""

    def reading(self) -> AbstractAsyncContextManager[Books]: ...
    def transaction(self) -> AbstractAsyncContextManager[Books]: ...


class Registrar:
    """Founds bodies and keeps their members."""

    def __init__(self, store: Store, ring: Callable[[str], None]) -> None:
        """`ring` wakes the publisher after a commit; if the ring is lost, the publisher looks by itself."""
        self._store = store
        self._ring = ring

    async def found(self, body: Body, request: str) -> Body:
        """Found a body; asked again with the same content, the same answer.

        Raises ProfileUnknown, TextUnclean, BodyTaken.
        """
        # 1. The rule profile must exist, and every text be fit to be shown.
        profile(body.profile)
        sitting.must_be_readable(body)
        async with self._store.transaction() as books:
            # 2. The id is free; or it is ours already, and says the same.
            if not await books.take(body.id, "body"):
                if await books.body(body.id) != body:
                    raise BodyTaken(body=body.id)
                return body
            # 3. The body, and the news of it, in one commit.
            await books.add_body(body)
            await books.tell(body.id, lambda index: BodyChanged(index=index, request=request, body=body))
        # A crash here loses only the ring.
        self._ring(body.id)
        return body

    async def body(self, identifier: str) -> Body:
        """The body of this id. Raises BodyUnknown."""
        async with self._store.reading() as books:
            return _there(await books.body(identifier), identifier)

    async def members(self, body: str) -> list[Member]:
        """The members of a body in order of their ids. Raises BodyUnknown."""
        async with self._store.reading() as books:
            _there(await books.body(body), body)
            return list((await books.members(body)).values())

    async def change_members(self, body: str, entrants: Sequence[Entrant], request: str) -> list[Member]:
        """Add or change members; who is as before is no news. The members as they are now, in the order given.

        Raises BodyUnknown, LastSecretary.
        """
        async with self._store.transaction() as books:
            # 1. One change of a body at a time.
            _there(await books.body(body), body)
            await books.lock(body)
            # 2. As they will be; a body keeps its last secretary.
            known: Mapping[str, Member] = await books.members(body)
            after = membership.merged(entrants, known)
            membership.must_keep_secretary(after, known)
            # 3. What is new, and the news of it, in one commit.
            changed = membership.changed(after, known)
            if changed:
                await keep_members(books, body, changed, request)
        if changed:
            self._ring(body)
        return after


async def keep_members(books: Books, body: str, members: Sequence[Member], request: str) -> None:
    """Keep members and tell of them, inside the caller's transaction, which holds the body's lock."""
    await books.keep_members(body, members)
    await books.tell(
        body, lambda index: MemberChanged(index=index, request=request, body=body, members=tuple(members))
    )


def _there(body: Body | None, identifier: str) -> Body:
    if body is None:
        raise BodyUnknown(body=identifier)
    return body
