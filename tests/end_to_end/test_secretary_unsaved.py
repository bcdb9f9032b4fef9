"""The secretary's desk loses nothing unasked, shows nothing old, and does not ask more than it must."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, expect

from services.kit.clock import now
from services.wire import AgendaChanged, AgendaItem, Presence, PresenceChanged
from tests.support.desk import Desk, fresh
from tests.support.lying_proxy import between
from tests.support.secretary_desk import (
    GOOD,
    NAMES,
    SecretaryDesk,
    freeze,
    go,
    load,
    must_be_usable,
    secretary_desk,
)

CHANGES = 60
MOST_ASKED = 3
# How often a roll was read out of its text.
COUNT_ROLLS = """window.rolls = 0;
const read = JSON.parse;
JSON.parse = (text, ...more) => {
  if (String(text).includes('"entries":[')) window.rolls += 1;
  return read(text, ...more);
};"""


@pytest.fixture
async def house(desk: Desk) -> AsyncIterator[SecretaryDesk]:
    """A body with a secretary who has an invite."""
    async with secretary_desk(desk, fresh("hdnd")) as found:
        yield found


async def stays(page: Page, said: str) -> None:
    """Whoever would be somebody else is asked first, in these words, and stays."""
    await page.get_by_role("button", name="Đổi người dùng").click()
    await expect(page.get_by_role("dialog")).to_contain_text(said)
    await page.keyboard.press("Escape")
    await expect(page.locator(".desk")).to_be_visible()


async def must_be_asked_by_the_browser(page: Page) -> None:
    """Before the page is closed the browser asks, and one stays."""
    async with page.expect_event("dialog") as asking:
        await page.close(run_before_unload=True)
    dialog = await asking.value
    assert dialog.type == "beforeunload"
    await dialog.dismiss()


async def test_what_is_not_saved_is_not_left_unasked(browser: Browser, house: SecretaryDesk) -> None:
    """Being another person asks, as another section does, and the browser: of an agenda, a sheet, codes of invites."""
    page = await house.page(browser)
    await house.enter(page)
    await go(page, "roll")
    sheet = page.get_by_label("Nội dung bảng")
    await sheet.fill(GOOD)
    await stays(page, "chưa được lưu và sẽ mất")
    await must_be_usable(page)
    await page.locator("[data-section=agenda]").click()
    await expect(page.get_by_role("dialog")).to_contain_text("chưa được lưu và sẽ mất")
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_value(GOOD)
    await load(page, GOOD)
    await freeze(page)
    # A sheet that was taken is no loss.
    await go(page, "agenda")
    await page.get_by_role("button", name="Thêm nội dung").click()
    await page.keyboard.type("Khai mạc")
    await stays(page, "chưa được lưu và sẽ mất")
    await page.get_by_role("button", name="Không lưu").click()
    await go(page, "invites")
    await page.get_by_role("checkbox", name=NAMES[1]).check()
    for made, chosen in ((1, NAMES[2]), (2, "")):
        await page.get_by_role("button", name="Lập giấy mời cho 1 người").click()
        await page.get_by_role("dialog").get_by_role("button", name="Lập giấy mời").click()
        await expect(page.locator(".card")).to_have_count(made)
        if chosen:
            await page.get_by_role("checkbox", name=chosen).check()
    # They go along to another section, and no further.
    await go(page, "seats")
    await stays(page, "2 giấy mời")
    await must_be_asked_by_the_browser(page)
    await go(page, "invites")
    await expect(page.locator(".card")).to_have_count(2)
    await page.get_by_role("button", name="Xóa khỏi màn hình").click()
    await page.get_by_role("button", name="Đổi người dùng").click()
    await expect(page.locator(".people")).to_contain_text("Trịnh Công Thư")


async def test_a_saved_agenda_stands_at_once(browser: Browser, house: SecretaryDesk) -> None:
    """While the stream has not told of it yet, what was saved is shown: neither the old agenda nor another's alarm."""
    async with between(house.url) as proxy:
        page = await house.page(browser)
        await replace(house, url=proxy.url).enter(page)
        await go(page, "agenda")
        # The news of it is lost; what else is told comes through.
        proxy.events = lambda event: b"" if b"agenda.changed" in event else event
        titles = page.locator(".item [id^=title-]")
        await page.get_by_role("button", name="Thêm nội dung").click()
        await page.keyboard.type("Khai mạc")
        await page.get_by_role("button", name="Lưu chương trình").click()
        await expect(page.get_by_role("status").get_by_text("Đã lưu chương trình")).to_be_visible()
        await expect(page.locator(".unsaved")).to_have_count(0)
        assert [await each.input_value() for each in await titles.all()] == ["Khai mạc"]
        await titles.first.fill("Khai mạc phiên họp")
        await expect(page.locator(".unsaved")).to_be_visible()
        await expect(page.get_by_role("alert")).to_have_count(0)
        # Another desk's agenda is another's, as ever.
        meeting = page.url.split("#hop=")[1]
        other = AgendaItem(id="khac", position=1, title="Của bàn khác")
        await proxy.tell(("agenda.changed", AgendaChanged(index=9, meeting=meeting, items=(other,))))
        await expect(page.get_by_role("alert")).to_contain_text("Người khác vừa lưu")


async def test_a_hall_that_checks_in_is_not_asked_about_one_by_one(
    browser: Browser, house: SecretaryDesk
) -> None:
    """Each check-in is shown as it is told; the log of corrections is asked for seldom, and after one's own.

    The roll is read once, not at each drawing.
    """
    async with between(house.url) as proxy:
        page = await house.page(browser)
        await page.add_init_script(COUNT_ROLLS)
        await replace(house, url=proxy.url).enter(page)
        await freeze(page)
        await go(page, "presence")
        await expect(page.locator(".presence li")).to_have_count(len(NAMES))
        meeting = page.url.split("#hop=")[1]
        for number in range(CHANGES):
            there = number % 2 == 0
            presence = Presence(member="d2", present=there, at=now(), reason="")
            await proxy.tell(
                ("presence.changed", PresenceChanged(index=number, meeting=meeting, presence=(presence,)))
            )
            await expect(page.locator("[data-member=d2]")).to_have_attribute(
                "data-present", str(there).lower()
            )
        await page.get_by_role("button", name=f"Ghi có mặt: {NAMES[4]}").click()
        await page.get_by_role("dialog").locator("textarea").fill("Máy hết pin")
        await page.get_by_role("dialog").locator("button[type=submit]").click()
        await expect(page.locator(".log li").first).to_contain_text("Máy hết pin")
        assert len(proxy.sent_to("/presence/changes")) <= MOST_ASKED
        assert 1 <= await page.evaluate("rolls") <= MOST_ASKED
