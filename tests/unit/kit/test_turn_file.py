"""A turn of which there is one on a machine: whoever comes second waits or comes again, and gets it after the first."""

import asyncio
import fcntl
from pathlib import Path

import pytest

from services.kit import turn_file
from services.kit.consumer import Early
from services.kit.turn_file import TurnFile
from tests.support.waiting import until


async def test_the_second_waits_for_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each opens the file for itself, as two processes do; it is theirs as long as the block lasts, however it ends."""
    tried: list[bool] = []
    lock = turn_file._lock

    def noting(file: int) -> bool:
        tried.append(lock(file))
        return tried[-1]

    monkeypatch.setattr(turn_file, "_lock", noting)
    monkeypatch.setattr(turn_file, "POLL_SECONDS", 0.001)
    came: list[str] = []

    async def tried_twice() -> bool:
        return tried.count(False) >= 2

    async def second() -> None:
        async with TurnFile(tmp_path / "turn").taken():
            came.append("second")

    async def first() -> None:
        async with TurnFile(tmp_path / "turn").taken():
            waiting.append(asyncio.create_task(second()))
            await until(tried_twice)
            assert came == []
            raise ValueError("it broke")

    waiting: list[asyncio.Task[None]] = []
    with pytest.raises(ValueError, match="it broke"):
        await first()
    await waiting[0]
    assert came == ["second"]


async def test_who_waits_long_is_told_to_come_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody stands still for as long as another takes; when that one has ended, the turn is theirs."""
    monkeypatch.setattr(turn_file, "WAIT_SECONDS", 0)
    mine = TurnFile(tmp_path / "turn")
    async with TurnFile(tmp_path / "turn").taken():
        for _ in range(3):
            with pytest.raises(Early):
                async with mine.taken():
                    raise AssertionError("two at once")
    came: list[str] = []
    async with mine.taken():
        came.append("mine")
    assert came == ["mine"]


async def test_a_turn_that_never_comes_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds it is frozen: what is waited for is not the turn, but the paper. Who asked in vain long ago for
    something else begins to wait anew."""
    monkeypatch.setattr(turn_file, "WAIT_SECONDS", 0)
    at = [1_000.0]
    mine = TurnFile(tmp_path / "turn", lambda: at[0])
    came: list[float] = []
    late = 9_000.0 + turn_file.PATIENCE_SECONDS
    with (tmp_path / "turn").open("ab") as frozen:
        fcntl.flock(frozen, fcntl.LOCK_EX)
        for at[0] in (1_000.0, *range(9_000, int(late), 100)):
            with pytest.raises(Early):
                async with mine.taken():
                    raise AssertionError("too soon")
        at[0] = late
        async with mine.taken():
            came.append(at[0])
    assert came == [late]
