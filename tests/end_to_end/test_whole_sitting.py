"""A whole sitting in browsers alone: secretary, chair, three phones and the hall at once, real services behind.

Nothing is done in Python but what the operator does: found the body, hand out codes.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from services.wire import Member
from tests.support.desk import Desk
from tests.support.hall_screen import turn_to
from tests.support.phone_hall import cast
from tests.support.secretary_desk import CHAIR, GOOD, NAMES, SecretaryDesk, go, secretary_desk

SHOWN = 30_000
PHONES = ("d2", "d3", "d4")
# HĐND: chất vấn, and the answer of who was asked.
ITEM, QUESTION = "Chất vấn Giám đốc Sở", "Thông qua Nghị quyết về chuyển đổi số"
SCREEN = Member(id="man-hinh", name="Màn hình hội trường", roles=("observer",))


@pytest.fixture
async def house(desk: Desk) -> AsyncIterator[SecretaryDesk]:
    """A body with a secretary who has an invite."""
    async with secretary_desk(desk, "hdnd") as found:
        await found.client.add_members(found.body, [SCREEN], found.operator)
        yield found


@dataclass
class Sitting:
    """Everybody's page."""

    secretary: Page
    chair: Page
    hall: Page
    phones: dict[str, Page]


async def prepare(page: Page, house: SecretaryDesk) -> None:
    """The secretary: the roll frozen, a chair named, agenda and question prepared, the meeting opened."""
    await house.enter(page)
    await go(page, "roll")
    await page.get_by_label("Nội dung bảng").fill(GOOD)
    await page.get_by_role("button", name="Kiểm tra và nhập").click()
    await expect(page.locator("tbody tr")).to_have_count(len(NAMES))
    await page.get_by_role("button", name="Chốt danh sách").click()
    await page.get_by_role("dialog").get_by_role("button", name="Chốt danh sách").click()
    await expect(page.locator("#roll-state")).to_contain_text("Đã chốt lần 1")
    await go(page, "members")
    await page.get_by_role("button", name=f"Sửa: {NAMES[0]}").click()
    await page.get_by_role("dialog").get_by_label("Chủ tọa").check()
    await page.get_by_role("dialog").get_by_role("button", name="Lưu").click()
    await expect(page.locator("tr", has_text=NAMES[0])).to_contain_text("Chủ tọa")
    await go(page, "agenda")
    await page.get_by_role("button", name="Thêm nội dung").click()
    await expect(page.locator(".item [id^=title-]").last).to_be_focused()
    await page.keyboard.type(ITEM)
    await page.get_by_role("button", name="Lưu chương trình").click()
    await expect(page.locator(".unsaved")).to_have_count(0)
    await go(page, "polls")
    await page.get_by_role("button", name="Soạn nội dung biểu quyết").click()
    await page.get_by_label("Nội dung đưa ra biểu quyết").fill(QUESTION)
    await page.get_by_label("Cho phép đổi").check()
    await page.get_by_role("button", name="Lưu nội dung").click()
    await expect(page.locator(".polls li")).to_contain_text(QUESTION)
    await go(page, "overview")
    await page.get_by_role("button", name="Khai mạc").click()
    await page.get_by_role("dialog").get_by_role("button", name="Khai mạc").click()
    await expect(page.get_by_role("button", name="Bế mạc")).to_be_visible()


async def enrol(
    browser: Browser, house: SecretaryDesk, path: str, member: str, size: tuple[int, int]
) -> Page:
    """Somebody comes with the code on their card."""
    (invite,) = await house.client.invite(house.body, [member], house.operator)
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    await page.goto(f"{house.url}/{path}#moi={invite.code}")
    await page.locator("form button.primary").click()
    return page


