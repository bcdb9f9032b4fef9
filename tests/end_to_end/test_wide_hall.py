"""The hall's screen where its own letters never come and the machine has wide ones alone: whole, and read from afar."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.asking import JOSE
from services.wire import ActPayload, Meeting, MeetingChanged
from tests.support.browser import both_languages, chromium, complaints
from tests.support.desk import Desk, fresh
from tests.support.forged_questions import changed, instead
from tests.support.hall_screen import OBSERVERS, hall_with_screens, hang, must_be_readable, turn_away
from tests.support.letters import only_wide
from tests.support.phone_hall import PhoneHall


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """Chromium on a machine that has wide letters alone."""
    async with chromium(env=only_wide(tmp_path)) as found:
        yield found


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A small meeting with observers, whose screens are sent no letters."""
    async with hall_with_screens(desk, fresh("chu-rong")) as found:
        found.proxy.answers[".woff2"] = lambda _: b""
        yield found


async def must_say(page: Page, scene: str, vi: str) -> None:
    """This scene with these words, readable in both languages; axe-core finds nothing."""
    await expect(page.locator(".stage")).to_have_attribute("data-scene", scene, timeout=15_000)
    await expect(page.locator(".stage")).to_contain_text(vi, timeout=15_000)
    async for _ in both_languages(page):
        await must_be_readable(page)
        assert await complaints(page) == []


async def test_what_is_over_wrong_or_not_proven(browser: Browser, hall: PhoneHall) -> None:
    """Before the meeting; a question that is not proven; counts that differ; a vote annulled; turned away; over."""
    page = await hang(browser, hall, OBSERVERS[0], 1920, 1080)
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "waiting", timeout=15_000)
    planned = Meeting(id=hall.meeting, body=hall.convened.body, title="Kỳ họp thứ mười hai", state="planned")
    await hall.proxy.tell(("meeting.changed", MeetingChanged(index=99, meeting=planned)))
    await must_say(page, "waiting", "sắp khai mạc")
    hall.proxy.events = instead(lambda definition: changed(definition, title="Một tiêu đề khác"))
    vote = await hall.open()
    await must_say(page, "voting", "Không chứng minh được")
    hall.proxy.events = lambda event: b"" if b'"decision":{' in event else event
    await page.reload()
    # Or the whole state that it begins with is already that of a vote that is decided, which is withheld here.
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "voting", timeout=15_000)
    await hall.act(vote, "close")
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "closed", timeout=15_000)
    await hall.proxy.tell(("count.alarm", {"meeting": hall.meeting, "poll": vote.poll}))
    await must_say(page, "closed", "không khớp")
    hall.proxy.events = None
    await annul(hall, vote.poll, vote.ask.hash, vote.token)
    await page.reload()
    await must_say(page, "voided", "đã bị hủy")
    await turn_away(hall, page)
    await must_say(page, "voided", "không cho màn hình này xem")
    await page.unroute("**/live/**")
    await hall.client.ask("POST", f"/meeting/meetings/{hall.meeting}/end", token=hall.convened.token)
    await page.reload()
    await must_say(page, "ended", "đã bế mạc")


async def annul(hall: PhoneHall, poll: str, definition: str, token: str) -> None:
    """Chair and secretary sign that a poll is annulled."""
    void = ActPayload(
        act="void", meeting=hall.meeting, poll=poll, definition=definition, reason="Chiếu nhầm nội dung"
    )
    first, second = hall.devices["chu-toa"].act(void), hall.convened.secretary.act(void)
    await hall.client.ask("PUT", f"/voting/polls/{poll}/void/wish", first, token=token, media=JOSE)
    both = json.dumps({"act": second.decode(), "second": first.decode()}).encode()
    await hall.client.ask("POST", f"/voting/polls/{poll}/void", both, token=hall.convened.token)
