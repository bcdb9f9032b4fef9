"""A page that has the letters of the machine: on the narrowest screens, in the widest, each word has its room."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.support.browser import chromium, must_be_usable, must_fit
from tests.support.desk import Desk
from tests.support.letters import WIDE, drawn_in, only_wide
from tests.support.secretary_desk import freeze, go, secretary_desk

_bodies = itertools.count(1)
NARROW = 360
SECTIONS = ("overview", "members", "invites", "agenda", "polls", "seats", "presence", "downloads")


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """Chromium on a machine that has wide letters alone."""
    async with chromium(env=only_wide(tmp_path)) as found:
        yield found


async def must_hold(page: Page) -> None:
    """In both languages nothing is wider than its place; nor is anything cut with text twice as large."""
    for _ in range(2):
        await must_be_usable(page)
        await must_fit(page)
        language = page.locator(".language").first
        if await language.is_visible():
            await language.click()


async def test_the_secretarys_desk(browser: Browser, desk: Desk) -> None:
    """Each of its sections, with a roll of six."""
    async with secretary_desk(desk, f"rong-{next(_bodies)}") as house:
        page = await house.page(browser, NARROW)
        await house.enter(page)
        await freeze(page)
        assert (WIDE, False) in await drawn_in(page, ".top")
        await must_hold(page)
        for section in SECTIONS:
            await go(page, section)
            await must_hold(page)
