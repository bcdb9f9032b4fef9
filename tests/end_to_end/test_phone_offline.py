"""The phone as an app: it can be installed, it opens without a network, and what is kept can lock nobody out."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from services.kit.application import build_root
from services.pages.app import BUILT, add_pages
from services.pages.packed import Handler
from tests.support.browser import chromium, launch_options, must_be_usable
from tests.support.waiting import until

_KEPT = """async () => {
  const names = await caches.keys();
  const requests = await Promise.all(names.map(async name => (await caches.open(name)).keys()));
  return requests.flat().map(each => new URL(each.url).pathname);
}"""
_STATE = """async () => {
  const kept = await navigator.serviceWorker.getRegistration('/phone');
  return {active: kept?.active?.state ?? null, waiting: kept?.waiting?.state ?? null, names: await caches.keys()};
}"""


class House:
    """A server of built pages that can go away, come back with newer pages, answer 503, or not answer at all."""

    def __init__(self, built: Path) -> None:
        self.built = built
        self.port = unused_port()
        self.gone = False
        self.answers = asyncio.Event()
        self.answers.set()
        self._server: TestServer | None = None

    async def start(self) -> None:
        """Serve what is built now."""
        root = build_root({}, ())
        root.middlewares.append(self._gate)
        root.router.add_get("/meeting/secret", _secret)
        add_pages(root, built=self.built)
        self._server = TestServer(root, port=self.port)
        await self._server.start_server()

    async def stop(self) -> None:
        """Go away."""
        self.answers.set()
        if self._server is not None:
            await self._server.close()
            self._server = None

    def build_newer(self) -> None:
        """Another version of the page, and so of its parts."""
        page, worker = self.built / "phone.html", self.built / "phone-sw.js"
        page.write_text(page.read_text().replace('<div id="page">', '<div id="page" data-version="2">'))
        worker.write_text(re.sub(r'"[0-9a-f]{12}"', '"newer"', worker.read_text()))

    @property
    def url(self) -> str:
        """The phone's page, at an address that counts as secure."""
        return f"http://localhost:{self.port}/phone"

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/phone":
            if self.gone:
                return web.Response(status=503, text="no")
            await self.answers.wait()
        return await handler(request)


async def _secret(_: web.Request) -> web.Response:
    return web.json_response({"token": "secret"})


@pytest.fixture
async def browser() -> AsyncIterator[BrowserContext]:
    """Chromium, one person's."""
    async with chromium() as found:
        yield await found.new_context()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A copy of the built pages, served."""
    built = tmp_path / "built"
    shutil.copytree(BUILT, built)
    house = House(built)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


async def visited(context: BrowserContext, house: House) -> Page:
    """The phone's page, opened, with all that it keeps in its place."""
    page = await context.new_page()
    await page.goto(house.url)
    await expect(page.locator("h1")).to_be_visible()
    await until(lambda: _is_active(page), what="the service worker")
    return page


async def _state(page: Page) -> dict[str, Any]:
    state: dict[str, Any] = await page.evaluate(_STATE)
    return state


async def _is_active(page: Page) -> bool:
    return bool((await _state(page))["active"] == "activated")


async def _is_waiting(page: Page) -> bool:
    return (await _state(page))["waiting"] is not None


async def test_it_can_be_installed(house: House, tmp_path: Path) -> None:
    """Chromium finds nothing that is missing: manifest, name, icons, start within its scope."""
    async with async_playwright() as driver:
        profile = str(tmp_path / "profile")
        context = await driver.chromium.launch_persistent_context(profile, **launch_options())
        page = await visited(context, house)
        session = await context.new_cdp_session(page)
        manifest = await session.send("Page.getAppManifest")
        assert manifest["errors"] == []
        assert json.loads(manifest["data"])["start_url"] == "/phone"
        found = await session.send("Page.getInstallabilityErrors")
        assert found["installabilityErrors"] == []
        await context.close()


async def test_the_icons_are_what_the_manifest_says(browser: BrowserContext, house: House) -> None:
    """Each of its size, also the one of iPhones, which must not be transparent."""
    page = await visited(browser, house)
    icons = json.loads((house.built / "phone.webmanifest").read_text())["icons"]
    sizes = {each["src"]: each["sizes"] for each in icons} | {"/icons/apple-180.png": "180x180"}
    for source, size in sizes.items():
        drawn = await page.evaluate(
            "async source => { const image = new Image(); image.src = source; await image.decode();"
            " return `${image.naturalWidth}x${image.naturalHeight}`; }",
            source,
        )
        assert drawn == size


async def test_without_a_network_it_opens_at_once(browser: BrowserContext, house: House) -> None:
    """The server is gone: a reload, or opening it anew, shows the page as it was, styled, and running."""
    page = await visited(browser, house)
    title = await page.locator("h1").inner_text()
    await house.stop()
    await page.reload()
    await expect(page.locator("h1")).to_have_text(title)
    assert await page.evaluate("document.styleSheets.length && document.styleSheets[0].cssRules.length > 0")
    await must_be_usable(page)
    other = await page.context.new_page()
    await other.goto(house.url + "#moi=AAAA")
    await expect(other.locator("h1")).to_be_visible()
    await must_be_usable(other)


