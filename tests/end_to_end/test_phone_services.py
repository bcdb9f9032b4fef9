"""A delegate links a key at a signing service on the phone and votes with it: Chromium, and our fake of the service."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from msgspec import structs
from playwright.async_api import Browser, Page, Route, expect

from loadtests.run_json import database_url
from tests.support.browser import must_be_usable
from tests.support.phone_hall import DRAFT, PhoneHall, choose, convened_hall
from tests.support.pictures import take
from tests.support.service_hall import (
    SERVICE,
    House,
    Service,
    begin_link,
    house_with_service,
    link,
    service_of,
)
from tests.support.waiting import until

USER, NAME = "079201001234", "Nguyễn Văn An"
BODIES = [f"hdnd-dv-{number}" for number in range(1, 9)]
_bodies = iter(BODIES)
_SLOW = 30_000


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """One server for all."""
    with house_with_service(BODIES) as found:
        yield found


@pytest.fixture
async def place(house: House) -> AsyncIterator[tuple[PhoneHall, Service]]:
    """A meeting of its own, and the service with a key of `an`."""
    body = next(_bodies)
    async with service_of(house, body, {USER: NAME}) as service, convened_hall(house.desk, body) as hall:
        yield hall, service


async def begin(page: Page, choice: str = "approve") -> None:
    """Choose, look again, and sign with the service."""
    await choose(page, choice)
    await page.locator(".review [data-service=vnpt]").click()


async def code_of(page: Page) -> str:
    """The four digits on the phone."""
    shown = page.locator(".confirming [data-code]")
    await expect(shown).to_be_visible(timeout=_SLOW)
    return await shown.inner_text()


async def linked(browser: Browser, hall: PhoneHall, service: Service) -> Page:
    """A phone that has joined and linked the key, back at the vote."""
    page = await hall.phone(browser)
    await hall.enter(page)
    await link(page, service, USER)
    await page.locator("[data-tab=vote]").click()
    return page


async def test_linked_on_the_phone_and_voted_with(browser: Browser, place: tuple[PhoneHall, Service]) -> None:
    """The same code on both screens; confirmed in the app; recorded once the phone has proven it, after a reload."""
    hall, service = place
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.locator("[data-tab=mine]").click()
    await begin_link(page, USER)
    await must_be_usable(page)
    await take(page, "phone-service-key")
    await page.locator(".linker [data-key]").click()
    transaction = await service.asked(1)
    code = await page.locator(".linker [data-code]").inner_text()
    assert transaction.doc_id == f"PL-{code} NGUYEN VAN AN"
    await must_be_usable(page)
    await take(page, "phone-service-link")
    transaction.state = "signed"
    await expect(page.locator("#services [data-linked=vnpt]")).to_contain_text(SERVICE, timeout=_SLOW)
    await must_be_usable(page)

    await hall.open()
    await page.locator("[data-tab=vote]").click()
    await choose(page, "approve")
    await must_be_usable(page)
    await take(page, "phone-service-review")
    await page.locator(".review [data-service=vnpt]").click()
    code = await code_of(page)
    transaction = await service.asked(2)
    assert transaction.doc_id == f"PL-{code} TAN THANH"
    await must_be_usable(page)
    await take(page, "phone-service-code")
    await take(page, "phone-service-code-dark", dark=True)

    # The phone sleeps, or is loaded anew: the same request, the same code, nobody is asked twice.
    await page.reload()
    assert await code_of(page) == code
    assert len(service.fake.transactions) == 2
    # Whoever tells that it is signed is not believed: the service is asked, and says that it is not.
    await hall.client.ask("POST", "/signing/remote/vnpt/hints", structured(service))
    assert await code_of(page) == code
    transaction.state = "signed"
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve", timeout=_SLOW)
    await must_be_usable(page)
    await page.reload()
    await expect(page.locator(".recorded")).to_be_visible(timeout=_SLOW)


def structured(service: Service) -> bytes:
    """A webhook as the service would send it, with a number that somebody has got hold of."""
    number = list(service.fake.transactions)[-1]
    return f'{{"transaction_id":"{number}","message":"SUCCESS"}}'.encode()


async def test_what_goes_wrong_is_said_and_another_way_is_open(
    browser: Browser, place: tuple[PhoneHall, Service]
) -> None:
    """Refused in the app, then let expire, then waited for no longer; in the end signed with the phone's own key."""
    hall, service = place
    page = await linked(browser, hall, service)
    await hall.open()
    await begin(page, "reject")
    (await service.asked(2)).state = "rejected"
    lapsed = page.locator(".confirming [data-why]")
    await expect(lapsed).to_have_attribute("data-why", "declined", timeout=_SLOW)
    await must_be_usable(page)
    await take(page, "phone-service-refused")
    await page.locator("[data-act=anew]").click()

    await begin(page, "reject")
    (await service.asked(3)).state = "expired"
    await expect(lapsed).to_have_attribute("data-why", "expired", timeout=_SLOW)
    await page.locator("[data-act=anew]").click()

    # Waited for no longer: what is confirmed later is not cast.
    await begin(page, "approve")
    late = await service.asked(4)
    await page.locator("[data-act=withdraw]").click()
    await expect(page.locator("button.choice")).to_have_count(3)
    late.state = "signed"
    await begin(page, "abstain")
    await service.asked(5)
    service.newest.state = "rejected"
    await expect(lapsed).to_have_attribute("data-why", "declined", timeout=_SLOW)
    await page.locator("[data-act=here]").click()
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "abstain", timeout=_SLOW)


