"""The secretary's desk in a real browser, against real services: a meeting is prepared from nothing to its files."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from playwright.async_api import Browser, Page, expect

from services.desk.asking import JOSE
from services.desk.convening import Convened
from services.desk.device import Device
from services.desk.presiding import cast_all, close_and_declare, open_poll, sign_all
from services.rules.credential import Anchors, load_anchors
from services.rules.floor import record
from services.wire import ActPayload, OpenLane, PollDraft
from tests.support.browser import saved
from tests.support.desk import Desk, fresh
from tests.support.keyboard import press, tab_to
from tests.support.pictures import take
from tests.support.qr_code import text_of
from tests.support.secretary_desk import (
    CHAIR,
    GOOD,
    NAMES,
    SecretaryDesk,
    freeze,
    go,
    load,
    make_chair,
    modules_of,
    must_be_usable,
    secretary_desk,
)

WITHOUT_QUORUM = "Họp thử, chưa điểm danh"


@pytest.fixture
async def house(desk: Desk) -> AsyncIterator[SecretaryDesk]:
    """A body with a secretary who has an invite."""
    async with secretary_desk(desk, fresh("hdnd")) as found:
        yield found


async def set_agenda(page: Page, house: SecretaryDesk, items: list[dict[str, Any]]) -> None:
    """Another desk, the chair's, saves an agenda at the same time."""
    (invite,) = await house.client.invite(house.body, [CHAIR], house.operator)
    chair = await house.client.enrol(Device.make(CHAIR), invite.code)
    path = f"/meeting/meetings/{page.url.split('#hop=')[1]}/agenda"
    await house.client.ask("PUT", path, json.dumps(items).encode(), token=await house.client.sign_in(chair))


@dataclass(frozen=True)
class Opened:
    """The meeting in session, everybody on the roll with a key."""

    convened: Convened
    devices: dict[str, Device]


async def open_meeting(page: Page, house: SecretaryDesk) -> Opened:
    """Freeze the roll, give the chair their role, open the meeting; then everybody enrols."""
    await freeze(page)
    await make_chair(page)
    await go(page, "overview")
    await page.get_by_role("button", name="Khai mạc").click()
    await page.get_by_role("dialog").get_by_role("button", name="Khai mạc").click()
    await expect(page.get_by_role("button", name="Bế mạc")).to_be_visible()
    await take(page, "secretary-overview")
    meeting = page.url.split("#hop=")[1]
    invites = await house.client.invite(house.body, [f"d{n}" for n in range(1, 7)], house.operator)
    devices = {each.member: await house.client.enrol(Device.make(each.member), each.code) for each in invites}
    token = await house.client.sign_in(devices[CHAIR])
    frozen = json.loads(await house.client.ask("GET", f"/meeting/meetings/{meeting}/roll", token=token))
    return Opened(Convened(house.body, meeting, frozen["sha256"], devices[CHAIR], token, CHAIR), devices)


async def test_a_wrong_line_is_named_then_the_roll_is_frozen(browser: Browser, house: SecretaryDesk) -> None:
    """A sheet with a wrong cell is refused with its line, which is selected; corrected, previewed, frozen."""
    page = await house.page(browser)
    await house.enter(page)
    assert house.code not in page.url
    await must_be_usable(page)
    await take(page, "secretary-first")
    await go(page, "roll")
    wrong = GOOD.replace("d4,Lê", "d 4,Lê")
    await load(page, wrong)
    await expect(page.locator(".wrong-line")).to_contain_text("Dòng 5: d 4,Lê Minh Châu")
    await expect(page.get_by_role("alert")).to_contain_text("không có dấu và khoảng trắng")
    selected = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert await page.locator("textarea:focus").evaluate(selected) == wrong.splitlines()[4]
    await must_be_usable(page)
    await take(page, "secretary-wrong-line")
    await page.set_input_files(
        "input[type=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": ("\ufeff" + GOOD).encode()}
    )
    await page.get_by_role("button", name="Kiểm tra và nhập (6 dòng)").click()
    await expect(page.locator("#roll-state")).to_contain_text("chưa có hiệu lực")
    await page.get_by_label("Tìm").fill("nguyen")
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.get_by_label("Tìm").fill("dang thuy")
    await expect(page.locator("tbody tr")).to_have_text([r"d3Đặng Thùy DươngTổ 2A3nam"])
    await take(page, "secretary-search")
    await page.get_by_label("Tìm").fill("")
    await page.get_by_role("button", name="Chốt danh sách").click()
    await expect(page.get_by_role("dialog")).to_contain_text("chỉ những người này, được biểu quyết")
    await must_be_usable(page)
    await take(page, "secretary-freeze")
    await page.keyboard.press("Escape")
    await expect(page.locator("#roll-state")).to_contain_text("chưa có hiệu lực")
    await freeze(page)


