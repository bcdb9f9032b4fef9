"""A vote declared and certified, and the browsers of those who sign its certificate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from playwright.async_api import Browser, Locator, Page, expect

from services.desk.client import Client, opened
from services.desk.convening import convene, enrol_all
from services.desk.device import Device
from services.desk.operator_token import mint
from services.desk.presiding import cast_all, close_and_declare, open_poll, sign_all
from services.desk.verify import verify
from tests.support import engines
from tests.support.chair_sitting import BODY, CHAIR, DELEGATES, MEETING, PEOPLE, POLL, SECRETARY, plan
from tests.support.desk import Desk

NAMES = {member: name for member, name, _ in PEOPLE} | {SECRETARY: "Trịnh Công Thư"}


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
    """Both files, signed by secretary and chair: by programs of others and by our own."""
    for kind in ("pdf", "json"):
        path = f"/signing/certificates/{vote.certificate}.signed.{kind}"
        (directory / f"certificate.signed.{kind}").write_bytes(await vote.client.ask("GET", path))
    await asyncio.to_thread(must_be_found_good, vote.data / "keys", "certificate", directory)


def must_be_found_good(
    keys: Path, paper: str, directory: Path, time: Path | None = None, archives: int = 1
) -> None:
    """`<paper>.signed.pdf` and `.json` in a directory, by all engines and by `plenary verify`: just three signatures,
    of this house's secretary, chair and seal, and so many archives over them. `keys`: where the house has its anchors;
    `time`: the anchors for time, if they are not those for trials."""
    trust, time = keys / "trust.pem", time or keys / "trial-time.pem"
    seal = x509.load_pem_x509_certificate((keys / "seal.pem").read_bytes())
    (body,) = seal.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    names = NAMES[SECRETARY], NAMES[CHAIR], str(body.value)
    trusted = engines.Trusted(trust.read_bytes(), time.read_bytes(), names, archives)
    page, file = (directory / f"{paper}.signed.{kind}" for kind in ("pdf", "json"))
    engines.must_agree_on_page(page.read_bytes(), trusted, directory / "page")
    parts = engines.must_agree_on_file(file.read_bytes(), trusted, directory / "file")
    assert x509.load_der_x509_certificate(parts[2].chain[0]) == seal
    for each in (page, file):
        verdict = verify(each, trust, time)
        assert verdict.refused is None, verdict.refused
        assert verdict.figures["level"] == "B-LTA"


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
