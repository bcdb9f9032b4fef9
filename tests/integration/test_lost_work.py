"""A work stream that is lost alone is found, and filled again, whatever else happens meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Unreachable

from services.kit import consumer, publisher, stream
from services.kit.background import beside
from services.kit.bell import Bell
from services.kit.consumer import Consumer
from services.kit.database import open_pool
from services.kit.publisher import Publisher
from services.kit.source import Outgoing, mark_of
from tests.support.publishing import by_hand
from tests.support.waiting import until

RUN = "a run of the database"
ASKED, NEWS = stream.shard("asked", 0), stream.shard("news", 0)
MADE = stream.shard("made", 0)


class _Journals:
    """Journals by key, of which every line goes to both work streams; `broken` ones cannot be read."""

    def __init__(self) -> None:
        self.sizes = Counter[str]({"key": 3, "other": 2})
        self.broken = set[str]()
        self.read_keys: list[str] = []

    async def heads(self) -> dict[str, int]:
        """As Source."""
        return dict(self.sizes)

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """As Source."""
        self.read_keys.append(key)
        if key in self.broken:
            raise RuntimeError(key)
        return [self._line(key, at) for at in range(start, min(self.sizes[key], start + limit))]

    async def marks(self, key: str, indexes: Sequence[int]) -> dict[int, str]:
        """As Source."""
        return {at: self._line(key, at).mark for at in indexes if at < self.sizes[key]}

    def _line(self, key: str, at: int) -> Outgoing:
        text = f"{key} {at}".encode()
        return Outgoing(at, text, (("news", text), ("asked", text)), mark_of(sha256(text).digest()))


@pytest.fixture
async def client(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[stream.Redis]:
    """An empty Redis; two streams are written, and of the second a third is made."""
    monkeypatch.setitem(stream.WRITERS, "news", "test")
    monkeypatch.setitem(stream.WRITERS, "asked", "test")
    monkeypatch.setitem(stream.MADE_OF, "asked", "made")
    async with stream.connect(redis_url) as made:
        yield made


@pytest.fixture
def journals() -> _Journals:
    """Two of them."""
    return _Journals()


@asynccontextmanager
async def _led(
    journals: _Journals, database_url: str, redis_url: str, shards: int = 1
) -> AsyncIterator[Publisher]:
    """A publisher that is driven by hand, and has put all there was."""
    async with by_hand(journals, database_url, redis_url, shards) as made:
        await made.begin(RUN)
        await made.publish_all()
        yield made


async def _put(client: stream.Redis, name: str) -> list[bytes]:
    entries: Any = await client.xrange(name)
    return [fields[stream.FIELD] for _, fields in entries]


def _lines(journals: _Journals) -> list[bytes]:
    return [f"{key} {at}".encode() for key, size in journals.sizes.items() for at in range(size)]


async def test_at_first_everything_is_put_once(
    journals: _Journals, client: stream.Redis, database_url: str, redis_url: str
) -> None:
    """Nothing is taken for lost where nothing was put yet; nor by who leads next, nor by sweeps."""
    for _ in range(2):
        async with _led(journals, database_url, redis_url) as leads:
            for _ in range(3):
                await leads.publish_all()
    assert await _put(client, NEWS) == await _put(client, ASKED) == _lines(journals)


@pytest.mark.parametrize("shards", [1, 3])
async def test_each_stream_that_is_lost_alone_is_filled_again(
    journals: _Journals, client: stream.Redis, database_url: str, redis_url: str, shards: int
) -> None:
    """That one, and no other; also where something new was put before it was found, and by who leads next."""
    async with _led(journals, database_url, redis_url, shards) as leads:
        for key in journals.sizes:
            for name, other in (("news", "asked"), ("asked", "news")):
                lost, kept = stream.work(key, name, shards), stream.work(key, other, shards)
                before = await _put(client, kept)
                await client.delete(lost)
                journals.sizes[key] += 1
                await leads._publish_or_tell(key)
                for _ in range(shards):
                    await leads.publish_all()
                here = [f"{each} {at}".encode() for each, size in journals.sizes.items() for at in range(size)
                        if stream.work(each, name, shards) == lost]  # fmt: skip
                assert set(await _put(client, lost)) == set(here)
                assert await _put(client, kept) == [*before, f"{key} {journals.sizes[key] - 1}".encode()]
    await client.delete(stream.work("key", "news", shards))
    async with _led(journals, database_url, redis_url, shards):
        assert b"key 0" in await _put(client, stream.work("key", "news", shards))


async def test_what_is_made_of_a_lost_stream_is_asked_for_again(
    journals: _Journals, client: stream.Redis, database_url: str, redis_url: str
) -> None:
    """It has no journal behind it: what it is made of is put again, and nothing else."""
    async with _led(journals, database_url, redis_url) as leads:
        await client.xadd(MADE, {stream.FIELD: b"made of it"})
        await client.delete(MADE)
        await leads.publish_all()
        assert await _put(client, ASKED) == 2 * _lines(journals)
        await leads.publish_all()
    assert await _put(client, ASKED) == 2 * _lines(journals)
    assert await _put(client, NEWS) == _lines(journals)


@pytest.mark.parametrize("step", ["_look", "_fill"])
@pytest.mark.parametrize("done", [False, True], ids=["lost", "done, and unheard"])
async def test_who_ends_while_a_stream_is_filled_again_is_followed(
    journals: _Journals,
    client: stream.Redis,
    database_url: str,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    done: bool,
) -> None:
    """Until the last step it counts as lost."""
    async with _led(journals, database_url, redis_url) as ends:
        await client.delete(NEWS)
        script = getattr(ends._lost, step)

        async def broken(**named: Any) -> None:
            if done:
                await script(**named)
            raise Unreachable

        monkeypatch.setattr(ends._lost, step, broken)
        with pytest.raises(Unreachable):
            await ends.publish_all()
    async with _led(journals, database_url, redis_url):
        assert set(await _put(client, NEWS)) == set(_lines(journals))
    groups: Any = await client.xinfo_groups(NEWS)
    assert [group["name"].decode() for group in groups] == [stream.FILLED]


async def test_a_stream_that_is_lost_again_while_it_is_filled_is_found(
    journals: _Journals,
    client: stream.Redis,
    database_url: str,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a Redis that drops what it likes: nothing is called filled that was lost since."""
    async with _led(journals, database_url, redis_url) as leads:
        fill = leads._lost.fill

        async def late() -> None:
            await client.delete(NEWS)
            await fill()

        await client.delete(NEWS)
        with monkeypatch.context() as patch:
            patch.setattr(leads._lost, "fill", late)
            await leads.publish_all()
        assert await _put(client, NEWS) == []
        await leads.publish_all()
        assert await _put(client, NEWS) == _lines(journals)


