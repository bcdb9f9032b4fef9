"""PostgreSQL: one schema and one role per service; a pool that opens as that role."""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
import structlog

log = structlog.get_logger(__name__)

# asyncpg's classes take a parameter in its type stubs only, not when they run.
if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
    Pool = asyncpg.Pool

# What a store may throw when it is away for a moment: nothing was acknowledged, the caller may try again.
UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What asyncpg says when the server cuts a connection just as it goes back to the pool ("cannot switch to state").
    asyncpg.InternalClientError,
    asyncpg.exceptions.CannotConnectNowError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    asyncpg.exceptions.TooManyConnectionsError,
    # Who was frozen in the middle of a transaction has lost it.
    asyncpg.exceptions.IdleInTransactionSessionTimeoutError,
)

# Who holds a transaction and does nothing for so long is frozen, or gone without a word: the database takes back what
# they have locked.
LONGEST_IDLE_MS = 10_000


async def _as_it_is(_: Connection) -> None:
    return


async def open_pool(url: str, schema: str, largest: int) -> Pool:
    """Connections that act as the role `plenary_<schema>` in that schema, and see no other."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=largest,
        command_timeout=30,
        # Nothing of a session is ever changed that would have to be undone: a round trip saved at each release.
        reset=_as_it_is,
        server_settings={
            "role": f"plenary_{schema}",
            "search_path": schema,
            "application_name": f"plenary {schema}",
            "idle_in_transaction_session_timeout": str(LONGEST_IDLE_MS),
        },
    )


@dataclass(frozen=True, slots=True)
class Lead:
    """True as long as we lead: the lock was won, and the connection that holds it still lives."""

    connection: Connection
    won: bool

    def __bool__(self) -> bool:
        """Ask again before each step: who has lost the connection has lost the lock, and another may lead."""
        try:
            return self.won and not self.connection.is_closed()
        except asyncpg.InterfaceError:
            # The pool has noticed that it is dead, and taken it back.
            return False


@asynccontextmanager
async def leading(pool: Pool, name: str) -> AsyncIterator[Lead]:
    """Whether we are the one who leads `name` now, held as long as the block lasts (session advisory lock).

    The lock dies with its connection, so a leader that was killed is followed by another at once.
    """
    key = (zlib.crc32(b"plenary.leader"), zlib.crc32(name.encode()))
    signed = [number - (1 << 32) if number >= 1 << 31 else number for number in key]
    async with pool.acquire() as connection:
        won = await _ask(connection, "select pg_try_advisory_lock($1, $2)", signed)
        lead = Lead(connection, won)
        try:
            yield lead
        finally:
            if lead:
                await _ask(connection, "select pg_advisory_unlock($1, $2)", signed)


async def _ask(connection: Connection, statement: str, key: list[int]) -> bool:
    """Whether it was done. If we do not hear the answer, the connection ends, and with it the lock it may hold."""
    try:
        return bool(await connection.fetchval(statement, *key))
    except BaseException:
        connection.terminate()
        raise
