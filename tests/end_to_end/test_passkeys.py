"""Passkeys in a real browser with a virtual authenticator: added on the phone, the key lost and recovered, a vote cast.

WebAuthn wants a name: the house is known as localhost here, since a number is none.
"""

import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from msgspec import structs
from playwright.async_api import Browser, CDPSession, Page, expect

from tests.support.browser import must_be_usable
from tests.support.desk import Desk, running
from tests.support.phone_hall import CHAIR, DRAFT, NAMES, SECRETARY, PhoneHall, cast, convened_hall
from tests.support.pictures import take
from tests.support.secretary_desk import go
from tests.support.stores import reachable_directory

_NEVER_AGAIN = 15_000


@pytest.fixture(scope="module")
def named() -> Iterator[tuple[Desk, str]]:
    """A house with a name, and its address."""
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    address = f"http://localhost:{port}"
    with (
        reachable_directory() as data,
        running(data, PORT=str(port), PUBLIC_URL=address, SAMPLE="false") as desk,
    ):
        yield desk, address


@dataclass
class Phone:
    """A phone with a screen lock that its owner opens, and passkeys."""

    page: Page
    devtools: CDPSession
    address: str
    authenticator: str = ""

    async def join(self, hall: PhoneHall) -> None:
        """Join with an invite, and check in."""
        await self.page.goto(f"{self.address}/phone#moi={await hall.invite('an')}")
        await self.page.locator("form button.primary").click()
        await self.page.locator("#check-in button").click(timeout=_NEVER_AGAIN)
        await expect(self.page.locator("#check-in")).to_have_count(0)

    async def passkeys(self) -> int:
        """How many it keeps."""
        asked = {"authenticatorId": self.authenticator}
        found = await self.devtools.send("WebAuthn.getCredentials", asked)
        return len(found["credentials"])

    async def let(self, *, verify: bool) -> None:
        """Its owner opens the screen lock from now on, or does not."""
        asked = {"authenticatorId": self.authenticator, "isUserVerified": verify}
        await self.devtools.send("WebAuthn.setUserVerified", asked)

    async def add(self) -> None:
        """Add a passkey on one's own page."""
        await self.page.locator("[data-tab=mine]").click()
        await self.page.get_by_role("button", name="Xem và thêm khóa truy cập").click()
        await self.page.get_by_role("button", name="Thêm khóa truy cập (passkey)").click()
        await expect(self.page.locator(".passkeys li")).to_have_count(1)

    async def forget_all(self) -> None:
        """What an iPhone does after a week: all that the page kept is gone; passkeys are not the page's."""
        await self.page.goto("about:blank")
        asked = {"origin": self.address, "storageTypes": "all"}
        await self.devtools.send("Storage.clearDataForOrigin", asked)
        await self.page.goto(f"{self.address}/phone")
        await expect(self.page.locator("form textarea")).to_have_value("")


@pytest.fixture
async def phone(browser: Browser, named: tuple[Desk, str]) -> AsyncIterator[Phone]:
    """A phone that was never here."""
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    page = await context.new_page()
    made = Phone(page, await context.new_cdp_session(page), named[1])
    await made.devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = await made.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    made.authenticator = added["authenticatorId"]
    yield made
    await context.close()


async def test_a_lost_key_is_recovered_and_votes(named: tuple[Desk, str], phone: Phone) -> None:
    """Add a passkey, lose the key, sign in with the passkey, make a new key, vote with it; the old key is refused."""
    async with convened_hall(named[0], "hdnd-khoa") as hall:
        page = phone.page
        await phone.join(hall)
        await phone.add()
        assert await phone.passkeys() == 1
        await must_be_usable(page)
        await take(page, "phone-passkeys")

        await phone.forget_all()
        await must_be_usable(page)
        await page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
        await expect(page.locator("#recover")).to_contain_text("Đã xác nhận: an")
        await expect(page.locator("#recover-title")).to_be_focused()
        await must_be_usable(page)
        await take(page, "phone-recover")
        await page.get_by_role("button", name="Tạo khóa mới trên máy này").click()
        await expect(page.locator("[data-tab=vote]")).to_be_visible(timeout=_NEVER_AGAIN)

        # The secretary sees who recovered a key, with which passkey.
        token = hall.convened.token
        (seen,) = await hall.client.get(f"/signing/bodies/{hall.convened.body}/recoveries", list, token)
        log = await hall.client.get(f"/meeting/bodies/{hall.convened.body}/passkeys/log", list, token)
        assert [each["what"] for each in log] == ["entered", "added"]
        assert (seen["member"], seen["passkey"]) == ("an", log[0]["passkey"])
        assert seen["replaces"] not in ("", seen["thumbprint"])

        vote = await hall.open()
        await cast(page, "approve")
        await expect(page.locator(".recorded")).to_have_attribute("data-choice", "approve")
        assert (await hall.client.poll(vote.poll, await hall.token(CHAIR))).received == 1


