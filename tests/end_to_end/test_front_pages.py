"""The doors to each screen, and how to trust this house, in a real browser: they ask nobody and leave nobody out."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.async_api import Browser, Page, expect

from services.kit.application import build_root
from services.pages.app import add_pages, build_plain
from services.pages.house import House
from tests.support.browser import chromium, complaints
from tests.support.certificates import issue
from tests.support.pictures import take

AUTHORITY = issue(["may-chu.local"]).certificate.public_bytes(Encoding.DER)
HERE = House("https://192.168.1.10:8080", AUTHORITY)


class Doors(NamedTuple):
    """Where a worker serves the pages of this house, and where plain HTTP explains."""

    worker: str
    plain: str


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, for which `hall.test` is this machine, by an address that is no secure context."""
    async with chromium("--host-resolver-rules=MAP hall.test 127.0.0.1") as found:
        yield found


@pytest.fixture(params=[HERE], ids=["local authority"])
async def doors(request: pytest.FixtureRequest) -> AsyncIterator[Doors]:
    """The pages of a house, with a local authority unless a test wants another house."""
    root = build_root({}, ())
    add_pages(root, request.param)
    async with TestServer(root) as worker, TestServer(build_plain(request.param)) as plain:
        yield Doors(str(worker.make_url("")), f"http://hall.test:{plain.port}")


async def opened(
    browser: Browser, url: str, width: int = 768, scheme: str = "light"
) -> tuple[Page, list[str]]:
    """The page, drawn, and what it complains of in the console."""
    page = await browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    await page.goto(url)
    await expect(page.locator("h1")).to_be_visible()
    return page, said


@pytest.mark.parametrize("width", [360, 768, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/trust"])
async def test_anyone_can_use_it(browser: Browser, doors: Doors, path: str, scheme: str, width: int) -> None:
    """axe-core finds nothing in either language, no width scrolls sideways, also with text of twice the size."""
    page, said = await opened(browser, doors.worker + path, width, scheme)
    for language in ("vi", "en"):
        assert await page.evaluate("document.documentElement.lang") == language
        assert await complaints(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.click(".language")
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert said == []


async def test_every_door_is_there(browser: Browser, doors: Doors) -> None:
    """Each screen by its name, the address of phones as words and as a picture, and what a phone must trust first."""
    page, _ = await opened(browser, doors.worker)
    for door in ("phone", "chair", "secretary", "hall", "verify"):
        await expect(page.locator(f'a.door[href="/{door}"]')).to_be_visible()
    await expect(page.locator("figcaption code")).to_have_text(f"{HERE.address}/phone")
    assert await page.locator("figure img").evaluate("image => image.naturalWidth") > 0
    await take(page, "front", whole=True)
    await take(page, "front-dark", whole=True, dark=True)
    await page.click('a[href="/trust"]')
    await expect(page.locator("#fingerprint")).to_be_visible()
    await take(page, "trust", whole=True)


@pytest.mark.parametrize("doors", [House("http://127.0.0.1:8080")], indirect=True, ids=["loopback"])
async def test_a_machine_for_itself_says_so(browser: Browser, doors: Doors) -> None:
    """An address that would lead a phone to itself is not offered to phones."""
    page, _ = await opened(browser, doors.worker)
    await expect(page.locator("#only-here")).to_contain_text("plenary run --host 0.0.0.0")
    await expect(page.locator("figure")).to_have_count(0)
    await take(page, "front-loopback", whole=True)


async def test_the_steps_are_those_of_the_system(browser: Browser, doors: Doors) -> None:
    """The visitor's own system first, any other by one press, its own file for each."""
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
    context = await browser.new_context(user_agent=agent, viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"{doors.worker}/trust")
    await expect(page.locator("#file")).to_have_attribute("href", "/trust/plenary-ca.mobileconfig")
    await expect(page.locator("#steps")).to_contain_text("Safari")
    await take(page, "trust-iphone", whole=True)
    await page.click("text=Windows")
    await expect(page.locator("#file")).to_have_attribute("href", "/trust/plenary-ca.crt")
    await expect(page.locator("#steps")).to_contain_text("certutil")
    async with page.expect_download() as download:
        await page.click("#file")
    assert (await (await download.value).path()).read_bytes() == AUTHORITY


async def test_the_fingerprint_is_that_of_the_file(browser: Browser, doors: Doors) -> None:
    """All 32 pairs, readable and to be copied."""
    page, _ = await opened(browser, f"{doors.worker}/trust")
    shown = await page.locator("#fingerprint").inner_text()
    assert shown.split() == HERE.fingerprint.split(":")


@pytest.mark.parametrize("path", ["/trust", "/phone", "/", "/chair#moi=x"])
async def test_plain_http_says_why_it_cannot_work(browser: Browser, doors: Doors, path: str) -> None:
    """Whatever is opened: no key can be made here, what to do, and the address that works; in both languages."""
    page, said = await opened(browser, doors.plain + path)
    assert not await page.evaluate("isSecureContext")
    await expect(page.locator("#plain")).to_contain_text(HERE.address)
    await expect(page.locator("#plain")).to_contain_text("khóa ký")
    assert await complaints(page) == []
    if path == "/phone":
        await take(page, "trust-plain-http", whole=True)
    await page.click(".language")
    await expect(page.locator("#plain")).to_contain_text("encrypted")
    await expect(page.locator("#file")).to_be_visible()
    assert [each for each in said if "403" not in each and "Cross-Origin-Opener-Policy" not in each] == []


@pytest.mark.parametrize("doors", [House("https://hop.example.vn")], indirect=True, ids=["own certificate"])
async def test_with_the_bodys_certificate_there_is_nothing_to_install(browser: Browser, doors: Doors) -> None:
    """Only the way in; neither file nor fingerprint."""
    for url in (f"{doors.worker}/trust", doors.plain):
        page, _ = await opened(browser, url)
        await expect(page.locator(f'a[href="{"https://hop.example.vn"}"]')).to_be_visible()
        await expect(page.locator("#fingerprint")).to_have_count(0)
        assert await complaints(page) == []
        await take(page, "trust-nothing" if url.endswith("/trust") else "trust-plain-nothing", whole=True)


async def test_keyboard_alone_suffices(browser: Browser, doors: Doors) -> None:
    """Every door in the order in which it is read, and one sees where one is."""
    page, _ = await opened(browser, doors.worker)
    reached = []
    for _ in range(7):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.getAttribute('href')"))
        assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == [None, "/phone", "/trust", "/chair", "/secretary", "/hall", "/verify"]
