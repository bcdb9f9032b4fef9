"""What a phone shows when something is over, missing, late or forbidden: each state by its words, to everybody."""

import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from services.kit.clock import now
from services.wire import ActPayload, FloorNewsShown, QueueChange, ServerTime
from tests.support.browser import must_be_usable
from tests.support.desk import Desk, fresh
from tests.support.phone_hall import CHAIR, ITEM, TITLE, PhoneHall, cast, choose, convened_hall

_NO_STORE = "indexedDB.open = () => { throw new DOMException('', 'SecurityError') }"
_STORE_FULL = "IDBDatabase.prototype.transaction = () => { throw new DOMException('', 'QuotaExceededError') }"
_MOVING = "document.getAnimations().filter(one => one.playState === 'running').length"


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a phone that is not yet in it."""
    async with convened_hall(desk, fresh("states")) as found:
        yield found


async def test_a_vote_that_is_annulled(browser: Browser, hall: PhoneHall) -> None:
    """By two persons, while one has voted: the screen says so, and has no result and nothing to press."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_be_visible()
    payload = ActPayload(
        act="void", meeting=hall.meeting, poll=vote.poll, definition=vote.ask.hash, reason="Đọc nhầm nội dung"
    )
    signed = {"act": hall.devices[CHAIR].act(payload), "second": hall.convened.secretary.act(payload)}
    body = json.dumps({name: jose.decode() for name, jose in signed.items()}).encode()
    await hall.client.ask("POST", f"/voting/polls/{vote.poll}/void", body, token=await hall.token(CHAIR))
    await expect(page.locator("#voided .question-title")).to_have_text(TITLE)
    await expect(page.locator("#voided h2")).to_have_text("Cuộc biểu quyết đã bị hủy")
    await expect(page.locator("#result, button.choice, .recorded")).to_have_count(0)
    await must_be_usable(page)
    await page.locator("[data-tab=mine]").click()
    await expect(page.locator(".mine li")).to_have_count(1)
    await must_be_usable(page)


async def test_a_meeting_that_has_ended(browser: Browser, hall: PhoneHall) -> None:
    """Told at once; who comes later finds it among those to choose, and nothing to check in to."""
    page = await hall.phone(browser)
    await hall.enter(page, present=False)
    await hall.client.ask("POST", f"/meeting/meetings/{hall.meeting}/end", token=hall.convened.token)
    await expect(page.get_by_text("Phiên họp đã bế mạc.")).to_be_visible()
    await expect(page.locator("#check-in")).to_have_count(0)
    await must_be_usable(page)
    await page.goto(f"{hall.proxy.url}/phone")
    await page.locator(".people button", has_text="Đã bế mạc").click()
    await expect(page.get_by_text("Phiên họp đã bế mạc.")).to_be_visible()


async def test_a_browser_that_keeps_nothing(browser: Browser, hall: PhoneHall) -> None:
    """A private window, or cookies forbidden: said before anything is asked of the delegate."""
    page = await hall.phone(browser)
    await page.add_init_script(_NO_STORE)
    await page.goto(f"{hall.proxy.url}/phone#moi={await hall.invite('an')}")
    await expect(page.get_by_role("alert")).to_contain_text("Trình duyệt này không lưu được gì")
    await must_be_usable(page)


