"""In order means in order: nothing is lost to who read a message and, when it came, led no more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.kit import consumer, stream
from services.kit.background import beside
from services.kit.consumer import Consumer, Early
from services.kit.database import open_pool
from tests.support.waiting import until

NAME = "{0}:news"


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[stream.Redis]:
    """Redis, and the stream empty."""
    async with stream.connect(redis_url) as made:
        await made.delete(NAME)
        yield made


@asynccontextmanager
async def _leading(client: stream.Redis, database_url: str, handle: consumer.Handle) -> AsyncIterator[None]:
    pool = await open_pool(database_url, "voting", 2)
    async with beside("consumer", Consumer(client, NAME, "group", "leads", handle).run_in_order(pool)):
        yield
    await pool.close()


async def _put(client: stream.Redis, *messages: bytes) -> None:
    for message in messages:
        await client.xadd(NAME, {stream.FIELD: message})


async def _give_to_who_led_before(client: stream.Redis) -> None:
    """Whoever led before was still waiting for news when it came: it is theirs, and they do nothing with it."""
    assert await client.xreadgroup("group", "led before", {NAME: ">"}, count=1)


@pytest.mark.parametrize("after", [(b"3",), ()], ids=["other news follows", "the last news of all"])
async def test_what_was_given_to_who_leads_no_more_is_handled_first(
    client: stream.Redis, database_url: str, after: tuple[bytes, ...]
) -> None:
    """Given after the new leader had claimed what was left, and before what it is given itself, if that is anything."""
    handled: list[bytes] = []

    async def handle(message: bytes) -> None:
        if message == b"1":
            await _put(client, b"2")
            await _give_to_who_led_before(client)
            await _put(client, *after)
        handled.append(message)

    await _put(client, b"1")
    async with _leading(client, database_url, handle):

        async def all_of_it() -> bool:
            return len(handled) >= 2 + len(after)

        await until(all_of_it, 20, "all messages")
    assert handled == [b"1", b"2", *after]
    assert (await client.xpending(NAME, "group"))["pending"] == 0


async def test_what_comes_before_its_turn_holds_nobody_up(
    client: stream.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the work is shared, it is left, the next is done, and it is offered again until its turn comes."""
    monkeypatch.setattr(consumer, "IDLE_BEFORE_CLAIM_MS", 1)
    monkeypatch.setattr(consumer, "BLOCK_MS", 10)
    handled: list[bytes] = []

    async def handle(message: bytes) -> None:
        handled.append(message)
        if message == b"great" and handled.count(message) < 3:
            raise Early

    await _put(client, b"great", b"small")
    async with beside("consumer", Consumer(client, NAME, "group", "me", handle, count=1).run_shared()):

        async def all_done() -> bool:
            return handled.count(b"great") == 3

        await until(all_done, 20, "both messages")
        await until(lambda: _nothing_pending(client), 20, "all acknowledged")
    assert handled.index(b"small") < len(handled) - 1
    assert handled.count(b"small") == 1


async def _nothing_pending(client: stream.Redis) -> bool:
    return bool((await client.xpending(NAME, "group"))["pending"] == 0)
