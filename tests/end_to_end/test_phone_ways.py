"""The ways out of the phone's screen: another person, another meeting; asked once while a ballot is on its way."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from services.wire import MeetingPlan
from tests.support.browser import must_be_usable
from tests.support.desk import Desk, fresh
from tests.support.phone_hall import NAMES, PhoneHall, cast, convened_hall
from tests.support.pictures import take


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a phone that is not yet in it."""
    async with convened_hall(desk, fresh("ways")) as found:
        yield found


async def leave(page: Page, way: str) -> None:
    """The first step of a way out."""
    await page.locator(".top .person").click()
    await page.locator(f"dialog [data-way={way}]").click()


async def test_another_person_on_the_same_phone(browser: Browser, hall: PhoneHall) -> None:
    """Two people share a phone: each has their key on it, and both stay."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.locator(".top .person").click()
    await must_be_usable(page)
    await take(page, "phone-ways")
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(page.locator(".top .person")).to_be_focused()
    await leave(page, "person")
    await expect(page.locator(".people button")).to_have_count(1)
    await must_be_usable(page)
    await page.get_by_role("button", name="Tham gia bằng mã mời khác").click()
    await page.locator("form textarea").fill(await hall.invite("binh"))
    await page.locator("form button.primary").click()
    await expect(page.locator(".top .person")).to_contain_text(NAMES["binh"])
    await leave(page, "person")
    await expect(page.locator(".people button")).to_have_count(2)
    await page.locator(".people button", has_text=NAMES["an"]).click()
    await expect(page.locator(".top .person")).to_contain_text(NAMES["an"])
    await expect(page.locator("#check-in")).to_have_count(0)


async def test_another_meeting_of_the_same_person(browser: Browser, hall: PhoneHall) -> None:
    """One of several is chosen when one comes; and changed later, also where only one is not over."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await leave(page, "meeting")
    await expect(page.locator(".people button")).to_have_count(1)
    other = MeetingPlan(id=f"{hall.convened.body}-phien-2", title="Kỳ họp chuyên đề")
    await hall.client.plan_meeting(hall.convened.body, other, hall.convened.token)
    await page.reload()
    await expect(page.locator("#meetings")).to_have_text("Phiên họp nào?")
    await expect(page.locator(".people button")).to_have_count(2)
    await must_be_usable(page)
    await page.locator(".people button", has_text=other.title).click()
    await expect(page.locator(".top h1")).to_have_text(other.title)
    await expect(page.locator("#check-in")).to_contain_text("Phiên họp chưa khai mạc")
    await must_be_usable(page)
    await page.reload()
    await expect(page.locator(".top h1")).to_have_text(other.title)
    await leave(page, "meeting")
    await page.locator(".people button", has_text="thứ mười hai").click()
    await expect(page.locator("#none")).to_be_visible()


@pytest.mark.parametrize("way", ["person", "meeting"])
async def test_leaving_with_a_ballot_on_its_way_is_asked_once(
    browser: Browser, hall: PhoneHall, way: str
) -> None:
    """It says what that means; who leaves all the same and comes back has the same bytes sent."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    path = hall.proxy.hold = f"/polls/{vote.poll}/ballots"
    await cast(page, "approve")
    await expect(page.locator(".steps")).to_have_attribute("data-stage", "sending")
    await leave(page, way)
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Có phiếu đang được gửi")
    await must_be_usable(page)
    await dialog.get_by_role("button", name="Quay lại").click()
    await expect(page.locator(".steps")).to_have_attribute("data-stage", "sending")
    await leave(page, way)
    await dialog.locator("button.danger").click()
    await page.locator(".people button").click()
    await expect(page.locator(".steps")).to_have_attribute("data-stage", "sending")
    hall.proxy.release()
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    assert len(set(hall.proxy.sent_to(path))) == 1
    assert (await hall.client.poll(vote.poll, vote.token)).received == 1


async def test_who_just_joined_is_among_those_to_choose(browser: Browser, hall: PhoneHall) -> None:
    """The key is made and kept, but signing in fails: the new key is there to be chosen, and no old one."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await leave(page, "person")
    refused = b'{"code":"credential_revoked","status":401,"detail":"Khong","detail_en":"No"}'
    await page.route("**/meeting/challenges", lambda route: route.fulfill(status=401, body=refused))
    await page.get_by_role("button", name="Tham gia bằng mã mời khác").click()
    await page.locator("form textarea").fill(await hall.invite("binh"))
    await page.locator("form button.primary").click()
    await expect(page.locator("[data-code=credential_revoked]")).to_be_visible()
    await must_be_usable(page)
    await page.get_by_role("button", name="Chọn người khác").click()
    await expect(page.locator(".people button")).to_have_count(2)
    await expect(page.locator(".people")).to_contain_text(NAMES["binh"])
