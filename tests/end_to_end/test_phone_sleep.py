"""A phone falls asleep while its ballot is on its way: when it wakes, the same bytes, one ballot, its receipt."""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest
from playwright.async_api import Browser, Page, expect

from services.desk.presiding import Opened
from tests.support.browser import chromium, must_be_usable
from tests.support.desk import Desk, fresh
from tests.support.phone_hall import PhoneHall, cast, convened_hall

SHOWN = 20_000


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a phone that is not yet in it."""
    async with convened_hall(desk, fresh("sleep")) as found:
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """One process for each page, and no spare one."""
    async with chromium("--disable-features=SpareRendererForSitePerProcess") as found:
        yield found


async def on_its_way(browser: Browser, hall: PhoneHall, at: str) -> tuple[Page, Opened]:
    """A ballot that was sent, and either has not arrived or has but its answer was lost."""
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    path = f"/polls/{vote.poll}/ballots"
    if at == "before it arrives":
        hall.proxy.hold = path
    else:
        hall.proxy.lose = path
    await cast(page, "approve")
    await expect(page.locator(".steps")).to_have_attribute("data-stage", "sending")
    if at != "before it arrives":
        await expect(page.locator(".steps-box .notice")).to_contain_text("tự gửi lại", timeout=SHOWN)
    return page, vote


async def must_be_recorded_once(page: Page, hall: PhoneHall, vote: Opened) -> None:
    """ĐÃ GHI NHẬN; whatever was sent was the same bytes, and one ballot was counted."""
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve", timeout=SHOWN)
    await must_be_usable(page)
    assert len(set(hall.proxy.sent_to(f"/polls/{vote.poll}/ballots"))) == 1
    assert (await hall.client.poll(vote.poll, vote.token)).received == 1


AT = ["before it arrives", "after its answer was lost"]


@pytest.mark.parametrize("at", AT)
async def test_the_system_stops_the_page(browser: Browser, hall: PhoneHall, at: str) -> None:
    """As a locked phone does: nothing runs until it is woken, and the line is gone; by then the vote may be closed."""
    page, vote = await on_its_way(browser, hall, at)
    with asleep():
        hall.proxy.break_line()
        hall.proxy.lose = ""
        hall.proxy.release()
        hall.proxy.mend_line()
    if at == "after its answer was lost":
        await hall.act(vote, "close")
        await expect(page.locator("#closed .chosen")).to_contain_text("Tán thành", timeout=SHOWN)
        assert len(set(hall.proxy.sent_to(f"/polls/{vote.poll}/ballots"))) == 1
    else:
        await must_be_recorded_once(page, hall, vote)


@pytest.mark.parametrize("at", AT)
async def test_the_system_throws_the_page_away(browser: Browser, hall: PhoneHall, at: str) -> None:
    """To have its memory: it is loaded anew when it is looked at again, and goes on with the ballot that was kept."""
    page, vote = await on_its_way(browser, hall, at)
    context = page.context
    for renderer in renderers():
        renderer.kill()
    hall.proxy.break_line()
    hall.proxy.lose = ""
    hall.proxy.release()
    hall.proxy.mend_line()
    anew = await context.new_page()
    await anew.goto(f"{hall.proxy.url}/phone")
    await must_be_recorded_once(anew, hall, vote)


def renderers() -> list[psutil.Process]:
    """The processes in which the pages of this test's own browser run."""
    found = []
    for each in psutil.Process().children(recursive=True):
        # One that has just ended is none.
        with suppress(psutil.NoSuchProcess):
            if "--type=renderer" in each.cmdline():
                found.append(each)
    return found


@contextmanager
def asleep() -> Iterator[None]:
    """Stopped meanwhile; the rest of the browser, as the rest of a phone, goes on."""
    stopped = renderers()
    assert stopped
    for each in stopped:
        each.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for each in stopped:
            each.send_signal(signal.SIGCONT)
