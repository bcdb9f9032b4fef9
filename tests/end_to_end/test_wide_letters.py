"""The pages that have the letters of the machine: on the narrowest screens, in the widest, each word has its room."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.presiding import close_and_declare
from services.wire import Ask
from tests.support.browser import both_languages, both_sizes, chromium, complaints
from tests.support.chair_sitting import CHAIR, sitting
from tests.support.desk import Desk
from tests.support.fit import must_fit
from tests.support.letters import WIDE, drawn_in, only_wide
from tests.support.phone_hall import ITEM, cast, choose, convened_hall
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
    """In both languages, with text as it is and twice as large; axe-core finds nothing, by day nor in the dark."""
    async for language in both_languages(page):
        await page.emulate_media(color_scheme="dark" if language == "en" else "light")
        assert await complaints(page) == []
        async for _ in both_sizes(page):
            await must_fit(page)


async def test_the_phone_in_a_vote(browser: Browser, desk: Desk) -> None:
    """From the invite to the result."""
    async with convened_hall(desk, f"rong-{next(_bodies)}") as hall:
        page = await hall.phone(browser, NARROW)
        await page.goto(f"{hall.proxy.url}/phone#moi={await hall.invite('an')}")
        await expect(page.locator("form textarea")).not_to_have_value("")
        await must_hold(page)
        await page.locator("form button.primary").click()
        await expect(page.locator("#check-in")).to_be_visible(timeout=15_000)
        assert await drawn_in(page, ".top") == {(WIDE, False)}
        await must_hold(page)
        await page.locator("#check-in button").click()
        vote = await hall.open()
        await expect(page.locator("button.choice")).to_have_count(3)
        await must_hold(page)
        await choose(page, "approve")
        await must_hold(page)
        await page.get_by_role("button", name="Chọn lại").click()
        await cast(page, "approve")
        await expect(page.locator(".recorded")).to_be_visible()
        await must_hold(page)
        await close_and_declare(hall.client, vote)
        await expect(page.locator("#result")).to_be_visible(timeout=15_000)
        await must_hold(page)
        for tab in ("agenda", "mine"):
            await page.locator(f"[data-tab={tab}]").click()
            await must_hold(page)


async def test_the_phone_on_the_list(browser: Browser, desk: Desk) -> None:
    """Who asks to speak, waits as the second, and is called."""
    async with convened_hall(desk, f"rong-{next(_bodies)}") as hall:
        page = await hall.phone(browser, NARROW)
        await hall.enter(page)
        await page.locator("[data-tab=speak]").click()
        await hall.open_lane()
        await hall.on_floor(Ask(meeting=hall.meeting, id="cua-binh", item=ITEM, lane="speech"), "binh")
        await page.get_by_label("Không tán thành").check()
        await must_hold(page)
        await page.locator("form button.primary").click()
        await expect(page.locator(".own-place")).to_have_text("2")
        await must_hold(page)


async def test_the_chairs_desk_in_a_vote(browser: Browser, data_directory: Path) -> None:
    """A question, what is asked before it is announced and before it is signed, a vote; who is there."""
    async with sitting(data_directory) as held:
        page = await held.console(browser, CHAIR, NARROW, 780)
        assert await drawn_in(page, ".top") == {(WIDE, False)}
        for act in ("announce", "open"):
            await expect(page.locator(f".deskbar .primary[data-act={act}]")).to_be_visible(timeout=20_000)
            await must_hold(page)
            await page.locator(f".deskbar .primary[data-act={act}]").click()
            await expect(page.locator("dialog .primary")).to_be_enabled()
            await must_hold(page)
            await page.locator("dialog .primary").click()
        await expect(page.locator(".vote")).to_have_attribute("data-state", "open", timeout=20_000)
        await must_hold(page)
        await page.get_by_role("button", name="Đại biểu", exact=True).click()
        await must_hold(page)


async def test_the_secretarys_desk(browser: Browser, desk: Desk) -> None:
    """Each of its sections, with a roll of six."""
    async with secretary_desk(desk, f"rong-{next(_bodies)}") as house:
        page = await house.page(browser, NARROW)
        await house.enter(page)
        await freeze(page)
        assert await drawn_in(page, ".top") == {(WIDE, False)}
        await must_hold(page)
        for section in SECTIONS:
            await go(page, section)
            await must_hold(page)
