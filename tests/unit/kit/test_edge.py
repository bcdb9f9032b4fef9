"""What comes to the door and is not what it says: answered as the caller's fault, and not quoted in a log."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit import access_token, clock
from services.kit.application import build_root, build_service, request_id_of
from services.kit.logs import not_malformed
from services.kit.route import TOKEN_KEY, Call, Route
from services.wire import Counts, Token

Client = TestClient[web.Request, web.Application]
KEY = Ed25519PrivateKey.generate()


async def _echo(call: Call) -> Counts:
    body: Counts = call.body
    return body


ROUTES = (
    Route("POST", "/open", _echo, "anyone", "echo", takes=Counts, gives=Counts),
    Route("POST", "/locked", _echo, "body.found", "echo", takes=Counts, gives=Counts),
)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """One service with one route for anybody and one for the operator."""
    root = build_root({"echo": build_service("echo", ROUTES)}, ())
    root[TOKEN_KEY] = KEY.public_key()
    async with TestClient(TestServer(root)) as client:
        yield client


def _operator() -> str:
    iat = clock.now() // 1000
    return access_token.issue(Token(sub="op", body="op", roles=("operator",), iat=iat, exp=iat + 60), KEY)


async def _raw(client: Client, head: bytes, body: bytes = b"") -> bytes:
    """What is answered to these bytes, which no client would send."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(head + b"Host: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /health/live HTTP/1.1\r\n", b"200"),
        (b"GET /nowhere HTTP/1.1\r\n", b"404"),
        (b"GET /echo/docs HTTP/1.1\r\n", b"200"),
        (b"GET /\x00 HTTP/1.1\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n", b"400"),
        (b"\x16\x03\x01\r\n", b"400"),
    ],
)
async def test_no_answer_names_a_version(client: Client, head: bytes, status: bytes) -> None:
    """Neither aiohttp's nor Python's: whoever looks for a hole has to find it. Also where the request is no HTTP."""
    answer = await _raw(client, head)
    assert answer.split(b" ", 2)[1] == status
    assert b"\r\nServer: Plenary\r\n" in answer
    assert b"aiohttp" not in answer
    assert b"Python" not in answer


async def test_a_token_that_is_no_text_is_no_token(client: Client) -> None:
    """Bytes that are not UTF-8 reach us as lone surrogates: 401, no fault of ours."""
    answer = await _raw(client, b"POST /echo/locked HTTP/1.1\r\nAuthorization: Bearer \xff\xfe.\xff.\xff\r\n")
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b'"code":"token_wrong"' in answer


@pytest.mark.parametrize(("spaces", "status"), [(500_000, 200), (530_000, 413)])
async def test_whoever_is_not_of_the_desk_has_little_to_say(client: Client, spaces: int, status: int) -> None:
    """Half a megabyte; not so who brings rolls."""
    body = b'{"approve":4,"reject":7,"abstain":3' + b" " * spaces + b"}"
    kind = {"Content-Type": "application/json"}
    async with client.post("/echo/open", data=body, headers=kind) as answer:
        assert answer.status == status
    signed_in = {**kind, "Authorization": f"Bearer {_operator()}"}
    async with client.post("/echo/locked", data=body, headers=signed_in) as answer:
        assert answer.status == 200


async def test_a_request_that_is_no_http_is_not_quoted_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The line that could not be read may hold a token."""
    caplog.handler.addFilter(not_malformed)
    with caplog.at_level(logging.DEBUG):
        answer = await _raw(client, b"POST /echo/open HTTP/1.1\r\nAuthorization: Bearer se\x00cret\r\n")
    assert answer.split(b" ", 2)[1] == b"400"
    assert "cret" not in caplog.text


@pytest.mark.parametrize(
    "given", ["abcdefgh\n", "short", "a" * 65, "abcdefgh\r\nX: y", "tám chữ cái", "abcdefgh ", ""]
)
def test_a_request_id_that_could_be_anything_else_is_not_repeated(given: str) -> None:
    """It stands in the head of the answer, as it came."""
    request = make_mocked_request("GET", "/", headers={"X-Request-Id": given})
    assert request_id_of(request) != given
    assert request_id_of(request).isalnum()


def test_a_harmless_request_id_is_repeated() -> None:
    """So that who asks finds their request in our logs."""
    assert (
        request_id_of(make_mocked_request("GET", "/", headers={"X-Request-Id": "hop-1.Z_9"})) == "hop-1.Z_9"
    )
