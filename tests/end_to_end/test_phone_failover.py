"""A phone whose recorded ballot the server has lost: another database goes on, which it had not reached."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser import must_be_usable
from tests.support.desk import Desk, running
from tests.support.phone_hall import PhoneHall, cast, convened_hall
from tests.support.voting_hall import superuser

_TABLES = ("entry", "batch", "ledger", "poll")
# As it is now; and again so, whatever came since. Who publishes has lost the connection by which it led.
_KEEP = [f"create table kept_{name} as table {name}" for name in _TABLES]
_GO_BACK = (
    "delete from entry where (ledger, index) not in (select ledger, index from kept_entry)",
    "delete from batch where (ledger, start) not in (select ledger, start from kept_batch)",
    "update ledger set (size, frontier, at) = (select size, frontier, at from kept_ledger k where k.no = ledger.no)",
    "update poll set (approve, reject, abstain, ballots) ="
    " (select approve, reject, abstain, ballots from kept_poll k where k.no = poll.no)",
    *(f"drop table kept_{name}" for name in _TABLES),
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'plenary voting'",
)


@pytest.fixture
def desk(data_directory: Path) -> Iterator[Desk]:
    """A server of its own: what it loses, everybody there loses."""
    with running(data_directory, SAMPLE="false") as found:
        yield found


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with a phone that is not yet in it."""
    async with convened_hall(desk, "failover") as found:
        yield found


@pytest.mark.parametrize("closed", [False, True], ids=["the vote is open", "it is over"])
async def test_what_was_lost_is_sent_again_and_said(
    browser: Browser, desk: Desk, hall: PhoneHall, closed: bool
) -> None:
    """The same bytes, by itself: recorded again, or not any more; the delegate is told either way."""
    url = str(desk.facts()["database_url"])
    page = await hall.phone(browser)
    await hall.enter(page)
    vote = await hall.open()
    await superuser(url, *_KEEP)
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_be_visible()
    await expect(page.locator(".recorded .notice")).to_have_count(0)
    await superuser(url, *_GO_BACK)
    if closed:
        await hall.act(vote, "close")
        bad = page.locator(".notice.bad")
        await expect(bad).to_contain_text("KHÔNG được ghi nhận", timeout=60_000)
    await expect(page.locator(".notice.warn", has_text="đã mất phiếu này")).to_be_visible(timeout=60_000)
    await must_be_usable(page)
    received = (await hall.client.poll(vote.poll, vote.token)).received
    assert received == (0 if closed else 1)
    ballots = [body for method, path, body in hall.proxy.asked if method == "POST" and "/ballots" in path]
    assert len(ballots) > 1
    assert len(set(ballots)) == 1
    await expect(page.locator(".recorded")).to_have_count(0 if closed else 1)