async def test_cards_of_invites(browser: Browser, house: SecretaryDesk) -> None:
    """Each card leads to the page of its bearer's role; its QR code says so; a code on it enrols.

    Nothing of the codes is kept, and a sheet of A4 holds eight cards.
    """
    page = await house.page(browser)
    await house.enter(page)
    await freeze(page)
    await make_chair(page)
    await go(page, "invites")
    await page.get_by_role("button", name="Chưa có khóa (6)").click()
    await page.get_by_role("button", name="Lập giấy mời cho 6 người").click()
    await must_be_usable(page)
    await take(page, "secretary-inviting")
    await page.get_by_role("dialog").get_by_role("button", name="Lập giấy mời").click()
    cards = page.locator(".card")
    await expect(cards).to_have_count(6)
    for number, name in enumerate(NAMES, start=1):
        card = page.locator(f".card[data-member=d{number}]")
        await expect(card).to_contain_text(name)
        code = await card.locator("code").inner_text()
        door = "/chair" if f"d{number}" == CHAIR else "/phone"
        assert text_of(await modules_of(card.locator(".qr"))) == f"{house.url}{door}#moi={code}", name
    await must_be_usable(page)
    await take(page, "secretary-invites", whole=True)
    code = await page.locator(".card[data-member=d2] code").inner_text()
    device = await house.client.enrol(Device.make("d2"), code)
    assert await house.client.sign_in(device)
    kept = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])")
    assert code not in kept
    await page.emulate_media(media="print")
    assert await page.locator(".top").is_hidden()
    assert (await page.pdf(prefer_css_page_size=True)).count(b"/Type /Page\n") == 1
    await page.emulate_media(media="screen")
    await page.get_by_role("button", name="Xóa khỏi màn hình").click()
    await expect(cards).to_have_count(0)


async def test_agenda_and_questions(browser: Browser, house: SecretaryDesk, tmp_path: Path) -> None:
    """Items are put in order by keyboard and get their papers; questions are prepared by them, changed, removed."""
    page = await house.page(browser)
    await house.enter(page)
    await freeze(page)
    await make_chair(page)
    await go(page, "agenda")
    for title in ("Nghị quyết", "Khai mạc"):
        await page.get_by_role("button", name="Thêm nội dung").click()
        await expect(page.locator(".item [id^=title-]").last).to_be_focused()
        await page.keyboard.type(title)
    paper = tmp_path / "To_trinh_5.pdf"
    paper.write_bytes(b"%PDF-1.7")
    await page.locator(".item").first.locator("summary").click()
    await page.locator(".item").first.locator("input[type=file]").set_input_files(paper)
    await page.locator(".handle").nth(1).focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".handle").first).to_be_focused()
    await must_be_usable(page)
    await take(page, "secretary-agenda")
    other = [{"id": "khac", "position": 1, "title": "Của bàn khác"}]
    await set_agenda(page, house, other)
    await expect(page.get_by_role("alert")).to_contain_text("Người khác vừa lưu")
    await take(page, "secretary-agenda-changed", whole=True)
    await page.locator("[data-section=polls]").click()
    await expect(page.get_by_role("dialog")).to_contain_text("chưa được lưu và sẽ mất")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Lưu chương trình").click()
    await expect(page.locator(".unsaved")).to_have_count(0)
    await page.reload()
    await go(page, "agenda")
    titles = page.locator(".item [id^=title-]")
    await expect(titles).to_have_count(2)
    assert [await each.input_value() for each in await titles.all()] == ["Khai mạc", "Nghị quyết"]
    await go(page, "polls")
    for title, practice in (("Thông qua Nghị quyết", False), ("Biểu quyết thử", True)):
        await page.get_by_role("button", name="Soạn nội dung biểu quyết").click()
        await expect(page.locator("#poll-rule")).to_contain_text("4/6")
        await page.get_by_label("Nội dung đưa ra biểu quyết").fill(title)
        await page.get_by_label("To trinh 5").check()
        await page.get_by_label("Biểu quyết thử: mọi màn hình").set_checked(practice)
        await must_be_usable(page)
        if practice:
            await take(page, "secretary-question-form", whole=True)
        await page.get_by_role("button", name="Lưu nội dung").click()
        await expect(page.locator(".polls li", has_text=title)).to_have_attribute(
            "data-practice", str(practice).lower()
        )
    await page.get_by_role("button", name="Sửa: Thông qua Nghị quyết").click()
    await expect(page.get_by_label("To trinh 5")).to_be_checked()
    await page.get_by_label("Nội dung đưa ra biểu quyết").fill("Thông qua Nghị quyết (sửa)")
    await page.get_by_label("Chờ phiếu đã gửi ký").select_option("30")
    await page.get_by_role("button", name="Lưu nội dung").click()
    await expect(page.locator(".polls li").first).to_contain_text("Thông qua Nghị quyết (sửa)")
    await page.get_by_role("button", name="Sửa: Thông qua Nghị quyết (sửa)").click()
    await expect(page.get_by_label("Chờ phiếu đã gửi ký")).to_have_value("30")
    await page.get_by_role("button", name="Không lưu").click()
    await page.get_by_role("button", name="Xóa: Biểu quyết thử").click()
    await page.get_by_role("dialog").get_by_role("button", name="Xóa nội dung").click()
    await expect(page.locator(".polls li")).to_have_count(1)
    await must_be_usable(page)
    await take(page, "secretary-questions")


