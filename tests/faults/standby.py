"""A second PostgreSQL that follows the first by streaming replication, and a second Valkey; and the change to them."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg
import redis.asyncio as redis
from redis.exceptions import RedisError

from services.desk import place
from services.desk.child import Child, outcome, ready
from services.desk.postgres import Postgres
from services.desk.valkey import Valkey
from tests.faults.house import House, kill, socket_of
from tests.faults.wire import Wire, to_port, to_socket, wired
from tests.support.waiting import until

_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass
class Standby:
    """The follower. `child`: its postmaster; `between`: the wire by which it hears of the first."""

    house: House
    url: str
    child: Child
    between: Wire

    async def ask(self, question: str, *, primary: bool = False) -> object:
        """One value from the follower, or from the first."""
        connection = await asyncpg.connect(self.house.stores.database_url if primary else self.url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    async def be_waited_for(self) -> None:
        """Synchronous replication: no commit is answered by the first before it is durable here too."""
        await self.ask("alter system set synchronous_standby_names = '*'", primary=True)
        await self.ask("select pg_reload_conf()", primary=True)

        async def waited_for() -> bool:
            return await self.ask("select sync_state from pg_stat_replication", primary=True) == "sync"

        await until(waited_for, 30, "the follower to be waited for")

    async def take_over(self) -> None:
        """The first is lost with its machine; the follower leads, and the services are led to it."""
        self.house.postgres.cut()
        # What was under way between the two never arrives.
        self.between.cut()
        pid = self.house.stores.pids["postgres"]
        assert pid is not None
        kill(pid, signal.SIGKILL)
        await self.ask("select pg_promote(true, 60)")
        self.house.postgres.reach = to_socket(socket_of(self.url))
        self.house.postgres.mend()


@asynccontextmanager
async def followed(house: House) -> AsyncIterator[Standby]:
    """A follower of this house's PostgreSQL, made by pg_basebackup; gone with the block."""
    async with (
        wired(to_socket(socket_of(house.stores.database_url))) as between,
        _following(house, between) as standby,
    ):
        yield standby


@asynccontextmanager
async def _following(house: House, between: Wire) -> AsyncIterator[Standby]:
    account = place.account(house.home)
    home = place.owned_directory(house.home / "standby", account)
    sockets = place.socket_directory(house.home, "follow", account)
    follower = Postgres(home, sockets, account)
    copy: list[str | Path] = [
        follower._programs / "pg_basebackup",
        "-h",
        "127.0.0.1",
        "-p",
        str(between.port),
    ]
    copy += [
        "-U",
        "postgres",
        "-D",
        home / "postgres",
        "-R",
        "-X",
        "stream",
        "-c",
        "fast",
        "-C",
        "-S",
        "follower",
    ]
    code, words = await outcome(
        copy,
        environment=_ENVIRONMENT,
        account=account,
    )
    assert code == 0, words
    await follower.prepare()
    child = await Child.start(
        [follower._programs / "postgres", "-D", home / "postgres"],
        environment=_ENVIRONMENT,
        stop_signal=signal.SIGINT,
        account=account,
        output=home / "follower.log",
    )
    standby = Standby(
        house, f"postgresql://postgres@/plenary?host={quote(str(sockets), safe='/')}", child, between
    )
    try:
        await ready(child, lambda: _follows(standby), 60, 0.05)
        yield standby
    finally:
        await child.stop(30)


async def _follows(standby: Standby) -> bool:
    try:
        return await standby.ask("select pg_is_in_recovery()") is True
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


# --- Valkey ------------------------------------------------------------------------------------------------------


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def two_valkeys(house: House) -> AsyncIterator[tuple[int, int]]:
    """The ports of a Valkey to which the wire leads from now on, and of its replica; gone with the block."""
    children, ports = [], (_free_port(), _free_port())
    try:
        for port in ports:
            children.append(await _valkey(house, port, ports[0] if port != ports[0] else 0))
        house.valkey.reach = to_port(ports[0])
        house.valkey.end_all()
        yield ports
    finally:
        house.valkey.reach = to_socket(socket_of(house.stores.redis_url))
        house.valkey.end_all()
        await asyncio.gather(*(child.stop(10) for child in children))


async def _valkey(house: House, port: int, of: int) -> Child:
    account = place.account(house.home)
    home = place.owned_directory(house.home / f"valkey-{port}", account)
    program = Valkey(house.home, home, account)._program
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(home),
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    follows = ["--replicaof", "127.0.0.1", str(of)] if of else []
    child = await Child.start(
        [program, *options, *follows, "--repl-diskless-sync-delay", "0"],
        environment=_ENVIRONMENT,
        stop_signal=signal.SIGTERM,
        account=account,
        output=house.home / f"valkey-{port}.log",
    )

    async def answers() -> bool:
        try:
            async with redis.Redis(port=port) as client:
                said = await client.info("replication")
        except (RedisError, OSError):
            return False
        return not of or said["master_link_status"] == "up"

    await ready(child, answers, 30, 0.05)
    return child
