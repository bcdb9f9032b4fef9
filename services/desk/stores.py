"""The stores: your own servers, or a PostgreSQL and a Valkey that we run and keep alive under the data directory."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from services.desk import place
from services.desk.child import ChildEnded, Kept
from services.desk.postgres import Postgres
from services.desk.valkey import Valkey
from services.kit.complaint import Complaint

# A fast shutdown writes a last checkpoint: give it time before it is killed (which would lose nothing, only time).
_PATIENCE = 60.0


class StoresRefused(Complaint):
    """A store cannot be started; the text says why."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the stores are, and the process ids of those that are ours."""

    database_url: str
    redis_url: str
    kept: tuple[Kept, ...] = field(default=(), repr=False)

    @property
    def pids(self) -> dict[str, int | None]:
        """Process ids of our own servers by name: `postgres`, `valkey`; None between two lives."""
        return {each.name: each.pid for each in self.kept}


def _nothing() -> None:
    """Nobody wants to hear of restarts."""


@contextlib.asynccontextmanager
async def opened(
    data: Path,
    database_url: str = "",
    redis_url: str = "",
    changed: Callable[[], None] = _nothing,
    connections: int = 0,
) -> AsyncIterator[Stores]:
    """Both stores, ready, as long as the block lasts; a URL given means that we run none of that kind.

    `connections`: so many at once are wanted of a PostgreSQL of ours, if that is more than usual.
    A server of ours that dies is started again, then `changed` is called. Valkey is stopped first, PostgreSQL last.
    Raises StoresRefused or another Complaint.
    """
    account = None if database_url and redis_url else place.account(data)
    home = data if database_url and redis_url else place.home_of_stores(data, account)
    busy = (
        f"một Plenary khác đang dùng các kho trong {home} / another Plenary is running the stores in {home}"
    )
    with place.locked(home / "stores.lock", busy):
        async with contextlib.AsyncExitStack() as stack:
            if not database_url:
                _must_have_its_database(data, home)
            kept = []
            servers = await asyncio.to_thread(
                _servers, home, account, not database_url, not redis_url, connections
            )
            for name, server in servers.items():
                await server.prepare()
                lives = server.lives if isinstance(server, Valkey) else None
                kept.append(await _keep(stack, Kept(name, server.launch, _PATIENCE, lives), changed))
                if isinstance(server, Postgres):
                    database_url = server.url
                else:
                    redis_url = server.url
            yield Stores(database_url, redis_url, tuple(kept))


def _must_have_its_database(data: Path, home: Path) -> None:
    """Keys that have signed go on with their own database only. Raises StoresRefused rather than begin an empty one.

    A first start makes the database before the keys, so one that was broken off is never refused.
    """
    if (data / "keys" / "ledger.key").exists() and not (home / "postgres" / "PG_VERSION").exists():
        raise StoresRefused(
            f"{data} có khóa mà không có cơ sở dữ liệu: gắn đĩa của {home / 'postgres'}, đặt lại PLENARY_DATABASE_URL,"
            " hoặc plenary restore; muốn bắt đầu mới thì dùng PLENARY_DATA khác"
            f" / {data} holds keys and no database: mount the disk of {home / 'postgres'}, set PLENARY_DATABASE_URL"
            " again, or plenary restore; to begin anew take another PLENARY_DATA"
        )


def _servers(
    home: Path, account: place.Account | None, postgres: bool, valkey: bool, connections: int
) -> dict[str, Postgres | Valkey]:
    if not postgres and not valkey:
        return {}
    sockets = place.socket_directory(home, "run", account)
    servers: dict[str, Postgres | Valkey] = {}
    if postgres:
        servers["postgres"] = Postgres(home, sockets, account, connections)
    if valkey:
        servers["valkey"] = Valkey(home, sockets, account)
    return servers


async def _keep(stack: contextlib.AsyncExitStack, kept: Kept, changed: Callable[[], None]) -> Kept:
    try:
        await kept.start(changed)
    except (ChildEnded, OSError) as error:
        raise StoresRefused(str(error)) from error
    stack.push_async_callback(kept.stop)
    return kept
