"""Secretary and chair sign on their phones, 360 pixels wide, by touch: minutes and a certificate, with the key of the
phone and with one at a signing service; a server that lies about minutes, or about what a service signs, is caught.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from services.rules import jws
from services.wire import MinutesNotice
from tests.end_to_end.test_countersign import LIES, Lie, in_json, lying
from tests.support.browser import complaints
from tests.support.chair_sitting import BODY, CHAIR, MEETING, SECRETARY
from tests.support.fake_neac769 import Transaction
from tests.support.minuted_sitting import MinutedSitting, convened
from tests.support.service_hall import SERVICE, Service, house_with_service, link_here, service_of
from tests.support.signing_sitting import must_be_found_good
from tests.support.tools import needs
from tests.support.waiting import until

USER = "079201000001"
SIGN = "Ký bằng khóa trên máy này"
SLOW = 60_000
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@pytest.fixture
async def place() -> AsyncIterator[tuple[MinutedSitting, Service]]:
    """A sitting that is over, its minutes in two editions, and a service where the chair has a key."""
    with house_with_service([BODY], "--test-tsa") as house:
        async with (
            service_of(house, BODY, {USER: "Nguyễn Thị Minh"}) as service,
            convened(house.desk) as sitting,
        ):
            await sitting.held()
            await sitting.minutes()
            await sitting.minutes(2)
            yield sitting, service


async def enter(sitting: MinutedSitting, browser: Browser, member: str, role: str) -> Page:
    """A phone of this member's own, enrolled by an invite; the sitting is over, so one chooses it."""
    page = await (await browser.new_context(**PHONE)).new_page()
    (invite,) = await sitting.client.invite(BODY, [member], sitting.convened.token)
    await page.goto(f"{sitting.url}/{role}#moi={invite.code}")
    await page.get_by_role("button", name="Tạo khóa trên máy này").tap()
    await page.get_by_role("button", name="Kỳ họp thứ nhất").tap()
    return page


def minutes_of(page: Page) -> Locator:
    """The signatures on the newest minutes."""
    return page.get_by_label("Chữ ký trên biên bản phiên họp").last


async def look(page: Page, act: str = "countersign") -> Locator:
    """Begin; the dialog with what is to be signed."""
    await minutes_of(page).locator(f"[data-act={act}]").tap()
    return page.get_by_role("dialog")


def lies_of_minutes(other: bytes) -> dict[str, tuple[str, Lie]]:
    """What is exchanged, by the words that name it. `other`: genuine minutes, of another edition."""
    lies = {what: lie for what, lie in LIES.items() if what != "SHA-256"}
    # The hash that the page was prepared for; genuine minutes that are others; a statement that nobody sealed.
    lies["một trang khác "] = ("**/begun", in_json(page=lambda _: jws.digest(b"another")))
    lies["SHA-256"] = ("**/signing/minutes/*.json", lambda _: other)
    lies["SHA-256 "] = (
        "**/signing/minutes/*.json",
        lambda raw: raw.replace(b'"payload":"ey', b'"payload":"ez', 1),
    )
    return lies


async def must_be_caught(page: Page, path: str, lie: Lie, what: str, act: str = "countersign") -> None:
    """The device names what is wrong, and offers no signature."""
    await lying(page, path, lie)
    dialog = await look(page, act)
    await expect(dialog.get_by_role("alert")).to_contain_text(what.strip(), timeout=SLOW)
    await expect(dialog.get_by_role("button", name="Ký bằng")).to_have_count(0)
    await page.unroute_all()
    await dialog.get_by_role("button", name="Quay lại").tap()
    await expect(dialog).to_have_count(0)


