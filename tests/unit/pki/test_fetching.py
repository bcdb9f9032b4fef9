"""Fetching: nowhere but where it may, no more and no longer than it may, once for two who want the same."""

import asyncio
import gzip
import hashlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web

from services.kit.complaint import Complaint
from services.pki.fetching import LARGEST_ANSWER, QUIET_SECONDS, Allowed, Fetcher, NotFetched, allowed
from tests.support.ca_server import CaServer, serving
from tests.support.waiting import until

HERE = Allowed(networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")))


@pytest.fixture
async def there() -> AsyncIterator[CaServer]:
    """A server on this machine."""
    async with serving() as server:
        yield server


@asynccontextmanager
async def fetching_by(may: Allowed = HERE, **how: Any) -> AsyncIterator[Fetcher]:
    """A fetcher that is closed at the end."""
    fetcher = Fetcher(may, **how)
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def test_fetches(there: CaServer) -> None:
    """The bytes and their digest; a question is posted as what it is."""
    there.give("/a.crl", b"list")

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.content_type == "application/ocsp-request"
        return web.Response(body=b"answer to " + await request.read())

    there.serves["/ocsp"] = answer
    async with fetching_by() as fetcher:
        found = await fetcher.fetch_list(f"{there.url}/a.crl")
        assert (found.der, found.sha256) == (b"list", hashlib.sha256(b"list").digest())
        assert (await fetcher.ask(f"{there.url}/ocsp", b"you")).der == b"answer to you"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.crl",
        "http://127.1/a.crl",
        "http://2130706433/a.crl",
        "http://[::1]/a.crl",
        "http://[::ffff:127.0.0.1]/a.crl",
        "http://10.0.0.1/a.crl",
        "http://192.168.1.1/a.crl",
        "http://100.64.0.1/a.crl",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/latest/meta-data",
        "http://[64:ff9b::7f00:1]/a.crl",
        "http://[fe80::1]/a.crl",
        "http://[fd00:ec2::254]/a.crl",
        "http://0.0.0.0/a.crl",
        "http://224.0.0.1/a.crl",
        "http://localhost/a.crl",
        "ldap://ca.example.vn/cn=x",
        "file:///etc/passwd",
        "ftp://ca.example.vn/a.crl",
        "gopher://ca.example.vn/",
        "http://user:secret@ca.example.vn/a.crl",
        "http:///a.crl",
        "http://ca.example.vn:0/a.crl",
        "http://ca.example.vn/a\r\nX: y",
        "",
    ],
)
async def test_nowhere_else(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Not to this machine, private networks, metadata services, nor by any other scheme; nothing is connected to."""

    async def refuse(*_: object, **__: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr("aiohttp.connector.TCPConnector._wrap_create_connection", refuse)
    async with fetching_by(Allowed()) as fetcher:
        with pytest.raises(NotFetched):
            await fetcher.fetch_list(url)


async def test_metadata_is_never_allowed() -> None:
    """Not even where the operator lists everything."""
    everything = Allowed(networks=(ip_network("0.0.0.0/0"),))
    async with fetching_by(everything) as fetcher:
        with pytest.raises(NotFetched, match="webhook_address"):
            await fetcher.fetch_list("http://169.254.169.254/latest/meta-data")


async def test_name_that_means_this_machine(there: CaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name of a private address; and one that means something else each time it is asked for."""
    there.give("/a.crl", b"secret of the house")
    port = there.url.rpartition(":")[2]
    answers = iter(["93.184.215.14", "127.0.0.1"])

    def look_up(_: str, port: int, *__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with fetching_by(Allowed()) as fetcher:
        with pytest.raises(NotFetched, match="webhook_address"):
            await fetcher.fetch_list(f"http://ca.example.vn:{port}/a.crl")
    assert there.asked.total() == 0


async def test_name_that_the_operator_lists(there: CaServer) -> None:
    """An authority within the house is listed by name."""
    there.give("/a.crl", b"list")
    url = there.url.replace("127.0.0.1", "localhost") + "/a.crl"
    async with fetching_by(allowed("localhost")) as fetcher:
        assert (await fetcher.fetch_list(url)).der == b"list"


def test_what_the_operator_lists() -> None:
    """Names and networks; anything else is a mistake that is told."""
    assert allowed(" ca.house , 10.1.0.0/16,") == Allowed(
        frozenset({"ca.house"}), (ip_network("10.1.0.0/16"),)
    )
    for wrong in ("http://ca.house", "10.1.0.0/99", "ca house"):
        with pytest.raises(Complaint):
            allowed(wrong)


async def test_redirects(there: CaServer) -> None:
    """Followed a few times, each hop looked at: to this machine, where that is not allowed, they lead nowhere."""
    there.give("/end", b"list")
    for number in range(5):
        _redirect(there, f"/{number}", f"{there.url}/{number - 1}" if number else "/end")
    async with fetching_by() as fetcher:
        assert (await fetcher.fetch_list(f"{there.url}/2")).der == b"list"
        with pytest.raises(NotFetched, match="too many redirects"):
            await fetcher.fetch_list(f"{there.url}/4")
    inside = there.url.replace("127.0.0.1", "127.0.0.2")
    for name, to in (("/in", f"{inside}/end"), ("/file", "file:///etc/passwd"), ("/none", "")):
        _redirect(there, name, to)
        async with fetching_by(Allowed(networks=(ip_network("127.0.0.1/32"),))) as fetcher:
            with pytest.raises(NotFetched):
                await fetcher.fetch_list(f"{there.url}{name}")


def _redirect(there: CaServer, path: str, to: str) -> None:
    async def serve(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": to} if to else {})

    there.serves[path] = serve


async def test_question_is_not_redirected(there: CaServer) -> None:
    """What we ask is not sent on to whomever a responder names."""
    _redirect(there, "/ocsp", "/end")
    there.give("/end", b"answer")
    async with fetching_by() as fetcher:
        with pytest.raises(NotFetched, match="http 302"):
            await fetcher.ask(f"{there.url}/ocsp", b"you")


async def test_too_large(there: CaServer) -> None:
    """Said beforehand, or found out while it comes; no more is read than may be kept."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        sent = 0
        while sent < 100 * LARGEST_ANSWER:
            await response.write(bytes(65_536))
            sent += 65_536
        raise AssertionError("everything was read")

    there.serves["/endless"] = endless
    there.give("/large", bytes(LARGEST_ANSWER + 1))
    there.give("/fits", bytes(LARGEST_ANSWER))
    async with fetching_by() as fetcher:
        for path in ("/large", "/endless"):
            with pytest.raises(NotFetched, match="too large"):
                await fetcher.ask(f"{there.url}{path}", b"you")
        assert len((await fetcher.ask(f"{there.url}/fits", b"you")).der) == LARGEST_ANSWER


async def test_slow_drip(there: CaServer) -> None:
    """A byte now and then is not waited for."""
    dripping = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"0")
        await dripping.wait()
        return response

    there.serves["/drip"] = drip
    async with fetching_by(seconds=0.2) as fetcher:
        with pytest.raises(NotFetched, match="TimeoutError"):
            await fetcher.fetch_list(f"{there.url}/drip")
    dripping.set()


async def test_bomb(there: CaServer) -> None:
    """What is packed is not unpacked: a list has no reason to be."""
    there.give("/bomb", gzip.compress(bytes(10_000_000)), Content_Encoding="gzip")
    async with fetching_by() as fetcher:
        with pytest.raises(NotFetched, match="packed"):
            await fetcher.fetch_list(f"{there.url}/bomb")


@pytest.mark.parametrize("status", [204, 206, 304, 403, 404, 500])
async def test_no_good_answer(there: CaServer, status: int) -> None:
    """Whatever is not 200 is nothing."""

    async def serve(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    there.serves["/a.crl"] = serve
    async with fetching_by() as fetcher:
        with pytest.raises(NotFetched, match=str(status)):
            await fetcher.fetch_list(f"{there.url}/a.crl")


async def test_two_at_once_are_one(there: CaServer) -> None:
    """Two who want the same wait for the same; one who leaves does not take it from the other."""
    there.give("/a.crl", b"list")
    there.gate.clear()
    async with fetching_by() as fetcher:
        first, second, third = (
            asyncio.create_task(fetcher.fetch_list(f"{there.url}/a.crl")) for _ in range(3)
        )

        async def asked() -> bool:
            return there.asked["/a.crl"] > 0

        await until(asked)
        third.cancel()
        there.gate.set()
        assert {each.der for each in await asyncio.gather(first, second)} == {b"list"}
    assert there.asked["/a.crl"] == 1


async def test_failure_is_left_alone_for_a_moment(there: CaServer) -> None:
    """An address that failed is not asked again at once, by anybody; after a moment it is."""
    now = 0.0
    async with fetching_by(clock=lambda: now) as fetcher:
        for _ in range(3):
            with pytest.raises(NotFetched):
                await fetcher.fetch_list(f"{there.url}/a.crl")
        assert there.asked["/a.crl"] == 1
        there.give("/a.crl", b"list")
        now = QUIET_SECONDS + 1
        assert (await fetcher.fetch_list(f"{there.url}/a.crl")).der == b"list"


async def test_nobody_there() -> None:
    """A port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}/a.crl"
        async with fetching_by() as fetcher:
            with pytest.raises(NotFetched, match="unreachable"):
                await fetcher.fetch_list(url)
