"""A browser that was told to trust this house: a secure context here, and no power over the world outside."""

import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from playwright.async_api import BrowserContext, Error, async_playwright, expect

from services.desk.tls_authority import AUTHORITY, AUTHORITY_KEY, CERTIFICATE, KEY, Names, ensure, now_utc
from services.kit import clock
from services.kit.application import build_root
from services.pages.app import add_pages
from tests.support.browser import launch_options
from tests.support.certificates import Issued, issue
from tests.support.tools import needs, run

HERE = Names(("may-chu.local",), (ip_address("127.0.0.1"),))
Start = Callable[[Path | None], Awaitable[BrowserContext]]
_IS_SAFE = """async () => {
  await navigator.serviceWorker.register('/phone-sw.js', { scope: '/phone' });
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return isSecureContext && !pair.privateKey.extractable;
}"""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The keys of a house whose server is this machine."""
    directory = tmp_path / "keys"
    directory.mkdir()
    ensure(directory, HERE, now_utc(clock.now()))
    return directory


@asynccontextmanager
async def shown(certificate: Path, key: Path) -> AsyncIterator[int]:
    """The pages, served with this certificate; its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    root: web.Application = build_root({}, ())
    add_pages(root)
    server = TestServer(root, scheme="https")
    await server.start_server(ssl=context)
    try:
        assert server.port is not None
        yield server.port
    finally:
        await server.close()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Start]:
    """Opens a browser of its own home; with an authority, that home trusts it."""
    async with async_playwright() as driver:
        opened: list[BrowserContext] = []

        async def start(authority: Path | None) -> BrowserContext:
            home = tmp_path / f"home{len(opened)}"
            store = home / ".pki" / "nssdb"
            store.mkdir(parents=True)
            run("certutil", "-d", f"sql:{store}", "-N", "--empty-password")
            if authority is not None:
                run("certutil", "-d", f"sql:{store}", "-A", "-n", "house", "-t", "C,,", "-i", str(authority))
            options = launch_options("--host-resolver-rules=MAP *.vn 127.0.0.1, MAP *.local 127.0.0.1")
            environment: dict[str, str | float | bool] = {
                **os.environ,
                "HOME": str(home),
                "XDG_DATA_HOME": str(home),
            }
            context = await driver.chromium.launch_persistent_context(
                str(home / "profile"), env=environment, **options
            )
            opened.append(context)
            return context

        yield start
        for each in opened:
            await each.close()


@needs("certutil")
async def test_who_trusts_the_house_can_make_keys(keys: Path, browser: Start) -> None:
    """No warning, a key that cannot be taken out, a service worker; without that trust a browser goes no further."""
    async with shown(keys / CERTIFICATE, keys / KEY) as port:
        trusting = await (await browser(keys / AUTHORITY)).new_page()
        await trusting.goto(f"https://127.0.0.1:{port}/phone")
        await expect(trusting.locator("h1")).to_be_visible()
        assert await trusting.evaluate(_IS_SAFE)
        stranger = await (await browser(None)).new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            await stranger.goto(f"https://127.0.0.1:{port}/phone")


@needs("certutil")
@pytest.mark.parametrize(
    ("name", "inside"), [("khac.local", True), ("vneid.gov.vn", False), ("127.0.0.1.vn", False)]
)
async def test_the_authority_of_a_house_opens_no_other(
    keys: Path, tmp_path: Path, browser: Start, name: str, inside: bool
) -> None:
    """Who stole its key poses as another server of a local network, and as nobody outside: the browser refuses."""
    authority = x509.load_pem_x509_certificate((keys / AUTHORITY).read_bytes())
    key = load_pem_private_key((keys / AUTHORITY_KEY).read_bytes(), None)
    thief = Issued(authority, key)  # type: ignore[arg-type]  # P-256 as we made it
    forged = issue([name], since=now_utc(clock.now()), issuer=thief)
    async with shown(*forged.write(tmp_path, "forged")) as port:
        page = await (await browser(keys / AUTHORITY)).new_page()
        if inside:
            await page.goto(f"https://{name}:{port}/")
        else:
            with pytest.raises(Error, match="ERR_CERT_"):
                await page.goto(f"https://{name}:{port}/")
