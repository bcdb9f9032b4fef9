"""The hall's screen when something is over, wrong, late or not proven: it says so, and shows what it knows alone."""

import json
from collections.abc import AsyncIterator

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.asking import JOSE
from services.desk.presiding import Opened, close_and_declare
from services.wire import ActPayload, Meeting, MeetingChanged
from tests.support.browser import complaints
from tests.support.desk import Desk, fresh
from tests.support.forged_questions import by, changed, instead
from tests.support.hall_screen import (
    OBSERVERS,
    hall_with_screens,
    hang,
    must_be_readable,
    must_be_whole,
    turn_away,
    turn_to,
)
from tests.support.phone_hall import DRAFT, TITLE, PhoneHall
from tests.support.pictures import WALLS, take

SECOND = msgspec.structs.replace(
    DRAFT, title="Nghị quyết về nhân sự", title_en="Resolution on appointments", changes=False
)
# Every lock that was asked for, those given back, and how to give one late.
_LOCKS = """() => {
  window.locks = { asked: 0, held: 0, give: undefined };
  const lock = { release: async () => { window.locks.held -= 1; } };
  const request = () => new Promise((done) => {
    window.locks.asked += 1;
    window.locks.give = () => { window.locks.held += 1; done(lock); };
  });
  Object.defineProperty(navigator, 'wakeLock', { value: { request } });
}"""


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with two observers, of a body of its own."""
    async with hall_with_screens(desk, fresh("man-hinh")) as found:
        yield found


@pytest.fixture
async def page(browser: Browser, hall: PhoneHall) -> AsyncIterator[Page]:
    """A screen; nothing that it does may fail unheard."""
    page = await hang(browser, hall, OBSERVERS[0], 1920, 1080)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    yield page
    assert failed == []


async def must_say(page: Page, scene: str, selector: str, vi: str, en: str, name: str) -> None:
    """This scene, whole, readable by all, in both languages; pictures of it by this name."""
    await expect(page.locator(".stage")).to_have_attribute("data-scene", scene, timeout=15_000)
    for text, other in ((vi, en), (en, vi)):
        await expect(page.locator(selector).first).to_contain_text(text)
        await must_be_whole(page)
        assert await complaints(page) == []
        if text == vi:
            await take(page, name, sizes=WALLS)
        await page.locator(".controls .language").focus()
        await page.locator(".controls .language").click()
        await expect(page.locator(selector).first).to_contain_text(other)
        await page.evaluate("document.activeElement.blur()")


async def voted(hall: PhoneHall, vote: Opened) -> None:
    """One for, one against."""
    for member, choice in (("binh", "reject"), ("chu-toa", "approve")):
        await hall.client.cast(vote.poll, hall.devices[member].ballot(vote.ask, choice))  # type: ignore[arg-type]


async def test_before_anything_is_heard(browser: Browser, hall: PhoneHall) -> None:
    """It connects, and says so: not that nothing goes on."""
    hall.proxy.hold = "/live/"
    page = await hang(browser, hall, OBSERVERS[1], 1920, 1080)
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "unknown")
    await expect(page.locator(".scene")).to_contain_text("Đang kết nối")
    await must_be_readable(page)
    assert await complaints(page) == []
    hall.proxy.release()
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "waiting", timeout=15_000)


async def test_before_the_meeting_is_opened(hall: PhoneHall, page: Page) -> None:
    """It is about to begin."""
    planned = Meeting(id=hall.meeting, body=hall.convened.body, title="Kỳ họp thứ mười hai", state="planned")
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "waiting")
    await hall.proxy.tell(("meeting.changed", MeetingChanged(index=99, meeting=planned)))
    await must_say(page, "waiting", ".kicker", "sắp khai mạc", "about to begin", "hall-planned")


async def test_a_screen_that_is_turned_away(hall: PhoneHall, page: Page) -> None:
    """The server lets it see the meeting no more: it says so above what it last knew, and asks no more."""
    await expect(page.locator(".stage")).to_have_attribute("data-line", "good")
    await turn_away(hall, page)
    await must_say(
        page, "waiting", ".band.lost", "không cho màn hình này xem", "does not let", "hall-refused"
    )


async def test_the_meeting_is_over(hall: PhoneHall, page: Page) -> None:
    """The last scene is thanks, not the last result."""
    vote = await hall.open()
    await voted(hall, vote)
    await close_and_declare(hall.client, vote)
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "result")
    await hall.client.ask("POST", f"/meeting/meetings/{hall.meeting}/end", token=hall.convened.token)
    await must_say(page, "ended", ".kicker", "đã bế mạc", "is over", "hall-ended")
    await expect(page.locator(".bars")).to_have_count(0)


async def test_a_vote_is_annulled(hall: PhoneHall, page: Page) -> None:
    """By two persons, in the middle of it: its ballots count for nothing, and no figure stays."""
    vote = await hall.open()
    await voted(hall, vote)
    await expect(page.locator(".received .huge")).to_have_text("2")
    void = ActPayload(
        act="void", meeting=hall.meeting, poll=vote.poll, definition=vote.ask.hash, reason="Chiếu nhầm"
    )
    first, second = vote.chair.act(void), hall.convened.secretary.act(void)
    path = f"/voting/polls/{vote.poll}/void"
    await hall.client.ask("PUT", f"{path}/wish", first, token=vote.token, media=JOSE)
    both = json.dumps({"act": second.decode(), "second": first.decode()}).encode()
    await hall.client.ask("POST", path, both, token=hall.convened.token)
    await must_say(page, "voided", ".kicker", "đã bị hủy", "was annulled", "hall-annulled")
    await expect(page.locator(".question")).to_have_text(TITLE)
    await expect(page.locator(".bars, .received")).to_have_count(0)


async def test_the_two_counts_differ(hall: PhoneHall, page: Page) -> None:
    """The clerk's alarm: nothing is declared, and the screen says why."""
    vote = await hall.open()
    await voted(hall, vote)
    # What would follow is what an honest clerk says; only the alarm is heard.
    hall.proxy.events = lambda event: b"" if b'"decision":{' in event else event
    await hall.act(vote, "close")
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "closed")
    await hall.proxy.tell(("count.alarm", {"meeting": hall.meeting, "poll": vote.poll}))
    await must_say(page, "closed", ".statement.bad", "không khớp", "counts differ", "hall-counts-differ")


