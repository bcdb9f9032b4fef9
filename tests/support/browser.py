"""Chromium of the machine, headless, with nothing of its own going out; a missing browser fails the test."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Download, Page, async_playwright, expect

ROOT = Path(__file__).parents[2]
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch_options(*arguments: str) -> dict[str, Any]:
    """How the machine's Chromium is started."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "no Chromium here: apt-get install chromium"
    return {"executable_path": found, "args": [*_ARGUMENTS, *arguments]}


@asynccontextmanager
async def chromium(*arguments: str, env: Mapping[str, str] | None = None) -> AsyncIterator[Browser]:
    """A browser with a fresh profile, and with further arguments and variables."""
    async with async_playwright() as driver:
        variables: dict[str, str | float | bool] = {**os.environ, **(env or {})}
        browser = await driver.chromium.launch(**launch_options(*arguments), env=variables)
        try:
            yield browser
        finally:
            await browser.close()


async def saved(download: Download, directory: Path) -> bytes:
    """What a page gave to be saved; a browser that others share keeps no file where we could read it."""
    file = directory / download.suggested_filename
    await download.save_as(file)
    return file.read_bytes()


async def complaints(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now (WCAG 2.2 AA and best practice), a line for each."""
    await page.evaluate((ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found = await page.evaluate("async () => (await axe.run()).violations")
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
# A sheet of people scrolls in its own field; a field that nobody sees is never read.
_CUT = """() => [...document.querySelectorAll("body :not(.unseen)")].filter((each) => {
  const field = each.matches("input, textarea:not([wrap=off])");
  const short = getComputedStyle(each).textOverflow === "ellipsis";
  return ((field || short) && each.scrollWidth > each.clientWidth + 1)
    || (field && each.matches("textarea") && each.scrollHeight > each.clientHeight + 1);
}).map((each) => each.outerHTML.slice(0, 120))"""


async def must_not_be_cut(page: Page) -> None:
    """Nothing needs scrolling sideways, and nothing that is typed or told is cut."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = await page.evaluate(_CUT)
    assert not cut, cut


async def both_sizes(page: Page) -> AsyncIterator[str]:
    """The page with text twice as large, and then as it was."""
    before = await page.evaluate("document.documentElement.style.fontSize")
    for size in ("" if before else "200%", before):
        await page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        yield size


async def both_languages(page: Page) -> AsyncIterator[str]:
    """The page in English, and then in Vietnamese as it was; a dialog that is open stays so."""
    for language in ("en", "vi"):
        await page.locator(".language").dispatch_event("click")
        await expect(page.locator("html")).to_have_attribute("lang", language)
        yield language


async def once_drawn(page: Page) -> None:
    """A change of the window, of words or of sizes is drawn."""
    await page.evaluate(_DRAWN)


async def must_be_usable(page: Page) -> None:
    """axe-core finds nothing, also with text twice as large; nothing needs scrolling sideways, nothing is cut."""
    async for _ in both_sizes(page):
        assert await complaints(page) == []
        await must_not_be_cut(page)
