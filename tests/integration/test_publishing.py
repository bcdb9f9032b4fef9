"""What rings is published, and nothing else is asked for between two sweeps."""

import asyncio
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Unreachable

from services.kit import publisher, stream
from services.kit.background import beside
from services.kit.database import leading, open_pool
from services.kit.publisher import Bell, Publisher
from services.kit.screen_stream import Reached
from services.kit.source import Outgoing, mark_of
from services.kit.term import Deposed
from tests.support.publishing import by_hand
from tests.support.waiting import until

RUN = "a run of the database"


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
        # What stands in a line, if not x: by key and index.
        self.texts: dict[tuple[str, int], bytes] = {}
        self.asked = Counter[str]()

    async def heads(self) -> dict[str, int]:
        """As Source."""
        self.asked["heads"] += 1
        return dict(self.sizes)

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """As Source."""
        self.asked[key] += 1
        if self.heavy:
            there = start < self.sizes[key]
            page = _Page([self._line(key, start, (("heavy", b"x" * 100),))] if there else [])
            self.held = max(self.held, sum(1 for read in self._pages if read()))
            self._pages.append(weakref.ref(page))
            return page
        return [self._line(key, index) for index in range(start, min(self.sizes[key], start + limit))]

    async def marks(self, key: str, indexes: Sequence[int]) -> dict[int, str]:
        """As Source."""
        return {index: self._line(key, index).mark for index in indexes if index < self.sizes[key]}

    def _line(self, key: str, index: int, work: tuple[tuple[str, bytes], ...] = ()) -> Outgoing:
        text = self.texts.get((key, index), b"x")
        return Outgoing(index, text, work, mark_of(sha256(text).digest()))


@pytest.fixture
def journals(monkeypatch: pytest.MonkeyPatch) -> _Journals:
    """Empty journals, of publishers that sweep once in a test."""
    monkeypatch.setattr(publisher, "SWEEP_SECONDS", 3600.0)
    monkeypatch.setitem(stream.WRITERS, "heavy", "test")
    return _Journals()


@asynccontextmanager
async def _worker(
    journals: _Journals, database_url: str, redis_url: str, pace: float = 0.02
) -> AsyncIterator[Bell]:
    pool, client = await open_pool(database_url, "voting", 2), stream.connect(redis_url)
    bell = Bell(client, "test", pace)
    async with beside("publisher", Publisher("test", journals, pool, client, bell, 1).run()):
        yield bell
    await client.aclose()
    await pool.close()


