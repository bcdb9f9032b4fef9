"""A meeting's ledger read by others: any run of it proves itself; however long it is, it is read page by page."""

import itertools
import weakref
from typing import Any

import pytest

from services.rules import ledger_file
from services.rules.extract import open_extract
from services.rules.note import open_checkpoint
from services.voting import evidence, handlers
from tests.support.voting_desk import CHAIR, MEETING, VotingDesk
from tests.support.voting_hall import lines_of, read_ledger, send_all
from tests.support.waiting import until

PAGE = 3


@pytest.fixture
async def spans(desk: VotingDesk, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """A ledger of several pages, of batches of many sizes; from now on, the runs that are read from the database."""
    polls = [await desk.opened(changes=True) for _ in range(2)]
    for poll, asked in polls:
        devices = [desk.devices[voter] for voter in desk.voters]
        first = [device.ballot(asked, "approve") for device in devices]
        second = [
            device.ballot(asked, "reject", after, 2) for device, after in zip(devices, first, strict=True)
        ]
        for ballots in (first, second):
            assert {status for status, _ in await send_all([desk], poll, ballots)} == {201}
    await desk.act(polls[1][0], "close", definition=polls[1][1].hash)
    spans: list[tuple[int, int]] = []
    store = desk.app[handlers.STORE]
    read = store.lines

    async def noted(ledger: int, start: int, end: int) -> Any:
        spans.append((start, end))
        return await read(ledger, start, end)

    monkeypatch.setattr(evidence, "PAGE", PAGE)
    monkeypatch.setattr(store, "lines", noted)
    return spans


async def test_the_whole_ledger_comes_in_pages_and_proves_itself(
    desk: VotingDesk, spans: list[tuple[int, int]]
) -> None:
    """Every line once, in order, under a checkpoint of exactly these lines; never more than a page in memory."""
    lines = await lines_of(desk)
    assert len(lines) > 3 * PAGE
    raw, extract = await read_ledger(desk)
    assert ledger_file.render(extract) == raw
    run = open_extract(extract)
    assert (run.first, run.count) == (0, len(lines))
    # The first poll is open and its ten ballots withheld, the second is closed and its ballots are there.
    assert run.count - len(run.lines) == 10
    assert [placed.line for placed in run.lines] == [line for line in lines if line.decode() in extract.lines]
    assert spans == [(start, min(start + PAGE, len(lines))) for start in range(0, len(lines), PAGE)]


async def test_every_run_proves_itself(desk: VotingDesk, spans: list[tuple[int, int]]) -> None:
    """From any line to any other: it begins at or before the first, in front of the batch that this one came with."""
    _, whole = await read_ledger(desk)
    size = len(whole.lines)
    for start, end in itertools.combinations(range(size + 1), 2):
        _, extract = await read_ledger(desk, f"?start={start}&end={end}")
        run = open_extract(extract)
        assert (run.first <= start, run.first + run.count) == (True, end)
        assert extract.lines == whole.lines[run.first : end]
    assert max(end - start for start, end in spans) == PAGE


async def test_a_run_beyond_the_end_ends_with_the_ledger(
    desk: VotingDesk, spans: list[tuple[int, int]]
) -> None:
    """Also where it would begin there; and a ledger that nobody has written to is an empty one."""
    _, whole = await read_ledger(desk)
    for query in ("?end=999999", "?start=999999", "?start=999999&end=9999999"):
        _, extract = await read_ledger(desk, query)
        assert open_extract(extract).checkpoint == open_extract(whole).checkpoint
    _, none = await read_ledger(desk, "?end=0")
    assert (none.lines, open_extract(none).count) == ((), 0)
    assert (await desk.ask("GET", f"/meetings/{MEETING}/ledger?start=-1", who=CHAIR, status=400))["code"] == (
        "request_malformed"
    )
    assert spans


async def test_a_phone_pins_the_ledgers_name_and_key(desk: VotingDesk) -> None:
    """Whoever is of the body is told them; every ledger file and checkpoint of the meeting is by the same."""
    poll, asked = await desk.opened()
    await desk.cast(poll, asked, "001")
    pinned = await desk.ask("GET", f"/meetings/{MEETING}/log-key", who="001", status=200)
    _, extract = await read_ledger(desk)
    assert pinned == {"origin": extract.origin, "log_key": extract.log_key}
    assert open_checkpoint(extract.checkpoint, pinned["log_key"]).origin == pinned["origin"]
    refused = await desk.ask("GET", "/meetings/none/log-key", who="001", status=404)
    assert refused["code"] == "meeting_unknown"


class _Rows(list[Any]):
    """A list that can be watched."""


async def test_whoever_reads_slowly_holds_a_page_and_no_rows(
    desk: VotingDesk, spans: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a page waits for its reader, the rows that it was made of are let go."""
    store, read = desk.app[handlers.STORE], list[weakref.ref[_Rows]]()
    lines = store.lines

    async def watched(ledger: int, start: int, end: int) -> _Rows:
        rows = _Rows(await lines(ledger, start, end))
        read.append(weakref.ref(rows))
        return rows

    async def let_go() -> bool:
        # The thread that made the page lets go of its arguments a moment after it has answered.
        return not any(rows() for rows in read)

    monkeypatch.setattr(store, "lines", watched)
    async for _ in desk.app[handlers.ARCHIVE].pages(MEETING, 0, None):
        await until(let_go, what="the rows are let go")
    assert len(read) > 3
