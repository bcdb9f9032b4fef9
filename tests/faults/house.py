"""A house to break: real stores, a wire of ours before each, and a whole `plenary run` behind them with two workers."""

import json
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil

from services.desk import own_server
from services.desk.stores import Stores, opened
from services.desk.workers import is_ready
from tests.faults import services_outside
from tests.faults.services_outside import SigningServices
from tests.faults.wire import Wire, to_port, to_socket, wired
from tests.support.stores import reachable_directory
from tests.support.waiting import until

WORKERS = 2


@dataclass
class House:
    """What can be broken, and where. `front`: a wire before the workers' port; `home`: where the stores lie; `outside`:
    the signing services."""

    home: Path
    data: Path
    url: str
    stores: Stores
    postgres: Wire
    valkey: Wire
    front: Wire
    outside: SigningServices
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def front_url(self) -> str:
        """The address of a phone whose answers pass our wire."""
        return f"http://127.0.0.1:{self.front.port}"

    def facts(self) -> dict[str, Any]:
        """What run.json says now."""
        facts: dict[str, Any] = json.loads((self.data / "run.json").read_bytes())
        return facts

    def workers(self) -> list[int]:
        """The pids of the workers that live."""
        return [pid for pid in self.facts()["workers"] if pid is not None and psutil.pid_exists(pid)]

    def worker_at(self, port: int) -> int | None:
        """The worker whose connection has this port of its own."""
        for pid in self.workers():
            try:
                found = psutil.Process(pid).net_connections("tcp")
            except psutil.Error:
                continue
            if any(each.laddr[1:] == (port,) for each in found):
                return pid
        return None

    def mend(self) -> None:
        """Whatever was held, cut or frozen goes on."""
        for wire in (self.postgres, self.valkey, self.front):
            wire.mend()
        for pid in self.workers():
            kill(pid, signal.SIGCONT)

    async def whole(self) -> None:
        """Wait until every worker of run.json lives and is ready."""

        async def ready() -> bool:
            sockets = socket_directory(self.data)
            alive = len(self.workers()) == WORKERS
            return alive and all([await is_ready(sockets / f"{n}.sock") for n in range(WORKERS)])

        await until(ready, 120, "every worker ready again")

    def complaints(self) -> list[str]:
        """What the server's log tells of faults of its own: by the last line of each traceback."""
        said = (self.data / "run.log").read_text(errors="replace")
        return re.findall(r"^(\w[\w.]*(?:Error|Exception)\b[^\n]*)$", said, re.MULTILINE)


def socket_directory(data: Path) -> Path:
    """Where the workers' own sockets are, as the desk settles it."""
    from services.desk import place

    return place.socket_directory(data, "workers", None)


def socket_of(url: str) -> str:
    """The unix socket of a PostgreSQL or Valkey that the desk runs."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return parts.path
    return unquote(parts.query.partition("host=")[2]) + "/.s.PGSQL.5432"


def postgres_url(wire: Wire) -> str:
    """PostgreSQL by way of a wire."""
    return f"postgresql://postgres@127.0.0.1:{wire.port}/plenary?sslmode=disable"


@asynccontextmanager
async def housed(
    home: Path | None = None, data_directory: Path | None = None, **settings: str
) -> AsyncIterator[House]:
    """A house that stands, its stores in `home`, its data in `data_directory`, or in directories of their own; all that
    runs is gone with the block."""
    async with AsyncExitStack() as stack:
        directory = home or stack.enter_context(reachable_directory())
        stores = await stack.enter_async_context(opened(directory))
        postgres = await stack.enter_async_context(wired(to_socket(socket_of(stores.database_url))))
        valkey = await stack.enter_async_context(wired(to_socket(socket_of(stores.redis_url))))
        wanted = {
            "workers": str(WORKERS),
            "database_url": postgres_url(postgres),
            "redis_url": f"redis://127.0.0.1:{valkey.port}",
            "test_tsa": "true",
            **settings,
        }
        kept = data_directory or stack.enter_context(reachable_directory())
        outside = await stack.enter_async_context(services_outside.beside(kept))
        url, data = await stack.enter_async_context(own_server.running(wanted, kept))
        front = await stack.enter_async_context(wired(to_port(int(url.rpartition(":")[2]))))
        yield House(directory, data, url, stores, postgres, valkey, front, outside, wanted)


def kill(pid: int, how: int) -> None:
    """Send a signal to one process of ours; nothing if it has gone."""
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