async def test_a_server_that_cannot_or_does_not_answer(browser: BrowserContext, house: House) -> None:
    """503 from a proxy, or nothing at all: the page is there; and when the server answers, it is the server's."""
    page = await visited(browser, house)
    house.gone = True
    await page.reload()
    await expect(page.locator("h1")).to_be_visible()
    await must_be_usable(page)
    house.gone = False
    house.answers.clear()
    await page.reload()
    await expect(page.locator("h1")).to_be_visible()
    house.answers.set()
    answer = await page.reload()
    assert answer is not None
    assert answer.status == 200


async def test_only_the_page_and_its_parts_are_kept(browser: BrowserContext, house: House) -> None:
    """No answer of a service, no other page, whatever was asked for."""
    page = await visited(browser, house)
    await page.reload()
    await page.evaluate("fetch('/meeting/secret').then(answer => answer.json())")
    await page.evaluate("fetch('/verify').then(answer => answer.text())")
    kept = await page.evaluate(_KEPT)
    parts = set(re.findall(r'"(/assets/[^"]+)"', (house.built / "phone.html").read_text()))
    assert {"/phone", *parts} <= set(kept)
    # Whatever a part that is kept asks for, now or later, is kept, too.
    asked = {
        f"/assets/{name}"
        for part in kept
        if part.endswith(".js")
        for name in re.findall(
            r"""["'`](?:\./|assets/)([^"'`/]+\.js)""", (house.built / part[1:]).read_text()
        )
    }
    assert asked
    assert asked <= set(kept)
    assert all(each == "/phone" or each.startswith("/assets/") for each in kept)
    for each in kept:
        if each != "/phone":
            assert (house.built / each.removeprefix("/")).exists()


async def test_a_newer_page_is_there_on_the_next_load_and_never_before(
    browser: BrowserContext, house: House
) -> None:
    """The page that is open stays; a load brings the new one; what is kept follows when no page needs the old."""
    page = await visited(browser, house)
    await page.reload()
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    await house.stop()
    house.build_newer()
    await house.start()
    await page.evaluate("navigator.serviceWorker.getRegistration('/phone').then(kept => kept.update())")
    await until(lambda: _is_waiting(page), what="the newer one waits")
    assert loads == []
    await page.reload()
    await expect(page.locator("#page")).to_have_attribute("data-version", "2")
    assert len(loads) == 1
    # Chromium lets the older one finish what it calls its work; without a page it has none.
    await page.close()
    page = await browser.new_page()
    await page.goto(house.url)
    await until(lambda: _keeps_only(page, "phone-newer"), what="the newer one took over")
    await house.stop()
    await page.reload()
    await expect(page.locator("#page")).to_have_attribute("data-version", "2")


_TAKE_OVER = """() => navigator.serviceWorker.getRegistration('/phone').then(kept => new Promise(done => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => done(data);
  kept.waiting.postMessage('take-over', [port2]);
}))"""


async def test_an_older_page_in_another_tab_keeps_its_parts(browser: BrowserContext, house: House) -> None:
    """A newer page beside it takes nothing from it: what it asks for later is of its own build, though the server
    has it no more; the newer one takes over when the older is closed.
    """
    older = await visited(browser, house)
    await older.reload()
    before = (await _state(older))["names"]
    lazy = [each for each in await older.evaluate(_KEPT) if "/certificate-" in each]
    assert lazy
    await house.stop()
    house.build_newer()
    await house.start()
    await older.evaluate("navigator.serviceWorker.getRegistration('/phone').then(kept => kept.update())")
    await until(lambda: _is_waiting(older), what="the newer one waits")
    for each in lazy:
        (house.built / each.removeprefix("/")).unlink()
    await house.stop()
    await house.start()
    newer = await browser.new_page()
    await newer.goto(house.url)
    await expect(newer.locator("#page")).to_have_attribute("data-version", "2")
    assert await newer.evaluate(_TAKE_OVER) is False
    assert await _is_waiting(newer)
    assert set(before) <= set((await _state(older))["names"])
    for each in lazy:
        assert await older.evaluate("part => import(part).then(found => Object.keys(found).length)", each)
    await older.close()
    assert await newer.evaluate(_TAKE_OVER) is True


async def _keeps_only(page: Page, name: str) -> bool:
    return bool((await _state(page))["names"] == [name])


async def test_a_broken_cache_locks_nobody_out(browser: BrowserContext, house: House) -> None:
    """Emptied, or holding rubbish under other names: with a network everything is as ever."""
    page = await visited(browser, house)
    await page.evaluate("caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))")
    await page.reload()
    await expect(page.locator("h1")).to_be_visible()


async def test_an_update_that_is_not_whole_is_not_taken(browser: BrowserContext, house: House) -> None:
    """A part is missing on the server: the set from before stays, and opens without a network."""
    page = await visited(browser, house)
    before = (await _state(page))["names"]
    await house.stop()
    house.build_newer()
    worker = house.built / "phone-sw.js"
    worker.write_text(worker.read_text().replace('"/assets/', '"/assets/missing-', 1))
    await house.start()
    await page.evaluate(
        "navigator.serviceWorker.getRegistration('/phone').then(kept => kept.update())"
        ".then(kept => new Promise(done => { const next = kept.installing;"
        " const look = () => (!next || next.state === 'redundant') && done();"
        " next?.addEventListener('statechange', look); look(); }))"
    )
    assert await _is_active(page)
    assert not await _is_waiting(page)
    assert set(before) <= set((await _state(page))["names"])
    await house.stop()
    await page.reload()
    await expect(page.locator("h1")).to_be_visible()
