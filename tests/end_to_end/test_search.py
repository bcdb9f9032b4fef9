"""Wherever one searches, marks, capitals and the order of words do not matter (the chair's: test_chair.py)."""

import unicodedata
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.support.desk import Desk, fresh
from tests.support.secretary_desk import NAMES, SecretaryDesk, freeze, go, must_be_usable, secretary_desk

SOUGHT = "Đặng Thùy Dương"
SPELLINGS = (
    "dang thuy",
    "DUONG DANG",
    "thùy",
    "Đặng",
    unicodedata.normalize("NFD", "Thùy Dương"),
    "  duong ",
    "d3",
)
LISTS = {
    "roll": "#roll tbody tr",
    "members": "#members tbody tr",
    "invites": "#invites li",
    "presence": ".presence li",
}


@pytest.fixture
async def house(desk: Desk) -> AsyncIterator[SecretaryDesk]:
    """A body with its secretary."""
    async with secretary_desk(desk, fresh("tim-kiem")) as found:
        yield found


async def test_everywhere_at_the_secretarys_desk(browser: Browser, house: SecretaryDesk) -> None:
    """On the roll, among members, for invites, at presence: one is found, however they are typed; no other name is."""
    page = await house.page(browser)
    await house.enter(page)
    await freeze(page)
    for section, rows in LISTS.items():
        await go(page, section)
        every = page.locator(rows).filter(has_text="d")
        await expect(every.filter(has_text=SOUGHT)).to_have_count(1)
        for typed in SPELLINGS:
            await page.get_by_role("searchbox").fill(typed)
            await expect(page.locator(rows).filter(has_text=SOUGHT), f"{section} {typed}").to_have_count(1)
            for other in NAMES:
                if other != SOUGHT:
                    await expect(page.locator(rows).filter(has_text=other)).to_have_count(0)
        await must_be_usable(page)
        await page.get_by_role("searchbox").fill("dang nobody")
        await expect(page.locator(rows).filter(has_text=SOUGHT)).to_have_count(0)
