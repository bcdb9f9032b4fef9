"""A child that is kept: started again when it ends, and when it says nothing any more."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from services.desk import child
from services.desk.child import Child, Kept
from tests.support.waiting import until

# Says the time to whoever connects.
_ANSWERS = """
import contextlib, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.bind(sys.argv[1])
    server.listen()
    while True:
        with server.accept()[0] as client, contextlib.suppress(OSError):
            client.sendall(b"here")
"""


@asynccontextmanager
async def _kept(path: Path) -> AsyncIterator[Kept]:
    async def launch() -> Child:
        path.unlink(missing_ok=True)
        started = await Child.start(
            [sys.executable, "-c", _ANSWERS, path], environment=dict(os.environ), stop_signal=signal.SIGTERM
        )
        await child.ready(started, lives, 30, 0.01)
        return started

    async def lives() -> bool:
        try:
            async with asyncio.timeout(0.2):
                reader, writer = await asyncio.open_unix_connection(path)
                try:
                    return await reader.read(4) == b"here"
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False

    kept = Kept("child", launch, 5, lives)
    await kept.start(lambda: None)
    try:
        yield kept
    finally:
        await kept.stop()


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
async def test_a_child_that_says_nothing_any_more_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    """Frozen or dead: another answers, and nothing of the first is left."""
    monkeypatch.setattr(child, "LONGEST_SILENCE", 0.5)
    monkeypatch.setattr(child, "_LOOK_SECONDS", 0.01)
    async with _kept(tmp_path / "s") as kept:
        first = kept.pid
        assert first is not None
        os.kill(first, how)
        await until(partial(_replaced, kept, first))
        assert not psutil.pid_exists(first)


@pytest.mark.parametrize(
    "fault", [OSError(28, "No space left on device"), RuntimeError("can't start new thread")]
)
async def test_a_child_is_started_again_whatever_fails_meanwhile(fault: Exception) -> None:
    """Neither who is told of the restart nor the start itself ends the keeping: the next end is followed by a start."""
    starts = 0

    async def launch() -> Child:
        nonlocal starts
        starts += 1
        if starts == 2:
            raise fault
        return await Child.start(
            [sys.executable, "-c", "import time; time.sleep(600)"],
            environment=dict(os.environ),
            stop_signal=signal.SIGTERM,
        )

    def changed() -> None:
        raise fault

    kept = Kept("child", launch, 5)
    await kept.start(changed)
    try:
        for _ in range(2):
            last = kept.pid
            assert last is not None
            os.kill(last, signal.SIGKILL)
            await until(partial(_replaced, kept, last))
    finally:
        await kept.stop()


async def _replaced(kept: Kept, last: int) -> bool:
    return kept.pid not in (None, last)


async def test_a_child_that_answers_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is asked."""
    asked = 0
    monkeypatch.setattr(child, "_LOOK_SECONDS", 0.0)
    async with _kept(tmp_path / "s") as kept:
        first, lives = kept.pid, kept._lives
        assert lives is not None

        async def counted() -> bool:
            nonlocal asked
            asked += 1
            return await lives()

        kept._lives = counted

        async def often() -> bool:
            return asked > 50

        await until(often)
        assert kept.pid == first
