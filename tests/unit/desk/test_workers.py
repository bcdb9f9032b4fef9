"""Whether a worker lives, asked by the desk."""

import asyncio
from pathlib import Path

import pytest

from services.desk import workers


@pytest.mark.parametrize(
    ("said", "lives", "ready"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n", True, True, id="it answers"),
        pytest.param(b"HTTP/1.1 503 no\r\n", True, False, id="it is not ready"),
        # All its files are open, by those whom it serves.
        pytest.param(b"", True, False, id="it hangs up"),
        pytest.param(None, False, False, id="it is frozen"),
    ],
)
async def test_a_worker_that_hangs_up_is_not_frozen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes | None, lives: bool, ready: bool
) -> None:
    """Who is taken for frozen is killed, with all whom it serves."""
    monkeypatch.setattr(workers, "_SILENCE", 5.0 if said is not None else 0.05)
    path, over = tmp_path / "s", asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if said is None:
            await over.wait()
        writer.write(said or b"")
        writer.close()

    worker = workers._Worker(path, {}, tmp_path)
    assert not await worker.lives()
    async with await asyncio.start_unix_server(answer, path):
        assert await worker.lives() is lives
        assert await workers.is_ready(path) is ready
        over.set()
