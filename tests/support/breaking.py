"""Ways to break: a store that fails before or after its COMMIT, a wire to Redis that is cut and mended."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

When = Literal["failed", "failed but kept"]


class Lockable(Protocol):
    """A store whose ledgers are written under a lock."""

    def locked(self, meeting: str) -> AbstractAsyncContextManager[Any]:
        """Hold a ledger."""


class Breaking:
    """Stands before a store's `locked`: the `nth` transaction from now on fails, or its answer is lost."""

    def __init__(self, store: Lockable) -> None:
        """Nothing breaks until `next` is called."""
        self._locked = store.locked
        self._left = -1
        self._when: When = "failed"

    @property
    def has_broken(self) -> bool:
        """Whether what `next` asked for has happened."""
        return self._left < 0

    def next(self, when: When, nth: int = 0) -> None:
        """Break the transaction after the next `nth`."""
        self._when, self._left = when, nth

    @asynccontextmanager
    async def locked(self, meeting: str) -> AsyncIterator[Any]:
        """The store's own, but for the break."""
        breaks, self._left = self._left == 0, self._left - 1
        async with self._locked(meeting) as ledger:
            yield ledger
            if breaks and self._when == "failed":
                raise ConnectionResetError("the database went away before COMMIT")
        if breaks:
            raise ConnectionResetError("the answer to COMMIT was lost")


class Wire:
    """A TCP wire to a server that can be cut and mended; `url` is what its clients are given."""

    def __init__(self, url: str) -> None:
        """`url`: the server's own address, over TCP or a unix socket."""
        self._parts = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._carries = False

    @property
    def url(self) -> str:
        """The address of our end."""
        user, at, _ = self._parts.netloc.rpartition("@")
        path = "" if self._parts.scheme == "unix" else self._parts.path
        return f"redis://{user}{at}127.0.0.1:{self._port}{path}"

    async def mend(self) -> None:
        """Carry."""
        self._carries = True
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Close every connection and take no new one, also none that is just being made."""
        self._carries = False
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await self._far()
        if not self._carries:
            writer.close()
            far_writer.close()
            return
        self._open |= {writer, far_writer}
        ways = [
            asyncio.create_task(_pour(reader, far_writer)),
            asyncio.create_task(_pour(far_reader, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for each in (writer, far_writer):
            each.close()
            self._open.discard(each)

    async def _far(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._parts.scheme == "unix":
            return await asyncio.open_unix_connection(self._parts.path)
        return await asyncio.open_connection(self._parts.hostname or "127.0.0.1", self._parts.port or 6379)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
