"""What administrators of a PostgreSQL may hold, set or stop while it is used."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.faults.faults import must_be_silent, receipts, tries
from tests.faults.faults_of_stores import superuser
from tests.faults.house import House, kill
from tests.faults.stage import Play

_TRIES = 4
_HELD_S = 11.0
# By `alter system`, so that sessions that are open already are under them, too.
SETTINGS = (
    "default_transaction_read_only = on",
    "statement_timeout = 5",
    "lock_timeout = 1",
    "transaction_timeout = 5",
    "idle_session_timeout = 100",
    "exit_on_error = on",
    "bytea_output = escape",
    "transform_null_equals = on",
    "plan_cache_mode = force_generic_plan",
)
_NOTHING_IS_WRITTEN = SETTINGS[0]
_FREE = dict.fromkeys(
    ("statement_timeout", "transaction_timeout", "idle_session_timeout", "default_transaction_read_only"), "0"
)


async def postgres_tables_are_locked(house: House, play: Play) -> None:
    """Somebody locks every table for themselves, and goes for a coffee: nothing is acknowledged meanwhile."""
    await receipts(play, 3)
    async with superuser(house) as connection, _all_locked(connection):
        since = play.book.now()
        await tries(play, _TRIES)
        await asyncio.sleep(_HELD_S)
        must_be_silent(play, since, play.book.now())
    await receipts(play, 2)


@asynccontextmanager
async def _all_locked(connection: "asyncpg.Connection[asyncpg.Record]") -> AsyncIterator[None]:
    """Tried until nobody of ours stands in the way, or gives way."""
    tables = await connection.fetchval(
        "select string_agg(format('%I.%I', schemaname, tablename), ', ') from pg_tables"
        " where schemaname in ('voting', 'floor', 'meeting', 'signing')"
    )
    while True:
        held = connection.transaction()
        await held.start()
        try:
            await connection.execute(f"lock table {tables} in access exclusive mode")
        except asyncpg.DeadlockDetectedError:
            await held.rollback()
            continue
        try:
            yield
        finally:
            await held.rollback()
        return


async def postgres_is_set_otherwise(house: House, play: Play) -> None:
    """One setting after the other, for the whole server and at once: what is acknowledged stands."""
    for setting in play.rng.sample(SETTINGS, len(SETTINGS)):
        await receipts(play, 1)
        await _for_all(house, f"set {setting}")
        try:
            await tries(play, _TRIES)
            if setting == _NOTHING_IS_WRITTEN:
                since = play.book.now()
                await tries(play, _TRIES)
                must_be_silent(play, since, play.book.now())
        finally:
            await _for_all(house, f"reset {setting.partition(' ')[0]}")


async def _for_all(house: House, change: str) -> None:
    """By a session that is under nothing of what may be set."""
    connection = await asyncpg.connect(house.stores.database_url, server_settings=_FREE)
    try:
        await connection.execute(f"alter system {change}")
        await connection.execute("select pg_reload_conf()")
    finally:
        connection.terminate()


async def postgres_lets_nobody_new_in(house: House, play: Play) -> None:
    """The postmaster is frozen: sessions go on, and who comes anew waits without a word. Then all sessions end, too."""
    await receipts(play, 2)
    pid = house.stores.pids["postgres"]
    assert pid is not None
    kill(pid, signal.SIGSTOP)
    try:
        await receipts(play, 2)
        house.postgres.end_all()
        await tries(play, _TRIES)
        since = play.book.now()
        await tries(play, _TRIES)
        must_be_silent(play, since, play.book.now())
    finally:
        kill(pid, signal.SIGCONT)
    await receipts(play, 2)