async def test_seats_and_presence_by_keyboard(browser: Browser, house: SecretaryDesk) -> None:
    """Seats are laid out, moved by arrow keys and kept; who is there is found without diacritics, marked, logged."""
    page = await house.page(browser)
    await house.enter(page)
    await freeze(page)
    await page.locator("[data-section=seats]").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Hàng ngang").press("Enter")
    await expect(page.get_by_role("button", name="Hàng ngang")).to_have_attribute("aria-pressed", "true")
    plan = page.locator("svg.drawing")
    await plan.focus()
    await page.keyboard.press("ArrowDown")
    seat = page.locator(".place.held")
    before = int(await seat.get_attribute("data-y") or "0")
    await expect(seat).to_have_attribute("data-seat", "B4")
    for _ in range(3):
        await page.keyboard.press("Shift+ArrowDown")
    assert int(await seat.get_attribute("data-y") or "0") == before + 15 - (before % 5)
    await must_be_usable(page)
    await take(page, "secretary-seats")
    await page.get_by_role("button", name="Lưu sơ đồ").press("Enter")
    await expect(page.locator(".unsaved")).to_have_count(0)
    await page.reload()
    await page.locator("[data-section=seats]").press("Enter")
    await expect(page.locator("[data-seat=B4]")).to_have_attribute("data-y", str(before + 15 - (before % 5)))
    await page.locator("[data-section=presence]").press("Enter")
    await page.get_by_label("Tìm").press_sequentially("pham nguyen")
    await expect(page.locator(".presence li")).to_have_count(1)
    for there, why in (("có mặt", "Máy hết pin"), ("vắng mặt", "Họp đột xuất")):
        await page.get_by_role("button", name=f"Ghi {there}: {NAMES[4]}").press("Enter")
        await must_be_usable(page)
        await page.keyboard.press("Control+Enter")
        await page.get_by_role("dialog").locator("textarea").press_sequentially(why)
        await page.get_by_role("dialog").locator("button[type=submit]").press("Enter")
        await expect(page.locator(".presence li")).to_have_attribute(
            "data-present", str(there == "có mặt").lower()
        )
        await expect(page.locator(".log li").first).to_contain_text(why)
    await must_be_usable(page)
    await take(page, "secretary-presence")


