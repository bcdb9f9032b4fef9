"""Everything on the hall's screen is read at twenty metres: 473 members, titles of 500 characters, ten who wait.

The smallest text is 36 of 1080 lines high, at 1080 lines and at 2160, and nothing is cut off or lies over another.
"""

import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.presiding import announce_poll, close_and_declare
from services.wire import PollDraft
from tests.support.browser import complaints
from tests.support.desk import Desk, fresh
from tests.support.great_hall import CHAIR, MEMBERS, GreatHall, great_hall, with_floor
from tests.support.hall_screen import READABLE, Line, must_be_readable, turn_to
from tests.support.pictures import LARGE_WALLS, take

TITLE = (
    "Thông qua Nghị quyết về việc thí điểm một số cơ chế, chính sách đặc thù phát triển thành phố trực thuộc Trung "
    "ương và phân bổ vốn đầu tư công trung hạn giai đoạn 2026–2030 cho các bộ, cơ quan trung ương và địa phương; "
) * 3
TITLE = TITLE[:499] + "."
SHORT = "Thông qua Nghị quyết về chính quyền số giai đoạn 2026–2030"
SIZES = ((1920, 1080), (3840, 2160))
# A practice vote, a lost line and a speaker at once, under the longest title: smaller, and still whole.
CROWDED = 28
FIGURES = "hemicycle", "sentence", "seats"


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[GreatHall]:
    """The National Assembly; nobody speaks yet."""
    async with great_hall(desk, fresh("dai-hoi-truong")) as found:
        found.proxy.events = None
        yield found


@pytest.fixture
async def page(browser: Browser, hall: GreatHall) -> Page:
    """The hall's screen."""
    return await hall.page(browser, "hall", "van-phong")


async def must_read(page: Page, scene: str, picture: str = "", least: float = READABLE) -> list[Line]:
    """This scene on both screens, in Vietnamese and in English; what is written on the last one."""
    lines: list[Line] = []
    await expect(page.locator(".stage")).to_have_attribute("data-scene", scene, timeout=15_000)
    for language in ("en", "vi"):
        await page.locator(".controls .language").focus()
        await page.locator(".controls .language").click()
        await page.evaluate("document.activeElement.blur()")
        await page.mouse.move(0, 0)
        await expect(page.locator("html")).to_have_attribute("lang", language)
        for width, height in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
            lines = await must_be_readable(page, least)
    await page.set_viewport_size({"width": 1920, "height": 1080})
    assert await complaints(page) == []
    if picture:
        await take(page, picture, sizes=LARGE_WALLS)
    return lines


def said(lines: list[Line], text: str) -> float:
    """How large this is written, in lines of 1080."""
    return max(line.size for line in lines if text in line.text)


async def test_who_is_there_and_who_speaks(hall: GreatHall, page: Page) -> None:
    """The agenda; lists of ten who wait; who speaks, with the clock and the next three."""
    lines = await must_read(page, "waiting", "hall-great-waiting")
    assert said(lines, str(MEMBERS - 20)) > 2 * READABLE

    def silent(event: bytes) -> bytes:
        head, _, data = with_floor(event).partition(b"\ndata: ")
        if b"event: snapshot" not in head:
            return event
        told = json.loads(data)
        told["floor"]["turns"] = []
        return head + b"\ndata: " + json.dumps(told).encode() + b"\n\n"

    hall.proxy.events = silent
    await page.reload()
    await expect(page.locator(".list li")).to_have_count(3, timeout=15_000)
    await must_read(page, "waiting")
    hall.proxy.events = with_floor
    await page.reload()
    await expect(page.locator(".list").first).to_be_visible(timeout=15_000)
    lines = await must_read(page, "speaking", "hall-great-speaker")
    name = await page.locator(".who .name").inner_text()
    assert said(lines, name) > 2 * READABLE
    assert max(line.size for line in lines if "countdown" in line.of) > 4 * READABLE
    for row in await page.locator(".list li .name").all_inner_texts():
        assert said(lines, row) > READABLE
    assert await page.locator(".list li").count() == 6


async def test_a_vote_from_its_announcement_to_its_result(hall: GreatHall, page: Page) -> None:
    """Under a title of 500 characters: alone on the screen, with a speaker beside it, on hold, counted, declared."""
    token = await hall.client.sign_in(hall.chair)
    draft = PollDraft(title=TITLE, title_en=TITLE, presiding=CHAIR, duration_s=1_200)
    await announce_poll(hall.client, hall.convened.meeting, hall.chair, token, draft)
    lines = await must_read(page, "announced")
    assert said(lines, TITLE) > READABLE
    vote = await hall.open(TITLE)
    lines = await must_read(page, "voting", "hall-great-vote")
    assert said(lines, TITLE) > READABLE
    assert said(lines, "237") > 2 * READABLE
    assert max(line.size for line in lines if "countdown" in line.of) > 2 * READABLE
    hall.proxy.events = with_floor
    await page.reload()
    await expect(page.locator(".beside")).to_be_visible(timeout=15_000)
    await must_read(page, "voting", "hall-great-vote-and-speaker")
    await hall.act(vote, "hold")
    await expect(page.locator(".kicker.held")).to_be_visible()
    await must_read(page, "voting")
    await close_and_declare(hall.client, vote)
    await _must_read_the_result(page)
    hall.proxy.events = None
    await page.reload()
    await _must_read_the_result(page)


async def test_a_short_title_has_larger_figures(hall: GreatHall, page: Page) -> None:
    """The seats beside the vote, the half circle beside the bars."""
    vote = await hall.open(SHORT)
    await expect(page.locator(".with-seats .seats")).to_be_visible()
    lines = await must_read(page, "voting")
    assert said(lines, SHORT) > 2 * READABLE
    await close_and_declare(hall.client, vote)
    await _must_read_the_result(page, half=True)


async def test_all_at_once(hall: GreatHall, page: Page) -> None:
    """A practice vote with the longest title and a speaker beside it, and the line is lost: whole all the same."""
    vote = await hall.open(TITLE, practice=True)
    hall.proxy.events = with_floor
    await page.reload()
    await expect(page.locator(".beside")).to_be_visible(timeout=15_000)
    await expect(page.locator(".question")).to_have_text(TITLE)
    await page.context.set_offline(True)
    await expect(page.locator(".band.lost")).to_be_visible(timeout=15_000)
    await must_read(page, "voting", "hall-great-crowded", CROWDED)
    await page.context.set_offline(False)
    await hall.act(vote, "close")
    counted = await hall.client.counted(vote.poll, vote.token)
    await hall.act(vote, "declare", counted.sha256)
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "result", timeout=30_000)
    await page.context.set_offline(True)
    await expect(page.locator(".band.lost")).to_be_visible(timeout=15_000)
    for figure in FIGURES[:2]:
        await turn_to(page, figure)
        await must_read(page, "result", "", CROWDED)


async def _must_read_the_result(page: Page, *, half: bool = False) -> None:
    """Each of its figures: bars and half circle, the sentence, the seats."""
    for figure in FIGURES:
        await turn_to(page, figure)
        lines = await must_read(page, "result")
        assert said(lines, "Không được thông qua") > READABLE
        if figure == "hemicycle":
            await expect(page.locator(".hemicycle")).to_have_count(int(half))
            for share in await page.locator(".bars .share").all_inner_texts():
                assert f"% tổng số đại biểu Quốc hội ({MEMBERS})" in share
                assert said(lines, share) >= READABLE - 0.1
        if figure == "sentence":
            assert said(lines, "Kết quả biểu quyết: có") >= READABLE - 0.1