async def _told(redis_url: str, key: str) -> list[bytes]:
    client = stream.connect(redis_url)
    try:
        entries: Any = await client.xrange(stream.screen(key, "test"))
    finally:
        await client.aclose()
    return [fields[stream.FIELD] for _, fields in entries]


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
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """Ballots are gathered for a moment; an act is told at once, whichever process it came to."""
    async with (
        _worker(journals, database_url, redis_url, 3600.0) as one,
        _worker(journals, database_url, redis_url, 3600.0) as other,
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


async def test_a_sweep_looks_at_some_of_the_quiet_ones_each_in_its_turn(
    journals: _Journals, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many meetings there ever were; a stream that is lost alone is found within one round of all."""
    keys = [f"m{number:02}" for number in range(3 * publisher.QUIET_AT_ONCE - 1)]
    journals.sizes.update(dict.fromkeys(keys, 2))
    async with by_hand(journals, database_url, redis_url) as leads:
        await leads.begin(RUN)
        await leads.publish_all()
        looked_at = _seen(leads, monkeypatch)
        for number, lost in enumerate(keys):
            # In whatever order they are told: a database gives rows as they lie.
            journals.sizes = Counter(dict(reversed(journals.sizes.items())))
            await _drop(redis_url, lost)
            for _ in range(3):
                looked_at.clear()
                await leads.publish_all()
                assert len(set(looked_at)) <= publisher.QUIET_AT_ONCE
            assert await _length(redis_url, lost) == 2, number


async def test_what_is_new_is_told_in_every_sweep(
    journals: _Journals, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of how many others it may be: whose turn it is, is asked of the quiet ones alone."""
    keys = [f"m{number:02}" for number in range(5 * publisher.QUIET_AT_ONCE)]
    async with by_hand(journals, database_url, redis_url) as leads:
        await leads.begin(RUN)
        for size in (1, 2):
            journals.sizes = Counter(dict.fromkeys(keys, size))
            await leads.publish_all()
            assert [await _length(redis_url, key) for key in keys] == [size] * len(keys)
        looked_at = _seen(leads, monkeypatch)
        journals.sizes[keys[-1]] = 3
        await leads.publish_all()
        assert keys[-1] in looked_at
        assert await _length(redis_url, keys[-1]) == 3


async def test_something_else_under_one_name_silences_no_other(
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """Whoever has put it there: the others are told; and it, too, once it is gone."""
    journals.sizes.update(dict.fromkeys(("a", "b", "c"), 1))
    name = stream.screen("b", "test")
    async with by_hand(journals, database_url, redis_url) as leads, stream.connect(redis_url) as redis:
        await leads.begin(RUN)
        await redis.set(name, "something else")
        await leads.publish_all()
        assert [await _length(redis_url, key) for key in ("a", "c")] == [1, 1]
        await redis.delete(name)
        await leads.publish_all()
    assert await _length(redis_url, "b") == 1


async def test_who_rings_during_a_sweep_does_not_wait_for_its_end(
    journals: _Journals, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever begins to lead has every stream to look at, of all meetings that ever were."""
    keys = [f"m{number:02}" for number in range(40)]
    journals.sizes.update(dict.fromkeys(keys, 1))
    async with by_hand(journals, database_url, redis_url) as leads:
        leads._bell.leads = True
        await leads.begin(RUN)
        looked_at = _seen(leads, monkeypatch)
        journals.sizes["rung"] = 1
        sweep = asyncio.create_task(leads.publish_all())
        await until(lambda: _true(len(set(looked_at)) > 2))
        journals.sizes["rung"] = 2
        leads._bell.ring("rung", urgent=True)
        await sweep
    places = list(dict.fromkeys(looked_at))
    assert places.index("rung") < len(keys), "told before the sweep came to it"
    assert await _length(redis_url, "rung") == 2


def _seen(leads: Publisher, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys whose streams are looked at or written to from now on."""
    seen: list[str] = []
    add = leads._streams.add

    async def watched(key: str, at: Reached, entries: Sequence[tuple[Reached, bytes]] = ()) -> Reached:
        seen.append(key)
        return await add(key, at, entries)

    monkeypatch.setattr(leads._streams, "add", watched)
    return seen


async def _drop(redis_url: str, key: str) -> None:
    client = stream.connect(redis_url)
    await client.delete(stream.screen(key, "test"))
    await client.aclose()


async def test_a_stream_with_lines_that_are_in_no_journal_is_filled_anew(
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """A database goes on that the last lines had not reached: the screens see what there is, and what follows."""
    async with _worker(journals, database_url, redis_url) as before:
        await until(lambda: _true(before.leads))
        journals.sizes["lost"] = 5
        before.ring("lost")
        await until(lambda: _is(redis_url, "lost", 5))
    journals.sizes["lost"] = 3
    async with _worker(journals, database_url, redis_url) as after:
        await until(lambda: _is(redis_url, "lost", 3))
        journals.sizes["lost"] = 4
        after.ring("lost")
        await until(lambda: _is(redis_url, "lost", 4))


@pytest.mark.parametrize("size", [5, 7, 600], ids=["as long", "longer", "far longer"])
async def test_a_stream_whose_last_lines_are_others_than_the_journals_is_filled_anew(
    journals: _Journals, database_url: str, redis_url: str, size: int
) -> None:
    """A database goes on that the last lines had not reached, and has lines of its own under their numbers."""
    async with _worker(journals, database_url, redis_url) as before:
        await until(lambda: _true(before.leads))
        journals.sizes["forked"] = 5
        before.ring("forked")
        await until(lambda: _is(redis_url, "forked", 5))
    journals.sizes["forked"] = size
    journals.texts["forked", 3] = b"another"
    async with _worker(journals, database_url, redis_url):
        there = [journals.texts.get(("forked", index), b"x") for index in range(size)]

        async def told() -> bool:
            return await _told(redis_url, "forked") == there

        await until(told)


async def test_what_a_publisher_put_behind_lost_lines_before_it_knew_is_found(
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """It read from the other database already, and led by a connection to the one that is lost."""
    journals.sizes["key"] = 3
    async with by_hand(journals, database_url, redis_url) as old:
        await old.begin(RUN)
        await old.publish_all()
        journals.texts["key", 2] = b"another"
        journals.sizes["key"] = 5
        await old.publish_all()
        assert await _told(redis_url, "key") == [b"x"] * 5
        async with by_hand(journals, database_url, redis_url) as new:
            await new.begin(RUN)
            await new.publish_all()
    assert await _told(redis_url, "key") == [b"x", b"x", b"another", b"x", b"x"]


async def test_who_was_deposed_puts_nothing_and_drops_nothing(
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """It was slow, and read lines of a database that is lost; another leads. Once it leads again it may."""
    lost = _Journals()
    lost.sizes["key"] = 4
    journals.sizes["key"] = 2
    async with (
        by_hand(lost, database_url, redis_url) as slow,
        by_hand(journals, database_url, redis_url) as leads,
    ):
        await slow.begin(RUN)
        await leads.begin(RUN)
        await leads.publish_all()
        with pytest.raises(Deposed):
            await slow.publish_all()
        journals.sizes["key"] = 3
        await leads.publish_all()
        assert await _length(redis_url, "key") == 3
        await slow.begin(RUN)
        await slow.publish_all()
        assert await _length(redis_url, "key") == 4
        with pytest.raises(Deposed):
            await leads.publish_all()


async def test_a_term_of_a_clock_that_was_set_back_is_overcome(
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """Redis fails over to a machine whose clock is behind: who leads is refused once, and leads from then on."""
    client = stream.connect(redis_url)
    await client.set(stream.term("key", "test"), 9 * 10**15)
    await client.aclose()
    journals.sizes["key"] = 1
    async with by_hand(journals, database_url, redis_url) as leads:
        await leads.begin(RUN)
        with pytest.raises(Deposed):
            await leads.publish_all()
        await leads.begin(RUN)
        await leads.publish_all()
    assert await _length(redis_url, "key") == 1


async def test_work_is_put_though_another_brings_the_stream_to_where_we_are(
    journals: _Journals, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Redis that came back empty is filled by a new leader while the old one does not know that it leads no more."""
    client = stream.connect(redis_url)
    journals.heavy, journals.sizes["key"] = True, 2
    async with by_hand(journals, database_url, redis_url) as old:
        await old.begin(RUN)
        await old.publish_all()
        await client.flushall()
        journals.sizes["key"] = 3
        script = old._streams._add
        mark = (await journals.marks("key", [0]))[0]

        async def filled_after_the_first_look(keys: list[str], args: list[str]) -> list[list[bytes]]:
            last: list[list[bytes]] = await script(keys=keys, args=args)
            if last == [[b"0-0", b""]]:
                for index in range(2):
                    fields: Any = {stream.FIELD: b"x", stream.MARK: mark}
                    await client.xadd(keys[0], fields, id=stream.entry_id(index))
            return last

        monkeypatch.setattr(old._streams, "_add", filled_after_the_first_look)
        # Redis has lost that it leads: it puts no work before it has begun again.
        with pytest.raises(Deposed):
            await old.publish_all()
        assert await client.xlen(stream.work("key", "heavy", 1)) == 0
        await old.begin(RUN)
        await old.publish_all()
    assert await client.xlen(stream.screen("key", "test")) == 3
    # The line that it was at when another came is put, and the one behind where the stream stood then.
    assert await _work(client) == [b"0 key", b"2 key"]
    await client.aclose()


async def _work(client: stream.Redis) -> list[bytes]:
    """Of which lines work is to be done."""
    entries: Any = await client.xrange(stream.work("key", "heavy", 1))
    return [fields.get(stream.LINE, b"unnamed") for _, fields in entries]


async def _is_held(client: stream.Redis, run: str) -> bool:
    return bool(await client.get(stream.held("test", 0)) == run.encode())


async def test_work_of_lines_that_are_gone_is_dropped_by_who_leads_where_they_are_gone(
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """Of a line that is not there, or is another; what stands stays, and so does what names no line. Only then all of
    it was held against that run of the database, in which it is not looked through again."""
    client = stream.connect(redis_url)
    journals.heavy, journals.sizes["key"] = True, 5
    async with by_hand(journals, database_url, redis_url) as old:
        await old.begin(RUN)
        await old.publish_all()
    await client.xadd(stream.work("key", "heavy", 1), {stream.FIELD: b"of old"})
    journals.sizes["key"], journals.texts["key", 2] = 4, b"another"
    async with by_hand(journals, database_url, redis_url) as same:
        await same.begin(RUN)
        assert await _work(client) == [b"0 key", b"1 key", b"2 key", b"3 key", b"4 key", b"unnamed"]
    async with by_hand(journals, database_url, redis_url) as new:
        await new.begin("another run")
        assert await _work(client) == [b"0 key", b"1 key", b"3 key", b"unnamed"]
        assert await _is_held(client, "another run")
        await new.publish_all()
        assert (await _work(client))[4:] == [b"0 key", b"1 key", b"2 key", b"3 key"]
    await client.aclose()


@pytest.mark.parametrize("step", ["_look", "_drop", "_hold"])
@pytest.mark.parametrize("done", [False, True], ids=["lost", "done, and unheard"])
async def test_who_ends_while_work_is_held_against_the_journal_is_followed(
    journals: _Journals,
    database_url: str,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    done: bool,
) -> None:
    """Until the last step nothing counts as held; whoever leads next in that run brings it to its end."""
    client = stream.connect(redis_url)
    journals.heavy, journals.sizes["key"] = True, 3
    async with by_hand(journals, database_url, redis_url) as old:
        await old.begin(RUN)
        await old.publish_all()
    journals.sizes["key"] = 2
    async with by_hand(journals, database_url, redis_url) as ends:
        script = getattr(ends._works, step)

        async def broken(**named: Any) -> None:
            if done:
                await script(**named)
            raise Unreachable

        monkeypatch.setattr(ends._works, step, broken)
        with pytest.raises(Unreachable):
            await ends.begin("another run")
    assert await _is_held(client, "another run") == (step == "_hold" and done)
    assert not await _is_held(client, RUN)
    async with by_hand(journals, database_url, redis_url) as follows:
        await follows.begin("another run")
    assert await _work(client) == [b"0 key", b"1 key"]
    assert await _is_held(client, "another run")
    await client.aclose()


async def test_who_is_deposed_just_before_it_puts_work_puts_none(
    journals: _Journals, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looked, and led; another begins in the moment between."""
    client = stream.connect(redis_url)
    journals.heavy, journals.sizes["key"] = True, 1
    async with (
        by_hand(journals, database_url, redis_url) as slow,
        by_hand(_Journals(), database_url, redis_url) as leads,
    ):
        await slow.begin(RUN)
        put = slow._put_work

        async def late(key: str, outgoing: list[Outgoing]) -> None:
            await leads.begin("another run")
            await put(key, outgoing)

        monkeypatch.setattr(slow, "_put_work", late)
        with pytest.raises(Deposed):
            await slow.publish_all()
    assert await _work(client) == []
    await client.aclose()


async def test_who_leads_holds_it_again_once_it_is_not_held_any_more(
    journals: _Journals, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another that led elsewhere was in between and is gone, or Redis is another: without it what waits would wait."""
    monkeypatch.setattr(publisher, "SWEEP_SECONDS", 0.05)
    client = stream.connect(redis_url)
    journals.heavy, journals.sizes["key"] = True, 1
    async with _worker(journals, database_url, redis_url) as bell:
        await until(lambda: _is(redis_url, "key", 1))
        held: Any = await client.get(stream.held("test", 0))
        assert held
        async with by_hand(journals, database_url, redis_url) as elsewhere:
            await elsewhere.begin("another run")
        await until(lambda: _is_held(client, held.decode()))
        assert bell.leads
    await client.aclose()


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


@pytest.mark.parametrize("how", ["first", "middle", "last", "all", "trimmed", "more"])
async def test_a_stream_of_which_somebody_removed_something_is_filled_again(
    journals: _Journals, database_url: str, redis_url: str, how: str
) -> None:
    """Whoever began to read it would not know what to make of it; behind an end that is gone nothing can be put. Found
    as soon as there is something new, or when its turn comes; no other stream waits for it."""
    async with stream.connect(redis_url) as client, by_hand(journals, database_url, redis_url) as leads:
        journals.sizes.update({"key": 4, "other": 2})
        await leads.begin(RUN)
        await leads.publish_all()
        name = stream.screen("key", "test")
        whole: Any = await client.xrange(name)
        for new in (1, 0):
            match how:
                case "all" | "trimmed":
                    await client.xtrim(name, maxlen=2 if how == "trimmed" else 0, approximate=False)
                case "more":
                    await client.xadd(name, {stream.FIELD: b"another's"})
                case _:
                    there: Any = await client.xrange(name)
                    await client.xdel(name, there[{"first": 0, "middle": 1, "last": -1}[how]][0])
            journals.sizes["key"] += new
            journals.sizes["other"] += 1
            await leads.publish_all()
            left: Any = await client.xrange(name)
            assert (left[:4], len(left)) == (whole, journals.sizes["key"])
            assert await client.xlen(stream.screen("other", "test")) == journals.sizes["other"]


async def test_a_stream_that_was_filled_before_its_entries_were_counted_goes_on(
    journals: _Journals, database_url: str, redis_url: str
) -> None:
    """It is taken as it is, and counted from then on."""
    async with stream.connect(redis_url) as client, by_hand(journals, database_url, redis_url) as leads:
        journals.sizes["key"] = 3
        await leads.begin(RUN)
        await leads.publish_all()
        name = stream.screen("key", "test")
        await client.delete(stream.kept(name))
        journals.asked.clear()
        await leads.publish_all()
        assert await client.get(stream.kept(name)) == b"3"
        assert journals.asked["key"] == 0