@pytest.mark.parametrize(
    ("told", "instead_of_it"), [('"outcome":"rejected"', '"outcome":"carried"'), ("2/3", "3/3")]
)
async def test_a_result_that_does_not_follow(
    hall: PhoneHall, page: Page, told: str, instead_of_it: str
) -> None:
    """Another outcome, other figures in the sentence: neither is shown."""
    vote = await hall.open()
    await voted(hall, vote)
    hall.proxy.events = lambda event: event.replace(told.encode(), instead_of_it.encode())
    await close_and_declare(hall.client, vote)
    await must_say(page, "result", ".statement.bad", "không khớp", "does not follow", "hall-result-wrong")
    await expect(page.locator(".statement")).to_have_attribute("data-code", "decision_wrong")
    await expect(page.locator(".bars, .sentence, .outcome")).to_have_count(0)
    hall.proxy.events = None
    await page.reload()
    await expect(page.locator(".outcome")).to_have_attribute("data-outcome", "rejected", timeout=15_000)


async def test_a_certificate_that_proves_nothing(hall: PhoneHall, page: Page) -> None:
    """The result follows, but the certificate is another file than was told: who voted how is not shown."""
    hall.proxy.answers["/signing/certificates/"] = lambda raw: raw + b"\n"
    vote = await hall.open()
    await voted(hall, vote)
    await close_and_declare(hall.client, vote)
    await must_say(
        page, "result", ".caption.bad", "Không kiểm được", "could not be verified", "hall-result-not-proven"
    )
    await expect(page.locator(".caption.bad")).to_contain_text("files_disagree")
    for figure in ("sentence", "hemicycle"):
        await turn_to(page, figure)


async def test_a_question_that_the_chair_did_not_sign(hall: PhoneHall, page: Page) -> None:
    """Changed after it was signed, or signed by another in the chair's name: not shown, and why; an honest one is."""
    swapped = TITLE.replace("2027", "2028")
    forged = instead(lambda definition: changed(definition, title=swapped))
    hall.proxy.events = lambda event: forged(event).replace(TITLE.encode(), swapped.encode())
    await hall.open()
    await must_say(
        page, "voting", ".question", "Không chứng minh được", "It is not proven", "hall-question-not-proven"
    )
    await expect(page.locator(".scene")).to_have_attribute("data-code", "signature_wrong")
    await expect(page.locator(".stage")).not_to_contain_text("2028")
    await expect(page.locator(".options, .demand")).to_have_count(0)
    hall.proxy.events = instead(by(hall.devices["binh"], presiding="chu-toa"))
    await page.reload()
    await expect(page.locator(".scene")).to_have_attribute("data-code", "definition_wrong", timeout=15_000)
    hall.proxy.events = None
    await page.reload()
    await expect(page.locator(".question")).to_have_text(TITLE, timeout=15_000)
    await expect(page.locator(".options li")).to_have_count(3)


