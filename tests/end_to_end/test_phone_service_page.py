"""A delegate links a key at a service that asks on a page of its own, and votes with it (Chromium, CSC v2)."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser import must_be_usable
from tests.support.phone_hall import PhoneHall, choose, convened_hall
from tests.support.pictures import take
from tests.support.service_hall import House, begin_link, house_beside, one_person_at
from tests.support.signing_services import USER, Cloud

BODY = "hdnd"
_SLOW = 60_000


@pytest.fixture
async def place() -> AsyncIterator[tuple[House, PhoneHall, Cloud]]:
    """A meeting, and a service with a key of `an`."""
    service = Cloud("2")
    with house_beside(service) as house:
        async with one_person_at(house, BODY, service), convened_hall(house.desk, BODY) as hall:
            yield house, hall, service


async def confirm(page: Page, house: House, service: Cloud) -> Page:
    """On the service's page, which opens in a tab of its own; where its browser lands then."""
    anchor = page.locator("[data-act=page]")
    await expect(anchor).to_be_visible(timeout=_SLOW)
    assert (await anchor.get_attribute("target"), await anchor.get_attribute("rel")) == (
        "_blank",
        "noopener noreferrer",
    )
    address = await anchor.get_attribute("href")
    assert address is not None
    back = urlsplit(service.fake.back(address))
    tab = await page.context.new_page()
    await tab.goto(f"{house.desk.facts()['url']}{back.path}?{back.query}")
    return tab


async def another_page(page: Page, house: House, service: Cloud) -> None:
    """Its tab was closed: the phone gets another, and who comes back from the first brings nothing."""
    anchor = page.locator("[data-act=page]")
    await expect(anchor).to_be_visible(timeout=_SLOW)
    first = await anchor.get_attribute("href")
    assert first is not None
    await page.locator("[data-act=another-page]").click()
    await expect(anchor).not_to_have_attribute("href", first, timeout=_SLOW)
    back = urlsplit(service.fake.back(first, error="access_denied"))
    tab = await page.context.new_page()
    await tab.goto(f"{house.desk.facts()['url']}{back.path}?{back.query}")
    await tab.close()


async def test_linked_and_voted_with_on_the_services_page(
    browser: Browser, place: tuple[House, PhoneHall, Cloud]
) -> None:
    """The code on both, no PIN on ours; back on a page that says so and keeps no code; then linked, and recorded."""
    house, hall, service = place
    page = await hall.phone(browser)
    await hall.enter(page)
    await page.locator("[data-tab=mine]").click()
    await begin_link(page, USER)
    await page.locator(".linker [data-key]").click()
    await expect(page.locator(".linker [data-code]")).to_be_visible(timeout=_SLOW)
    code = await page.locator(".linker [data-code]").inner_text()
    await expect(page.locator("[data-act=page]")).to_be_visible(timeout=_SLOW)
    await must_be_usable(page)
    await another_page(page, house, service)
    tab = await confirm(page, house, service)
    await expect(tab.locator("h1")).to_have_text("Đã trở về từ dịch vụ ký số")
    assert urlsplit(tab.url)[2:] == ("/returned", "", "")
    await must_be_usable(tab)
    await take(tab, "phone-service-returned")
    await tab.close()
    assert service.fake.shown[-1].startswith(f"{code} Nguyễn Văn An: ")
    await expect(page.locator("#services [data-linked=csc]")).to_be_visible(timeout=_SLOW)

    await hall.open()
    await page.locator("[data-tab=vote]").click()
    await choose(page, "approve")
    await page.locator(".review [data-service=csc]").click()
    await expect(page.locator(".confirming [data-act=page]")).to_be_visible(timeout=_SLOW)
    await must_be_usable(page)
    await take(page, "phone-service-page")
    code = await page.locator(".confirming [data-code]").inner_text()
    await another_page(page, house, service)
    await (await confirm(page, house, service)).close()
    assert service.fake.shown[-1].startswith(f"{code} Tán thành: ")
    await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve", timeout=_SLOW)
