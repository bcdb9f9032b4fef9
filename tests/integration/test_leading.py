"""Leading by a lock in PostgreSQL: one leads, who lost the lock knows it, and no lock outlives its holder."""

from typing import Any

import asyncpg
import pytest

from services.kit import database
from services.kit.database import Pool, leading, open_pool
from tests.support.waiting import until


@pytest.fixture
async def pools(database_url: str) -> Any:
    """The pools of two workers."""
    both = [await open_pool(database_url, "voting", 2) for _ in range(2)]
    yield both
    for pool in both:
        await pool.close()


async def test_one_leads_and_the_next_follows(pools: list[Pool]) -> None:
    """While one leads nobody else does; afterwards another may."""
    async with (
        leading(pools[0], "x") as first,
        leading(pools[1], "x") as second,
        leading(pools[1], "y") as other,
    ):
        assert (bool(first), bool(second), bool(other)) == (True, False, True)
    async with leading(pools[1], "x") as second:
        assert second


async def test_a_leader_whose_connection_is_killed_knows_it(pools: list[Pool], database_url: str) -> None:
    """The lock is gone with the connection: the old leader sees it, a new one leads, and the old one can again."""
    async with leading(pools[0], "x") as lead:
        pid = await lead.connection.fetchval("select pg_backend_pid()")
        connection = await asyncpg.connect(database_url)
        await connection.execute("select pg_terminate_backend($1::integer)", pid)
        await connection.close()

        async def lost() -> bool:
            return not lead

        await until(lost, 5)
        async with leading(pools[1], "x") as new:
            assert new
    async with leading(pools[0], "x") as again:
        assert again


async def test_a_lock_whose_release_was_not_heard_of_is_released(
    pools: list[Pool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection does not go back to the pool with a lock that nobody knows of."""

    async def unheard(*_: Any, **__: Any) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        async with leading(pools[0], "x"):
            monkeypatch.setattr(asyncpg.Connection, "fetchval", unheard)
    monkeypatch.undo()

    async def another_leads() -> bool:
        async with leading(pools[1], "x") as lead:
            return bool(lead)

    await until(another_leads, 5)


async def test_a_leader_that_is_not_heard_of_is_followed(
    pools: list[Pool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen, or cut off: the database takes the lock back, another leads, and the old one knows it when it wakes."""
    monkeypatch.setattr(database, "BEAT_SECONDS", 3600.0)
    monkeypatch.setattr(database, "LONGEST_SILENCE_MS", 200)
    async with leading(pools[0], "x") as lead:
        assert lead

        async def another_leads() -> bool:
            async with leading(pools[1], "x") as other:
                return bool(other)

        await until(another_leads, 10)

        async def lost() -> bool:
            return not lead

        await until(lost, 10)


async def test_a_leader_that_is_heard_of_leads_on(pools: list[Pool], monkeypatch: pytest.MonkeyPatch) -> None:
    """However little it has to do; and the connection goes back to the pool as it came from it."""
    monkeypatch.setattr(database, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(database, "LONGEST_SILENCE_MS", 500)
    # The database's own clock says when it would have taken the lock back twice over.
    later = await pools[1].fetchval("select clock_timestamp() + interval '1 second'")

    async def passed() -> bool:
        return bool(await pools[1].fetchval("select clock_timestamp() > $1", later))

    async with leading(pools[0], "x") as lead:
        await until(passed, 10)
        assert lead
        pid = await pools[1].fetchval(
            "select l.pid from pg_locks l where l.locktype = 'advisory' and l.database = (select oid from"
            " pg_database where datname = current_database())"
        )
    async with pools[0].acquire() as again:
        found = await again.fetchrow(
            "select pg_backend_pid() as pid, current_setting('idle_session_timeout') as idle"
        )
    assert found is not None
    assert (found["pid"], found["idle"]) == (pid, "0")