async def test_a_result_that_comes_before_its_question(hall: PhoneHall, page: Page) -> None:
    """Whose key signed the question is not answered yet: no title, no figure, until it is."""
    hall.proxy.hold = "/signing/credentials/"
    vote = await hall.open()
    await must_say(page, "voting", ".question", "Đang kiểm tra chữ ký", "Checking", "hall-checking")
    await voted(hall, vote)
    await close_and_declare(hall.client, vote)
    await expect(page.locator(".stage")).to_have_attribute("data-scene", "result")
    await expect(page.locator(".question")).to_contain_text("Đang kiểm tra chữ ký")
    await expect(page.locator(".bars, .outcome, .sentence, .bad")).to_have_count(0)
    await must_be_whole(page)
    assert await complaints(page) == []
    hall.proxy.release()
    await expect(page.locator(".question")).to_have_text(TITLE)
    await expect(page.locator(".outcome")).to_have_attribute("data-outcome", "rejected")


async def test_two_results_in_a_row(hall: PhoneHall, page: Page) -> None:
    """The second stands under its own title with its own figures, and its seats are those of its own certificate."""
    first = await hall.open()
    await voted(hall, first)
    await close_and_declare(hall.client, first)
    await expect(page.locator(".bars strong")).to_have_text(["1", "1", "0", "1"])
    second = await hall.open(SECOND)
    for member in ("binh", "chu-toa"):
        await hall.client.cast(second.poll, hall.devices[member].ballot(second.ask, "approve"))
    # The first one's certificate is here; the second's is not yet.
    hall.proxy.hold = "/signing/certificates/"
    await close_and_declare(hall.client, second)
    await expect(page.locator(".question")).to_have_text(SECOND.title)
    await expect(page.locator(".outcome")).to_have_attribute("data-outcome", "carried")
    await expect(page.locator(".bars strong")).to_have_text(["2", "0", "0", "1"])
    for figure in ("sentence", "hemicycle"):
        assert await complaints(page) == []
        await turn_to(page, figure)
    await expect(page.locator("[data-figure=seats]")).to_have_count(0)
    hall.proxy.release()
    await turn_to(page, "seats")
    seats = page.locator(".seats li")
    await expect(seats.filter(has_text="Phạm Thị Bình")).to_contain_text(": Tán thành")
    assert await complaints(page) == []


async def test_the_screen_stays_awake(browser: Browser, hall: PhoneHall) -> None:
    """A lock is asked for while it is on the stage, and given back, also one that comes only after it was left."""
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    await page.add_init_script(f"({_LOCKS})()")
    await page.goto(f"{hall.proxy.url}/hall#moi={await hall.invite(OBSERVERS[0])}")
    await page.locator("form button.primary").click()
    leave = page.get_by_role("button", name="Đổi khóa")
    for late in (False, True):
        await expect(page.locator(".stage")).to_be_visible(timeout=15_000)
        await page.wait_for_function("locks.give !== undefined")
        assert await page.evaluate("locks.asked") == 1 + late
        if not late:
            await page.evaluate("locks.give()")
            assert await page.evaluate("locks.held") == 1
        await leave.focus()
        await leave.click()
        await expect(page.locator(".stage")).to_have_count(0)
        if late:
            await page.evaluate("locks.give()")
        await page.wait_for_function("locks.held === 0")
        await page.evaluate("locks.give = undefined")
        if not late:
            await page.locator(".people button").first.click()


async def test_a_browser_that_refuses_full_screen(page: Page) -> None:
    """The window stays as it is, and nothing fails."""
    await page.evaluate(
        "() => { document.documentElement.requestFullscreen = () => { window.refused = true;"
        " return Promise.reject(new TypeError('no')); }; }"
    )
    button = page.get_by_role("button", name="Toàn màn hình")
    await button.focus()
    await button.click()
    await page.wait_for_function("window.refused")
    await expect(page.locator(".stage")).to_be_visible()


async def test_reduced_motion(browser: Browser, hall: PhoneHall) -> None:
    """Whoever asked for less of it sees none, whatever moves for others."""
    page = await hang(browser, hall, OBSERVERS[0], 1920, 1080)
    moves = (
        "motion => { const each = document.querySelector('.kicker'); each.style.animation = 'x 1s infinite';"
        " return getComputedStyle(each).animationName; }"
    )
    await expect(page.locator(".kicker")).to_be_visible()
    assert await page.evaluate(moves) == "x"
    await page.emulate_media(reduced_motion="reduce")
    assert await page.evaluate(moves) == "none"
