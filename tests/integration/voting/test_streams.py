"""From ledger to streams: every line once, under its own number, whatever is lost between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
import redis.asyncio as redis

from services.kit import stream
from services.kit.database import leading, open_pool
from services.kit.publisher import Bell, Publisher
from services.kit.source import Outgoing
from services.voting import app as voting_app
from services.voting import handlers
from services.voting.outbox import Outbox
from services.wire import BallotsReceived, CertificateIssued, GreatResult, PollChanged, Result, StreamEvent
from tests.support.breaking import Wire
from tests.support.signing_service import begin
from tests.support.voting_desk import CHAIR, MEETING, VotingDesk
from tests.support.voting_hall import Convene, convene, lines_of, prove, send_all
from tests.support.waiting import until

_events: msgspec.json.Decoder[StreamEvent] = msgspec.json.Decoder(StreamEvent)
_results: msgspec.json.Decoder[Result | GreatResult] = msgspec.json.Decoder(Result | GreatResult)
SCREEN = stream.screen(MEETING, "voting")
RESULTS = stream.work(MEETING, "results", 1)


async def _entries(url: str, name: str) -> list[tuple[str, bytes]]:
    async with redis.Redis.from_url(url) as client:
        entries: Any = await client.xrange(name)
        return [(key.decode(), fields[stream.FIELD]) for key, fields in entries]


async def _must_be_whole(desk: VotingDesk, url: str) -> int:
    """The stream tells every line of the ledger once, in order, under its own id; how many voters it told of last."""
    lines, covered, received = await lines_of(desk), 0, 0
    for identifier, message in await _entries(url, SCREEN):
        event = _events.decode(message)
        assert identifier == f"0-{event.index + 1}"
        if isinstance(event, BallotsReceived):
            assert event.first == covered
            assert len(event.leaves) == event.index - event.first + 1
            received = event.received
        else:
            assert event.index == covered
            assert not isinstance(event, PollChanged) or event.line.encode() == lines[covered]
        covered = event.index + 1
    assert covered == len(lines)
    return received


def _caught_up(desk: VotingDesk, url: str) -> Callable[[], Awaitable[bool]]:
    async def caught_up() -> bool:
        entries = await _entries(url, SCREEN)
        return bool(entries) and stream.index_of(entries[-1][0]) + 1 == len(await lines_of(desk))

    return caught_up


async def _vote(desk: VotingDesk, *, close: bool = True) -> tuple[str, Any]:
    poll, asked = await desk.opened()
    for voter in desk.voters:
        await desk.cast(poll, asked, voter)
    if close:
        await desk.act(poll, "close", definition=asked.hash)
    return poll, asked


async def test_a_lost_redis_is_filled_again_from_the_ledger(hall: Convene, redis_url: str) -> None:
    """FLUSHALL in the midst of a sitting: the same entries come back under the same ids, and it goes on from there."""
    desks = await hall()
    poll, asked = await _vote(desks[0])
    await desks[0].declare(poll, asked)
    await until(_caught_up(desks[0], redis_url))
    before = {name: await _entries(redis_url, name) for name in (SCREEN, RESULTS)}
    async with redis.Redis.from_url(redis_url) as client:
        await client.flushall()
    await until(_caught_up(desks[0], redis_url))
    covering = await _entries(redis_url, SCREEN)
    assert covering[-1] == before[SCREEN][-1]
    (again,) = {_results.decode(message).poll for _, message in await _entries(redis_url, RESULTS)}
    assert again == poll
    await _vote(desks[1])
    await until(_caught_up(desks[1], redis_url))
    assert await _must_be_whole(desks[0], redis_url) == len(desks[0].voters)


def _outbox(desk: VotingDesk) -> Outbox:
    """What a desk's publisher reads."""
    app = desk.app
    return Outbox(
        app[handlers.STORE],
        app[handlers.ARCHIVE],
        app[handlers.REMOTE].store,
        app[voting_app.RECHECKS],
        app[voting_app.ENVELOPE],
    )


@asynccontextmanager
async def _publisher(desk: VotingDesk, url: str, database_url: str) -> AsyncIterator[Publisher]:
    """A publisher of our own, driven by hand."""
    pool, client = await open_pool(database_url, "voting", 4), stream.connect(url)
    outbox = _outbox(desk)
    yield Publisher("voting", outbox, pool, client, Bell(client, "voting"), 1)
    await client.aclose()
    await pool.close()


