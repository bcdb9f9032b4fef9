"""In order means in order: nothing is lost to who read a message and, when it came, led no more."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from services.kit import consumer, database_run, stream
from services.kit.background import beside
from services.kit.bell import Bell
from services.kit.consumer import Consumer, Early
from services.kit.database import Pool, open_pool
from services.kit.database_run import AnotherRun, bound_to, run_of
from services.kit.publisher import Publisher
from services.kit.source import Outgoing, mark_of
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


async def _give_to(client: stream.Redis, who: str) -> None:
    """They were still waiting for news when it came: it is theirs, and they do nothing with it."""
    assert await client.xreadgroup("group", who, {NAME: ">"}, count=1)


@pytest.mark.parametrize(
    "who", ["led before", "leads"], ids=["who leads no more", "a connection that was lost"]
)
@pytest.mark.parametrize("after", [(b"3",), ()], ids=["other news follows", "the last news of all"])
async def test_what_was_given_to_who_does_nothing_with_it_is_handled_first(
    client: stream.Redis, database_url: str, after: tuple[bytes, ...], who: str
) -> None:
    """Given after the leader had claimed what was left, and before what it is given itself, if that is anything. Who
    leads is given it themselves by a server that stood still for longer than they waited for its answer."""
    handled: list[bytes] = []

    async def handle(message: bytes) -> None:
        if message == b"1":
            await _put(client, b"2")
            await _give_to(client, who)
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
    client: stream.Redis, database_url: str, monkeypatch: pytest.MonkeyPatch
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
    pool = await open_pool(database_url, "voting", 1)
    shared = Consumer(client, NAME, "group", "me", handle, count=1).run_shared(pool)
    async with beside("consumer", shared):

        async def all_done() -> bool:
            return handled.count(b"great") == 3

        await until(all_done, 20, "both messages")
        await until(lambda: _nothing_pending(client), 20, "all acknowledged")
    await pool.close()
    assert handled.index(b"small") < len(handled) - 1
    assert handled.count(b"small") == 1


async def _nothing_pending(client: stream.Redis) -> bool:
    return bool((await client.xpending(NAME, "group"))["pending"] == 0)


class _Ledger:
    """A journal of one key, each line of which is to be done (publisher.Source)."""

    def __init__(self, *lines: bytes) -> None:
        self.lines = list(lines)

    async def heads(self) -> dict[str, int]:
        """As Source."""
        return {"key": len(self.lines)}

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """As Source."""
        there = list(enumerate(self.lines))[start : start + limit]
        return [Outgoing(at, line, (("news", line),), _mark(line)) for at, line in there]

    async def marks(self, key: str, indexes: Sequence[int]) -> dict[int, str]:
        """As Source."""
        return {at: _mark(self.lines[at]) for at in indexes if at < len(self.lines)}


def _mark(line: bytes) -> str:
    return mark_of(sha256(line).digest())


class _House:
    """A publisher and a consumer of one worker, whose database is lost: another database is another run of it."""

    def __init__(self, client: stream.Redis, pool: Pool, ledger: _Ledger) -> None:
        self.pool, self.ledger = pool, ledger
        self.client = client
        self.may_go_on = asyncio.Event()
        self.began: list[bytes] = []
        self.done: list[tuple[bytes, str]] = []

    async def handle(self, message: bytes) -> None:
        """Written down with the database in which it was done."""
        self.began.append(message)
        await self.may_go_on.wait()
        self.done.append((message, await self.pool.fetchval("select current_database()")))

    def publisher(self) -> Publisher:
        """Of the journal."""
        return Publisher("test", self.ledger, self.pool, self.client, Bell(self.client, "test"), 1)

    def consumer(self, *, in_order: bool) -> Coroutine[Any, Any, None]:
        """Of its work."""
        made = Consumer(self.client, NAME, "group", "me", self.handle)
        return made.run_in_order(self.pool) if in_order else made.run_shared(self.pool)

    async def fail_over(self, url: str, *lines: bytes) -> None:
        """The address leads to another database, where the journal has these lines."""
        lost = await self.pool.fetchval("select current_database()")
        self.ledger.lines[:] = lines
        self.pool.set_connect_args(url, server_settings={"role": "plenary_voting"})
        connection = await asyncpg.connect(url)
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", lost
        )
        await connection.close()


@pytest.fixture
async def house(
    client: stream.Redis, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[_House]:
    """Two databases of one server stand for two servers: what tells them apart is the database's name."""
    monkeypatch.setitem(stream.WRITERS, "news", "test")
    monkeypatch.setattr(database_run, "_STARTED", "select current_database()::text")
    monkeypatch.setattr(consumer, "IDLE_BEFORE_CLAIM_MS", 100)
    monkeypatch.setattr(consumer, "BLOCK_MS", 10)
    await client.flushall()
    pool = await open_pool(database_url, "voting", 6)
    yield _House(client, pool, _Ledger(b"0", b"1", b"2"))
    await pool.close()


