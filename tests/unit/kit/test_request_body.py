"""A body that does not come, or only in drops, is refused in time, over a real socket; a whole one costs no timer."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from unittest import mock

import pytest
from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import TestServer, make_mocked_request

from services.kit import request_body
from services.kit.application import build_root, build_service
from services.kit.problem import BodyWrong, TooLarge
from services.kit.route import Call, Route
from services.wire import Counts
from tests.support.waiting import until

HEAD = b"POST /echo/open HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
WHOLE = b'{"approve":4,"reject":7,"abstain":3}'
COUNTED = b"Content-Length: %d\r\n\r\n" % len(WHOLE)
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


async def _echo(call: Call) -> Counts:
    body: Counts = call.body
    return body


ROUTES = (Route("POST", "/open", _echo, "anyone", "echo", takes=Counts, gives=Counts),)


async def _serving(body_seconds: float) -> AsyncIterator[TestServer]:
    root = build_root({"echo": build_service("echo", ROUTES)}, (), body_seconds)
    server = TestServer(root)
    # aiohttp goes on reading for a moment after an early answer, so that who still sends may hear it.
    await server.start_server(lingering_time=0.01)
    yield server
    await server.close()


@pytest.fixture
async def hurried() -> AsyncIterator[TestServer]:
    """A server that waits a moment for a body."""
    async for server in _serving(0.05):
        yield server


@pytest.fixture
async def patient() -> AsyncIterator[TestServer]:
    """A server that waits longer for a body than any test."""
    async for server in _serving(3600):
        yield server


async def _connected(server: TestServer) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(server.host, server.port)


def _must_be_too_slow(answer: bytes) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nContent-Type: application/problem+json" in head
    assert b"\r\nConnection: close" in head
    assert b'"code":"too_slow"' in body
    assert body.endswith(b"}"), "no second answer"


@pytest.mark.parametrize("sent", [b"", WHOLE[:-1]])
async def test_a_body_that_never_arrives_is_refused_and_its_connection_closed(
    hurried: TestServer, sent: bytes
) -> None:
    """The client does nothing more, and keeps its side open: the server ends it."""
    reader, writer = await _connected(hurried)
    writer.write(HEAD + COUNTED + sent)
    _must_be_too_slow(await reader.read())
    writer.close()


async def test_a_body_in_drops_has_no_more_time_than_any_other(hurried: TestServer) -> None:
    """The deadline is of the whole body, not of each read: one that goes on and on ends too."""
    reader, writer = await _connected(hurried)
    writer.write(HEAD + CHUNKED)
    answer = asyncio.create_task(reader.readuntil(b"}"))
    while not answer.done():
        writer.write(b"1\r\n \r\n")
        await asyncio.wait({answer}, timeout=0.002)
    _must_be_too_slow(answer.result())
    writer.close()


async def test_what_comes_behind_a_late_body_is_no_request(hurried: TestServer) -> None:
    """The rest of the body and another request: no second answer."""
    reader, writer = await _connected(hurried)
    writer.write(HEAD + COUNTED + WHOLE[:-1])
    answer = await reader.readuntil(b"}")
    writer.write(WHOLE[-1:] + HEAD + COUNTED + WHOLE)
    _must_be_too_slow(answer + await reader.read())
    writer.close()


async def test_a_body_in_two_parts_is_waited_for(patient: TestServer) -> None:
    """What comes late, but in time, is taken; and the connection serves the next request."""
    reader, writer = await _connected(patient)
    for place in (1, 2):
        writer.write(HEAD + COUNTED + WHOLE[:5])
        await until(partial(_begun, patient, place), what="its head is there")
        writer.write(WHOLE[5:])
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert await reader.readexactly(len(WHOLE)) == WHOLE
    writer.close()


async def _begun(server: TestServer, requests: int) -> bool:
    assert server.runner is not None
    assert server.runner.server is not None
    return server.runner.server.requests_count == requests


async def test_a_body_that_is_there_needs_no_timer(
    patient: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As almost every ballot is: head and body in one segment. Without asyncio there is no timer to make."""
    monkeypatch.setattr(request_body, "asyncio", None)
    reader, writer = await _connected(patient)
    writer.write(HEAD + b"Connection: close\r\n" + COUNTED + WHOLE)
    assert (await reader.read()).endswith(b"\r\n\r\n" + WHOLE)
    writer.close()


async def test_a_body_that_breaks_off_is_no_fault_of_ours() -> None:
    """The connection is lost while it is read: neither a store that is away nor a traceback."""
    content = StreamReader(mock.create_autospec(BaseProtocol, instance=True), 2**16)
    content.feed_data(WHOLE[:5])
    content.set_exception(ConnectionResetError("Connection lost"))
    app = build_root({}, ())
    with pytest.raises(BodyWrong):
        await request_body.read(make_mocked_request("POST", "/", payload=content, app=app))


@pytest.mark.parametrize("size", [100, 101])
async def test_a_body_is_as_long_as_its_limit_at_most(size: int) -> None:
    """Also one that does not say how long it will be."""
    content = StreamReader(mock.create_autospec(BaseProtocol, instance=True), 2**16)
    content.feed_data(b"x" * size)
    content.feed_eof()
    request = make_mocked_request("POST", "/", payload=content)
    if size <= 100:
        assert await request_body.read(request, 100) == b"x" * size
    else:
        with pytest.raises(TooLarge):
            await request_body.read(request, 100)
