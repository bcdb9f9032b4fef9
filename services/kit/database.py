"""PostgreSQL: one schema and one role per service; a pool that opens as that role."""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

import asyncpg
import structlog

from services.kit.database_run import RunConnection, must_be_bound, run_of

log = structlog.get_logger(__name__)

T = TypeVar("T")

# asyncpg's classes take a parameter in its type stubs only, not when they run.
if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
    Pool = asyncpg.Pool

# The database's clock in a statement (milliseconds): one for all workers, as long as it is the same database.
NOW_MS = "(extract(epoch from clock_timestamp()) * 1000)::bigint"

# What a store may throw when it is away for a moment: nothing was acknowledged, the caller may try again.
UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What asyncpg says when the server cuts a connection just as it goes back to the pool ("cannot switch to state").
    asyncpg.InternalClientError,
    # Shut down, starting, told to stop what it did: by somebody, by a time limit, by itself. Who was frozen while
    # leading leads no more.
    asyncpg.exceptions.OperatorInterventionError,
    # Who was frozen in the middle of a transaction has lost it.
    asyncpg.exceptions.IdleInTransactionSessionTimeoutError,
    # No disk, no memory, no connections left; a file that cannot be read or written, or is damaged; one that PostgreSQL
    # may not touch, because its disk went read-only, comes under the name of rights, as do rights that were taken away.
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.InsufficientPrivilegeError,
    asyncpg.exceptions.PostgresSystemError,
    asyncpg.exceptions.DataCorruptedError,
    asyncpg.exceptions.IndexCorruptedError,
    # Undone by the database to let others go on, or a lock that was not had in the time that there is for it.
    asyncpg.exceptions.TransactionRollbackError,
    asyncpg.exceptions.LockNotAvailableError,
    # The address leads to one that only follows: nothing can be written there.
    asyncpg.exceptions.ReadOnlySQLTransactionError,
)

# Who holds a transaction and does nothing for so long is frozen, or gone without a word: the database takes back what
# they have locked.
LONGEST_IDLE_MS = 10_000
# Who leads says so again and again; of whom the database has not heard for so long, the lock is taken back.
BEAT_SECONDS = 2.0
LONGEST_SILENCE_MS = 8_000
CONNECT_SECONDS = 15.0
SPARE_SECONDS = 30.0
CLOSE_SECONDS = 2.0


# What was committed is on disk before we are told, whatever is usual on this server; how far a standby must be with it
# is for whoever has one to say.
_DURABLE = (
    "select set_config(name, case setting when 'off' then 'on' else setting end, false)"
    " from pg_settings where name = 'synchronous_commit'"
)


class NotLetIn(ConnectionError):
    """The database is there, and gives us no connection: a role that is locked, another password, maintenance."""


async def _let_in(*arguments: Any, **named: Any) -> RunConnection:
    """A new connection. Raises NotLetIn: whoever waits for it is told what they are told of a database that is away."""
    try:
        connection: RunConnection = await asyncpg.connect(*arguments, **named)
    except UNREACHABLE:
        raise
    except asyncpg.PostgresError as error:
        log.warning("store.lets_nobody_in", error=type(error).__name__, code=error.sqlstate)
        raise NotLetIn(str(error)) from error
    try:
        await connection.execute(_DURABLE)
    except BaseException:
        connection.terminate()
        raise
    return connection


async def _as_it_is(_: Connection) -> None:
    return


async def open_pool(url: str, schema: str, largest: int) -> Pool:
    """Connections that act as the role `plenary_<schema>` in that schema, and see no other."""
    return await asyncpg.create_pool(
        url,
        connect=_let_in,
        min_size=1,
        max_size=largest,
        # A connection that is begun and never answered would be waited for a whole minute.
        timeout=CONNECT_SECONDS,
        # Each has 4 MB there; what a rush has opened is not wanted until the next.
        max_inactive_connection_lifetime=SPARE_SECONDS,
        command_timeout=30,
        # Nothing of a session is ever changed that would have to be undone: a round trip saved at each release.
        reset=_as_it_is,
        setup=must_be_bound,
        connection_class=RunConnection,
        server_settings={
            "role": f"plenary_{schema}",
            "search_path": schema,
            "application_name": f"plenary {schema}",
            "idle_in_transaction_session_timeout": str(LONGEST_IDLE_MS),
            # What is read under a lock is what is so then, not what was so before we waited for it.
            "default_transaction_isolation": "read committed",
        },
    )


async def close_pool(pool: Pool) -> None:
    """Give the connections back; where the database is gone or silent, let them fall. Never fails for that, nor lasts:
    whoever ends would otherwise leave the rest of itself standing."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await pool.close()
    except (TimeoutError, *UNREACHABLE):
        pool.terminate()


async def meanwhile(connection: Connection, awaited: Awaitable[T]) -> T:
    """What is awaited in the midst of a transaction, however long it takes: the database hears that we are there.

    Without a word it would take us for frozen, and end the transaction after LONGEST_IDLE_MS.
    """
    task = asyncio.ensure_future(awaited)
    while not (await asyncio.wait([task], timeout=BEAT_SECONDS))[0]:
        await connection.execute("select")
    return await task


async def current_run(pool: Pool) -> str:
    """The run of the database that the pool's connections lead to now."""
    async with pool.acquire() as connection:
        return await run_of(connection)


class Queues:
    """Who wants the same row waits in a queue of our own, and one of them with a connection: a row that somebody else
    holds, for however long, leaves the other connections to those who want something else."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        """The queue for a key, in which whoever came first is first; it is gone when nobody waits."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock


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

    The lock dies with its connection, so a leader that was killed is followed by another at once; and the connection
    dies with a leader that is frozen or cut off, because the database hears nothing from it any more.
    """
    key = (zlib.crc32(b"plenary.leader"), zlib.crc32(name.encode()))
    signed = [number - (1 << 32) if number >= 1 << 31 else number for number in key]
    async with pool.acquire() as connection:
        won = await _ask(connection, "select pg_try_advisory_lock($1, $2)", *signed)
        lead = Lead(connection, won)
        if not won:
            yield lead
            return
        await _ask(connection, _NO_LONGER_IDLE_THAN, str(LONGEST_SILENCE_MS))
        over = asyncio.Event()
        beating = asyncio.create_task(_beat(lead, over), name=f"lead {name}")
        try:
            yield lead
        finally:
            over.set()
            await asyncio.gather(beating, return_exceptions=True)
            if lead:
                await _ask(connection, _RELEASE, *signed)


_RELEASE = "select pg_advisory_unlock($1, $2) and set_config('idle_session_timeout', '0', false) <> ''"
_NO_LONGER_IDLE_THAN = "select set_config('idle_session_timeout', $1, false) <> ''"


async def _beat(lead: Lead, over: asyncio.Event) -> None:
    """Be heard of until it is over. Who has not been heard cannot know whether another leads: the connection ends."""
    try:
        while lead and not over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await over.wait()
            if not over.is_set():
                await _ask(lead.connection, "select true")
    except UNREACHABLE as error:
        log.warning("lead.lost", error=type(error).__name__)


async def _ask(connection: Connection, statement: str, *arguments: object) -> bool:
    """Whether it was done. If we do not hear the answer, the connection ends, and with it the lock it may hold."""
    try:
        return bool(await connection.fetchval(statement, *arguments, timeout=LONGEST_SILENCE_MS / 1000))
    except BaseException:
        connection.terminate()
        raise
