"""A great poll's ledger on its way to signing: asked for in parts, put together in a file, proven there."""

import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis.asyncio as redis

from services.kit import stream
from services.rules import ledger_file, proof
from services.rules.credential import Anchors
from services.signing import ledger_fetching, ledger_look
from services.signing.ledger_fetching import LedgerFetching, PartMissing
from services.signing.ledger_look import Seen
from services.voting import app as voting_app
from services.voting import evidence, handlers
from services.wire import Evidence, GreatResult, LedgerPart, Result, Statement
from tests.support.great_ledger import reading
from tests.support.voting_desk import MEETING, VotingDesk
from tests.support.voting_hall import lines_of


@pytest.fixture
async def streams(redis_url: str) -> AsyncIterator[stream.Redis]:
    """What signing reads and writes."""
    async with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """Where there is room for a ledger."""
    made = tmp_path / "room"
    made.mkdir()
    return made


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "PART_BYTES", 1)
    monkeypatch.setattr(evidence, "PART_PAGE", 2)


async def declared(desk: VotingDesk, monkeypatch: pytest.MonkeyPatch) -> tuple[Result, GreatResult]:
    """The result of a vote that was declared, as an ordinary one and as a great one; another poll is open beside."""
    await desk.opened()
    poll, asked = await desk.opened()
    for voter in desk.voters:
        await desk.cast(poll, asked, voter)
    await desk.act(poll, "close", definition=asked.hash)
    await desk.declare(poll, asked)
    archive, last = desk.app[handlers.ARCHIVE], len(await lines_of(desk)) - 1
    whole = await archive.result(poll, last, "req-12345678")
    monkeypatch.setattr(archive, "_largest", 0)
    great = await archive.result(poll, last, "req-12345678")
    assert isinstance(whole, Result)
    assert isinstance(great, GreatResult)
    return whole, great


async def test_what_comes_in_parts_is_what_an_ordinary_result_holds(
    desk: VotingDesk, streams: stream.Redis, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line by line, with the same checkpoint; nothing of it is left on the streams or on the disk."""
    whole, great = await declared(desk, monkeypatch)
    extract = msgspec.structs.replace(great.ledger, lines=whole.evidence.ledger.lines)
    assert extract == whole.evidence.ledger
    async with LedgerFetching(streams, 1, room).fetched(great) as ledger:
        assert ledger.read_text().splitlines() == list(whole.evidence.ledger.lines)
        seen = ledger_look.look_through(great.ledger, great.lines, ledger)
        assert isinstance(seen, Seen)
        assert seen.signers == [one.thumbprint for one in whole.evidence.credentials]
    assert list(room.iterdir()) == []
    assert [name async for name in streams.scan_iter("*:part:*")] == []
    assert (whole.body, whole.decision, whole.request) == (great.body, great.decision, great.request)


async def test_the_file_of_a_great_result_is_proven(
    desk: VotingDesk, streams: stream.Redis, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its name, with the same votes as the certificate that holds its ledger."""
    whole, great = await declared(desk, monkeypatch)
    anchors = Anchors([desk.pki.root.der])
    async with LedgerFetching(streams, 1, room).fetched(great) as ledger:
        seen = ledger_look.look_through(great.ledger, great.lines, ledger)
        assert isinstance(seen, Seen)
        extract = msgspec.structs.replace(great.ledger, file=seen.file)
        lines = ledger.read_bytes().splitlines(keepends=True)
    file = [ledger_file.head_of(extract), *lines, ledger_file.foot_of(extract)]
    bare = Evidence(roll=great.roll, credentials=whole.evidence.credentials, ledger=extract)
    proven = proof.verify_statement(_statement(whole, bare), anchors, ledger=reading(file))
    assert proven.votes == proof.verify_statement(_statement(whole, whole.evidence), anchors).votes


def _statement(result: Result, found: Evidence) -> Statement:
    members: dict[str, Any] = {
        name: getattr(result, name)
        for name in result.__struct_fields__
        if name not in ("request", "evidence")
    }
    return Statement(id="gcn-01", issued_at=0, software="plenary test", evidence=found, **members)


async def test_nobody_is_told_of_a_poll_that_is_not_over(
    desk: VotingDesk, streams: stream.Redis, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who writes on a stream learns no ballot of it, and writes on no other stream."""
    _, great = await declared(desk, monkeypatch)
    poll, asked = await desk.opened()
    await desk.cast(poll, asked, desk.voters[0])
    archive = desk.app[handlers.ARCHIVE]
    assert (await archive.part(poll, 0, 1_000)).lines == ()
    with pytest.raises(PartMissing):
        async with LedgerFetching(streams, 1, room).fetched(msgspec.structs.replace(great, poll=poll)):
            pass
    wanted = {"type": "part-wanted.v1", "poll": great.poll, "start": 0, "end": 9, "answer": "{0}:results"}
    before = await streams.xlen("{0}:results")
    parts = desk.app[voting_app.PARTS]
    await parts.apply(json.dumps(wanted).encode())
    assert await streams.xlen("{0}:results") == before
    await parts.apply(json.dumps(wanted | {"poll": "khong-co"}).encode())


@pytest.mark.parametrize("change", [{"start": 7}, {"poll": "bq-khac"}, {"lines": ()}])
async def test_another_part_than_was_asked_for_is_not_taken(
    streams: stream.Redis,
    desk: VotingDesk,
    room: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
) -> None:
    """Out of order, of another poll, or empty: the result is heard again, and nothing is left."""
    _, great = await declared(desk, monkeypatch)
    monkeypatch.setattr(secrets, "token_hex", lambda _: "0a" * 16)
    part = LedgerPart(poll=great.poll, start=great.ledger.start, lines=("{}",))
    forged = msgspec.json.encode(msgspec.structs.replace(part, **change))
    await streams.xadd("{0}:part:" + "0a" * 16, {stream.FIELD: forged})
    with pytest.raises(PartMissing):
        async with LedgerFetching(streams, 1, room).fetched(great):
            pass
    assert list(room.iterdir()) == []


async def test_a_part_that_does_not_come_is_not_waited_for_for_ever(
    streams: stream.Redis, desk: VotingDesk, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers: the result is heard again. What somebody left who was killed is gone by then."""
    _, great = await declared(desk, monkeypatch)
    left = room / "great-ledger.0123456789abcdef"
    left.write_bytes(b"half a ledger")
    monkeypatch.setattr(ledger_fetching, "STREAM", "nobody-reads-this")
    with pytest.raises(PartMissing, match="did not come"):
        async with LedgerFetching(streams, 1, room, patience_s=0.01).fetched(great):
            pass
    assert list(room.iterdir()) == []
    assert great.meeting == MEETING
