"""Several workers go on with one signed edition: who comes late, who looks on, whose clock was wrong."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from services.kit.database import Pool, leading
from services.kit.problem import NotReady
from services.signing.link_store import LinkStore
from tests.support.signing_room import CERTIFICATE, CHAIR, SECRETARY, Room, Stamper
from tests.support.waiting import until

HOUR = 3_600_000
MINUTE = 60_000


@asynccontextmanager
async def going_on(room: Room) -> AsyncIterator[None]:
    """Its finisher, in the background."""
    running = asyncio.create_task(room.finisher.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def troubled(room: Room, code: str) -> bool:
    """Whether this is said to be in the way."""
    return (await room.desk.shown(CERTIFICATE)).trouble == code


async def test_who_comes_late_takes_nobodys_work_away(room: Room) -> None:
    """Frozen over the secretary's signature, and back when another has finished it and the chair has signed."""
    await room.sign(SECRETARY, "secretary")
    await room.go_on()
    finished = await room.store.finished(CERTIFICATE, "secretary")
    assert finished is not None
    await room.sign(CHAIR, "chair")
    await room.store.finish(finished)
    assert await room.store.waiting() == [CERTIFICATE]
    async with going_on(room):

        async def sealed() -> bool:
            return (await room.desk.shown(CERTIFICATE)).awaited == ""

        await until(sealed, what="it is sealed")


async def test_who_looks_on_says_nothing(room: Room, pool: Pool) -> None:
    """Another is at it, and waits for an authority that is away: what it said of that stays said."""
    await room.sign(SECRETARY, "secretary")
    await room.store.complain(CERTIFICATE, "stamper_away")
    sweeps, right = asyncio.Semaphore(0), room.store.waiting

    async def counted() -> list[str]:
        sweeps.release()
        return await right()

    room.store.waiting = counted  # type: ignore[method-assign]
    async with leading(pool, f"signing.countersigned.{CERTIFICATE}") as lead:
        assert lead
        async with going_on(room):
            for _ in range(3):
                await asyncio.wait_for(sweeps.acquire(), 30)
                room.finisher.wake()
        assert await troubled(room, "stamper_away")
    assert await room.finisher.go_on(CERTIFICATE)
    assert await troubled(room, "")


async def test_what_is_done_has_no_trouble(room: Room) -> None:
    """Nor does somebody make any who fails at it afterwards."""
    await room.sign(SECRETARY, "secretary")
    await room.store.complain(CERTIFICATE, "stamper_away")
    await room.go_on()
    assert await troubled(room, "")
    await room.store.complain(CERTIFICATE, "stamper_away")
    assert await troubled(room, "")


async def test_a_clock_that_was_ahead_makes_nothing_rest_for_so_long(room: Room) -> None:
    """It failed while the clock was an hour ahead; that is right again, and so is the authority."""
    assert isinstance(room.stamper, Stamper)
    await room.sign(SECRETARY, "secretary")
    room.stamper.is_away, room.ahead = True, HOUR
    async with going_on(room):
        await until(lambda: troubled(room, "stamper_away"), what="the trouble is shown")
        room.stamper.is_away, room.ahead = False, 0
        room.finisher.wake()
        await until(lambda: troubled(room, ""), what="the trouble is over")


@contextmanager
def press_killed(room: Room, at: str) -> Iterator[None]:
    """The print shop's process is killed whenever it does this."""
    right = room.shop.run

    async def run(do: Any, *arguments: object) -> Any:
        if do.__name__ == at:
            raise BrokenProcessPool
        return await right(do, *arguments)

    room.shop.run = run  # type: ignore[method-assign]
    try:
        yield
    finally:
        room.shop.run = right  # type: ignore[method-assign]


async def test_a_press_that_was_killed_is_not_ready(room: Room) -> None:
    """Whoever signed meanwhile is told to try again, and nothing else: nothing was done."""
    given = await room.given(SECRETARY, await room.begin(SECRETARY, "secretary"))
    with press_killed(room, "must_be_signed"), pytest.raises(NotReady):
        await room.send(SECRETARY, given)
    assert (await room.send(SECRETARY, given)).awaited == "stamp"
    with press_killed(room, "finish"), pytest.raises(NotReady):
        await room.go_on()
    assert (await room.go_on()).awaited == "chair"


async def test_links_are_asked_about_after_a_clock_that_was_ahead(room: Room, pool: Pool) -> None:
    """Somebody took one up while the clock was an hour ahead: once that is right it is due as any other."""
    store, now = LinkStore(pool), room.clock()
    await pool.execute(
        "insert into link (thumbprint, body, member, chain, path, proof, kind, why, revoked_at, checked_at,"
        " evidence, wanted_at) select thumbprint, body, member, chain, chain, '', 'good', '', 0, 0, '{}', $2"
        " from credential where thumbprint = $1",
        *(room.device(CHAIR).thumbprint, now),
    )

    async def due(at: int) -> int:
        return len(await store.due(at, 10 * MINUTE, MINUTE, 20))

    assert [await due(now + HOUR), await due(now + HOUR + MINUTE)] == [1, 0]
    assert [await due(now + MINUTE), await due(now + 2 * MINUTE), await due(now + 12 * MINUTE)] == [1, 0, 1]
