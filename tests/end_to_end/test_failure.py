"""A page that crashes is never a white screen: it says so, says what is safe, and can be loaded again."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser import complaints
from tests.support.desk import Desk, fresh
from tests.support.phone_hall import cast, convened_hall
from tests.support.pictures import take
from tests.support.secretary_desk import freeze, go, secretary_desk

_PAGES = ("", "phone", "chair", "hall", "secretary", "verify", "scanned", "trust")
# The first load of a page throws where every page is drawn; the next does not.
_CRASH = """
if (!sessionStorage.getItem('crashed')) {
  sessionStorage.setItem('crashed', 'yes');
  Object.defineProperty(document, 'title', { set() { throw new Error('on purpose'); }, get: () => 'Plenary' });
}
"""


async def must_be_calm(page: Page) -> None:
    """The page says that it failed, and anybody can read that and go on."""
    await expect(page.locator("#failure h1")).to_have_text("Trang này gặp lỗi và đã dừng lại")
    assert await complaints(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", _PAGES)
async def test_a_crash_of_any_page_is_said(browser: Browser, desk: Desk, name: str) -> None:
    """On a narrow screen, and the button brings the page back."""
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    await page.add_init_script(_CRASH)
    await page.goto(f"{desk.facts()['url']}/{name}")
    await must_be_calm(page)
    await page.get_by_role("button", name="Tải lại").click()
    await expect(page.locator("#failure")).to_have_count(0)
    await expect(page.locator("h1").first).to_be_visible()


async def test_a_ballot_that_is_on_its_way_outlives_a_crash(browser: Browser, desk: Desk) -> None:
    """The screen falls over something that it was told while the ballot is sent: the same bytes arrive after all."""
    async with convened_hall(desk, fresh("crash")) as hall:
        page = await hall.phone(browser)
        await hall.enter(page)
        vote = await hall.open()
        path = hall.proxy.hold = f"/polls/{vote.poll}/ballots"
        await cast(page, "approve")
        await expect(page.locator(".steps")).to_have_attribute("data-stage", "sending")
        await hall.proxy.tell(("agenda.changed", {"meeting": hall.meeting, "items": None}))
        await page.locator("[data-tab=agenda]").click()
        await must_be_calm(page)
        await take(page, "failure")
        await page.get_by_role("button", name="Tải lại").click()
        hall.proxy.release()
        await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
        assert len(set(hall.proxy.sent_to(path))) == 1
        assert (await hall.client.poll(vote.poll, vote.token)).received == 1


async def test_a_paper_that_cannot_be_read_is_said(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    """A file that was moved away between its choice and its reading: words, and no paper without a hash."""
    paper = tmp_path / "To_trinh.pdf"
    paper.write_bytes(b"%PDF-1.7")
    async with secretary_desk(desk, fresh("papers")) as house:
        page = await house.page(browser)
        await page.add_init_script(
            "Blob.prototype.arrayBuffer = async () => { throw new DOMException('', 'NotReadableError') }"
        )
        await house.enter(page)
        await go(page, "agenda")
        await page.get_by_role("button", name="Thêm nội dung").click()
        await page.locator(".item summary").click()
        await page.locator(".item input[type=file]").set_input_files(paper)
        await expect(page.locator(".item .papers [role=alert]")).to_contain_text("Không đọc được tệp này")
        await expect(page.locator(".item .papers li")).to_have_count(0)
        assert await complaints(page) == []


async def test_a_card_whose_code_cannot_be_drawn_says_so(browser: Browser, desk: Desk) -> None:
    """The part of the page that draws QR codes does not come: the cards still have their codes in letters."""
    async with secretary_desk(desk, fresh("cards")) as house:
        page = await house.page(browser)
        await page.route("**/assets/qr-*.js", lambda route: route.abort())
        await house.enter(page)
        await freeze(page)
        await go(page, "invites")
        await page.get_by_role("button", name="Chưa có khóa (6)").click()
        await page.get_by_role("button", name="Lập giấy mời cho 6 người").click()
        await page.get_by_role("dialog").get_by_role("button", name="Lập giấy mời").click()
        await expect(page.locator(".card .qr-missing").first).to_contain_text("Không vẽ được mã QR")
        await expect(page.locator(".card code").first).not_to_be_empty()
        assert await complaints(page) == []
