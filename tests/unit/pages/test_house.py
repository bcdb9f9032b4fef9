"""What is said of the house, over HTTPS and over plain HTTP: the way in, and nothing of a meeting."""

import plistlib
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.serialization import Encoding

from services.kit.application import build_root
from services.pages import house
from services.pages.app import PagesNotBuilt, add_pages, build_plain
from services.pages.house import House
from tests.support.certificates import issue

Client = TestClient[web.Request, web.Application]
_AUTHORITY = issue(["may-chu.local"]).certificate
HERE = House("https://192.168.1.10:8080", _AUTHORITY.public_bytes(Encoding.DER))
METAS = '<meta name="plenary-address" content=""><meta name="plenary-fingerprint" content="">'


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Two built pages, their parts, and a part of neither."""
    (tmp_path / "assets").mkdir()
    for name in ("trust", "phone"):
        script = f'<script src="/assets/{name}-1.js"></script>'
        (tmp_path / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>{METAS}{script}")
        (tmp_path / "assets" / f"{name}-1.js").write_text("x")
    return tmp_path


@pytest.fixture
async def secure(built: Path) -> AsyncIterator[Client]:
    """A worker's pages."""
    root = build_root({}, ())
    add_pages(root, HERE, built)
    async with TestClient(TestServer(root)) as client:
        yield client


@pytest.fixture
async def plain(built: Path) -> AsyncIterator[Client]:
    """The plain door."""
    async with TestClient(TestServer(build_plain(HERE, built))) as client:
        yield client


def test_the_fingerprint_is_as_systems_show_it() -> None:
    """That of the file as it is downloaded, in pairs."""
    assert HERE.fingerprint.replace(":", "").lower() == sha256(HERE.authority).hexdigest()
    assert len(HERE.fingerprint) == 95
    assert House("https://hop.example.vn").fingerprint == ""


def test_what_is_told_cannot_leave_its_attribute() -> None:
    """An address is text, whatever is in it."""
    page = house.told(METAS.encode(), House('https://x/"><script>'))
    assert b"<script>" not in page
    assert b'content="https://x/&quot;&gt;&lt;script&gt;"' in page


@pytest.mark.parametrize("door", ["secure", "plain"])
async def test_the_authority_is_there_for_every_system(secure: Client, plain: Client, door: str) -> None:
    """As a certificate, and as a profile for iPhones that holds the same bytes."""
    client = {"secure": secure, "plain": plain}[door]
    file = await client.get("/trust/plenary-ca.crt")
    assert (file.content_type, await file.read()) == ("application/x-x509-ca-cert", HERE.authority)
    file = await client.get("/trust/plenary-ca.mobileconfig")
    assert file.content_type == "application/x-apple-aspen-config"
    profile = plistlib.loads(await file.read())
    assert profile["PayloadContent"][0]["PayloadType"] == "com.apple.security.root"
    assert profile["PayloadContent"][0]["PayloadContent"] == HERE.authority
    assert file.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("door", ["secure", "plain"])
async def test_the_page_says_address_and_fingerprint(secure: Client, plain: Client, door: str) -> None:
    """As the server was told at its start, not as somebody called it."""
    client = {"secure": secure, "plain": plain}[door]
    answer = await client.get("/trust", headers={"Host": "elsewhere.example"})
    text = await answer.text()
    assert f'name="plenary-address" content="{HERE.address}"' in text
    assert f'name="plenary-fingerprint" content="{HERE.fingerprint}"' in text
    assert "connect-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_the_address_of_phones_is_a_picture(secure: Client) -> None:
    """A QR code for who sits in the hall."""
    answer = await secure.get("/address.svg")
    assert answer.content_type == "image/svg+xml"
    assert (await answer.text()).startswith("<svg")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD"])
@pytest.mark.parametrize(
    "path", ["/", "/phone", "/meeting/tokens", "/assets/phone-1.js", "/health/ready", "/a/b?c=d"]
)
async def test_plain_http_explains_and_does_nothing(plain: Client, method: str, path: str) -> None:
    """Whatever is asked for: 403 and the page with the way in; no cookie, no redirect, no API."""
    answer = await plain.request(method, path, data=b"{}" if method in ("POST", "PUT") else None)
    assert (answer.status, answer.content_type) == (403, "text/html")
    assert not {"Set-Cookie", "Location"} & set(answer.headers)
    if method != "HEAD":
        assert HERE.address in await answer.text()


async def test_plain_http_has_the_parts_of_its_page(plain: Client) -> None:
    """And no others."""
    assert (await plain.get("/assets/trust-1.js")).status == 200


async def test_a_house_that_everybody_trusts_has_nothing_to_install(built: Path) -> None:
    """With the body's own certificate there is no file to install."""
    async with TestClient(TestServer(build_plain(House("https://hop.example.vn"), built))) as client:
        assert (await client.get("/trust/plenary-ca.crt")).status == 403
        assert 'name="plenary-fingerprint" content=""' in await (await client.get("/trust")).text()


def test_pages_that_are_not_built_are_complained_of(tmp_path: Path) -> None:
    """Said at start, with what to do."""
    with pytest.raises(PagesNotBuilt, match="make setup"):
        build_plain(HERE, tmp_path)