@needs("pdfsig", "certutil", "qpdf", "openssl", "jose")
async def test_on_phones_before_a_lying_server(
    browser: Browser, place: tuple[MinutedSitting, Service], tmp_path: Path
) -> None:
    """The secretary with the phone's key, the chair with one at a service; nothing is sent while the server lies."""
    sitting, service = place
    first, second = await sitting.client.minutes(MEETING, sitting.convened.token)
    other = await sitting.client.minutes_file(first.id, "json", sitting.convened.token)
    # 1. The secretary: each lie is named; another edition's page and statement, genuine both, too.
    page = await enter(sitting, browser, SECRETARY, "secretary")
    await page.locator("[data-section=downloads]").tap()
    await expect(minutes_of(page)).to_have_attribute("data-awaited", "secretary", timeout=SLOW)
    sent = signatures_sent(page)
    for what, (path, lie) in lies_of_minutes(other).items():
        await must_be_caught(page, path, lie, what)
    await must_catch_another_edition(sitting, page, first)
    assert sent == []
    dialog = await look(page)
    await expect(dialog.get_by_role("button", name=SIGN)).to_be_visible(timeout=SLOW)
    await must_fit(page)
    await dialog.get_by_role("button", name=SIGN).tap()
    await expect(minutes_of(page)).to_have_attribute("data-awaited", "chair", timeout=SLOW)
    # 2. The chair, by the service: the same lies, and codes that are not of what was looked at.
    console = await enter(sitting, browser, CHAIR, "chair")
    await expect(minutes_of(console)).to_have_attribute("data-awaited", "chair", timeout=SLOW)
    await link_here(console, service, USER)
    sent = signatures_sent(console)
    for what, (path, lie) in lies_of_minutes(other).items():
        await must_be_caught(console, path, lie, what, "countersign-remote")
    assert sent == []
    await must_catch_codes(console)
    # 3. Honest again. The link and what was begun twice before were asked, too; a code is the same in the same second.
    await until_asked(service, 3)
    await by_service(console)
    codes = console.locator(".at-service [data-code]")
    await expect(codes).to_have_count(2, timeout=SLOW)
    await must_fit(console)
    newest = await until_asked(service, 4)
    assert newest.files[0][0] == f"PL-{await codes.first.inner_text()} TRANG KY"
    newest.state = "signed"
    await expect(minutes_of(console)).to_have_attribute("data-awaited", "", timeout=SLOW)
    for each in (page, console):
        await expect(minutes_of(each)).to_contain_text("B-LTA", timeout=SLOW)
    out = await sitting.write(second, tmp_path / "out")
    await sitting.write_signed(second, out)
    await asyncio.to_thread(must_be_found_good, sitting.data / "keys", "minutes", out)


async def until_asked(service: Service, times: int) -> Transaction:
    """Wait until the person was asked so often in their app; what was asked last."""

    async def asked() -> Transaction | None:
        found = list(service.fake.transactions.values())
        return found[-1] if len(found) == times else None

    return await until(asked, 60, what=f"asked {times} times")


def signatures_sent(page: Page) -> list[str]:
    """Where a signature was sent, or a service asked for one."""
    sent: list[str] = []

    def note(url: str) -> None:
        if url.endswith(("/signatures", "/signatures/remote")):
            sent.append(url)

    page.on("request", lambda asked: note(asked.url) if asked.method == "POST" else None)
    return sent


async def must_fit(page: Page) -> None:
    """Nothing lies beside the screen, and axe-core finds nothing."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await complaints(page) == []


async def must_catch_another_edition(sitting: MinutedSitting, page: Page, first: MinutesNotice) -> None:
    """What was prepared of another edition in place of this one: page, hash and attributes fit each other."""

    async def begun(route: Route) -> None:
        raw, headers = route.request.post_data_buffer, await route.request.all_headers()
        token = headers["authorization"].removeprefix("Bearer ")
        path = f"/signing/minutes/{first.id}/signatures/begun"
        said = json.loads(await sitting.client.ask("POST", path, raw, token=token))
        prepared.append(said["id"])
        await route.fulfill(status=201, json=said)

    async def fetched(route: Route) -> None:
        token = (await route.request.all_headers())["authorization"].removeprefix("Bearer ")
        path = f"/signing/minutes/{first.id}/signatures/{prepared[-1]}/page.pdf"
        await route.fulfill(status=200, body=await sitting.client.ask("GET", path, token=token))

    prepared: list[str] = []
    await page.route("**/begun", begun)
    await page.route("**/page.pdf", fetched)
    dialog = await look(page)
    await expect(dialog.get_by_role("alert")).to_contain_text("đính kèm là bản khác", timeout=SLOW)
    await expect(dialog.get_by_role("button", name="Ký bằng")).to_have_count(0)
    assert prepared
    await page.unroute_all()
    await dialog.get_by_role("button", name="Quay lại").tap()


async def by_service(console: Page) -> None:
    """Look at all of it, then have the service asked."""
    dialog = await look(console, "countersign-remote")
    await dialog.get_by_role("button", name=f"Ký bằng {SERVICE}").tap(timeout=SLOW)


async def must_catch_codes(console: Page) -> None:
    """The server has the service sign something else: its codes are not those of what was looked at."""
    for name in ("page_code", "statement_code"):
        await lying(
            console, "**/signatures/remote", in_json(**{name: lambda it: f"{(int(it) + 1) % 10_000:04d}"})
        )
        await by_service(console)
        dialog = console.get_by_role("dialog")
        await expect(dialog.get_by_role("alert")).to_contain_text("mã đối chiếu", timeout=SLOW)
        await expect(dialog.locator(".at-service")).to_have_count(0)
        await console.unroute_all()
        await dialog.get_by_role("button", name="Quay lại").tap()
