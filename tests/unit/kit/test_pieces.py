"""Answers sent piece by piece: whole, or cut so that everybody sees it; and no faster than they are read."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from services.kit import pieces
from services.kit.application import build_root, build_service
from services.kit.problem import NotThere
from services.kit.route import Call, Route

Pieces = AsyncGenerator[bytes, None]
MEBIBYTE = b"x" * 2**20


class Maker:
    """Makes pieces for whoever asks; `ended` once it is told to make no more."""

    def __init__(self) -> None:
        self.make: Callable[[], Pieces] = self.endless
        self.made = 0
        self.ended = asyncio.Event()

    async def handle(self, call: Call) -> web.StreamResponse:
        """The handler."""
        return await pieces.send(call.request, self.make(), "text/plain")

    async def endless(self) -> Pieces:
        """A mebibyte, for ever."""
        try:
            while True:
                self.made += 1
                yield MEBIBYTE
        finally:
            self.ended.set()


@pytest.fixture
def maker() -> Maker:
    """What the one route sends."""
    return Maker()


@pytest.fixture
async def server(maker: Maker) -> AsyncIterator[TestServer]:
    """A server with that route."""
    routes = (Route("GET", "/it", maker.handle, "anyone", "it", gives_media="text/plain"),)
    server = TestServer(build_root({"echo": build_service("echo", routes)}, ()))
    await server.start_server()
    yield server
    await server.close()


async def _asked(server: TestServer) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    # A small window: what is not read stays with the server.
    reader, writer = await asyncio.open_connection(server.host, server.port, limit=2**16)
    writer.write(b"GET /echo/it HTTP/1.1\r\nHost: x\r\n\r\n")
    return reader, writer


async def _rest(reader: asyncio.StreamReader) -> bytes:
    """All that still comes before the connection ends, however it ends."""
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


async def test_pieces_make_one_answer(maker: Maker, server: TestServer) -> None:
    """In their order, with the headers of every other answer; and the connection serves again."""

    async def three() -> Pieces:
        for piece in (b"a\n", b"b\n", b"c\n"):
            yield piece

    maker.make = three
    async with TestClient(server) as client:
        for _ in range(2):
            async with client.get("/echo/it", headers={"X-Request-Id": "question-1"}) as answer:
                assert (answer.status, await answer.read()) == (200, b"a\nb\nc\n")
                assert answer.headers["Content-Type"] == "text/plain"
                assert answer.headers["X-Request-Id"] == "question-1"
                assert answer.headers["Cache-Control"] == "no-store"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_is_refused_before_the_first_piece_is_a_refusal(maker: Maker, server: TestServer) -> None:
    """As if it were no answer in pieces."""

    async def none() -> Pieces:
        for _ in ():
            yield b""
        raise NotThere

    maker.make = none
    async with TestClient(server) as client, client.get("/echo/it") as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, "not_found")


async def test_half_an_answer_is_never_taken_for_a_whole_one(maker: Maker, server: TestServer) -> None:
    """What fails in the middle cuts the connection: no last chunk, no second answer; and our fault is logged."""

    async def half() -> Pieces:
        yield b"half\n"
        raise ZeroDivisionError

    maker.make = half
    reader, writer = await _asked(server)
    with capture_logs() as logged:
        head = await reader.readuntil(b"\r\n\r\n")
        rest = await _rest(reader)
    writer.close()
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nTransfer-Encoding: chunked" in head
    assert rest in (b"", b"5\r\nhalf\n\r\n")
    assert [line["event"] for line in logged] == ["our.fault"]


async def test_a_reader_who_goes_is_no_fault(maker: Maker, server: TestServer) -> None:
    """No more is made, and nothing is logged."""
    with capture_logs() as logged:
        reader, writer = await _asked(server)
        await reader.readexactly(2**17)
        writer.close()
        await maker.ended.wait()
    assert logged == []


async def test_a_reader_who_stalls_is_waited_for_and_then_cut_off(
    maker: Maker, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more is made than the sockets between hold; and nobody holds the connection for ever."""
    monkeypatch.setattr(pieces, "STALLED_SECONDS", 0.1)
    reader, writer = await _asked(server)
    await maker.ended.wait()
    assert maker.made < 50
    assert not (await _rest(reader)).endswith(b"\r\n0\r\n\r\n")
    writer.close()


@pytest.mark.parametrize("size", [1, pieces.PIECE_BYTES, 3 * pieces.PIECE_BYTES + 1])
async def test_cut(size: int) -> None:
    """Nothing is lost between pieces, and between any two of them somebody else has a turn."""
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(another())
    whole = bytes(number % 251 for number in range(size))
    found = [piece async for piece in pieces.cut(whole)]
    beside.cancel()
    assert b"".join(found) == whole
    assert max(map(len, found)) <= pieces.PIECE_BYTES
    assert turns >= len(found)