@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "shared"])
async def test_what_was_told_of_a_line_that_is_gone_is_not_done(
    house: _House, empty_database_url: str, in_order: bool
) -> None:
    """All of it was in hand, and one under way, when the database was lost, and the last line with it: nothing is done
    that was begun before, until who publishes has held it against the other database; then what stands there is."""
    async with beside("consumer", house.consumer(in_order=in_order)):
        async with beside("publisher", house.publisher().run()):
            await until(lambda: _true(house.began), 20, "the first to be begun")
        await house.fail_over(empty_database_url, b"0", b"1")
        house.may_go_on.set()
        there = urlsplit(empty_database_url).path.removeprefix("/")
        # Nobody has begun to lead there: all of it waits.
        await until(lambda: _is_asked_for(house.client), 20, "the work to be asked for again")
        assert house.done == []
        async with beside("publisher", house.publisher().run()):
            await until(lambda: _true({(b"0", there), (b"1", there)} <= set(house.done)), 30, "what stands")
            house.ledger.lines.append(b"other")
            await until(lambda: _true((b"other", there) in house.done), 30, "what follows")
            await until(lambda: _nothing_pending(house.client), 20, "all acknowledged")
    assert set(house.done) == {(b"0", there), (b"1", there), (b"other", there)}


async def _true(fact: object) -> bool:
    return bool(fact)


async def _is_asked_for(client: stream.Redis) -> bool:
    """Whether somebody has taken up again what they had in hand."""
    told: Any = await client.xpending_range(NAME, "group", "-", "+", 10)
    return any(each["times_delivered"] > 1 for each in told)


async def test_what_names_no_line_is_done_though_nobody_leads(
    client: stream.Redis, database_url: str
) -> None:
    """What was put before lines were named, and what no journal stands behind, is done as it comes."""
    handled: list[bytes] = []

    async def handle(message: bytes) -> None:
        handled.append(message)

    await _put(client, b"of old")
    async with _leading(client, database_url, handle):
        await until(lambda: _true(handled), 20, "the message")


async def test_who_is_bound_to_a_run_is_given_no_connection_to_another(database_url: str) -> None:
    """Nor is any task of theirs; a task that lives longer than that is free."""
    pool = await open_pool(database_url, "voting", 2)
    async with pool.acquire() as connection:
        run = await run_of(connection)
    refused, over = asyncio.Event(), asyncio.Event()

    async def lives_on() -> Any:
        with pytest.raises(AnotherRun):
            await pool.fetchval("select 1")
        refused.set()
        await over.wait()
        return await pool.fetchval("select 1")

    with bound_to(run):
        assert await pool.fetchval("select 1") == 1
    with bound_to("another"):
        task = asyncio.create_task(lives_on())
        with pytest.raises(AnotherRun):
            await pool.fetchval("select 1")
        with bound_to(""):
            assert await pool.fetchval("select 1") == 1
        await refused.wait()
    over.set()
    assert await task == 1
    await pool.close()


async def test_what_is_great_is_in_one_hand(
    client: stream.Redis, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is at it says so again and again, and no other takes it up; who hangs stops saying so, and another does."""
    monkeypatch.setattr(consumer, "IDLE_BEFORE_CLAIM_MS", 200)
    monkeypatch.setattr(consumer, "BLOCK_MS", 10)
    monkeypatch.setattr(consumer, "GREAT_BYTES", 100)
    monkeypatch.setattr(consumer, "KEPT_SECONDS", 1.0)
    given: dict[str, list[bytes]] = {"one": [], "other": []}
    great, never, longest = b"g" * 100, asyncio.Event(), 0

    def reader(name: str) -> Coroutine[Any, Any, None]:
        async def handle(message: bytes) -> None:
            given[name].append(message)
            await never.wait()

        return Consumer(client, NAME, "group", name, handle).run_shared(pool)

    async def has(name: str) -> bool:
        return given[name] == [great]

    async def has_said_so() -> bool:
        nonlocal longest
        (entry,) = await client.xpending_range(NAME, "group", "-", "+", 1)
        since = int(entry["time_since_delivered"])
        before, longest = longest, max(longest, since)
        return entry["consumer"] == b"one" and since < before

    async with await open_pool(database_url, "voting", 2) as pool, beside("one", reader("one")):
        await _put(client, great)
        await until(lambda: has("one"))
        await until(has_said_so, what="said again to be at work")
        async with beside("other", reader("other")):
            await until(lambda: has("other"), what="taken up from who hangs")