async def gather(browser: Browser, house: SecretaryDesk) -> Sitting:
    """Everybody comes; the delegates check in, and the secretary sees it."""
    secretary = await house.page(browser)
    await prepare(secretary, house)
    phones = {}
    for member in PHONES:
        phones[member] = await enrol(browser, house, "phone", member, (360, 740))
        await phones[member].locator("#check-in button").click(timeout=SHOWN)
        await expect(phones[member].locator("#none")).to_be_visible(timeout=SHOWN)
    chair = await enrol(browser, house, "chair", CHAIR, (1366, 768))
    await expect(chair.locator(".console")).to_be_visible(timeout=SHOWN)
    hall = await enrol(browser, house, "hall", SCREEN.id, (1920, 1080))
    await expect(hall.locator(".stage")).to_have_attribute("data-scene", "waiting", timeout=SHOWN)
    await go(secretary, "presence")
    await expect(secretary.locator(".presence li[data-present=true]")).to_have_count(3, timeout=SHOWN)
    # Two thirds must be there: the secretary sees a fourth in the hall, whose phone is at home.
    await secretary.get_by_role("button", name=f"Ghi có mặt: {NAMES[4]}").click()
    await secretary.get_by_role("dialog").locator("textarea").fill("Có mặt tại hội trường")
    await secretary.get_by_role("dialog").locator("button[type=submit]").click()
    await expect(chair.locator(".quorum")).to_have_attribute("data-met", "true", timeout=SHOWN)
    return Sitting(secretary, chair, hall, phones)


async def act(page: Page, name: str) -> None:
    """The chair's next act, by keyboard, and asked once where it cannot be taken back."""
    button = page.locator(f".deskbar .primary[data-act={name}]:not([aria-disabled=true])")
    await expect(button).to_be_visible(timeout=SHOWN)
    await page.keyboard.press("Control+Enter")


async def confirm(page: Page) -> None:
    """The answer to that."""
    await expect(page.locator("dialog .primary")).not_to_have_attribute("aria-disabled", "true")
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog")).to_have_count(0)


async def hold_question_time(there: Sitting) -> None:
    """A delegate asks; called and begun, their clock fills their own screen and stands in the hall; then it is over."""
    chair, asker = there.chair, there.phones["d3"]
    await chair.keyboard.press("p")
    await chair.locator(".item select").select_option("question")
    await chair.keyboard.press("Enter")
    await expect(chair.locator("[data-lane=question]")).to_be_visible(timeout=SHOWN)
    await asker.locator("[data-tab=speak]").click()
    await asker.locator("form textarea").fill("Tiến độ chuyển đổi số của Sở")
    await asker.locator("form button.primary").click()
    await expect(asker.locator(".own-place")).to_have_text("Tiếp theo")
    await act(chair, "call")
    await expect(asker.locator(".own-turn")).to_have_attribute("data-turn", "called", timeout=SHOWN)
    await expect(there.hall.locator(".stage")).to_have_attribute("data-scene", "speaking", timeout=SHOWN)
    await act(chair, "start")
    await expect(asker.locator(".own-turn")).to_have_attribute("data-turn", "running", timeout=SHOWN)
    await expect(there.hall.locator(".who")).to_contain_text(NAMES[2])
    await act(chair, "end")
    await confirm(chair)
    await expect(asker.locator(".own-turn")).to_have_count(0, timeout=SHOWN)
    await expect(there.hall.locator(".stage")).to_have_attribute("data-scene", "waiting", timeout=SHOWN)