async def test_a_signature_by_another_key_is_never_recorded(
    browser: Browser, place: tuple[PhoneHall, Service]
) -> None:
    """The service signs another hash than the one it was given: nothing is cast, and the voter is told."""
    hall, service = place
    page = await linked(browser, hall, service)
    await hall.open()
    service.fake.wraps = lambda who, hashed: who.signs(hashed[::-1])
    await begin(page)
    (await service.asked(2)).state = "signed"
    await expect(page.locator(".confirming [data-why]")).to_have_attribute(
        "data-why", "failed", timeout=_SLOW
    )


async def test_the_vote_ends_meanwhile(browser: Browser, place: tuple[PhoneHall, Service]) -> None:
    """With grace it still counts, and the phone says until when."""
    hall, service = place
    page = await linked(browser, hall, service)
    vote = await hall.open(structs.replace(DRAFT, grace_s=60))
    await begin(page)
    transaction = await service.asked(2)
    await hall.act(vote, "close")
    await expect(page.locator(".confirming .grace")).to_be_visible(timeout=_SLOW)
    await must_be_usable(page)
    await take(page, "phone-service-grace")
    transaction.state = "signed"
    await expect(page.locator("#closed .chosen.approve")).to_be_visible(timeout=_SLOW)
    await expect(page.locator(".confirming")).to_have_count(0)


async def test_too_late_without_grace(
    browser: Browser, house: House, place: tuple[PhoneHall, Service]
) -> None:
    """Cut while the service waits: told as late; and nobody asks the service about it any more."""
    hall, service = place
    page = await linked(browser, hall, service)
    vote = await hall.open()
    await begin(page)
    await service.asked(2)
    await hall.act(vote, "close")
    await expect(page.locator(".confirming [data-why]")).to_have_attribute("data-why", "late", timeout=_SLOW)
    # What signing keeps of it is over: no worker takes it up again.
    await must_end(house, vote.poll, "withdrawn")


async def test_a_server_that_lies_records_nothing(browser: Browser, place: tuple[PhoneHall, Service]) -> None:
    """It says that the ballot is cast, and has no receipt of it, or one of another: an alarm, and never recorded."""
    hall, service = place
    page = await linked(browser, hall, service)
    await hall.open()
    await begin(page)
    await code_of(page)
    await service.asked(2)

    async def cast(route: Route) -> None:
        response = await route.fetch()
        await route.fulfill(status=200, json=await response.json() | {"state": "cast"})

    await page.route("**/intents/mine", cast)
    await expect(page.locator(".confirming .alarm")).to_contain_text(
        "Xác nhận này là của một phiếu khác", timeout=_SLOW
    )
    await expect(page.locator(".recorded")).to_have_count(0)
    await must_be_usable(page)
    # Honest again, it goes on where it was.
    await page.unroute_all()
    await page.locator(".alarm button").click()
    await code_of(page)
    service.newest.state = "signed"
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve", timeout=_SLOW)


async def must_end(house: House, poll: str, outcome: str) -> None:
    """Wait until what signing keeps of a poll's one ballot ended so."""
    connection = await asyncpg.connect(
        database_url(house.desk.data), server_settings={"search_path": "signing"}
    )
    try:

        async def has() -> bool:
            sql = "select outcome from remote_signature where position(convert_to($1, 'UTF8') in about) > 0"
            return [row["outcome"] for row in await connection.fetch(sql, poll)] == [outcome]

        await until(has, 30, what=outcome)
    finally:
        await connection.close()