async def test_what_leaves(browser: Browser, house: SecretaryDesk, tmp_path: Path) -> None:
    """After a vote its certificate, lists, ledgers and anchor can be saved, byte for byte."""
    page = await house.page(browser)
    await house.enter(page)
    chair = await open_meeting(page, house)
    meeting, token, devices = chair.convened.meeting, chair.convened.token, chair.devices
    frozen = await house.client.ask("GET", f"/meeting/meetings/{meeting}/roll", token=token)
    draft = PollDraft(id=f"bq-{house.body}", title="Thông qua Nghị quyết", presiding=CHAIR)
    opened = await open_poll(house.client, chair.convened, devices[CHAIR], draft, WITHOUT_QUORUM)
    ballots = sign_all(opened.ask, devices, dict.fromkeys(devices, "approve"))
    await cast_all(house.client, opened.poll, list(ballots.values()))
    certified = await close_and_declare(house.client, opened)
    await go(page, "downloads")
    link = page.get_by_role("link", name="JSON: Thông qua Nghị quyết", exact=True)
    await expect(link).to_be_visible()
    await must_be_usable(page)
    await take(page, "secretary-downloads")
    async with page.expect_download() as saving:
        await link.click()
    assert await saved(await saving.value, tmp_path) == await house.client.file(
        certified.certificate, "json", token
    )
    expected = {
        "roll.json": json.loads(frozen)["roll"].encode(),
        "trust.pem": await house.client.trust(),
        "ledger.jsonl": await house.client.ask("GET", f"/voting/meetings/{meeting}/ledger", token=token),
    }
    for name, content in expected.items():
        async with page.expect_download() as saving:
            await page.get_by_text(name, exact=True).click()
        download = await saving.value
        assert download.suggested_filename == name
        got = await saved(download, tmp_path)
        assert got.removeprefix(b"\xef\xbb\xbf") == content.removeprefix(b"\xef\xbb\xbf"), name
    # There is no turn log yet, and the page says so.
    await page.get_by_role("button", name="turns.csv").click()
    await expect(page.get_by_role("alert")).to_contain_text("chưa có nhật ký")
    # Once there is one it is sealed from here, and is to be had.
    agenda = json.dumps([{"id": "khai-mac", "position": 1, "title": "Khai mạc"}]).encode()
    await house.client.ask("PUT", f"/meeting/meetings/{meeting}/agenda", agenda, token=token)
    opening = OpenLane(meeting=meeting, seen=0, item="khai-mac", lane="speech")
    await house.client.floor_act(meeting, devices[CHAIR].floor_act(opening), token)
    await page.locator("[data-act=record]").click()
    await must_be_usable(page)
    await page.get_by_role("dialog").get_by_role("button", name="Niêm phong nhật ký").click()
    sealed = page.get_by_role("link", name="JSON: Nhật ký phát biểu đã niêm phong")
    await expect(sealed).to_be_visible(timeout=60_000)
    await expect(page.get_by_text("Nhật ký đã niêm phong, chưa có gì mới.")).to_be_visible()
    await take(page, "secretary-sealed", whole=True)
    async with page.expect_download() as saving:
        await sealed.click()
    file = await saved(await saving.value, tmp_path)
    record.verify_file(file, Anchors(load_anchors(expected["trust.pem"])))


async def test_from_the_invite_to_the_cards_by_keyboard_alone(browser: Browser, house: SecretaryDesk) -> None:
    """Tab, Enter, Space and typing are enough: enrol, plan, import, freeze, invite; the focus is always somewhere."""
    page = await house.page(browser)
    await page.goto(f"{house.url}/secretary#moi={house.code}")
    await press(page, page.get_by_role("button", name="Tạo khóa trên máy này"))
    await tab_to(page, page.get_by_label("Tên phiên họp"))
    await page.keyboard.type("Kỳ họp thứ 12")
    await page.keyboard.press("Enter")
    await expect(page.locator("#overview")).to_be_visible()
    await press(page, page.locator("[data-section=roll]"))
    await tab_to(page, page.get_by_label("Nội dung bảng"))
    await page.keyboard.insert_text(GOOD)
    await press(page, page.get_by_role("button", name="Kiểm tra và nhập"))
    await press(page, page.get_by_role("button", name="Chốt danh sách"))
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Chốt danh sách"))
    await expect(page.locator("#roll-state")).to_contain_text("Đã chốt lần 1")
    await press(page, page.locator("[data-section=invites]"))
    await tab_to(page, page.get_by_role("checkbox", name=NAMES[1]))
    await page.keyboard.press("Space")
    await press(page, page.get_by_role("button", name="Lập giấy mời cho 1 người"))
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Lập giấy mời"))
    await expect(page.locator(".card")).to_have_count(1)


