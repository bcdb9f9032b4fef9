"""Work streams grow no longer than what somebody has still to read, and lose nothing that anybody has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.kit import metrics, stream
from services.kit.background import beside
from services.kit.consumer import Consumer
from tests.support.waiting import until

NAME = stream.work("k", "polls", 1)
MANY = 200
# Nothing that is put here names a line: no database is asked.
NO_POOL: Any = None


@pytest.fixture
async def client(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[stream.Redis]:
    """An empty Redis, and two groups that read what is put on `NAME`."""
    monkeypatch.setitem(stream.READERS, "polls", frozenset({"one", "two"}))
    client = stream.connect(redis_url)
    yield client
    await client.aclose()


async def _put(client: stream.Redis, first: int, end: int) -> None:
    for number in range(first, end):
        await client.xadd(NAME, {stream.FIELD: str(number).encode()})


class _Reader:
    """One group. `holds`: numbers that it cannot handle yet."""

    def __init__(self, client: stream.Redis, group: str) -> None:
        self.heard: list[int] = []
        self.holds: set[int] = set()
        self._consumer = Consumer(client, NAME, group, "w", self._handle)

    async def _handle(self, message: bytes) -> None:
        if int(message) in self.holds:
            raise RuntimeError("not yet")
        self.heard.append(int(message))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """While the block lasts."""
        async with beside("test", self._consumer.run_shared(NO_POOL)):
            yield

    async def hears(self, numbers: range) -> None:
        """Wait until it has heard these, and no other."""

        async def heard() -> bool:
            return sorted(self.heard) == list(numbers)

        await until(heard, what=f"{numbers} to be heard")


async def _left(client: stream.Redis) -> list[int]:
    entries: Any = await client.xrange(NAME)
    return [int(fields[stream.FIELD]) for _, fields in entries]


async def _is_left(client: stream.Redis, numbers: range) -> None:
    async def left() -> bool:
        return await _left(client) == list(numbers)

    await until(left, what=f"{numbers} to be left")


async def test_what_all_have_acknowledged_is_dropped(client: stream.Redis) -> None:
    """Not what one group alone has; and of all that both have, the last stays."""
    one, two = _Reader(client, "one"), _Reader(client, "two")
    async with one.reading():
        await _put(client, 0, MANY)
        await one.hears(range(MANY))
        # The other group has never been there: everything is kept for it.
        assert await _left(client) == list(range(MANY))
        async with two.reading():
            await two.hears(range(MANY))
            await _is_left(client, range(MANY - 1, MANY))
            await _put(client, MANY, 2 * MANY)
            await asyncio.gather(one.hears(range(2 * MANY)), two.hears(range(2 * MANY)))
            await _is_left(client, range(2 * MANY - 1, 2 * MANY))


async def test_what_somebody_has_in_hand_is_kept(client: stream.Redis) -> None:
    """From the first message on that one of them could not handle yet."""
    one, two = _Reader(client, "one"), _Reader(client, "two")
    two.holds = {MANY // 2}
    async with one.reading(), two.reading():
        await _put(client, 0, MANY)
        await one.hears(range(MANY))
        await _is_left(client, range(MANY // 2, MANY))


async def test_a_group_that_comes_too_late_is_told(client: stream.Redis) -> None:
    """A reader that nobody knew of when the others had done: it is an error in the log, and counted."""
    one, two, late = _Reader(client, "one"), _Reader(client, "two"), _Reader(client, "late")
    counted = metrics.consume_failures.labels("late")._value
    before = counted.get()
    async with one.reading(), two.reading():
        await _put(client, 0, MANY)
        await _is_left(client, range(MANY - 1, MANY))
        async with late.reading():
            await late.hears(range(MANY - 1, MANY))
    assert counted.get() == before + 1


async def test_a_stream_that_nobody_is_named_for_is_kept(
    client: stream.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is dropped, whoever reads it."""
    monkeypatch.delitem(stream.READERS, "polls")
    one = _Reader(client, "one")
    async with one.reading():
        await _put(client, 0, MANY)
        await one.hears(range(MANY))
        await _put(client, MANY, 2 * MANY)
        await one.hears(range(2 * MANY))
    assert await _left(client) == list(range(2 * MANY))
