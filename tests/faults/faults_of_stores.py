"""Stores that are there and will not: no connections left, limits on time, nothing to be written, no memory; an
address that leads to another than the right one; and what administrators do to a store while it is used."""

import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import redis.asyncio as redis

from tests.faults.faults import must_be_silent, receipts, tries
from tests.faults.house import House, kill
from tests.faults.stage import Play
from tests.faults.wire import Line, to_port
from tests.support.waiting import until

_TRIES = 4
_LOADING = b"-LOADING Valkey is loading the dataset in memory\r\n"


@asynccontextmanager
async def superuser(house: House) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection of an administrator, past our wire."""
    connection = await asyncpg.connect(house.stores.database_url)
    try:
        yield connection
    finally:
        await connection.close()


# --- PostgreSQL --------------------------------------------------------------------------------------------------


async def postgres_has_no_connections_left(house: House, play: Play) -> None:
    """Somebody else holds all that there may be, but for the few that the services snatch; theirs were ended."""
    await receipts(play, 3)
    async with contextlib.AsyncExitStack() as held:
        async with superuser(house) as connection:
            most = int(await connection.fetchval("show max_connections"))
            await connection.execute("create role hog login")
        url = house.stores.database_url.replace("postgres@", "hog@")
        for _ in range(most):
            house.postgres.end_all()
            try:
                held.push_async_callback((await asyncpg.connect(url, timeout=10)).close)
            except asyncpg.TooManyConnectionsError:
                break
        await tries(play, 3 * _TRIES)
    async with superuser(house) as connection:
        await connection.execute("drop role hog")


async def postgres_limits_time(house: House, play: Play) -> None:
    """Whatever takes longer than a few milliseconds is ended by the database."""
    await receipts(play, 3)
    async with _set_for_all(house, "statement_timeout = '5ms'"):
        await tries(play, 12)


async def postgres_only_follows(house: House, play: Play) -> None:
    """The address leads to a server on which nothing can be written: nothing is acknowledged."""
    await receipts(play, 3)
    async with _set_for_all(house, "default_transaction_read_only = on"):
        since = play.book.now()
        await tries(play, _TRIES)
        must_be_silent(play, since, play.book.now())


@asynccontextmanager
async def _set_for_all(house: House, setting: str) -> AsyncIterator[None]:
    """For every session that begins in the block; those of the services begin anew."""
    # Ours begins before it, and is not touched by it.
    async with superuser(house) as connection:
        await connection.execute(f"alter role postgres set {setting}")
        house.postgres.end_all()
        try:
            yield
        finally:
            await connection.execute("alter role postgres reset all")
            house.postgres.end_all()


async def postgres_is_another(house: House, play: Play) -> None:
    """The name of the store leads to a port where nobody speaks PostgreSQL (it is Valkey), and back."""
    await receipts(play, 3)
    right = house.postgres.reach
    house.postgres.reach = to_port(house.valkey.port)
    house.postgres.end_all()
    since = play.book.now()
    await tries(play, _TRIES)
    must_be_silent(play, since, play.book.now())
    house.postgres.reach = right
    house.postgres.end_all()


async def postgres_ends_every_session(house: House, play: Play) -> None:
    """An administrator ends whatever is connected, in the midst of whatever it does, again and again."""
    async with superuser(house) as connection:
        for _ in range(6):
            await receipts(play, 2)
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
            )


# --- Valkey ------------------------------------------------------------------------------------------------------


async def valkey_has_no_memory(house: House, play: Play) -> None:
    """It answers OOM to whatever is to be written: voting goes on."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        await receipts(play, 2)
        await client.config_set("maxmemory", 1)
        await receipts(play, 4)
        await client.config_set("maxmemory", 0)


async def valkey_only_follows(house: House, play: Play) -> None:
    """It was made a replica of one that is not there, and answers READONLY: voting goes on."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        await receipts(play, 2)
        await client.replicaof("127.0.0.1", "1")
        await receipts(play, 4)
        await client.replicaof("NO", "ONE")


async def valkey_is_loading(house: House, play: Play) -> None:
    """It has come back and reads its file: every command is answered LOADING: voting goes on."""
    before = house.valkey.listener
    await receipts(play, 2)
    house.valkey.listener = Loading
    house.valkey.end_all()
    await receipts(play, 4)
    house.valkey.listener = before
    house.valkey.end_all()


async def valkey_loses_what_it_likes(house: House, play: Play) -> None:
    """One that may drop keys drops them, each alone, and somebody destroys consumer groups: all of it is found."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        for _ in range(4):
            await receipts(play, 2)
            names: Any = await client.keys("*")
            for name in play.rng.sample(names, len(names) // 2):
                await client.delete(name)
            left: Any = await client.keys("*")
            for name in left:
                if await client.type(name) == b"stream":
                    groups: Any = await client.xinfo_groups(name)
                    for group in play.rng.sample(groups, len(groups) // 2):
                        await client.xgroup_destroy(name, group["name"])


async def valkey_wants_a_password(house: House, play: Play) -> None:
    """One is set, and everybody sent away: NOAUTH is all that they are told: voting goes on."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        await receipts(play, 2)
        await client.config_set("requirepass", "another")
        await _send_all_away(client)
        await receipts(play, 4)
        await client.config_set("requirepass", "")


async def valkey_grants_less(house: House, play: Play) -> None:
    """Rights are taken away in turn (NOPERM): scripts, streams, half of the keys: voting goes on."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        try:
            for less in ("-@scripting", "-@stream", "resetkeys %R~* ~{0}*"):
                await receipts(play, 2)
                await _do(client, "ACL", "SETUSER", "default", *less.split())
            await receipts(play, 2)
        finally:
            await _do(client, "ACL", "SETUSER", "default", "+@all", "~*")


async def valkey_keeps_nobody(house: House, play: Play) -> None:
    """It closes what is silent for a second, and who is to be told much."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        await client.config_set("timeout", 1)
        await client.config_set("client-output-buffer-limit", "normal 16384 8192 1 pubsub 1024 512 1")
        await receipts(play, 6)
        await client.config_set("client-output-buffer-limit", "normal 0 0 0 pubsub 33554432 8388608 60")
        await client.config_set("timeout", 0)


async def valkey_goes_back_in_time(house: House, play: Play) -> None:
    """It is started again with a file of a while ago: all streams end earlier, and what was done waits once more."""
    gone = house.stores.pids["valkey"]
    assert gone is not None
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        await receipts(play, 2)
        await client.save()
        kept = Path(str((await client.config_get("dir"))["dir"])) / "dump.rdb"
    try:
        await receipts(play, 4)
        kill(gone, signal.SIGKILL)

        async def replaced() -> bool:
            return house.stores.pids["valkey"] not in (None, gone)

        await until(replaced, 60, "Valkey again")
        await receipts(play, 2)
    finally:
        kept.unlink()


async def _do(client: Any, *words: str | int) -> None:
    await client.execute_command(*words)


async def _send_all_away(client: Any) -> None:
    for kind in ("normal", "pubsub"):
        await _do(client, "CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")


@dataclass
class Loading:
    """Answers every command itself, and passes none on."""

    line: Line

    async def up(self, data: bytes) -> bytes:
        """As many answers as there are commands in it."""
        writer = self.line.near[1]
        writer.write(_LOADING * data.count(b"*"))
        await writer.drain()
        return b""

    async def down(self, data: bytes) -> bytes:
        """Nothing comes, for nothing was asked."""
        return data
