"""Idle connections make room for others, and those that are asking stay."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.desk import idle, listening
from services.desk.idle import Idle
from services.kit.background import beside
from tests.support.waiting import until

GET = b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n"


class Guest:
    """Somebody who is connected."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, path: bytes = b"/") -> bytes:
        """The status line."""
        self.writer.write(GET % path)
        head = await self.reader.readuntil(b"\r\n\r\n")
        await self.reader.readexactly(2)
        return head.split(b"\r\n")[0]

    async def is_out(self) -> bool:
        """Whether the connection has ended: nothing more would come."""
        try:
            return await asyncio.wait_for(self.reader.read(1), 0.05) == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True


class House:
    """A server, and who comes to it."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.within = 0
        self.guests: list[Guest] = []
        app = web.Application()
        app.router.add_get("/", self._at_once)
        app.router.add_get("/long", self._long)
        self.test_server = TestServer(app)

    async def open(self, most: int) -> None:
        """Begin."""
        await self.test_server.start_server()
        assert isinstance(self.test_server.runner, web.AppRunner)
        assert self.test_server.runner.server is not None
        self.server = self.test_server.runner.server
        self.idle = Idle(self.server, most)

    async def guest(self) -> Guest:
        """One more, known to the server."""
        before = len(self.server.connections)
        guest = Guest(*await asyncio.open_connection(self.test_server.host, self.test_server.port))

        async def known() -> bool:
            return len(self.server.connections) > before

        await until(known, what="connected")
        self.guests.append(guest)
        return guest

    async def close(self) -> None:
        """End."""
        self.go_on.set()
        for each in self.guests:
            each.writer.transport.abort()
        await self.test_server.close()

    async def _at_once(self, _: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _long(self, _: web.Request) -> web.Response:
        self.within += 1
        await self.go_on.wait()
        return web.Response(text="ok")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Four may be idle; with more, three stay."""
    made = House()
    await made.open(most=4)
    yield made
    await made.close()


async def test_who_never_asked_goes_first_and_then_who_is_silent_longest(house: House) -> None:
    """Also one with half a head; the last three who asked stay, in whatever order they came."""
    late, silent, half, early, third = [await house.guest() for _ in range(5)]
    half.writer.write(b"GET / HTTP/1.1\r\nHo")
    for each in (early, third, late):
        assert b"200" in await each.ask()
    extra = await house.guest()
    assert b"200" in await extra.ask()
    await house.idle.make_room()
    assert [await each.is_out() for each in (late, silent, half, early, third, extra)] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert b"200" in await late.ask()


async def test_who_waits_for_an_answer_stays(house: House) -> None:
    """Six ask something that takes long, four are silent beside them: the latter are what there may be."""
    asking = [await house.guest() for _ in range(6)]
    answers = [asyncio.create_task(each.ask(b"/long")) for each in asking]

    async def within() -> bool:
        return house.within == 6

    await until(within, what="all within")
    silent = [await house.guest() for _ in range(4)]
    await house.idle.make_room()
    assert not any([await each.is_out() for each in silent])
    silent.append(await house.guest())
    await house.idle.make_room()
    assert [await each.is_out() for each in silent] == [True, True, False, False, False]
    house.go_on.set()
    assert all(b"200" in line for line in await asyncio.gather(*answers))


async def test_few_files_leave_less_room(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where hardly any files may be open, fewer may be idle; and who has gone is remembered no longer."""
    monkeypatch.setattr(idle, "_files", lambda: 2)
    guests = [await house.guest() for _ in range(3)]
    assert b"200" in await guests[2].ask()
    monkeypatch.setattr(idle, "LOOK_SECONDS", 0.01)
    async with beside("test", house.idle.watch()):

        async def none() -> bool:
            return not house.server.connections and not house.idle._asked

        await until(none, what="all out")


async def test_who_reads_no_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel ends a connection whose other side takes nothing for long, though it is alive: no handler waits for it
    for ever, and no file is lost to it."""
    monkeypatch.setattr(listening, "STALLED_MS", 500)
    ended = asyncio.Event()

    async def large(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
        except ConnectionError:
            ended.set()
            raise

    app = web.Application()
    app.router.add_get("/", large)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await listening.listen(runner, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*runner.addresses[0][:2], limit=1)
        writer.write(GET % b"/")
        await asyncio.wait_for(ended.wait(), 30)
        writer.transport.abort()
    finally:
        await runner.cleanup()
