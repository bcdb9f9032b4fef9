"""An answer that is written down at once says what an ordinary one says, to the letter, and ends like it."""

import asyncio
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import pytest
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_writer import StreamWriter
from aiohttp.test_utils import TestServer

from services.kit import prompt, request_body
from services.kit.application import build_root, build_service
from services.kit.prompt import PromptAnswer
from services.kit.route import Call, Route

GIVEN: list[web.StreamResponse] = []


async def _prompt(call: Call) -> web.StreamResponse:
    raw = await request_body.read(call.request)
    GIVEN.append(prompt.respond(call.request, raw, int(call.request.query.get("status", "201"))))
    return GIVEN[-1]


async def _ordinary(call: Call) -> web.StreamResponse:
    raw = await request_body.read(call.request)
    status = int(call.request.query.get("status", "201"))
    return web.Response(body=raw, status=status, content_type="application/json")


ROUTES = (
    Route("POST", "/prompt", _prompt, "anyone", "prompt"),
    Route("POST", "/ordinary", _ordinary, "anyone", "ordinary"),
)


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    """One that answers both ways."""
    GIVEN.clear()
    server = TestServer(build_root({"echo": build_service("echo", ROUTES)}, ()))
    await server.start_server()
    yield server
    await server.close()


def _request(path: str, body: bytes, version: bytes = b"1.1", more: bytes = b"") -> bytes:
    return (
        b"POST /echo/%b HTTP/%b\r\nHost: x\r\nX-Request-Id: of-the-caller\r\n%bContent-Length: %d\r\n\r\n%b"
        % (path.encode(), version, more, len(body), body)
    )


async def _answers(server: TestServer, sent: bytes, number: int) -> list[tuple[bytes, dict[str, str], bytes]]:
    """So many answers to these bytes, on one connection: status line, headers, body."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(sent)
    answers = []
    for _ in range(number):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, _, rest = head.partition("\r\n")
        headers = dict(each.split(": ", 1) for each in rest.strip().split("\r\n"))
        answers.append((line.encode(), headers, await reader.readexactly(int(headers["Content-Length"]))))
    writer.close()
    return answers


@pytest.mark.parametrize("body", [b"{}", b"", b"x" * 200_000, '"Đại biểu"'.encode()])
@pytest.mark.parametrize("status", [200, 201])
async def test_it_says_what_an_ordinary_answer_says(server: TestServer, body: bytes, status: int) -> None:
    """Status line, headers and body; the date may be a second later."""
    both = [_request(f"{way}?status={status}", body) for way in ("prompt", "ordinary")]
    told, ordinary = await _answers(server, b"".join(both), 2)
    assert isinstance(GIVEN[0], PromptAnswer)
    dates = [parsedate_to_datetime(headers.pop("Date")) for _, headers, _ in (told, ordinary)]
    assert abs((dates[1] - dates[0]).total_seconds()) <= 1
    assert told == ordinary


async def test_many_on_one_connection_are_answered_in_order(server: TestServer) -> None:
    """Sent without waiting; the connection stays for all of them."""
    bodies = [b"%d" % number for number in range(50)]
    answers = await _answers(server, b"".join(_request("prompt", body) for body in bodies), 50)
    assert [body for _, _, body in answers] == bodies
    assert all(isinstance(each, PromptAnswer) for each in GIVEN)


@pytest.mark.parametrize(
    ("version", "more", "connection"),
    [
        (b"1.1", b"Connection: close\r\n", "close"),
        (b"1.0", b"", None),
        (b"1.0", b"Connection: keep-alive\r\n", "keep-alive"),
    ],
)
async def test_another_request_gets_an_ordinary_answer(
    server: TestServer, version: bytes, more: bytes, connection: str | None
) -> None:
    """Whose connection ends with it, or who speaks an older HTTP."""
    ((_, headers, body),) = await _answers(server, _request("prompt", b"{}", version, more), 1)
    assert not isinstance(GIVEN[0], PromptAnswer)
    assert headers.get("Connection") == connection
    assert body == b"{}"


async def test_who_has_gone_is_not_written_to(server: TestServer) -> None:
    """As with any answer: aiohttp is told that nobody is there, and ends the connection's task."""

    class _Gone:
        async def write(self, _: bytes) -> None:
            raise ConnectionResetError

    await _answers(server, _request("prompt", b"{}"), 1)
    answer = GIVEN[0]
    answer._writer = _Gone()  # type: ignore[attr-defined]
    with pytest.raises(ConnectionResetError):
        await answer.write_eof()


async def test_who_does_not_read_is_not_answered_further(server: TestServer) -> None:
    """Else whoever sends a ballot again and again, and takes no receipt, fills the memory of a worker."""
    await _answers(server, _request("prompt", b"{}"), 1)
    protocol = BaseProtocol(asyncio.get_running_loop())
    protocol.connection_made(_Full())
    protocol.pause_writing()
    answer = GIVEN[0]
    answer._writer = StreamWriter(protocol, asyncio.get_running_loop())  # type: ignore[attr-defined]
    sending = asyncio.create_task(answer.write_eof())
    done, _ = await asyncio.wait({sending}, timeout=0)
    assert not done
    protocol.resume_writing()
    await sending


class _Full(asyncio.Transport):
    """A connection that nobody reads from."""

    def is_closing(self) -> bool:
        return False

    def write(self, _: object) -> None:
        return


async def test_the_date_is_of_this_second() -> None:
    """Made once a second, in the words of RFC 9110."""
    assert prompt._date(784111777) == b"Sun, 06 Nov 1994 08:49:37 GMT"
    assert prompt._date(784111778) == b"Sun, 06 Nov 1994 08:49:38 GMT"
