"""A whole hall reads at once, just after a start: what takes the whole ledger is done once, not once for each."""

import asyncio
from collections.abc import Sequence

import pytest

from services.floor import floors, handlers
from services.floor.floors import Floors
from services.floor.page import read
from services.floor.records import Records
from services.floor.store import Store
from services.rules.floor.state import Floor
from services.rules.floor.turn_log import log_of
from services.rules.merkle import Frontier
from tests.support.floor_desk import FloorDesk, entries_of, lines_of, proved
from tests.support.told_desk import MEETING

MANY = 50


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From which lines on a ledger was read, each time."""
    found: list[int] = []
    since = Store.since

    async def counted(store: Store, meeting: str, start: int) -> tuple[list[bytes], Frontier]:
        found.append(start)
        return await since(store, meeting, start)

    monkeypatch.setattr(Store, "since", counted)
    return found


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lines were folded, each time."""
    found: list[int] = []

    def counted(floor: Floor | None, lines: Sequence[bytes]) -> Floor | None:
        found.append(len(lines))
        return read(floor, lines)

    monkeypatch.setattr(floors, "read", counted)
    return found


async def test_a_floor_is_read_and_folded_once(desk: FloorDesk, starts: list[int], folded: list[int]) -> None:
    """By a worker that knows nothing of it; and what came since is folded once, too."""
    await desk.open_lane()
    await desk.ask_to_speak("001")
    size = len(await lines_of(desk))
    fresh = Floors(desk.app[handlers.STORE])
    for known in (0, size):
        starts.clear()
        folded.clear()
        shown = await asyncio.gather(*(fresh.now(MEETING) for _ in range(MANY)))
        assert set(map(id, shown)) == {id(shown[0])}
        assert shown[0] == proved(desk, await lines_of(desk))
        assert sum(folded) == len(await lines_of(desk)) - known
        assert starts.count(0) == (not known)
        assert len(starts) == MANY
        await desk.ask_to_speak("002" if known else "003")


async def test_a_turn_log_is_made_once_for_each_line(desk: FloorDesk, starts: list[int]) -> None:
    """However many ask for it; each sees at least what was there when they asked."""
    await desk.open_lane()
    records = desk.app[handlers.RECORDS]
    for voter in ("001", "002"):
        await desk.ask_to_speak(voter)
        starts.clear()
        logs = await asyncio.gather(*(records.log(MEETING) for _ in range(MANY)))
        assert starts == [0]
        expected = log_of(entries_of(await lines_of(desk)))
        assert all(log == expected for log in logs)


async def test_few_turn_logs_are_kept(desk: FloorDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the meetings that were asked for last."""
    await desk.open_lane()
    records: Records = desk.app[handlers.RECORDS]
    monkeypatch.setattr("services.floor.records.KEPT", 3)
    await records.log(MEETING)
    others = [f"phien-{n}" for n in range(2, 5)]
    records._logs |= dict.fromkeys(others, records._logs[MEETING])
    await records.log(MEETING)
    assert list(records._logs) == [*others[1:], MEETING]
