"""Voting has ended, and ballots that signing services were to sign are awaited: what the phones say meanwhile."""

from collections.abc import AsyncIterator

import pytest
from msgspec import structs
from playwright.async_api import Browser, Page, expect

from services.wire import ActName, ActPayload
from tests.support.browser import must_be_usable
from tests.support.council import CHAIR
from tests.support.phone_hall import cast, choose
from tests.support.pictures import take
from tests.support.service_house import DRAFT, PLAN, House, serving_keys
from tests.support.stores import reachable_directory

GRACE = structs.replace(DRAFT, grace_s=60, changes=True)
AWAITED = "Còn chờ 1 phiếu"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A vote that is open and grants a time of grace; two voters have their keys at a service."""
    with reachable_directory() as kept:
        async with serving_keys(kept, GRACE) as found:
            yield found


async def enter(browser: Browser, house: House, member: str) -> Page:
    """A phone of a member who is checked in."""
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    page = await context.new_page()
    (invite,) = await house.client.invite(PLAN.body.id, [member], house.convened.token)
    await page.goto(f"{house.url}/phone#moi={invite.code}")
    await page.locator("form button.primary").click()
    await expect(page.locator("button.choice")).to_have_count(3, timeout=20_000)
    return page


async def act(house: House, name: ActName, result: str = "") -> None:
    """An act of the chair on the vote."""
    vote = house.held
    payload = ActPayload(
        act=name, meeting=house.convened.meeting, poll=vote.poll, definition=vote.ask.hash, result=result
    )
    await house.client.act(vote.poll, name, house.devices[CHAIR].act(payload), vote.token)


async def must_wait(page: Page) -> None:
    """The phone says what is awaited, and offers nothing: no ballot, no figure, and no word that there is no vote."""
    await expect(page.locator("#closed")).to_contain_text(AWAITED, timeout=20_000)
    await expect(page.locator("#closed .question-title")).to_have_text(DRAFT.title)
    await expect(page.locator("button.choice, .review, #none, #unknown, #result, .sentence")).to_have_count(0)


async def test_ballots_with_signing_services_are_awaited(browser: Browser, house: House) -> None:
    """Who has voted sees their ballot kept; also after a reload, and without the line. Then it is counted."""
    page = await enter(browser, house, "chi")
    await cast(page, "approve")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
    number, _ = await house.begin("an")
    await act(house, "close")
    await must_wait(page)
    await expect(page.locator("#closed .chosen")).to_contain_text("Tán thành")
    await must_be_usable(page)
    await take(page, "phone-closing")
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("#closed")).to_contain_text("awaited (1)")
    await page.get_by_role("button", name="Tiếng Việt").click()

    await page.reload()
    await must_wait(page)
    await expect(page.locator("#closed .chosen")).to_contain_text("Tán thành")
    await page.context.set_offline(True)
    await expect(page.locator("[data-line=lost]")).to_be_visible()
    await expect(page.locator("#none, button.choice")).to_have_count(0)
    await page.context.set_offline(False)

    house.service.confirm(number)
    await house.became("an", "cast")
    await expect(page.locator("#closed")).to_contain_text("Đang kiểm phiếu", timeout=20_000)
    await expect(page.locator("#closed")).not_to_contain_text(AWAITED)
    counted = await house.client.counted(house.held.poll, house.held.token)
    await act(house, "declare", counted.sha256)
    await expect(page.locator("#result .sentence")).to_contain_text("2 đại biểu tán thành", timeout=20_000)


async def test_who_was_late_is_told_so_and_not_recorded(browser: Browser, house: House) -> None:
    """The time of grace is for ballots begun before: a choice that was looked at when voting ended is not sent."""
    page = await enter(browser, house, "chi")
    await house.begin("an")
    await choose(page, "reject")
    await act(house, "close")
    await must_wait(page)
    await expect(page.locator(".recorded")).to_have_count(0)
    await must_be_usable(page)
    await page.locator("[data-tab=mine]").click()
    await expect(page.locator(".mine li")).to_have_count(0)