async def test_seats_and_items_are_dragged(browser: Browser, house: SecretaryDesk) -> None:
    """By mouse: a seat goes where it is let go, never onto another; an item of the agenda changes places."""
    page = await house.page(browser)
    await house.enter(page)
    await freeze(page)
    await go(page, "seats")
    await page.get_by_role("button", name="Hàng ngang").click()
    seat, other = page.locator("[data-seat=A1]"), page.locator("[data-seat=B6]")
    await expect(other).to_have_attribute("data-y", "17")
    await expect(seat).to_have_attribute("data-y", "5")
    # Where they are is asked when they move no more, which a hover waits for.
    await other.hover()
    await seat.hover()
    start, end = await seat.bounding_box(), await other.bounding_box()
    assert start
    assert end
    await page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=12)
    await page.mouse.move(end["x"] + 1.8 * end["width"], end["y"] + end["height"] / 2, steps=12)
    await page.mouse.up()
    # Beside B6, which stands at (25, 17): on the grid of 5, not on it.
    await expect(seat).to_have_attribute("data-y", re.compile("^(15|20)$"))
    await expect(seat).to_have_attribute("data-x", re.compile("^(35|40|45)$"))
    await expect(other).to_have_attribute("data-y", "17")
    await page.get_by_role("button", name="Lưu sơ đồ").click()
    await expect(page.locator(".unsaved")).to_have_count(0)
    await go(page, "agenda")
    for title in ("Một", "Hai", "Ba"):
        await page.get_by_role("button", name="Thêm nội dung").click()
        await expect(page.locator(".item [id^=title-]").last).to_be_focused()
        await page.keyboard.type(title)
    await page.locator(".handle").first.drag_to(page.locator(".item").last)
    titles = [await each.input_value() for each in await page.locator(".item [id^=title-]").all()]
    assert titles == ["Hai", "Ba", "Một"]


async def test_practice_leaves_nothing_and_is_annulled_by_two(browser: Browser, house: SecretaryDesk) -> None:
    """A practice vote is declared and marked, has no certificate to save; the secretary is the second who annuls it."""
    page = await house.page(browser)
    await house.enter(page)
    hall = await open_meeting(page, house)
    chair, token = hall.devices[CHAIR], hall.convened.token
    draft = PollDraft(id=f"thu-{house.body}", title="Biểu quyết thử", presiding=CHAIR, practice=True)
    opened = await open_poll(house.client, hall.convened, chair, draft, WITHOUT_QUORUM)
    act = ActPayload(act="close", meeting=hall.convened.meeting, poll=opened.poll, definition=opened.ask.hash)
    await house.client.act(opened.poll, "close", chair.act(act), token)
    counted = await house.client.counted(opened.poll, token)
    declare = structs.replace(act, act="declare", result=counted.sha256)
    await house.client.act(opened.poll, "declare", chair.act(declare), token)
    await go(page, "polls")
    row = page.locator(f"[data-poll={opened.poll}][data-state=declared]")
    await expect(row).to_contain_text("Biểu quyết thử")
    await expect(row).to_contain_text("Đã tuyên bố")
    await go(page, "downloads")
    await expect(page.get_by_text("Chưa có kết quả nào được tuyên bố.")).to_be_visible()
    await expect(page.get_by_role("link", name="JSON")).to_have_count(0)
    void = structs.replace(act, act="void", reason="Chỉ là thử")
    path = f"/voting/polls/{opened.poll}/void/wish"
    await house.client.ask("PUT", path, chair.act(void), token=token, media=JOSE)
    await expect(page.locator(".annulling")).to_contain_text("Chỉ là thử")
    await page.get_by_role("button", name="Cùng ký hủy").click()
    await expect(page.get_by_role("dialog")).to_contain_text("bị hủy vĩnh viễn")
    await must_be_usable(page)
    await take(page, "secretary-annulling")
    await page.get_by_role("dialog").get_by_role("button", name="Cùng ký hủy").click()
    await expect(page.locator(".annulling")).to_have_count(0)
    assert (await house.client.poll(opened.poll, token)).state == "voided"


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1920, "light")])
async def test_every_section_in_both_languages(
    browser: Browser, house: SecretaryDesk, width: int, scheme: str
) -> None:
    """On every width, in light and dark, in Vietnamese and English: nothing that axe finds, nothing cut off."""
    page = await house.page(browser, width, scheme)
    await house.enter(page)
    await freeze(page)
    names = ("overview", "roll", "members", "invites", "agenda", "polls", "seats", "presence", "downloads")
    for section in names:
        await go(page, section)
        await must_be_usable(page)
    if scheme == "dark":
        await take(page, "secretary-dark")
    await page.get_by_role("button", name="English").click()
    await expect(page).to_have_title("The secretary’s desk – Plenary")
    if width == 1920:
        await take(page, "secretary-english")
    for section in names:
        await go(page, section)
        await must_be_usable(page)
    assert "Questions" in await page.locator("nav").inner_text()
    if width >= 768:
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        for section in names:
            await go(page, section)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), section
