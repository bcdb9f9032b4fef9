"""A Valkey of ours that is frozen is replaced; one that only has no time is not."""

import signal
from pathlib import Path

import pytest
import redis.asyncio as redis

from services.desk import child, valkey
from services.desk.stores import opened
from tests.faults.house import kill
from tests.support.waiting import until

NO_DATABASE = "postgresql://nobody"


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment of silence is enough."""
    monkeypatch.setattr(child, "LONGEST_SILENCE", 0.5)
    monkeypatch.setattr(child, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(valkey, "_SILENCE", 0.3)


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
    """It says so to whoever asks, and is left alone."""
    async with opened(data_directory, database_url=NO_DATABASE) as stores:
        busy = stores.pids["valkey"]
        async with redis.Redis.from_url(stores.redis_url, socket_timeout=60) as client:
            await client.config_set("busy-reply-threshold", 10)
            long = "local i = 0 while i < tonumber(ARGV[1]) do i = i + 1 end return i"
            await client.eval(long, 0, "100000000")
            assert stores.pids["valkey"] == busy
