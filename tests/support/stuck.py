"""A ledger that somebody holds and does not let go: what becomes of those who want something else."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import asyncpg

from services.kit.database import Pool
from tests.support.waiting import until

# Many more than a pool has connections.
_MANY = 60


class Locking(Protocol):
    """A store whose ledgers are written under a lock."""

    pool: Pool

    def locked(self, meeting: str) -> AbstractAsyncContextManager[Any]:
        """Hold a ledger."""


async def must_leave_connections(store: Locking, meeting: str, schema: str, database_url: str) -> None:
    """While a stranger holds a meeting's ledger and many wait for it, the store answers another question."""

    async def enter() -> None:
        async with store.locked(meeting):
            pass

    stranger = await asyncpg.connect(database_url, server_settings={"search_path": schema})
    try:
        async with stranger.transaction():
            await stranger.execute("select from ledger where meeting = $1 for update", meeting)
            waiting = [asyncio.create_task(enter()) for _ in range(_MANY)]

            async def waits() -> bool:
                return await stranger.fetchval("select count(*) > 0 from pg_locks where not granted") is True

            await until(waits, what="somebody who waits for the ledger")
            async with asyncio.timeout(10):
                assert await store.pool.fetchval("select count(*) from pg_locks where not granted") == 1
        await asyncio.gather(*waiting)
    finally:
        await stranger.close()
