"""The desks and a phone before five hundred members, forty items, twelve lists, the longest titles, at every width."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser import complaints, must_be_usable
from tests.support.desk import Desk, fresh
from tests.support.great_hall import ITEMS, LANES, LONG, MEMBERS, WAITING, GreatHall, great_hall
from tests.support.phone_hall import choose

SHOWN = 30_000
SIZES = (((360, 780), "dark"), ((768, 1024), "light"), ((1920, 1080), "dark"))
SECTIONS = ("overview", "members", "agenda", "polls", "seats", "presence")
# What stands above the work may take so much of the screen, whatever a meeting is called.
MOST_HEAD = 0.47
PERSON = 150


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[GreatHall]:
    """Questions are prepared, and a vote is open."""
    async with great_hall(desk, fresh("quoc-hoi")) as found:
        await found.prepare(4)
        await found.open()
        yield found


async def must_bear(page: Page, where: str) -> None:
    """Nothing is cut off at twice the size of text neither, and the head leaves room for the work."""
    for size in ("200%", ""):
        await page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (where, size)
    head = await page.locator(".top").bounding_box()
    assert head
    assert page.viewport_size
    assert head["height"] <= MOST_HEAD * page.viewport_size["height"], (where, head)


async def test_the_chairs_desk(browser: Browser, hall: GreatHall) -> None:
    """The vote, the floor, who is there: all of it can be reached and read, and who presides has a name."""
    page = await hall.page(browser, "chair", "pho")
    await expect(page.locator(".persons li")).to_have_count(MEMBERS, timeout=SHOWN)
    await expect(page.locator(".deskbar .note")).to_contain_text("Công Tằng Tôn Nữ Thị Phương Thảo điều hành")
    await expect(page.locator(".entry-button[data-item]")).to_have_count(ITEMS)
    # The vote that is looked at is in sight among the others, behind forty items.
    await expect(page.locator("[data-row][aria-current=true]")).to_be_in_viewport()
    name = await page.locator(".persons .name").first.bounding_box()
    assert name
    assert name["width"] >= PERSON
    for (width, height), scheme in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for tab in range(3 if width < 1200 else 2):
            await page.locator(".tabs button").nth(tab).click()
            await must_bear(page, f"{tab} {width}")
            if width < 1200:
                assert await complaints(page) == [], (tab, width)
            if tab == 1:
                await expect(page.locator(".lane")).to_have_count(LANES)
                await expect(page.locator(".requests li")).to_have_count(LANES * WAITING)


async def test_the_secretarys_desk(browser: Browser, hall: GreatHall) -> None:
    """Each section with all that it may have to show."""
    page = await hall.page(browser, "secretary", "van-phong")
    await expect(page.locator(".steps")).to_contain_text(f"{MEMBERS} đại biểu", timeout=SHOWN)
    for (width, height), scheme in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for section in SECTIONS:
            await page.locator(f"[data-section={section}]").click()
            await expect(page.locator(f"main#{section}")).to_be_visible()
            await must_bear(page, f"{section} {width}")
            if width > 1200:
                assert await complaints(page) == [], section
    await page.locator("[data-section=polls]").click()
    await expect(page.locator(".polls li")).to_have_count(5)
    await expect(page.locator(".polls li strong").last).to_have_text(LONG)


async def test_a_delegates_phone(browser: Browser, hall: GreatHall) -> None:
    """The longest title whole above three buttons, forty items, twelve lists: at every width, twice as large, in the
    dark; each step of a vote can be used by anyone.
    """
    page = await hall.page(browser, "phone", "d30")
    await expect(page.locator(".question-title")).to_have_text(LONG, timeout=SHOWN)
    await must_bear_on_phone(page, ("vote", "agenda", "speak", "mine"))
    await expect(page.locator(".agenda li")).to_have_count(0)
    await page.locator("[data-tab=agenda]").click()
    await expect(page.locator(".agenda > li")).to_have_count(ITEMS)
    await page.locator("[data-tab=speak]").click()
    await expect(page.locator(".lanes button")).to_have_count(LANES)
    await page.locator("[data-tab=vote]").click()
    await choose(page, "abstain")
    await must_bear_on_phone(page)
    await page.locator(".review button.primary").click()
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "abstain", timeout=SHOWN)
    await must_bear_on_phone(page, ("mine", "vote"))


async def must_bear_on_phone(page: Page, tabs: tuple[str, ...] = ()) -> None:
    """What stands there, or each of these tabs, at every width."""
    for (width, height), scheme in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for tab in tabs or (None,):
            if tab:
                await page.locator(f"[data-tab={tab}]").click()
            await must_be_usable(page)
