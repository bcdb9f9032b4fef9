"""The secretary's desk by Tab and Enter alone: each act that cannot be taken back asks, and the focus is never lost."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser import complaints
from tests.support.desk import Desk, fresh
from tests.support.keyboard import must_ask, must_be_walkable, must_have_focus, press, tab_to
from tests.support.secretary_desk import (
    GOOD,
    NAMES,
    SecretaryDesk,
    freeze,
    load,
    make_chair,
    secretary_desk,
)

ITEMS = ("Khai mạc", "Thảo luận", "Bế mạc kỳ họp")


@pytest.fixture
async def house(desk: Desk) -> AsyncIterator[SecretaryDesk]:
    """A body with a secretary who has an invite."""
    async with secretary_desk(desk, fresh("hdnd")) as found:
        yield found


async def open_section(page: Page, section: str) -> None:
    """Go there by keyboard; each stop on the way through it shows the focus."""
    await press(page, page.locator(f"[data-section={section}]"))
    await expect(page.locator(f"main#{section}")).to_be_visible()
    assert await complaints(page) == [], section


async def write_agenda(page: Page) -> None:
    """Three items, one of which goes again: the focus stays among the others."""
    await open_section(page, "agenda")
    for title in ITEMS:
        await press(page, page.get_by_role("button", name="Thêm nội dung"))
        await expect(page.locator(".item [id^=title-]").last).to_be_focused()
        await page.keyboard.type(title)
    await press(page, page.get_by_role("button", name=f"Xóa: {ITEMS[2]}"))
    await must_have_focus(page, ".agenda")
    await must_be_walkable(page)
    await press(page, page.get_by_role("button", name="Lưu chương trình"))
    await expect(page.locator(".unsaved")).to_have_count(0)
    await must_have_focus(page, "main")


async def prepare_question(page: Page) -> None:
    """A question, which asks before it goes and leaves the focus on what is there."""
    await open_section(page, "polls")
    await press(page, page.get_by_role("button", name="Soạn nội dung biểu quyết"))
    await tab_to(page, page.get_by_label("Nội dung đưa ra biểu quyết"))
    await page.keyboard.type("Thông qua Nghị quyết")
    await must_be_walkable(page)
    await press(page, page.get_by_role("button", name="Lưu nội dung"))
    drop = page.get_by_role("button", name="Xóa: Thông qua Nghị quyết")
    await must_ask(page, drop)
    await press(page, drop)
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Xóa nội dung"))
    await expect(drop).to_have_count(0)
    await must_have_focus(page, "main")


async def test_every_act_by_tab_and_enter(browser: Browser, house: SecretaryDesk) -> None:
    """From the roll to the end of the meeting."""
    page = await house.page(browser)
    await house.enter(page)
    await open_section(page, "roll")
    await load(page, GOOD)
    await must_ask(page, page.get_by_role("button", name="Chốt danh sách"))
    await must_be_walkable(page)
    await freeze(page)
    await must_have_focus(page, "main")
    await make_chair(page)
    await must_ask(page, page.get_by_role("button", name=f"Sửa: {NAMES[0]}"))
    await must_be_walkable(page)
    await write_agenda(page)
    await prepare_question(page)
    await open_section(page, "invites")
    await tab_to(page, page.get_by_role("checkbox", name=NAMES[1]))
    await page.keyboard.press("Space")
    await must_ask(page, page.get_by_role("button", name="Lập giấy mời cho 1 người"))
    await must_be_walkable(page)
    for section in ("seats", "downloads"):
        await open_section(page, section)
        await must_be_walkable(page)
    await open_section(page, "presence")
    await must_ask(page, page.get_by_role("button", name=f"Ghi có mặt: {NAMES[4]}"))
    await must_be_walkable(page)
    await open_section(page, "overview")
    for act in ("Khai mạc", "Bế mạc"):
        await must_ask(page, page.get_by_role("button", name=act, exact=True))
        await press(page, page.get_by_role("button", name=act, exact=True))
        await press(page, page.get_by_role("dialog").get_by_role("button", name=act))
        await expect(page.get_by_role("button", name=act, exact=True)).to_have_count(0)
        await must_have_focus(page, "main")
    await must_be_walkable(page)
