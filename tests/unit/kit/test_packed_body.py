"""Who sends a body packed is told so at once, and nothing of it is unpacked for them."""

import asyncio
import contextlib
import time
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.kit import packed_body
from services.kit.application import build_root, build_service
from services.kit.route import Call, Route
from services.wire import Counts

LINES = [
    b"Content-Encoding: gzip",
    b"content-encoding: deflate",
    b"Content-Encoding: gzip, gzip",
    b"Content-Encoding: nonsense",
    # aiohttp goes by the last of several.
    b"Content-Encoding: identity\r\nContent-Encoding: gzip",
]


async def _echo(call: Call) -> Counts:
    body: Counts = call.body
    return body


ROUTES = (Route("POST", "/open", _echo, "anyone", "echo", takes=Counts, gives=Counts),)


async def _serving(app: web.Application) -> AsyncIterator[TestServer]:
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    """One service with one route, reading on after an early answer for as long as any worker does."""
    async for server in _serving(build_root({"echo": build_service("echo", ROUTES)}, ())):
        yield server


@pytest.fixture
async def bare() -> AsyncIterator[TestServer]:
    """A server that answers no problems, as the plain door and the microphones' are."""
    async for server in _serving(web.Application(middlewares=[packed_body.refused])):
        yield server


def _bomb(megabytes: int) -> bytes:
    """So many megabytes of nothing in gzip; its sum at the end is never come to."""
    packer = zlib.compressobj(9, wbits=31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    return head + megabytes * (packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH))


async def _sent(server: TestServer, address: bytes, line: bytes, body: bytes) -> bytes:
    """All that is answered until the server hangs up."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    head = (
        b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%b\r\nContent-Length: %d\r\n\r\n"
    )
    writer.write(head % (address, line, len(body)) + body)
    answer = bytearray()
    # What we still sent was not read any more.
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65_536):
            answer += piece
    writer.close()
    return bytes(answer)


@pytest.mark.parametrize("line", LINES)
async def test_a_packed_body_is_refused(server: TestServer, line: bytes) -> None:
    """By every name of a packing, known or not, however small it is; and the connection ends."""
    answer = await _sent(server, b"/echo/open", line, zlib.compress(b'{"approve":4,"reject":7,"abstain":3}'))
    assert answer.startswith(b"HTTP/1.1 415 ")
    assert b'"code":"body_packed"' in answer


@pytest.mark.parametrize("address", [b"/echo/open", b"/nowhere"])
async def test_nobody_waits_while_a_megabyte_would_be_a_thousand(server: TestServer, address: bytes) -> None:
    """Several of them at once, to an address that takes bodies and to one that is none."""
    bomb = _bomb(1_000)
    spent = time.process_time()
    answers = await asyncio.gather(*(_sent(server, address, LINES[0], bomb) for _ in range(3)))
    # Unpacked they are three thousand megabytes: seconds of work, in which nobody else is served.
    assert time.process_time() - spent < 1
    assert all(answer.startswith(b"HTTP/1.1 415 ") for answer in answers if answer)


async def test_a_server_without_problems_hangs_up_alike(bare: TestServer) -> None:
    """What explains over plain HTTP, and what switches microphones."""
    assert (await _sent(bare, b"/", LINES[0], _bomb(1))).startswith(b"HTTP/1.1 415 ")
