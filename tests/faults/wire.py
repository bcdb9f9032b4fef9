"""A TCP wire of ours between a service and its store, or between a phone and a worker: it carries, holds, cuts, and
lets somebody look at what passes.

Nothing of the product knows of it: it is given the address of our end, as it would be given any other.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_READ = 65_536
# A TCP reset instead of an orderly end.
RESET = struct.pack("ii", 1, 0)


class Gone(Exception):
    """Whoever looks wants this connection to end now, on both sides; nothing held is passed on."""


class Talk(Protocol):
    """Looks at one connection. What `up` and `down` return is passed on; they may hold, change, or raise Gone."""

    async def up(self, data: bytes) -> bytes:
        """From the client."""

    async def down(self, data: bytes) -> bytes:
        """From the server."""


class Silent:
    """Looks at nothing."""

    async def up(self, data: bytes) -> bytes:
        """As it came."""
        return data

    async def down(self, data: bytes) -> bytes:
        """As it came."""
        return data


Listener = Callable[["Line"], Talk]


@dataclass
class Line:
    """One connection. `port`: the client's, by which its process is found."""

    port: int
    near: Ends
    far: Ends | None = None

    def end(self, *, reset: bool = False) -> None:
        """Close both ends at once."""
        for _, writer in filter(None, (self.near, self.far)):
            made: socket.socket | None = writer.get_extra_info("socket")
            if reset and made is not None and made.family == socket.AF_INET:
                with contextlib.suppress(OSError):
                    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()


@dataclass
class Wire:
    """Stands before a server. `reach` connects to it; it may be another server from one moment to the next."""

    reach: Callable[[], Awaitable[Ends]]
    listener: Listener = field(default=lambda _: Silent())
    port: int = 0
    lines: list[Line] = field(default_factory=list)
    passed: int = 0
    """Bytes that clients have sent and that went on."""
    refuses: bool = False
    _up: asyncio.Event = field(default_factory=asyncio.Event)
    _down: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    # --- What can happen to it -----------------------------------------------------------------------------------

    def hold(self, *, up: bool = True, down: bool = True) -> None:
        """A partition: what is sent goes nowhere and nobody is told; new connections are made, and silent. Of one
        direction alone: half open."""
        if up:
            self._up.clear()
        if down:
            self._down.clear()

    def mend(self) -> None:
        """Carry again: what was held arrives now, late."""
        self.refuses = False
        self._up.set()
        self._down.set()

    def cut(self, *, reset: bool = True) -> None:
        """End every connection, and those that come until it is mended."""
        self.refuses = True
        self.end_all(reset=reset)

    def end_all(self, *, reset: bool = True) -> None:
        """End every connection; new ones are carried."""
        for line in tuple(self.lines):
            line.end(reset=reset)

    # --- How it carries -------------------------------------------------------------------------------------------

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection from its beginning to its end."""
        line = Line(writer.get_extra_info("peername")[1], (reader, writer))
        self.lines.append(line)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            # Ended with the wire: nobody waits for this task.
            with contextlib.suppress(asyncio.CancelledError):
                await self._carry(line)
        finally:
            line.end()
            self.lines.remove(line)
            self._tasks.discard(task)

    async def _carry(self, line: Line) -> None:
        if self.refuses:
            line.end(reset=True)
            return
        await self._up.wait()
        try:
            line.far = await self.reach()
        except OSError:
            return
        talk = self.listener(line)
        ways = [
            asyncio.create_task(self._pour(line.near[0], line.far[1], talk.up, self._up)),
            asyncio.create_task(self._pour(line.far[0], line.near[1], talk.down, self._down)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pour(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        look: Callable[[bytes], Awaitable[bytes]],
        carries: asyncio.Event,
    ) -> None:
        with contextlib.suppress(OSError, Gone):
            while data := await reader.read(_READ):
                await carries.wait()
                on = await look(data)
                await carries.wait()
                writer.write(on)
                await writer.drain()
                self.passed += len(on)
        # Behind a partition nobody learns that the other end has gone.
        await carries.wait()

    async def stop(self) -> None:
        """End everything."""
        self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def wired(reach: Callable[[], Awaitable[Ends]]) -> AsyncIterator[Wire]:
    """A wire that carries, on a loopback port of its own; gone with the block."""
    wire = Wire(reach)
    wire.mend()
    server = await asyncio.start_server(wire.take, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        await wire.stop()


def to_socket(path: str) -> Callable[[], Awaitable[Ends]]:
    """Reaches a server behind a unix socket."""

    async def reach() -> Ends:
        return await asyncio.open_unix_connection(path)

    return reach


def to_port(port: int) -> Callable[[], Awaitable[Ends]]:
    """Reaches a server on a loopback port."""

    async def reach() -> Ends:
        return await asyncio.open_connection("127.0.0.1", port)

    return reach