async def test_a_journal_that_cannot_be_read_keeps_no_other_from_being_put_again(
    journals: _Journals, client: stream.Redis, database_url: str, redis_url: str
) -> None:
    """And is put again, alone, when it can be read."""
    async with _led(journals, database_url, redis_url) as leads:
        await client.delete(NEWS)
        journals.broken.add("key")
        await leads.publish_all()
        assert await _put(client, NEWS) == [b"other 0", b"other 1"]
        journals.broken.clear()
        await leads.publish_all()
    assert await _put(client, NEWS) == [b"other 0", b"other 1", b"key 0", b"key 1", b"key 2"]


async def test_something_else_under_the_name_of_a_stream_is_waited_out(
    journals: _Journals, client: stream.Redis, database_url: str, redis_url: str
) -> None:
    """Nothing can be put there, and nothing is read for it in vain; once it is gone all comes again."""
    async with _led(journals, database_url, redis_url) as leads:
        await client.delete(NEWS)
        await client.set(NEWS, "something else")
        journals.read_keys.clear()
        await leads.publish_all()
        assert journals.read_keys == []
        await client.delete(NEWS)
        await leads.publish_all()
    assert await _put(client, NEWS) == _lines(journals)


@pytest.mark.parametrize("lost", ["stream", "group"])
async def test_a_reader_is_given_all_again(
    journals: _Journals,
    client: stream.Redis,
    database_url: str,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    lost: str,
) -> None:
    """Whose stream was deleted under it; or its group alone, when others had acknowledged what is dropped since: what
    it comes too late for is put again."""
    monkeypatch.setitem(stream.READERS, "news", frozenset({"group"}))
    monkeypatch.setattr(consumer, "BLOCK_MS", 10)
    monkeypatch.setattr(consumer, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(publisher, "SWEEP_SECONDS", 0.05)
    heard = list[bytes]()

    async def handle(message: bytes) -> None:
        heard.append(message)

    async def all_of_it() -> bool:
        return set(heard) == set(_lines(journals))

    async def dropped() -> bool:
        return await client.xlen(NEWS) == 1

    pool, bell = await open_pool(database_url, "voting", 3), Bell(client, "test")
    reads = Consumer(client, NEWS, "group", "me", handle).run_in_order(pool)
    async with beside("test", reads, Publisher("test", journals, pool, client, bell, 1).run()):
        await until(all_of_it, what="all")
        await until(dropped, what="all dropped")
        heard.clear()
        await (client.delete(NEWS) if lost == "stream" else client.xgroup_destroy(NEWS, "group"))
        await until(all_of_it, what="all again")
        await asyncio.sleep(0)
    await pool.close()


@pytest.mark.parametrize("how", ["one", "in hand", "all", "trimmed", "the number alone"])
async def test_what_somebody_removed_is_put_again(
    journals: _Journals, client: stream.Redis, database_url: str, redis_url: str, how: str
) -> None:
    """Single entries, read by nobody yet or by somebody who has not done with them, or all that there are, while the
    stream itself stays; once, and what follows comes once."""
    async with _led(journals, database_url, redis_url) as leads:
        listed: Any = await client.xrange(NEWS)
        first, *_ = entries = [identifier for identifier, _ in listed]
        if how == "in hand":
            await client.xgroup_create(NEWS, "group", id="0")
            assert await client.xreadgroup("group", "me", {NEWS: ">"}, count=1)
        match how:
            case "one" | "in hand":
                await client.xdel(NEWS, first)
            case "all":
                await client.xdel(NEWS, *entries)
            case "trimmed":
                await client.xtrim(NEWS, maxlen=2, approximate=False)
            case _:
                await client.delete(stream.kept(NEWS))
        left = await _put(client, NEWS)
        await leads.publish_all()
        assert await _put(client, NEWS) == [*left, *_lines(journals)]
        journals.sizes["other"] += 1
        for _ in range(3):
            await leads.publish_all()
        assert await _put(client, NEWS) == [*left, *_lines(journals)]
    assert len(await _put(client, ASKED)) == len(_lines(journals))
