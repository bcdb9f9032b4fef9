"""What rings is published, and nothing else is asked for between two sweeps."""

import asyncio
import weakref
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.exceptions import ConnectionError as Unreachable

from services.kit import publisher, stream
from services.kit.background import beside
from services.kit.database import leading, open_pool
from services.kit.publisher import Bell, Outgoing, Publisher
from tests.support.waiting import until


class _Page(list[Outgoing]):
    """A list that can be watched."""


class _Journals:
    """Journals by key, and how often somebody asked what there is. `heavy`: a page ends with each message."""

    def __init__(self) -> None:
        self.heavy = False
        # The most pages that somebody still held when the next was read.
        self.held = 0
        self._pages: list[weakref.ref[_Page]] = []
        self.sizes = Counter[str]()
        self.asked = Counter[str]()

    async def heads(self) -> dict[str, int]:
        """As Source."""
        self.asked["heads"] += 1
        return dict(self.sizes)

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """As Source."""
        self.asked[key] += 1
        if self.heavy:
            page = _Page([Outgoing(start, b"x", (("heavy", b"x" * 100),))] if start < self.sizes[key] else [])
            self.held = max(self.held, sum(1 for read in self._pages if read()))
            self._pages.append(weakref.ref(page))
            return page
        return [Outgoing(index, b"x") for index in range(start, min(self.sizes[key], start + limit))]


@pytest.fixture
def journals(monkeypatch: pytest.MonkeyPatch) -> _Journals:
    """Empty journals, of publishers that sweep once in a test."""
    monkeypatch.setattr(publisher, "SWEEP_SECONDS", 3600.0)
    return _Journals()


@asynccontextmanager
async def _worker(journals: _Journals, database_url: str, redis_url: str) -> AsyncIterator[Bell]:
    pool, client = await open_pool(database_url, "voting", 2), stream.connect(redis_url)
    bell = Bell(client, "test")
    async with beside("publisher", Publisher("test", journals, pool, client, bell, 1).run()):
        yield bell
    await client.aclose()
    await pool.close()


async def _length(redis_url: str, key: str) -> int:
    client = stream.connect(redis_url)
    try:
        return int(await client.xlen(stream.screen(key, "test")))
    finally:
        await client.aclose()


@pytest.mark.parametrize("lines", [1, publisher.CHUNK, 2 * publisher.CHUNK + 1])
async def test_a_ring_publishes_all_of_its_journal_and_reads_no_other(
    journals: _Journals, database_url: str, redis_url: str, lines: int
) -> None:
    """However long it is; other keys, and how many there are, are not asked for."""
    async with _worker(journals, database_url, redis_url) as bell:
        await until(lambda: _true(bell.leads and journals.asked["heads"]))
        journals.sizes.update({"rung": lines, "silent": 1})
        bell.ring("rung")
        await until(lambda: _is(redis_url, "rung", lines))
    assert journals.asked["heads"] == 1
    assert journals.asked["silent"] == 0
    assert await _length(redis_url, "silent") == 0


async def test_a_ring_publishes_all_of_a_journal_that_is_read_piece_by_piece(
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """What stops short after a heavy message is read on at once, not at the next sweep; one piece is held at a time."""
    journals.heavy = True
    async with _worker(journals, database_url, redis_url) as bell:
        await until(lambda: _true(bell.leads and journals.asked["heads"]))
        journals.sizes.update({"rung": 5})
        bell.ring("rung")
        await until(lambda: _is(redis_url, "rung", 5))
    assert journals.asked["heads"] == 1
    assert journals.held == 0


async def test_a_ring_in_another_process_names_its_key(
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """Every key that rang meanwhile is called, not only the first."""
    async with (
        _worker(journals, database_url, redis_url) as leads,
        _worker(journals, database_url, redis_url) as follows,
    ):
        await until(lambda: _true(leads.leads != follows.leads and journals.asked["heads"]))
        journals.sizes.update({"one": 1, "two": 2})

        async def both_told() -> bool:
            # Rung again until heard: a subscription that is not made yet hears nothing.
            for key in journals.sizes:
                (follows if leads.leads else leads).ring(key)
            return await _is(redis_url, "one", 1) and await _is(redis_url, "two", 2)

        await until(both_told)
    assert journals.asked["heads"] == 1


async def test_what_is_urgent_waits_for_no_pause(
    journals: _Journals, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ballots are gathered for a moment; an act is told at once, whichever process it came to."""
    monkeypatch.setattr(publisher, "PACE_SECONDS", 3600.0)
    async with (
        _worker(journals, database_url, redis_url) as one,
        _worker(journals, database_url, redis_url) as other,
    ):
        await until(lambda: _true(one.leads != other.leads and journals.asked["heads"]))
        for place, bell in enumerate((one, other, one, other)):
            key = f"act-{place}"
            journals.sizes[key] = 1

            async def told(bell: Bell = bell, key: str = key) -> bool:
                # Rung again until heard: a subscription that is not made yet hears nothing.
                bell.ring(key, urgent=True)
                return await _is(redis_url, key, 1)

            await until(told)


async def test_a_sweep_finds_what_did_not_ring(
    journals: _Journals, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ring that was lost delays, it loses nothing; so does a Redis that lost its streams."""
    monkeypatch.setattr(publisher, "SWEEP_SECONDS", 0.05)
    async with _worker(journals, database_url, redis_url):
        journals.sizes["silent"] = 3
        await until(lambda: _is(redis_url, "silent", 3))
        client = stream.connect(redis_url)
        await client.flushall()
        await client.aclose()
        await until(lambda: _is(redis_url, "silent", 3))


async def test_nothing_of_it_outlives_it(journals: _Journals, database_url: str, redis_url: str) -> None:
    """Whoever ends a publisher closes Redis next: no listener and no call may still be under way then."""
    pool, client = await open_pool(database_url, "voting", 2), stream.connect(redis_url)
    async with leading(pool, "test.publisher") as lead:
        assert lead
        before = asyncio.all_tasks()
        bell = Bell(client, "test")
        async with beside("publisher", Publisher("test", journals, pool, client, bell, 1).run()):
            await until(lambda: _is_heard(client))
            bell.ring("one")
        bell.ring("two")
        assert asyncio.all_tasks() == before
    await client.aclose()
    await pool.close()


async def _is_heard(client: stream.Redis) -> bool:
    ((_, listeners),) = await client.pubsub_numsub("test:bell")
    return bool(listeners)


async def test_rings_never_fail_when_redis_is_away(
    journals: _Journals, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever committed is not told of it."""
    client = stream.connect(redis_url)
    called = asyncio.Event()

    async def broken(*_: object) -> None:
        called.set()
        raise Unreachable

    monkeypatch.setattr(client, "publish", broken)
    bell = Bell(client, "test")
    bell.ring("one")
    await asyncio.wait_for(called.wait(), 10)
    await until(lambda: _true(bell._call is None))
    await client.aclose()


async def _true(fact: object) -> bool:
    return bool(fact)


async def _is(redis_url: str, key: str, length: int) -> bool:
    return await _length(redis_url, key) == length