async def test_the_secretary_sees_and_removes(
    named: tuple[Desk, str], phone: Phone, browser: Browser
) -> None:
    """Who has passkeys and what happened, by name; one that is removed at the desk opens nothing."""
    async with convened_hall(named[0], "hdnd-thay") as hall:
        await phone.join(hall)
        await phone.add()
        page = await hall.phone(browser)
        await page.goto(f"{named[1]}/secretary#moi={await hall.invite(SECRETARY)}")
        await page.locator("form button.primary").click()
        await expect(page.locator("#overview")).to_be_visible(timeout=_NEVER_AGAIN)
        await go(page, "members")
        await page.locator("#passkeys summary").click()
        await expect(page.locator("#passkeys [data-what=added]")).to_contain_text(NAMES["an"])
        await must_be_usable(page)
        await page.locator(".passkeys button").click()
        await page.locator("dialog button.danger").click()
        await expect(page.locator("#passkeys [data-what=removed]")).to_contain_text(NAMES[SECRETARY])
        await expect(page.locator(".passkeys")).to_have_count(0)
        await phone.forget_all()
        await phone.page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
        await expect(phone.page.locator("[data-code=passkey_unknown]")).to_be_visible()


async def test_removed_it_opens_nothing(named: tuple[Desk, str], phone: Phone) -> None:
    """A passkey that was removed on one's own page is refused, in words."""
    async with convened_hall(named[0], "hdnd-go") as hall:
        page = phone.page
        await phone.join(hall)
        await phone.add()
        await page.locator(".passkeys button").click()
        await must_be_usable(page)
        await page.locator("dialog button.danger").click()
        await expect(page.locator(".passkeys")).to_have_count(0)
        await phone.forget_all()
        await page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
        await expect(page.locator("[data-code=passkey_unknown]")).to_be_visible()
        await must_be_usable(page)


async def test_who_does_not_open_the_screen_lock(named: tuple[Desk, str], phone: Phone) -> None:
    """Without the owner's verification nothing is made and nothing opens; it is said why, and can be tried again."""
    async with convened_hall(named[0], "hdnd-khong") as hall:
        page = phone.page
        await phone.join(hall)
        await phone.let(verify=False)
        await page.locator("[data-tab=mine]").click()
        await page.get_by_role("button", name="Xem và thêm khóa truy cập").click()
        await page.get_by_role("button", name="Thêm khóa truy cập (passkey)").click()
        await expect(page.locator("[data-why]")).to_be_visible(timeout=_NEVER_AGAIN)
        assert await phone.passkeys() == 0
        await phone.let(verify=True)
        await page.get_by_role("button", name="Thêm khóa truy cập (passkey)").click()
        await expect(page.locator(".passkeys li")).to_have_count(1)
        await page.get_by_role("button", name="Thêm khóa truy cập (passkey)").click()
        await expect(page.locator("[data-why=already]")).to_be_visible()


async def test_at_another_address(named: tuple[Desk, str], phone: Phone) -> None:
    """The same house at its number: the browser gives no passkey there, and the page says where it works."""
    page = phone.page
    await page.goto(f"{named[1].replace('localhost', '127.0.0.1')}/phone")
    await page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    await expect(page.locator("[data-why=address]")).to_contain_text("localhost")
    await page.get_by_role("button", name="English").click()
    await must_be_usable(page)


async def _choose(page: Page) -> None:
    await page.locator("[data-tab=vote]").click()
    await page.locator("[data-choice=approve]").click(timeout=_NEVER_AGAIN)
    await expect(page.locator("#confirming")).to_be_visible(timeout=_NEVER_AGAIN)


async def test_a_ballot_is_confirmed_where_it_is_demanded(named: tuple[Desk, str], phone: Phone) -> None:
    """Without a passkey there is no way to sign, and it says so; with one, the device is asked, the ballot is recorded
    with what it said, and without its owner's verification nothing is sent."""
    async with convened_hall(named[0], "hdnd-xac-nhan") as hall:
        page = phone.page
        await phone.join(hall)
        vote = await hall.open(structs.replace(DRAFT, step_up="required"))
        await _choose(page)
        await expect(page.locator("#confirming .notice.warn")).to_be_visible()
        await expect(page.locator("#confirm, #unconfirmed")).to_have_count(0)
        await must_be_usable(page)
        await phone.add()
        await _choose(page)
        await expect(page.locator("#confirm")).to_be_visible()
        await must_be_usable(page)
        await take(page, "phone-confirm")
        await phone.let(verify=False)
        await page.locator("#confirm").click()
        await expect(page.locator("#confirming [data-why]")).to_be_visible(timeout=_NEVER_AGAIN)
        assert (await hall.client.poll(vote.poll, await hall.token(CHAIR))).received == 0
        await phone.let(verify=True)
        await page.locator("#confirm").click()
        await expect(page.locator(".recorded")).to_have_attribute(
            "data-choice", "approve", timeout=_NEVER_AGAIN
        )
        assert (await hall.client.poll(vote.poll, await hall.token(CHAIR))).received == 1


async def test_a_ballot_may_be_confirmed(named: tuple[Desk, str], phone: Phone) -> None:
    """Where it is optional, who has no passkey signs as ever, and who has one may leave it."""
    async with convened_hall(named[0], "hdnd-nen-co") as hall:
        page = phone.page
        await phone.join(hall)
        await phone.add()
        await hall.open(structs.replace(DRAFT, step_up="optional"))
        await _choose(page)
        await expect(page.locator("#confirm")).to_be_visible()
        await page.locator("#unconfirmed").click()
        await expect(page.locator(".recorded")).to_have_attribute(
            "data-choice", "approve", timeout=_NEVER_AGAIN
        )
