"""Chromium of the machine, headless, with nothing of its own going out; a missing browser fails the test."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

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


async def complaints(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now (WCAG 2.2 AA and best practice), a line for each."""
    await page.evaluate((ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found = await page.evaluate("async () => (await axe.run()).violations")
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


# A sheet of people scrolls in its own field; a field that nobody sees is never read.
_CUT = """() => [...document.querySelectorAll("body :not(.unseen)")].filter((each) => {
  const field = each.matches("input, textarea:not([wrap=off])");
  const short = getComputedStyle(each).textOverflow === "ellipsis";
  return ((field || short) && each.scrollWidth > each.clientWidth + 1)
    || (field && each.matches("textarea") && each.scrollHeight > each.clientHeight + 1);
}).map((each) => each.outerHTML.slice(0, 120))"""


async def must_be_usable(page: Page) -> None:
    """axe-core finds nothing, also with text twice as large; nothing needs scrolling sideways, nothing is cut."""
    before = await page.evaluate("document.documentElement.style.fontSize")
    for size in ("" if before else "200%", before):
        await page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert await complaints(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        cut = await page.evaluate(_CUT)
        assert not cut


# What has more in it than it is wide, but for what scrolls by itself; what is typed may be longer than its field.
_OVER = """() => [...document.querySelectorAll("body *")].filter((each) => {
  if (each.closest("input, select, textarea, .unseen")) return false;
  if (!(each instanceof HTMLElement) || !each.clientWidth || !each.checkVisibility()) return false;
  const scrolls = /auto|scroll/.test(getComputedStyle(each).overflowX);
  return !scrolls && each.scrollWidth > each.clientWidth + 1;
}).map((each) => `${each.scrollWidth} in ${each.clientWidth}: ${each.outerHTML.slice(0, 120)}`)"""


async def must_fit(page: Page) -> None:
    """No box has anything in it that is wider than it is, whether that is cut off or sticks out."""
    over = await page.evaluate(_OVER)
    assert not over, over