async def test_a_store_that_fails_while_one_votes(browser: Browser, hall: PhoneHall) -> None:
    """A ballot that cannot be kept is not sent; the screen says what is wrong, and once there is room one votes."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    await choose(page, "approve")
    await page.evaluate(f"() => {{ window.store = IDBDatabase.prototype.transaction; {_STORE_FULL} }}")
    await page.locator(".review button.primary").click()
    await expect(page.locator(".not-taken")).to_contain_text("Trình duyệt này không lưu được gì")
    await expect(page.locator(".recorded")).to_have_count(0)
    await must_be_usable(page)
    assert hall.proxy.sent_to(f"/polls/{vote.poll}/ballots") == []
    await page.evaluate("() => { IDBDatabase.prototype.transaction = window.store }")
    await page.get_by_role("button", name="Chọn lại").click()
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_a_page_that_is_not_secure_names_the_one_that_is(browser: Browser, hall: PhoneHall) -> None:
    """With its port; the browser would make no key here."""
    page = await hall.phone(browser)
    await page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    await page.goto(f"{hall.proxy.url}/phone")
    await expect(page.locator("#insecure")).to_contain_text(
        hall.proxy.url.replace("http://", "https://") + "."
    )
    await must_be_usable(page)


async def test_without_the_line_it_is_not_known(browser: Browser, hall: PhoneHall) -> None:
    """Neither "no vote" nor an old one is called true; and it can be read by all, also twice as large."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.context.set_offline(True)
    await expect(page.locator("[data-line=lost]")).to_contain_text("Mất")
    await expect(page.locator("#unknown")).to_contain_text("Chưa biết")
    await must_be_usable(page)
    await page.context.set_offline(False)
    await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3, timeout=15_000)
    await page.context.set_offline(True)
    await expect(page.get_by_text("điều hiện ở đây có thể đã cũ")).to_be_visible()
    await must_be_usable(page)


async def test_the_last_seconds_are_urgent(browser: Browser, hall: PhoneHall) -> None:
    """At a minute it is said politely, at 15 seconds at once; the figures change colour and weight, not the page."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3)
    deadline = (await hall.client.poll(vote.poll, vote.token)).deadline
    assert deadline is not None
    clock = page.locator(".vote-clock")
    for left, region, words in ((40_000, "polite", "Còn 1 phút"), (14_000, "assertive", "Còn 15 giây")):
        await hall.proxy.tell(("clock", ServerTime(now=deadline - left)))
        await expect(clock.locator(f"[aria-live={region}]")).to_have_text(words)
        await must_be_usable(page)
    await expect(clock.locator(".countdown.urgent")).to_be_visible()
    await expect(clock.locator("[aria-live=polite]")).to_have_text("")
    await hall.proxy.tell(("clock", ServerTime(now=deadline + 1)))
    await expect(clock.locator("[aria-live=assertive]")).to_have_text("Hết giờ")
    assert now() < deadline


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
async def test_who_wants_no_motion_sees_none(browser: Browser, hall: PhoneHall, motion: str) -> None:
    """The one thing that moves on the phone is a ballot on its way."""
    page = await hall.phone(browser, reduced_motion=motion)
    await hall.enter(page)
    vote = await hall.open()
    hall.proxy.hold = f"/polls/{vote.poll}/ballots"
    await cast(page, "approve")
    await expect(page.locator(".steps")).to_have_attribute("data-stage", "sending")
    assert bool(await page.evaluate(_MOVING)) is (motion == "no-preference")
    hall.proxy.release()
    await expect(page.locator(".recorded")).to_be_visible()


async def test_a_screen_that_missed_something_begins_anew(browser: Browser, hall: PhoneHall) -> None:
    """News of a list that was never told: the stream is asked for everything, and goes on from there."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.locator("[data-tab=speak]").click()
    await hall.open_lane()
    await expect(page.locator("form textarea")).to_be_visible()
    path = f"/live/meetings/{hall.meeting}/events"
    before = len(hall.proxy.sent_to(path))
    gap = QueueChange(item=ITEM, lane="khong-co", start=0, removed=1, put=("la",))
    async with page.expect_response(f"**{path}"):
        await hall.proxy.tell(("floor.changed", FloorNewsShown(revision=99, queues=(gap,))))
    assert len(hall.proxy.sent_to(path)) == before + 1
    await expect(page.locator("[data-line=good]")).to_be_visible()
    await expect(page.locator("form textarea")).to_be_visible()
    await hall.open()
    await expect(page.locator("button.choice")).to_have_count(3)
