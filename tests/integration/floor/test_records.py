"""The turn log over HTTP, and what the floor hands to signing when the desk has it recorded."""

import csv
import io
from typing import Any

import msgspec
import redis.asyncio as redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.floor import handlers
from services.floor.outbox import Outbox
from services.floor.turn_sheet import HEADER, SHEETS, render
from services.kit import stream
from services.kit.source import Outgoing
from services.rules.floor import record
from services.rules.floor.turn_log import log_of
from services.wire import (
    Call,
    EndItem,
    EndTurn,
    FloorDone,
    FloorRecord,
    FloorStatement,
    RecordFloor,
    StartTurn,
    TurnLog,
)
from tests.support.floor_desk import ITEM, FloorDesk, entries_of, lines_of
from tests.support.told_desk import CHAIR, MEETING, SECRETARY
from tests.support.waiting import until

_records = msgspec.json.Decoder(FloorRecord)
PATH = f"/meetings/{MEETING}"


async def held(desk: FloorDesk) -> None:
    """Two speak, the second before the first; one is not reached."""
    await desk.open_lane()
    for voter in desk.voters[:3]:
        await desk.ask_to_speak(voter, id=f"xin-{voter}")
    for voter in (desk.voters[1], desk.voters[0]):
        reason = "Đại biểu phải đi công tác" if voter == desk.voters[1] else ""
        await desk.do(
            CHAIR, Call(meeting=MEETING, seen=await desk.seen(), request=f"xin-{voter}", reason=reason)
        )
        (turn,) = (await desk.shown()).turns
        await desk.do(CHAIR, StartTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
        await desk.do(SECRETARY, EndTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    await desk.do(CHAIR, EndItem(meeting=MEETING, seen=await desk.seen(), item=ITEM))


async def recorded(desk: FloorDesk, redis_url: str, number: int = 1) -> list[FloorRecord]:
    """The records on the work stream, once there are so many."""

    async def found() -> list[FloorRecord] | None:
        async with redis.Redis.from_url(redis_url) as client:
            entries: Any = await client.xrange(stream.work(MEETING, "records", 1))
        records = [_records.decode(fields[stream.FIELD]) for _, fields in entries]
        return records if len({each.index for each in records}) == number else None

    return await until(found, what="a record on the stream")


async def ask_for_record(desk: FloorDesk, who: str = SECRETARY) -> FloorDone:
    """The desk has the turn log so far recorded."""
    return await desk.do(who, RecordFloor(meeting=MEETING, seen=await desk.seen()))


def statement_of(said: FloorRecord) -> FloorStatement:
    """What signing would seal."""
    members = {name: getattr(said, name) for name in said.__struct_fields__ if name != "request"}
    return FloorStatement(id="nk-01", issued_at=said.log.at, software="test", **members)


async def test_a_record_holds_all_that_a_stranger_needs(desk: FloorDesk, redis_url: str) -> None:
    """The whole ledger up to the line that asked, under a checkpoint of exactly these lines; all who signed."""
    await held(desk)
    done = await ask_for_record(desk)
    (said, *_) = await recorded(desk, redis_url)
    replayed = record.verify_statement(statement_of(said), desk.pki.anchors())
    assert said.index == done.receipt.index == replayed.floor.size - 1
    assert said.evidence.ledger.lines[-1] == done.receipt.entry
    assert [line.encode() for line in said.evidence.ledger.lines] == (await lines_of(desk))[: said.index + 1]
    signed = {CHAIR, SECRETARY, *desk.voters[:3]}
    assert {each.member for each in said.evidence.credentials} == signed
    assert [(each.act, each.by, each.reason) for each in said.log.overrides if each.passed_over] == [
        ("call", CHAIR, "Đại biểu phải đi công tác")
    ]
    assert len(said.request) > 0


async def test_a_record_asked_for_twice_is_one(desk: FloorDesk, redis_url: str) -> None:
    """By both consoles, or by one that lost the answer and signed again: one line, one record, the same receipt."""
    await held(desk)
    done = await ask_for_record(desk)
    before = await lines_of(desk)
    for who in (SECRETARY, CHAIR):
        status, body = await desk.post(
            who, desk.sign(who, RecordFloor(meeting=MEETING, seen=await desk.seen()))
        )
        assert (status, msgspec.json.decode(body, type=FloorDone).receipt.index) == (200, done.receipt.index)
    assert await lines_of(desk) == before
    assert {each.index for each in await recorded(desk, redis_url)} == {done.receipt.index}


async def test_recorded_twice_each_line_has_its_own(desk: FloorDesk, redis_url: str) -> None:
    """The second covers the first's line too; each is proven for itself, also what happened in between."""
    await held(desk)
    await ask_for_record(desk)
    await desk.open_lane(item="noi-dung-2")
    await ask_for_record(desk, CHAIR)
    records = {each.index: each for each in await recorded(desk, redis_url, 2)}
    for said in records.values():
        assert record.verify_statement(statement_of(said), desk.pki.anchors()).floor.size == said.index + 1
    first, second = sorted(records)
    assert records[second].evidence.ledger.lines[: first + 1] == records[first].evidence.ledger.lines


async def test_only_acts_that_ask_for_it_are_recorded(desk: FloorDesk, redis_url: str) -> None:
    """Nothing else goes on that stream."""
    await held(desk)

    async def told() -> bool:
        async with redis.Redis.from_url(redis_url) as client:
            return bool(await client.xlen(stream.screen(MEETING, "floor")) == len(await lines_of(desk)))

    await until(told, what="every line on the stream")
    async with redis.Redis.from_url(redis_url) as client:
        assert await client.xlen(stream.work(MEETING, "records", 1)) == 0


async def test_the_turn_log_is_what_the_lines_give(desk: FloorDesk) -> None:
    """As JSON, and as a sheet for each of its lists."""
    await held(desk)
    expected = log_of(entries_of(await lines_of(desk)))
    names = (await desk.app[handlers.RECORDS].named(MEETING))[1]
    shown = msgspec.convert(await desk.ask("GET", f"{PATH}/turns", who="001", status=200), TurnLog)
    assert shown == expected
    assert [each.turn.in_turn for each in shown.turns] == [False, True]
    for path, made in (("turns", render), *((f"turns/{name}", made) for name, made in SHEETS.items())):
        address = f"/floor{PATH}/{path}.csv"
        async with desk.client.get(address, headers=desk.headers("001")) as answer:
            content = await answer.read()
            assert (answer.status, answer.content_type, answer.charset) == (200, "text/csv", "utf-8")
            named = answer.headers["Content-Disposition"]
        assert content == made(expected, {CHAIR: names[CHAIR], SECRETARY: names[SECRETARY]})
        assert named == f'attachment; filename="{MEETING}-{path.rpartition("/")[2]}.csv"'
    async with desk.client.get(f"/floor{PATH}/turns.csv", headers=desk.headers("001")) as answer:
        rows = list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"), newline="")))
    assert list(rows[0]) == list(HEADER)
    assert {(row["Mã người điều hành"], row["Người điều hành"]) for row in rows} == {(CHAIR, names[CHAIR])}
    assert [(row["Họ và tên"], row["Lý do ngoài thứ tự"]) for row in rows] == [
        ("Đại biểu 002", "Đại biểu phải đi công tác"),
        ("Đại biểu 001", ""),
    ]


async def test_before_anything_happened_there_is_no_log(desk: FloorDesk) -> None:
    """With a code of its own; and nobody of another body reads it, begun or not."""
    for path in ("turns", "turns.csv", "turns/persons.csv"):
        async with desk.client.get(f"/floor{PATH}/{path}", headers=desk.headers("001")) as answer:
            assert (answer.status, (await answer.json())["code"]) == (404, "floor_not_begun")
        foreign = {"Authorization": f"Bearer {desk.token('001', 'delegate', body='khac')}"}
        async with desk.client.get(f"/floor{PATH}/{path}", headers=foreign) as answer:
            assert (answer.status, (await answer.json())["code"]) == (403, "foreign_body")


async def test_a_record_can_be_read_again_as_it_was(desk: FloorDesk, redis_url: str) -> None:
    """Made again later, when the ledger has grown, it is the same: the publisher may repeat it."""
    await held(desk)
    done = await ask_for_record(desk)
    (said, *_) = await recorded(desk, redis_url)
    await desk.open_lane(item="noi-dung-2")
    again = await desk.app[handlers.RECORDS].record(MEETING, done.receipt.index, said.request)
    assert again == said


async def test_one_record_at_a_time_is_in_memory(desk: FloorDesk, redis_url: str) -> None:
    """Each holds the whole ledger: a page of what is published ends with the first, and the next begins behind it."""
    await held(desk)
    asked = []
    for lane in ("speech", "debate", "question"):
        asked.append((await ask_for_record(desk)).receipt.index)
        await desk.open_lane(lane, item="noi-dung-2")
    outbox = Outbox(desk.app[handlers.STORE], desk.app[handlers.RECORDS], Ed25519PrivateKey.generate())
    pages, start = list[list[Outgoing]](), 0
    while page := await outbox.read(MEETING, start, 500):
        pages.append(page)
        start = page[-1].index + 1
    assert [page[-1].index for page in pages] == [*asked, asked[-1] + 1]
    assert [sum(bool(one.work) for one in page) for page in pages] == [1, 1, 1, 0]
    assert [one.index for page in pages for one in page] == list(range(len(await lines_of(desk))))
    assert {each.index for each in await recorded(desk, redis_url, 3)} == set(asked)
