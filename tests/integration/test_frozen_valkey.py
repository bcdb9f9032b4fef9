"""A Valkey of ours that is frozen is replaced; one that only has no time is not."""

import asyncio
import signal
from pathlib import Path

import pytest
import redis.asyncio as redis

from services.desk import child, valkey
from services.desk.stores import opened
from tests.faults.house import kill
from tests.support.waiting import until

NO_DATABASE = "postgresql://nobody"


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment of silence is enough."""
    monkeypatch.setattr(child, "LONGEST_SILENCE", 0.5)
    monkeypatch.setattr(child, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(valkey, "_SILENCE", 0.3)


@pytest.mark.usefixtures("short_patience")
async def test_one_that_is_frozen(data_directory: Path) -> None:
    """SIGSTOP for good: another is there, and answers."""
    async with opened(data_directory, database_url=NO_DATABASE) as stores:
        frozen = stores.pids["valkey"]
        assert frozen is not None
        kill(frozen, signal.SIGSTOP)

        async def replaced() -> bool:
            return stores.pids["valkey"] not in (None, frozen)

        await until(replaced, 60, "another Valkey")
        async with redis.Redis.from_url(stores.redis_url) as client:
            assert await client.ping()


async def test_one_that_is_busy(data_directory: Path) -> None:
    """It says so to whoever asks: it lives."""
    async with opened(data_directory, database_url=NO_DATABASE) as stores:
        ours = valkey.Valkey(data_directory, Path(stores.redis_url.removeprefix("unix://")).parent, None)
        async with redis.Redis.from_url(stores.redis_url, socket_timeout=60) as client:
            await client.config_set("busy-reply-threshold", 10)
            endless = asyncio.ensure_future(client.eval("while true do end", 0))

            async def busy() -> bool:
                return (await ours._said()).startswith(b"-BUSY")

            await until(busy, what="it to be busy")
            assert await ours.lives()
            await client.script_kill()
            with pytest.raises(redis.ResponseError):
                await endless
