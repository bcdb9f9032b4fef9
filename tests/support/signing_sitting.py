"""A vote declared and certified, and the browsers of those who sign its certificate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from services.desk.client import Client, opened
from services.desk.convening import convene, enrol_all
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.presiding import cast_all, close_and_declare, open_poll, sign_all
from services.desk.verify import verify
from tests.support.chair_sitting import BODY, CHAIR, DELEGATES, MEETING, PEOPLE, POLL, SECRETARY, plan
from tests.support.desk import Desk
from tests.support.tools import run


@dataclass(frozen=True)
class Certified:
    """Where the certificate is, and who asks there."""

    url: str
    data: Path
    client: Client
    token: str
    chair: Device
    certificate: str

    async def page(self, browser: Browser, member: str, role: str) -> Page:
        """A browser of this member's own, enrolled by an invite, in the meeting."""
        context = await browser.new_context(viewport={"width": 1366, "height": 900})
        page = await context.new_page()
        (invite,) = await self.client.invite(BODY, [member], self.token)
        await page.goto(f"{self.url}/{role}#moi={invite.code}")
        await page.get_by_role("button", name="Tạo khóa trên máy này").click()
        return page

    async def secretary(self, browser: Browser) -> Page:
        """The secretary, where the certificates are."""
        page = await self.page(browser, SECRETARY, "secretary")
        await page.locator("[data-section=downloads]").click()
        await expect(signatures(page)).to_be_visible(timeout=20_000)
        return page

    async def chair_console(self, browser: Browser, member: str = CHAIR) -> Page:
        """A chair, before the result."""
        page = await self.page(browser, member, "chair")
        await expect(page.locator(".console")).to_be_visible(timeout=20_000)
        await page.locator(".entry-button.poll").first.click()
        await expect(signatures(page)).to_be_visible(timeout=20_000)
        return page


def signatures(page: Page) -> Locator:
    """Who signed, and who is awaited."""
    return page.locator(".signatures")


async def look(page: Page) -> Locator:
    """Begin; the dialog with what is to be signed."""
    await page.locator("[data-act=countersign]").click()
    return page.get_by_role("dialog")


async def must_be_good(vote: Certified, directory: Path) -> None:
    """Both files, by programs of others and by our own."""
    for kind in ("pdf", "json"):
        path = f"/signing/certificates/{vote.certificate}.signed.{kind}"
        (directory / f"certificate.signed.{kind}").write_bytes(await vote.client.ask("GET", path))
    keys = vote.data / "keys"
    for kind in ("pdf", "json"):
        file = directory / f"certificate.signed.{kind}"
        verdict = await asyncio.to_thread(verify, file, keys / "trust.pem", keys / "trial-time.pem")
        assert verdict.refused is None, verdict.refused
    (nss := directory / "nss").mkdir()
    run("certutil", "-N", "-d", f"sql:{nss}", "--empty-password")
    run("certutil", "-A", "-d", f"sql:{nss}", "-n", "root", "-t", "C,C,C", "-i", str(keys / "trust.pem"))
    said = run("pdfsig", "-nssdir", str(nss), "-no-ocsp", str(directory / "certificate.signed.pdf"))
    for part in said.split("Signature #")[1:4]:
        assert "Signature is Valid." in part, said
        assert "Certificate is Trusted." in part, said


@asynccontextmanager
async def certified(desk: Desk) -> AsyncIterator[Certified]:
    """A council of nine has voted; the chair declared the result from a device in Python."""
    url = str(desk.wait_until_ready()["url"])
    async with opened(url, connections=8) as client:
        present = [member for member, _, _ in PEOPLE]
        convened = await convene(client, mint(desk.data), plan(present))
        devices = await enrol_all(client, BODY, [CHAIR, *DELEGATES], convened.token)
        vote = await open_poll(client, convened, devices[CHAIR], POLL)
        ballots = sign_all(vote.ask, devices, dict.fromkeys(DELEGATES, "approve"))
        await cast_all(client, vote.poll, list(ballots.values()))
        done = await close_and_declare(client, vote)
        yield Certified(url, desk.data, client, convened.token, devices[CHAIR], done.certificate)


__all__ = ["CHAIR", "MEETING", "SECRETARY", "Certified", "certified", "look", "must_be_good", "signatures"]
