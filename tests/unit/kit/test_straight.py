"""The straight way past the router: the same answers as on the ordinary one, and nothing unusual goes along it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.kit import prompt, request_body, straight
from services.kit.application import build_root, build_service
from services.kit.problem import BodyWrong
from services.kit.route import Call, Route

# The lines of requests that went the ordinary way.
ORDINARY: list[str] = []


async def _echo(call: Call) -> web.StreamResponse:
    raw = await request_body.read(call.request, 100_000)
    if raw == b"refused":
        raise BodyWrong(what="you asked for it")
    if raw == b"fault":
        raise RuntimeError(raw)
    said = b"%b: %b" % (call.part("name").encode(), raw)
    return prompt.respond(call.request, said, 201)


ROUTES = (
    Route("POST", "/of/{name}/ballots", _echo, "anyone", "busy", busy=True),
    Route("POST", "/of/{name}/others", _echo, "anyone", "ordinary"),
)


async def _server(*, laid: bool) -> TestServer:
    root = build_root({"echo": build_service("echo", ROUTES)}, ())
    server = TestServer(root)
    await server.start_server()
    assert isinstance(server.runner, web.AppRunner)
    there = server.runner.server
    assert there is not None
    by_router = there.request_handler

    async def ordinary(request: web.BaseRequest) -> web.StreamResponse:
        ORDINARY.append(request.raw_path)
        return await by_router(request)

    there.request_handler = ordinary
    if laid:
        straight.lay(server.runner, root)
    return server


@pytest.fixture
async def servers() -> AsyncIterator[tuple[TestServer, TestServer]]:
    """One with straight ways, one without."""
    both = (await _server(laid=True), await _server(laid=False))
    ORDINARY.clear()
    yield both
    for each in both:
        await each.close()


async def _told(server: TestServer, *sent: bytes) -> bytes:
    """All that is answered to these pieces, each sent when the one before was taken; without the time."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    for piece in sent:
        writer.write(piece)
        await writer.drain()
        # A round trip of something else: what was sent before it is read.
        await _live(server)
    writer.write(
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-Id: the-last-one\r\nConnection: close\r\n\r\n"
    )
    answer = await reader.read()
    writer.close()
    return b"\r\n".join(line for line in answer.split(b"\r\n") if not line.startswith(b"Date: "))


async def _live(server: TestServer) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200")
    writer.close()


def _head(line: bytes, length: int, more: bytes = b"") -> bytes:
    return b"%b HTTP/1.1\r\nHost: x\r\nX-Request-Id: of-the-caller\r\n%bContent-Length: %d\r\n\r\n" % (
        line,
        more,
        length,
    )


def _ballots() -> list[str]:
    return [each for each in ORDINARY if "ballots" in each]


_LINE = b"POST /echo/of/po-1_A/ballots"


@pytest.mark.parametrize("body", [b"x", b"", b"refused", b"fault", b"x" * 60_000, b"x" * 100_001])
async def test_it_answers_as_the_ordinary_way(servers: tuple[TestServer, TestServer], body: bytes) -> None:
    """Taken, refused, too large or a fault of ours: the same status, headers and body."""
    sent = _head(_LINE, len(body)) + body
    told = await _told(servers[0], sent)
    taken_straight = not _ballots()
    assert told == await _told(servers[1], sent)
    assert told.startswith(b"HTTP/1.1 ")
    # What comes in several pieces may not be whole yet when it is looked at.
    assert taken_straight or len(body) > 50_000


@pytest.mark.parametrize(
    "sent",
    [
        (_head(b"GET /echo/of/po-1/ballots", 0),),
        (_head(b"POST /echo/of/po%2D1/ballots", 1) + b"x",),
        (_head(b"POST /echo/of/po-1/ballots?a=1", 1) + b"x",),
        (_head(b"POST /echo/of/po-1/ballots/", 1) + b"x",),
        (_head(b"POST /echo/of/../ballots", 1) + b"x",),
        (_head(b"POST /echo/of//ballots", 1) + b"x",),
        (_head(b"POST //echo/of/po-1/ballots", 1) + b"x",),
        (_head(b"POST http://x/echo/of/po-1/ballots", 1) + b"x",),
        (_head(_LINE, 1, b"Expect: 100-continue\r\n"), b"x"),
        (_head(_LINE, 1, b"Expect: something-else\r\n"), b"x"),
        (_head(_LINE, 2), b"x", b"y"),
        (
            b"POST /echo/of/po-1/ballots HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\nx\r\n0\r\n\r\n",
        ),
    ],
)
async def test_what_is_unusual_goes_the_ordinary_way(
    servers: tuple[TestServer, TestServer], sent: tuple[bytes, ...]
) -> None:
    """Another method or address, what stands for something else, who waits to go on, what has not come yet."""
    told = await _told(servers[0], *sent)
    assert len(_ballots()) == 1
    # A fresh request id is another each time.
    named = b"of-the-caller" in sent[0]
    assert not named or told == await _told(servers[1], *sent)


async def test_other_routes_have_no_straight_way(servers: tuple[TestServer, TestServer]) -> None:
    """Only those that say that they are busy."""
    told = await _told(servers[0], _head(b"POST /echo/of/po-1/others", 1) + b"x")
    assert told.startswith(b"HTTP/1.1 201 ")
    assert ORDINARY[0] == "/echo/of/po-1/others"


async def test_it_is_counted_under_the_routes_name(servers: tuple[TestServer, TestServer]) -> None:
    """As if the router had found it."""
    await _told(servers[0], _head(_LINE, 1) + b"x")
    assert not _ballots()
    reader, writer = await asyncio.open_connection(servers[0].host, servers[0].port)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b'plenary_requests_total{route="/echo/of/{name}/ballots",status="201"}' in await reader.read()
    writer.close()


async def test_a_way_is_laid_to_a_server_that_is_there() -> None:
    """Before its runner is set up there is none: silence would leave every ballot on the ordinary way."""
    root = build_root({"echo": build_service("echo", ROUTES)}, ())
    with pytest.raises(RuntimeError):
        straight.lay(web.AppRunner(root), root)
