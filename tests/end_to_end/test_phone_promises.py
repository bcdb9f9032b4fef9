"""What a phone promises to who votes with it: its key, the papers, what a choice means, the clock."""

import hashlib
import re
from collections.abc import AsyncIterator

import pytest
from msgspec import structs
from playwright.async_api import Browser, Page, expect

from services.rules.jws import b64_encode
from services.wire import AgendaItem, Document
from tests.support.browser import must_be_usable
from tests.support.desk import Desk, fresh
from tests.support.phone_hall import DRAFT, ITEM, PhoneHall, cast, choose, convened_hall

_TEN_MINUTES = re.compile(r"^(10:00|9:\d\d)$")
_PAPERS = tuple(
    Document(title=title, sha256=b64_encode(hashlib.sha256(title.encode()).digest()).decode())
    for title in ("Tờ trình số 15/TTr-UBND", "Báo cáo thẩm tra của Ban Kinh tế – Ngân sách")
)
# What lies in the browser of each key that was ever made here: kind, curve, whether it can be taken out, by any way.
_KEYS = """async () => {
  const asked = indexedDB.open("plenary");
  const opened = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const shelf = opened.transaction("identities").objectStore("identities").getAll();
  const found = await new Promise((done) => { shelf.onsuccess = () => done(shelf.result); });
  opened.close();
  return Promise.all(found.map(async ({ key: { privateKey } }) => {
    const ways = ["pkcs8", "jwk"].map((way) => crypto.subtle.exportKey(way, privateKey).then(() => way, () => ""));
    const out = (await Promise.all(ways)).join("");
    return [privateKey.type, privateKey.algorithm.namedCurve, privateKey.extractable, out];
  }));
}"""


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a phone that is not yet in it."""
    async with convened_hall(desk, fresh("promises")) as found:
        yield found


async def test_the_key_is_made_here_and_never_leaves(browser: Browser, hall: PhoneHall) -> None:
    """P-256 by WebCrypto, in IndexedDB, not to be exported; nothing that was ever sent holds a private key."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await hall.open()
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_be_visible()
    assert await page.evaluate(_KEYS) == [["private", "P-256", False, ""]]
    bodies = [body for _, _, body in hall.proxy.asked]
    assert any(b"CERTIFICATE REQUEST" in body for body in bodies)
    assert not [body for body in bodies if b"PRIVATE KEY" in body or b'"d":' in body]


async def test_papers_are_named_with_their_hash(browser: Browser, hall: PhoneHall) -> None:
    """On the agenda, and under the question that is voted on: those that the chair signed."""
    page = await hall.phone(browser)
    await hall.enter(page)
    items = [AgendaItem(id=ITEM, position=1, title="Dự toán ngân sách", documents=_PAPERS)]
    await hall.client.set_agenda(hall.meeting, items, hall.convened.token)
    await page.locator("[data-tab=agenda]").click()
    await must_list_papers(page)
    await hall.open(structs.replace(DRAFT, documents=_PAPERS))
    await expect(page.locator("button.choice")).to_have_count(3)
    await must_list_papers(page)
    await choose(page, "approve")
    await must_list_papers(page)


async def must_list_papers(page: Page) -> None:
    """Each by title and hash, in its order."""
    await expect(page.locator(".papers li")).to_have_count(len(_PAPERS))
    for at, paper in enumerate(_PAPERS):
        await expect(page.locator(".papers li").nth(at)).to_contain_text(paper.title)
        await expect(page.locator(".papers code").nth(at)).to_have_text(paper.sha256)
    await must_be_usable(page)


async def test_each_choice_says_what_it_means_and_none_is_chosen(browser: Browser, hall: PhoneHall) -> None:
    """A mark, a word and a line for each, in Vietnamese and at once in English; nothing is preselected or focused."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await hall.open()
    choices = page.locator("button.choice")
    told = (
        ("Tiếng Việt", "English", "Tán thành", "Đồng ý thông qua."),
        ("English", "Tiếng Việt", "Không biểu quyết", "without taking a side"),
    )
    for at, (_, other, label, line) in zip((0, 2), told, strict=True):
        await expect(choices.nth(at)).to_contain_text(label)
        await expect(choices.nth(at)).to_contain_text(line)
        await must_be_usable(page)
        await page.get_by_role("button", name=other).click()
    await expect(choices).to_have_count(3)
    await expect(choices.locator("svg.icon")).to_have_count(3)
    await expect(page.locator(".vote :is([aria-pressed=true], [aria-checked=true], :checked)")).to_have_count(
        0
    )
    assert await page.evaluate("document.activeElement.dataset.choice") is None


async def test_a_vote_that_cannot_be_changed(browser: Browser, hall: PhoneHall) -> None:
    """It is said before one signs, and there is nothing to change it with afterwards."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open(structs.replace(DRAFT, changes=False))
    await choose(page, "reject")
    await expect(page.locator(".review")).to_contain_text("Sau khi gửi, không đổi được nữa.")
    await page.get_by_role("button", name="Chọn lại").click()
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    await expect(page.get_by_role("button", name="Đổi lựa chọn")).to_have_count(0)
    await must_be_usable(page)
    assert len(hall.proxy.sent_to(f"/polls/{vote.poll}/ballots")) == 1


@pytest.mark.parametrize("wrong_ms", [-7_200_000, 7_200_000])
async def test_the_clock_is_the_servers(browser: Browser, hall: PhoneHall, wrong_ms: int) -> None:
    """A phone two hours wrong counts down like all others, signs in, votes, and has its vote recorded."""
    page = await hall.phone(browser)
    await page.add_init_script(f"const real = Date.now; Date.now = () => real() + {wrong_ms};")
    await hall.enter(page)
    vote = await hall.open()
    await expect(page.locator(".vote-clock .countdown")).to_have_text(_TEN_MINUTES)
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    await page.reload()
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    assert (await hall.client.poll(vote.poll, vote.token)).received == 1