async def hold_vote(there: Sitting) -> None:
    """Announced, opened, voted by three, one of whom thinks again; closed, declared as read out, certified."""
    chair, hall = there.chair, there.hall
    await chair.keyboard.press("b")
    for name in ("announce", "open"):
        await act(chair, name)
        await confirm(chair)
    await expect(chair.locator(".vote")).to_have_attribute("data-state", "open", timeout=SHOWN)
    for (member, phone), choice in zip(there.phones.items(), ("approve", "reject", "approve"), strict=True):
        await phone.locator("[data-tab=vote]").click()
        await expect(phone.locator(".question-title")).to_have_text(QUESTION, timeout=SHOWN)
        await cast(phone, choice)
        await expect(phone.locator(".recorded"), member).to_have_attribute(
            "data-choice", choice, timeout=SHOWN
        )
    await expect(hall.locator(".received .huge")).to_contain_text("3", timeout=SHOWN)
    thoughtful = there.phones["d3"]
    await thoughtful.get_by_role("button", name="Đổi lựa chọn").click()
    await cast(thoughtful, "approve")
    await expect(thoughtful.locator(".recorded")).to_have_attribute("data-choice", "approve", timeout=SHOWN)
    await expect(chair.locator("#received")).to_have_text(re.compile(r"^3/"))
    # The chair has a vote too: in the same browser, with the same key.
    own = await chair.context.new_page()
    await own.goto(chair.url.replace("/chair", "/phone").partition("#")[0])
    await cast(own, "approve")
    await expect(own.locator(".recorded")).to_be_visible(timeout=SHOWN)
    await own.close()
    await expect(chair.locator("#received")).to_have_text(re.compile(r"^4/"), timeout=SHOWN)
    await act(chair, "close")
    await confirm(chair)
    await expect(hall.locator(".stage")).to_have_attribute("data-scene", "closed", timeout=SHOWN)
    sentence = await chair.locator("#sentence").inner_text(timeout=SHOWN)
    await act(chair, "declare")
    await confirm(chair)
    await expect(hall.locator(".stage")).to_have_attribute("data-scene", "result", timeout=SHOWN)
    await expect(hall.locator(".bars strong").first).to_have_text("4")
    await turn_to(hall, "sentence")
    await expect(hall.locator(".sentence")).to_contain_text(sentence)
    for phone in there.phones.values():
        await expect(phone.locator("#result .sentence")).to_contain_text(sentence, timeout=SHOWN)


async def verify(browser: Browser, there: Sitting, house: SecretaryDesk, directory: Path) -> None:
    """A stranger drops the minutes and the anchor that the secretary saved: proven, with no server asked."""
    await expect(there.chair.locator(".issued a").first).to_be_visible(timeout=60_000)
    await go(there.secretary, "downloads")
    saved = {}
    for name, link in {
        "certificate.pdf": there.secretary.get_by_role("link", name=f"PDF: {QUESTION}", exact=True),
        "trust.pem": there.secretary.get_by_text("trust.pem", exact=True),
    }.items():
        async with there.secretary.expect_download() as saving:
            await link.click(timeout=SHOWN)
        saved[name] = directory / name
        await (await saving.value).save_as(saved[name])
    stranger = await (await browser.new_context(viewport={"width": 1280, "height": 1000})).new_page()
    await stranger.goto(f"{house.url}/verify")
    await expect(stranger.locator("h1")).to_be_visible()
    await stranger.context.set_offline(True)
    await stranger.set_input_files("#certificate", saved["certificate.pdf"])
    await stranger.set_input_files("#trust", saved["trust.pem"])
    await expect(stranger.locator("#verdict")).to_contain_text("HỢP LỆ")
    await stranger.fill("#member", "dang thuy")
    await expect(stranger.locator("#own-ballot")).to_contain_text("Đặng Thùy Dương: Tán thành, dòng ")


async def test_a_whole_sitting(browser: Browser, house: SecretaryDesk, tmp_path: Path) -> None:
    """Enrol, check in, question time, a vote with a change of mind, close, certificate, verified in the browser."""
    there = await gather(browser, house)
    await hold_question_time(there)
    await hold_vote(there)
    await verify(browser, there, house, tmp_path)
    # Every phone proves its own ballot out of the certificate.
    phone = there.phones["d2"]
    await phone.locator("[data-tab=mine]").click()
    await phone.get_by_role("button", name="Kiểm tra lại từ giấy chứng nhận").click()
    await expect(phone.locator(".mine .notice.good")).to_contain_text(
        "được tính trong kết quả", timeout=SHOWN
    )
