"""A screen as a test sees it: reads events, remembers the last id, may leave and come back."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from services.wire import TurnEvent
from tests.support.waiting import until


@dataclass(frozen=True, slots=True)
class Shown:
    """One event as it came."""

    name: str
    identifier: str
    content: Any


@dataclass(frozen=True, slots=True)
class TurnTold:
    """A `turn.*` event as it came: the fields of the event, its exact bytes, and the last id before it."""

    fields: dict[str, str]
    body: bytes
    after: str | None

    @property
    def event(self) -> TurnEvent:
        """What it says."""
        return msgspec.json.decode(self.body, type=TurnEvent)


@dataclass
class Watcher:
    """Follows one meeting; `seen` are the events so far, without clock and heartbeats, without what happened to
    `turns`, and without those `aside` of the streams: who is connected, and who has voted."""

    url: str
    token: str
    last: str | None = None
    seen: list[Shown] = field(default_factory=list)
    turns: list[TurnTold] = field(default_factory=list)
    aside: list[tuple[str, Any]] = field(default_factory=list)
    retry: int | None = None
    clocks: int = 0
    comments: int = 0
    ended: bool = False
    response: aiohttp.ClientResponse | None = None
    _session: aiohttp.ClientSession | None = None
    _reading: asyncio.Task[None] | None = None

    async def come(self) -> aiohttp.ClientResponse:
        """Connect, with the last id if there is one."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.last is not None:
            headers["Last-Event-ID"] = self.last
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), read_bufsize=2**22)
        self.response = await self._session.get(self.url, headers=headers)
        self.ended = False
        if self.response.status == 200:
            self._reading = asyncio.create_task(self._read(self.response))
        return self.response

    async def leave(self) -> None:
        """Disconnect without a word."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self.response is not None:
            self.response.close()
        if self._session is not None:
            await self._session.close()

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        fields: dict[str, str] = {}
        try:
            async for raw in response.content:
                self._line(raw.decode().rstrip("\n"), fields)
        except aiohttp.ClientError:
            pass
        self.ended = True

    def _line(self, line: str, fields: dict[str, str]) -> None:
        if line.startswith(":"):
            self.comments += 1
        elif line.startswith("retry: "):
            self.retry = int(line.removeprefix("retry: "))
        elif line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            self._event(fields)
            fields.clear()

    def _event(self, fields: dict[str, str]) -> None:
        if fields["event"] == "clock":
            self.clocks += 1
            return
        self.last = fields.get("id", self.last)
        if fields["event"].startswith("turn."):
            self.turns.append(TurnTold(dict(fields), fields["data"].encode(), self.last))
            return
        content = msgspec.json.decode(fields["data"])
        if fields["event"] in ("connected", "received.from", "void.wished", "drafts.moved"):
            self.aside.append((fields["event"], content))
            return
        self.seen.append(Shown(fields["event"], fields.get("id", ""), content))

    async def reaches(self, identifier: str) -> None:
        """Wait until the last id is this one, in whatever history."""
        await seen(lambda: (self.last or "").partition(".h")[0] == identifier)

    def names(self) -> list[str]:
        """The names of the events seen."""
        return [each.name for each in self.seen]

    def told(self) -> list[tuple[str, Any]]:
        """What a screen learned, without counts (they are coalesced) and without words about the connection."""
        passing = {"progress", "snapshot", "degraded", "restored", "bye", "expired"}
        return [(each.name, each.content) for each in self.seen if each.name not in passing]


async def seen(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""

    async def answer() -> bool:
        return holds()

    await until(answer)


def deaf_screen(port: int, token: str) -> socket.socket:
    """A connection that asks to follow and then reads nothing; its buffers are small."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(("127.0.0.1", port))
    deaf.send(
        f"GET /live/meetings/hall/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    return deaf
