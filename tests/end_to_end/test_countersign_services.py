"""The chair signs a certificate with a key at a signing service: page and statement in one, the same codes on both."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from services.rules import jws
from services.wire import SignedFile
from tests.support.browser import complaints
from tests.support.chair_sitting import BODY, CHAIR
from tests.support.pictures import take
from tests.support.service_hall import (
    SERVICE,
    Service,
    begin_link,
    house_beside,
    house_with_service,
    link_here,
    one_person_at,
    service_of,
)
from tests.support.signing_services import USER as VIETTEL_USER
from tests.support.signing_services import Viettel
from tests.support.signing_sitting import Certified, certified, look, must_be_good, signatures
from tests.support.tools import needs
from tests.support.waiting import until

USER = "079201000001"
_SLOW = 60_000
SIGN = "Ký bằng khóa trên máy này"


@pytest.fixture
async def vote() -> AsyncIterator[tuple[Certified, Service]]:
    """A certificate that nobody has signed, and a service where the chair has a key."""
    with house_with_service([BODY], "--test-tsa") as house:
        async with (
            service_of(house, BODY, {USER: "Nguyễn Thị Minh"}) as service,
            certified(house.desk) as found,
        ):
            yield found, service


async def begin(console: Page) -> None:
    """Look at all of it, then have the service asked."""
    await console.locator("[data-act=countersign-remote]").click()
    dialog = console.get_by_role("dialog")
    await dialog.get_by_role("button", name=f"Ký bằng {SERVICE}").click(timeout=_SLOW)


async def codes(console: Page) -> list[str]:
    """The digits on the chair's screen, of page and statement."""
    shown = console.locator(".at-service [data-code]")
    await expect(shown).to_have_count(2, timeout=_SLOW)
    return await shown.all_inner_texts()


@needs("pdfsig", "certutil", "qpdf", "openssl", "jose")
async def test_chair_signs_at_a_service(
    browser: Browser, vote: tuple[Certified, Service], tmp_path: Path
) -> None:
    """Refused first, nothing is kept; half an answer neither; then confirmed, and the page may be left meanwhile."""
    house, service = vote
    secretary = await house.secretary(browser)
    dialog = await look(secretary)
    await dialog.get_by_role("button", name=SIGN).click(timeout=_SLOW)
    await expect(signatures(secretary)).to_have_attribute("data-awaited", "chair", timeout=_SLOW)

    console = await house.chair_console(browser, CHAIR)
    await link_here(console, service, USER)
    assert await complaints(console) == []
    await begin(console)
    page_code, statement_code = await codes(console)
    asked = await service.asked(2)
    assert [name for name, _ in asked.files] == [
        f"PL-{page_code} TRANG KY",
        f"PL-{statement_code} NOI DUNG SO",
    ]
    assert await complaints(console) == []
    await take(console, "chair-countersign-service")
    asked.state = "rejected"
    await expect(console.locator("dialog [data-state=declined]")).to_be_visible(timeout=_SLOW)
    await expect(signatures(console)).to_have_attribute("data-awaited", "chair")

    # Again: the service brings one of the two, which is none; the page is left; then it brings both.
    service.fake.only = 1
    await console.get_by_role("button", name="Bắt đầu lại").click()
    await console.get_by_role("dialog").get_by_role("button", name=f"Ký bằng {SERVICE}").click(timeout=_SLOW)
    first = await codes(console)
    asked = await service.asked(3)
    asked.state = "signed"
    await expect(console.locator(".at-service .notice.warn")).to_be_visible(timeout=_SLOW)
    await expect(signatures(console)).to_have_attribute("data-awaited", "chair")
    assert await codes(console) == first
    await console.close()
    service.fake.only = 0
    await expect(signatures(secretary)).to_have_attribute("data-awaited", "", timeout=_SLOW)
    await must_be_good(house, tmp_path)
    signed = msgspec.json.decode((tmp_path / "certificate.signed.json").read_bytes(), type=SignedFile)
    headers = [msgspec.json.decode(jws.b64_decode(part.protected.encode())) for part in signed.signatures]
    assert [header["alg"] for header in headers] == ["ES256", "RS256", "ES256"]


@needs("pdfsig", "certutil")
async def test_chair_signs_at_mysign(browser: Browser, tmp_path: Path) -> None:
    """The other service that takes two hashes at once: linked on the console, confirmed once, good by every engine."""
    service = Viettel()

    async def asked(count: int) -> None:
        async def found() -> bool:
            return service.asked() == count

        await until(found, 60, what=f"{count} asked")

    async def nowhere() -> str:
        return ""

    with house_beside(service, "--test-tsa") as there:
        async with one_person_at(there, BODY, service), certified(there.desk) as house:
            secretary = await house.secretary(browser)
            dialog = await look(secretary)
            await dialog.get_by_role("button", name=SIGN).click(timeout=_SLOW)
            await expect(signatures(secretary)).to_have_attribute("data-awaited", "chair", timeout=_SLOW)

            console = await house.chair_console(browser, CHAIR)
            await begin_link(console, VIETTEL_USER)
            await console.locator(".linker [data-key]").click()
            await asked(1)
            await service.does("signed", "", nowhere)
            await expect(console.locator("#services [data-linked=mysign]")).to_be_visible(timeout=_SLOW)
            await console.locator("[data-act=countersign-remote]").click()
            dialog = console.get_by_role("dialog")
            await dialog.get_by_role("button", name="Ký bằng Viettel MySign").click(timeout=_SLOW)
            page_code, statement_code = await codes(console)
            await asked(2)
            shown = list(service.fake.asked.values())[-1].shown
            assert shown.startswith(f"{page_code} Trang ky - {statement_code} Noi dung so - ")
            await service.does("signed", "", nowhere)
            await expect(signatures(secretary)).to_have_attribute("data-awaited", "", timeout=_SLOW)
            await must_be_good(house, tmp_path)
