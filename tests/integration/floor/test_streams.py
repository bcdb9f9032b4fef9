"""From the floor's ledger to the stream: every line once, under its own number, whatever is lost between."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import redis.asyncio as redis

from services.floor.page import read
from services.kit import stream
from services.rules.floor.speakers import queue
from services.wire import (
    Call,
    EndItem,
    EndTurn,
    FloorChanged,
    FloorEntry,
    LaneRules,
    OpenLane,
    RollTaken,
    Skip,
    StartTurn,
    Withdraw,
)
from tests.support.breaking import Wire
from tests.support.floor_desk import ITEM, Convene, FloorDesk, asking, convene, lines_of
from tests.support.told_desk import CHAIR, MEETING
from tests.support.waiting import until

SCREEN = stream.screen(MEETING, "floor")
_events = msgspec.json.Decoder(FloorChanged)
_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)


async def _told(url: str) -> list[tuple[str, FloorChanged]]:
    async with redis.Redis.from_url(url) as client:
        entries: Any = await client.xrange(SCREEN)
        return [(key.decode(), _events.decode(fields[stream.FIELD])) for key, fields in entries]


def _caught_up(desk: FloorDesk, url: str) -> Callable[[], Awaitable[bool]]:
    async def caught_up() -> bool:
        return len(await _told(url)) == len(await lines_of(desk))

    return caught_up


async def _must_be_whole(desk: FloorDesk, url: str) -> None:
    """Every line once, in order, with its revision; the splices alone give each lane's order in the end."""
    await until(_caught_up(desk, url), what="the stream has every line")
    lines, queues = await lines_of(desk), dict[tuple[str, str], list[str]]()
    for index, (identifier, event) in enumerate(await _told(url)):
        assert (identifier, event.index, event.meeting) == (f"0-{index + 1}", index, MEETING)
        entry = _entries.decode(lines[index])
        if isinstance(entry, RollTaken):
            assert _entries.decode(event.line) == msgspec.structs.replace(entry, roll="")
        else:
            assert event.line.encode() == lines[index]
        for change in event.queues:
            line = queues.setdefault((change.item, change.lane), [])
            line[change.start : change.start + change.removed] = change.put
        floor = read(None, lines[: index + 1])
        assert floor is not None
        assert event.revision == floor.revision
    final = read(None, lines)
    assert final is not None
    for key, lane in final.lanes.items():
        assert queues.get(key, []) == [request.id for request in queue(final, lane)]


async def _sitting(desk: FloorDesk) -> None:
    """Two lanes, an algorithm that changes places, calls, a skip, a withdrawal, a turn, the end."""
    rules = LaneRules(order="alternating", stances=("for", "against"))
    await desk.open_lane(rules=rules)
    await desk.open_lane("debate")
    for place, voter in enumerate(desk.voters):
        stance = "for" if place < 3 else "against"
        await desk.ask_to_speak(voter, id=f"cua-{voter}", stance=stance)
        await desk.ask_to_speak(voter, "debate", id=f"tl-{voter}")
    await desk.do("002", Withdraw(meeting=MEETING, request="tl-002"))
    for act in (
        Skip(meeting=MEETING, seen=0, reason="Vắng tạm", request="cua-001"),
        Call(meeting=MEETING, seen=0, reason="Theo nội dung", request="cua-005"),
    ):
        await desk.do(CHAIR, msgspec.structs.replace(act, seen=await desk.seen()))
    (turn,) = (await desk.shown()).turns
    await desk.do(CHAIR, StartTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    await desk.do(CHAIR, EndTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))


async def test_the_stream_tells_every_line_and_every_order(desk: FloorDesk, redis_url: str) -> None:
    """A sitting as screens follow it: lines, revisions, and the cuts and pastes that make the queues."""
    await _sitting(desk)
    await _must_be_whole(desk, redis_url)
    await desk.do(CHAIR, EndItem(meeting=MEETING, seen=await desk.seen(), item=ITEM))
    await _must_be_whole(desk, redis_url)


async def test_batches_of_two_workers_tell_the_same(hall: Convene, redis_url: str) -> None:
    """Many at once, in batches: the splice stands with the last line of its batch that touched the lane."""
    desks = await hall(voters=120)
    await desks[0].open_lane(rules=LaneRules(order="alternating", stances=("for", "against")))
    sent = [
        (voter, desks[0].sign(voter, asking(stance="for" if place % 3 else "against")))
        for place, voter in enumerate(desks[0].voters)
    ]
    answers = await _all(desks, sent)
    assert set(answers) == {201}
    await _must_be_whole(desks[1], redis_url)


async def _all(desks: list[FloorDesk], sent: list[tuple[str, bytes]]) -> list[int]:
    return [
        status
        for status, _ in await asyncio.gather(
            *(desks[place % 2].post(who, raw) for place, (who, raw) in enumerate(sent))
        )
    ]


async def test_a_lost_redis_is_filled_again_from_the_ledger(desk: FloorDesk, redis_url: str) -> None:
    """Everything gone from Redis: the publisher tells all of it again, from the first line."""
    await _sitting(desk)
    await until(_caught_up(desk, redis_url))
    async with redis.Redis.from_url(redis_url) as client:
        await client.flushall()
    await _must_be_whole(desk, redis_url)


async def test_acts_go_on_without_redis_and_screens_catch_up(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> None:
    """The wire to Redis is cut: people ask, are called and speak as before; mended, the stream has every line."""
    wire = Wire(redis_url)
    await wire.mend()
    (desk,) = await convene(tmp_path, database_url, wire.url, aiohttp_client, workers=1)
    await desk.do(CHAIR, OpenLane(meeting=MEETING, seen=0, item=ITEM, lane="question"))
    await wire.cut()
    await _sitting(desk)
    assert len(await _told(redis_url)) < len(await lines_of(desk))
    await wire.mend()
    await _must_be_whole(desk, redis_url)
    await wire.cut()
