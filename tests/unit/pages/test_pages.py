"""What a browser is told of each page, and how the files come: under which name, packed, kept how long."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.kit.application import build_root
from services.pages.app import add_pages

Client = TestClient[web.Request, web.Application]
PAGES = {
    "index": "/", "phone": "/phone", "chair": "/chair", "hall": "/hall", "verify": "/verify", "trust": "/trust"
}  # fmt: skip
SCRIPT = b"export const x = 1;\n" * 200


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A worker that serves a few built files and no service."""
    for name in PAGES:
        (tmp_path / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>" + " " * 500)
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "part-1a2b3c4d.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "letters-1a2b3c4d.woff2").write_bytes(b"wOF2" * 100)
    (tmp_path / "phone-sw.js").write_text("'use strict';")
    (tmp_path / "phone.webmanifest").write_text("{}")
    (tmp_path / "icons").mkdir()
    (tmp_path / "icons" / "192.png").write_bytes(b"\x89PNG\r\n\x1a\n" * 100)
    (tmp_path / ".ready").touch()
    root = build_root({}, ())
    add_pages(root, built=tmp_path)
    async with TestClient(TestServer(root), auto_decompress=False) as client:
        yield client


def _policy(text: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in text.split("; "))


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_under_its_name_and_a_strict_policy(client: Client, name: str) -> None:
    """Nothing inline, nobody else's; who shows nothing of a meeting may ask nobody, not even us."""
    answer = await client.get(PAGES[name])
    assert (answer.status, answer.content_type, answer.charset) == (200, "text/html", "utf-8")
    policy = _policy(answer.headers["Content-Security-Policy"])
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == ("'self'" if name in ("phone", "chair", "hall") else "'none'")
    assert policy.get("font-src") == ("'self'" if name == "hall" else None)
    assert ("worker-src" in policy) == ("manifest-src" in policy) == (name == "phone")
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepts", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("deflate,GZIP , br", True),
        ("gzip;q=0", False),
        ("br, gzip;q=0.0, zstd", False),
        ("xgzip", False),
        ("identity", False),
    ],
)
async def test_parts_come_packed_to_who_takes_it(client: Client, accepts: str, packed: bool) -> None:
    """The same bytes in either form; caches are told that there are two."""
    answer = await client.get("/assets/part-1a2b3c4d.js", headers={"Accept-Encoding": accepts})
    body = await answer.read()
    assert (answer.headers.get("Content-Encoding") == "gzip") == packed
    assert (gzip.decompress(body) if packed else body) == SCRIPT
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/javascript"


async def test_what_cannot_shrink_is_sent_as_it_is(client: Client) -> None:
    """A picture is compressed already, and so are letters."""
    for path, kind in (("/icons/192.png", "image/png"), ("/assets/letters-1a2b3c4d.woff2", "font/woff2")):
        answer = await client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.content_type == kind
        assert not {"Content-Encoding", "Vary"} & set(answer.headers)


async def test_head_says_what_get_would(client: Client) -> None:
    """HEAD: the same headers, no body."""
    headers = {"Accept-Encoding": "gzip"}
    got, head = await client.get("/phone", headers=headers), await client.head("/phone", headers=headers)
    assert await head.read() == b""
    ignored = {"Date", "X-Request-ID"}
    assert {k: v for k, v in head.headers.items() if k not in ignored} == {
        k: v for k, v in got.headers.items() if k not in ignored
    }


async def test_who_has_it_is_not_sent_it_again(client: Client) -> None:
    """The tag is that of the file, in whichever form it came; the policy is told anew."""
    tag = (await client.get("/phone", headers={"Accept-Encoding": "gzip"})).headers["ETag"]
    again = await client.get("/phone", headers={"If-None-Match": tag})
    assert (again.status, await again.read()) == (304, b"")
    assert "Content-Security-Policy" in again.headers
    assert (await client.get("/phone", headers={"If-None-Match": 'W/"another"'})).status == 200


async def test_the_parts_of_the_app_on_the_phone(client: Client) -> None:
    """A service worker is looked for anew each time and asks only its own server; the manifest has its own type."""
    worker = await client.get("/phone-sw.js")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert _policy(worker.headers["Content-Security-Policy"])["connect-src"] == "'self'"
    assert (await client.get("/phone.webmanifest")).content_type == "application/manifest+json"


@pytest.mark.parametrize(
    "path", ["/index", "/index.html", "/phone.html", "/.ready", "/assets/", "/assets/x.js", "/icons"]
)
async def test_nothing_else_is_there(client: Client, path: str) -> None:
    """A file has one address."""
    assert (await client.get(path)).status == 404
