"""What a delegate has typed on the phone is not lost: not to a vote, not to a reload, not to what others do."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from services.wire import EndItem
from tests.support.browser import must_be_usable
from tests.support.desk import Desk, fresh
from tests.support.phone_hall import ITEM, LANE, PhoneHall, cast, convened_hall

NOTE = "Đề nghị làm rõ Điều 5"


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a phone that is not yet in it."""
    async with convened_hall(desk, fresh("typed")) as found:
        yield found


async def _vote_passes(page: Page, hall: PhoneHall) -> None:
    """A vote opens, takes the screen, is voted in, and closes; then one goes back to where one was."""
    vote = await hall.open()
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_be_visible()
    await hall.act(vote, "close")
    await expect(page.locator("#closed")).to_be_visible()
    await page.locator("[data-tab=speak]").click()


async def test_a_note_outlives_a_vote_another_list_and_a_reload(browser: Browser, hall: PhoneHall) -> None:
    """The note, the stance and the list that were chosen are there again, and gone once they were sent."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.locator("[data-tab=speak]").click()
    await hall.open_lane()
    await page.get_by_label("Ý kiến khác").check()
    await page.locator("form textarea").fill(NOTE)
    await _vote_passes(page, hall)
    await expect(page.locator("form textarea")).to_have_value(NOTE)
    await expect(page.get_by_label("Ý kiến khác")).to_be_checked()
    await hall.open_lane("debate", LANE)
    await expect(page.locator(".lanes button")).to_have_count(2)
    await expect(page.locator(".lanes button[aria-pressed=true]")).to_contain_text("Phát biểu")
    await expect(page.locator("form textarea")).to_have_value(NOTE)
    await page.reload()
    await page.locator("[data-tab=speak]").click()
    await expect(page.locator("form textarea")).to_have_value(NOTE)
    await expect(page.get_by_label("Ý kiến khác")).to_be_checked()
    await must_be_usable(page)
    await page.locator("form button.primary").click()
    await expect(page.locator(".waiting")).to_be_visible()
    await expect(page.locator("form textarea")).to_have_value("")

    # What is being changed in a request that waits, too.
    await page.get_by_role("button", name="Sửa").click()
    await expect(page.locator(".waiting textarea")).to_have_value(NOTE)
    await page.locator(".waiting textarea").fill("Thêm: khoản 2")
    await _vote_passes(page, hall)
    await expect(page.locator(".waiting textarea")).to_have_value("Thêm: khoản 2")
    await must_be_usable(page)
    await page.get_by_role("button", name="Lưu thay đổi").click()
    await expect(page.locator(".waiting textarea")).to_have_count(0)


async def test_a_written_opinion_outlives_a_vote_and_a_reload(browser: Browser, hall: PhoneHall) -> None:
    """It is the longest thing that anybody types here."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.locator("[data-tab=speak]").click()
    await hall.open_lane()
    await page.get_by_label("Ý kiến khác").check()
    await page.locator("form button.primary").click()
    await expect(page.locator(".waiting")).to_be_visible()
    await hall.on_floor(EndItem(meeting=hall.meeting, seen=await hall.seen(), item=ITEM))
    written = "Đề nghị tăng chi cho giáo dục vùng cao.\nLý do: …"
    await page.locator("form textarea").fill(written)
    await _vote_passes(page, hall)
    await expect(page.locator("form textarea")).to_have_value(written)
    await page.reload()
    await page.locator("[data-tab=speak]").click()
    await expect(page.locator("form textarea")).to_have_value(written)
    await must_be_usable(page)
    await page.get_by_role("button", name="Ký và gửi ý kiến").click()
    await expect(page.get_by_text("đã được ghi nhận")).to_be_visible()
    await page.reload()
    await page.locator("[data-tab=speak]").click()
    await expect(page.locator("#no-lane")).to_be_visible()
    await expect(page.locator("form textarea")).to_have_count(0)