@asynccontextmanager
async def _nobody_leads(database_url: str) -> AsyncIterator[None]:
    """Hold the publishers' lock, so that no worker publishes meanwhile."""
    pool = await open_pool(database_url, "voting", 1)
    async with leading(pool, "voting.publisher") as lead:
        assert lead
        yield
    await pool.close()


class _Failing:
    """Before Redis: some calls fail before they are done, some after, when they are done but nobody knows."""

    def __init__(self, act: Callable[..., Awaitable[Any]], before: set[int], after: set[int]) -> None:
        self._act = act
        self._turn, self._before, self._after = 0, before, after

    async def __call__(self, *args: Any, **named: Any) -> Any:
        self._turn += 1
        if self._turn in self._before:
            raise redis.ConnectionError
        answer = await self._act(*args, **named)
        if self._turn in self._after:
            raise redis.ConnectionError
        return answer


async def test_a_publisher_that_fails_at_every_command_still_tells_every_line_once(
    hall: Convene, redis_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command to Redis fails before it, and after it was done: by retries the stream becomes whole."""
    async with _nobody_leads(database_url):
        desks = await hall()
        poll, asked = await _vote(desks[0])
        await desks[0].declare(poll, asked)
        async with _publisher(desks[0], redis_url, database_url) as publisher:
            await publisher.begin("run")
            streams = publisher._streams
            monkeypatch.setattr(streams, "_add", _Failing(streams._add, {1, 5}, {3, 8}))
            monkeypatch.setattr(publisher, "_put_work", _Failing(publisher._put_work, {1}, {2}))
            for _ in range(30):
                try:
                    await publisher.publish_all()
                except redis.ConnectionError:
                    await publisher.begin("run")
        assert await _must_be_whole(desks[0], redis_url) == len(desks[0].voters)
        results = [_results.decode(message) for _, message in await _entries(redis_url, RESULTS)]
        assert {result.poll for result in results} == {poll}
        assert len({msgspec.json.encode(result) for result in results}) == 1


async def test_one_result_at_a_time_is_in_memory(desk: VotingDesk) -> None:
    """Each may hold the whole ledger: a page of what is published ends with the first, and the next begins behind it,
    with the voters counted as ever."""
    declared = list[int]()
    for _ in range(3):
        poll, asked = await _vote(desk)
        await desk.declare(poll, asked)
        declared.append(len(await lines_of(desk)) - 1)
    await _vote(desk, close=False)
    outbox = _outbox(desk)
    pages, start = list[list[Outgoing]](), 0
    while page := await outbox.read(MEETING, start, 500):
        pages.append(page)
        start = page[-1].index + 1
    assert [page[-1].index for page in pages] == [*declared, len(await lines_of(desk)) - 1]
    assert [sum(len(one.work) > 1 for one in page) for page in pages] == [1, 1, 1, 0]
    events = [_events.decode(one.message) for page in pages for one in page]
    received = [event.received for event in events if isinstance(event, BallotsReceived)]
    assert received == [len(desk.voters)] * 4
    assert [event.first if isinstance(event, BallotsReceived) else event.index for event in events] == [
        0,
        *(event.index + 1 for event in events[:-1]),
    ]


async def test_a_great_result_goes_without_its_ledger(
    desk: VotingDesk, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long that is, the message is short; the next poll of the meeting is told whole."""
    polls, archive = [], desk.app[handlers.ARCHIVE]
    for largest in (100, 64_000_000):
        monkeypatch.setattr(archive, "_largest", largest)
        poll, asked = await _vote(desk)
        await desk.declare(poll, asked)
        polls.append(poll)
        await until(_caught_up(desk, redis_url))
    great, whole = [_results.decode(raw) for _, raw in await _entries(redis_url, RESULTS)]
    assert isinstance(great, GreatResult)
    assert isinstance(whole, Result)
    assert [great.poll, whole.poll] == polls
    assert great.ledger.lines == ()
    assert great.lines > len(desk.voters)
    await _must_be_whole(desk, redis_url)


async def test_two_publishers_in_turn_tell_the_same_number_of_voters(
    hall: Convene, redis_url: str, database_url: str
) -> None:
    """Leadership that goes to another worker and comes back: `received` is right in every message."""
    async with _nobody_leads(database_url):
        (desk,) = await hall(workers=1)
        poll, asked = await desk.opened()
        async with (
            _publisher(desk, redis_url, database_url) as one,
            _publisher(desk, redis_url, database_url) as other,
        ):
            for place, voter in enumerate(desk.voters):
                await desk.cast(poll, asked, voter)
                leads = (one, other, other, one, other)[place]
                await leads.begin("run")
                await leads.publish_all()
        events = [_events.decode(message) for _, message in await _entries(redis_url, SCREEN)]
        told = [event.received for event in events if isinstance(event, BallotsReceived)]
        assert told == [1, 2, 3, 4, 5]
        await _must_be_whole(desk, redis_url)


async def test_two_publishers_in_turn_tell_how_many_ballots_are_under_way(desk: VotingDesk) -> None:
    """What was begun while another led is under way for whoever leads again."""
    poll, asked = await desk.opened(grace_s=30)
    one, other = _outbox(desk), _outbox(desk)
    await desk.cast(poll, asked, "001")
    assert await _under_way(one, desk, 0) == 0
    before = len(await lines_of(desk))
    await begin(desk, poll, desk.devices["002"].ballot(asked, "approve"), "002")
    assert await _under_way(other, desk, before) == 1
    await desk.cast(poll, asked, "003")
    assert await _under_way(one, desk, before + 1) == 1


async def test_lines_that_could_not_be_read_at_once_are_counted_once(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes in the midst of reading them, and is asked again: `received` says how many there are."""
    poll, asked = await desk.opened()
    outbox, store = _outbox(desk), desk.app[handlers.REMOTE].store
    await desk.cast(poll, asked, "001")
    read = len(await lines_of(desk))
    await outbox.read(MEETING, 0, read)
    await desk.cast(poll, asked, "002")
    with monkeypatch.context() as patch:
        patch.setattr(store, "pending", _Failing(store.pending, set(range(1000)), set()))
        await begin(desk, poll, desk.devices["003"].ballot(asked, "approve"), "003")
        with pytest.raises(redis.ConnectionError):
            await outbox.read(MEETING, read, 10)
    (told,) = await outbox.read(MEETING, read, 10)
    event = _events.decode(told.message)
    assert isinstance(event, BallotsReceived)
    assert event.received == 2


async def _under_way(outbox: Outbox, desk: VotingDesk, start: int) -> int:
    """How many its last message says, of ballots."""
    told = await outbox.read(MEETING, start, len(await lines_of(desk)))
    event = _events.decode(told[-1].message)
    assert isinstance(event, BallotsReceived)
    return event.pending


async def test_ballots_are_acknowledged_while_redis_is_down_and_screens_catch_up(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> None:
    """The wire to Redis is cut in mid-poll: votes, close and count go on; mended, the stream has every line."""
    wire = Wire(redis_url)
    await wire.mend()
    desks = await convene(tmp_path, database_url, wire.url, aiohttp_client)
    poll, asked = await desks[0].opened(duration_s=600)
    await wire.cut()
    ballots = [desks[0].devices[voter].ballot(asked, "approve") for voter in desks[0].voters]
    async with asyncio.timeout(10):
        assert {status for status, _ in await send_all(desks, poll, ballots)} == {201}
        closed = await desks[1].act(poll, "close", definition=asked.hash)
    assert closed["decision"]["outcome"] == "carried"
    await prove(desks[0])
    await wire.mend()
    await until(_caught_up(desks[0], redis_url))
    assert await _must_be_whole(desks[0], redis_url) == len(desks[0].voters)
    for desk in desks:
        await desk.client.close()
    await wire.cut()


async def test_one_ledger_that_cannot_be_read_silences_no_other(
    hall: Convene, redis_url: str, database_url: str
) -> None:
    """A tampered line stops its own meeting's stream only; the publisher goes on with the others."""
    (desk,) = await hall(workers=1)
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "voting"})
    await connection.execute(
        "insert into ledger (meeting, body, size) values ('aaa', 'hdnd', 1);"
        "insert into entry select no, 0, 0, null, null, '', '{}' from ledger where meeting = 'aaa'"
    )
    await connection.close()
    await _vote(desk)
    await until(_caught_up(desk, redis_url))


async def test_a_certificate_of_no_poll_stops_no_other(desk: VotingDesk) -> None:
    """A certificate of a poll that nobody knows is passed over, and the next one is noted."""
    poll, asked = await _vote(desk)
    await desk.declare(poll, asked)
    for meeting, known in (("phien-9", "pol-9"), (MEETING, "pol-9"), (MEETING, poll)):
        issued = CertificateIssued(
            index=0, body="hdnd", meeting=meeting, poll=known, certificate="crt-1", sha256="A" * 43
        )
        await desk.tell(issued)
    assert (await desk.ask("GET", f"/polls/{poll}", who=CHAIR))["state"] == "certified"
