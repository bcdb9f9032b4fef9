"""The page on which anyone verifies the minutes of a sitting, and what lies beside them, in a real browser."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, Route, expect

from services.kit.application import build_root
from services.pages.app import add_pages
from services.rules import countersigning, jws, signed_file
from services.rules.countersigning import MINUTES_TYPES
from services.wire import SignedPart, SigningRole
from tests.support import minutes_edition
from tests.support.browser import complaints
from tests.support.evidence import Sitting, by_choice
from tests.support.issued import issue
from tests.support.minuted import MinutedSitting
from tests.support.overlapping import Overlapping, hidden

# The anchor, the file, and what minutes.CHECKS names with the seal.
CHECKS = 10
CERTIFIED, ANNULLED = "bq-02", "bq-01"


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Where a worker serves the pages."""
    root = build_root({}, ())
    add_pages(root)
    async with TestServer(root) as server:
        yield str(server.make_url("/verify"))


@pytest.fixture
async def files(tmp_path: Path) -> Path:
    """The minutes of a sitting in all their forms, its certificate, and one of another sitting of the same body."""
    issued = await asyncio.to_thread(minutes_edition.issued)
    sitting = minutes_edition.minuted()
    other = Sitting(members=5, pki=sitting.play.pki)
    other.play(by_choice(other.ids, 3, 1, 1))
    written = {
        "minutes.json": issued.printed.file,
        "minutes.pdf": issued.printed.pdf,
        "minutes.signed.json": signed(sitting, issued.printed.file),
        "minutes.signed.pdf": (await asyncio.to_thread(minutes_edition.finished)).pdf,
        "trust.pem": issued.trust,
        "gcn.json": sitting.file(sitting.statements[CERTIFIED]),
        "khac.pdf": (await asyncio.to_thread(issue, other)).printed.pdf,
    }
    for name, content in written.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def signed(sitting: MinutedSitting, file: bytes) -> bytes:
    """minutes.signed.json by two of the roll and the seal, without time-stamps."""
    play, raw = sitting.play, jws.b64_decode(msgspec.json.decode(file)["payload"].encode())
    at = sitting.statement().issued_at // 1000

    def by(role: SigningRole, member: str, later: int) -> SignedPart:
        chain = (play.keys[member].der, play.pki.delegates.der)
        protected = countersigning.prepare(role, chain, at + later, MINUTES_TYPES)
        over = countersigning.signing_input(protected, raw)
        return countersigning.part(protected, jws.sign_bytes("ES256", play.keys[member].key, over), None)

    secretary = next(one for one in play.ids if one != play.presiding)
    parts = (by("secretary", secretary, 5), by("chair", play.presiding, 10))
    seal = play.pki.seal
    protected, signature = countersigning.seal_over(
        parts, raw, jws.digest(file), (seal.der,), seal.key, at + 20, MINUTES_TYPES
    )
    return signed_file.write(raw, (*parts, countersigning.part(protected, signature, None)))


async def verify(page: Page, file: Path) -> None:
    """Give the page a file and the anchor beside it, and wait for what it says."""
    await page.set_input_files("#certificate", file)
    await page.set_input_files("#trust", file.parent / "trust.pem")
    await expect(page.locator("#verdict")).to_be_visible()


@pytest.mark.parametrize("name", ["minutes.json", "minutes.pdf"])
async def test_good_minutes_are_proven(browser: Browser, address: str, files: Path, name: str) -> None:
    """Every check is passed, nothing is asked; sitting, attendance, polls with their fate and their hashes are said."""
    page = await browser.new_page()
    await page.goto(f"{address}#{jws.digest((files / 'minutes.json').read_bytes())}")
    await expect(page.locator("h1")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.context.set_offline(True)
    await verify(page, files / name)
    await expect(page.locator("#verdict.good")).to_contain_text("HỢP LỆ")
    await expect(page.locator("#verdict")).to_contain_text(
        "7/7 đại biểu có mặt, 4 cuộc biểu quyết (1 đã hủy)"
    )
    # The hash of the QR code; of a PDF its pages too.
    passed = CHECKS + (2 if name.endswith("pdf") else 1)
    await expect(page.locator(".checks .passed")).to_have_count(passed)
    await expect(page.locator(".checks .failed")).to_have_count(0)
    await expect(page.locator(f"[data-poll={ANNULLED}] .annulled")).to_contain_text("Nhầm nội dung")
    certified = page.locator(f"[data-poll={CERTIFIED}]")
    await expect(certified).to_contain_text(jws.digest((files / "gcn.json").read_bytes()))
    await expect(certified).to_contain_text("Chưa đối chiếu")
    await expect(page.locator(f"[data-poll={ANNULLED}]")).not_to_contain_text("đã được thông qua")
    await expect(certified).to_contain_text("đã được thông qua")
    await expect(page.locator("#attendance")).to_contain_text("7/7 đại biểu có mặt")
    assert asked == []


async def test_certificates_beside_are_compared(browser: Browser, address: str, files: Path) -> None:
    """The one that the minutes name agrees; a genuine one that they do not name is refused, by its name and reason."""
    page = await browser.new_page()
    await page.goto(address)
    await expect(page.locator("#beside")).to_have_count(0)
    await verify(page, files / "minutes.pdf")
    await page.set_input_files("#beside", [files / "gcn.json", files / "trust.pem"])
    await expect(page.locator(f"[data-poll={CERTIFIED}] .agrees")).to_contain_text("gcn.json")
    await expect(page.locator(".checks .passed[data-check=beside]")).to_be_visible()
    await expect(page.locator("#others")).to_contain_text("trust.pem")
    await page.set_input_files("#beside", files / "khac.pdf")
    await expect(page.locator("#verdict.bad")).to_contain_text("KHÔNG HỢP LỆ")
    await expect(page.locator("#verdict")).to_contain_text(
        "Tệp khac.pdf không phải tệp mà biên bản phiên họp nêu"
    )
    await expect(page.locator(".checks .failed")).to_have_attribute("data-check", "beside")
    await expect(page.locator(".checks .failed code")).to_have_text("minutes_disagree")
    # What lay beside goes with the minutes that it lay beside.
    await page.set_input_files("#certificate", files / "minutes.json")
    await expect(page.locator("#verdict.good")).to_contain_text("HỢP LỆ")
    await expect(page.locator(f"[data-poll={CERTIFIED}]")).to_contain_text("Chưa đối chiếu")


async def test_minutes_that_were_changed_are_refused(browser: Browser, address: str, files: Path) -> None:
    """A character of the file, a byte of the page, other minutes than the QR code names: each by its check."""
    page = await browser.new_page()
    good, pdf = (files / "minutes.json").read_text(), (files / "minutes.pdf").read_bytes()
    place = len(good) // 2
    (files / "changed.json").write_text(
        good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
    )
    (files / "changed.pdf").write_bytes(pdf[:40] + bytes([pdf[40] ^ 1]) + pdf[41:])
    for name, check, code in (("changed.json", "seal", "seal_wrong"), ("changed.pdf", "page", "pdf_changed")):
        await page.goto(address)
        await verify(page, files / name)
        await expect(page.locator("#verdict.bad"), name).to_contain_text("KHÔNG HỢP LỆ")
        await expect(page.locator(".checks .failed"), name).to_have_attribute("data-check", check)
        await expect(page.locator(".checks .failed code"), name).to_have_text(code)
        await page.reload()
    await page.goto(f"{address}#{'A' * 43}")
    await page.reload()
    await verify(page, files / "minutes.json")
    await expect(page.locator(".checks .failed")).to_have_attribute("data-check", "qr")


async def test_signed_minutes_are_proven_signature_by_signature(
    browser: Browser, address: str, files: Path
) -> None:
    """Who signed is named; of the signed page nothing is said that was not checked."""
    play = minutes_edition.minuted().play
    page = await browser.new_page()
    await page.goto(f"{address}#{jws.digest((files / 'minutes.json').read_bytes())}")
    await verify(page, files / "minutes.signed.json")
    await expect(page.locator("#verdict.good")).to_contain_text("các chữ ký đã được chứng minh")
    await expect(page.locator("#signers [data-place=chair]")).to_contain_text(f"({play.presiding})")
    await expect(page.locator("#signers [data-place=seal]")).to_be_visible()
    await expect(page.locator("#polls [data-poll]")).to_have_count(4)
    await page.set_input_files("#certificate", files / "minutes.signed.pdf")
    await expect(page.locator("#verdict.open")).to_contain_text("plenary verify minutes.signed.pdf")
    await expect(page.locator("#polls [data-poll]")).to_have_count(4)


async def test_whoever_scanned_minutes_is_told_to_bring_the_file(
    browser: Browser, address: str, files: Path
) -> None:
    """The server gives minutes to nobody outside: the page says so, and goes on to where the file is chosen."""
    page = await browser.new_page()
    sha256 = jws.digest((files / "minutes.json").read_bytes())
    await page.route("**/signing/**", _unknown)
    await page.goto(f"{address}#{sha256}")
    await page.click("#fetch")
    await expect(page.locator("#minutes-own")).to_contain_text("minutes.pdf")
    assert await complaints(page) == []
    await page.click("a[href^='/verify']")
    await expect(page).to_have_url(f"{address}#{sha256}")
    await verify(page, files / "minutes.pdf")
    await expect(page.locator("#verdict.good")).to_be_visible()


async def _unknown(route: Route) -> None:
    body = {
        "type": "x",
        "title": "x",
        "status": 404,
        "code": "certificate_unknown",
        "vi": "Không có.",
        "en": "None.",
    }
    await route.fulfill(status=404, body=msgspec.json.encode(body), content_type="application/problem+json")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_anyone_can_read_them(browser: Browser, address: str, files: Path, scheme: str) -> None:
    """axe-core finds nothing, in both languages; no width needs scrolling sideways."""
    page = await browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto(address)
    await verify(page, files / "minutes.pdf")
    await page.set_input_files("#beside", files / "gcn.json")
    await expect(page.locator(".agrees")).to_be_visible()
    await page.focus("#beside")
    again = (files / "gcn.json").rename(files / "again.json")
    await page.set_input_files("#beside", again)
    await expect(page.locator(".agrees")).to_contain_text(again.name)
    await expect(page.locator("#beside")).to_be_focused()
    await page.click("#attendance summary")
    for width in (360, 768, 1920):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await complaints(page) == []
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("#verdict")).to_contain_text("7 of 7 attended, 4 polls (1 annulled)")
    assert await complaints(page) == []


async def test_minutes_made_while_somebody_votes_say_so(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    """They are good, and what they cannot prove yet is said: of which vote, in words; a hidden poll is refused."""
    sitting, house = MinutedSitting(), Overlapping()
    sitting.poll("open")
    (tmp_path / "minutes.json").write_bytes(sitting.file(sitting.statement()))
    (tmp_path / "trust.pem").write_bytes(sitting.play.pki.root.pem)
    page = await browser.new_page()
    await page.goto(address)
    await verify(page, tmp_path / "minutes.json")
    await expect(page.locator("#verdict.good")).to_contain_text("HỢP LỆ")
    await expect(page.locator("[data-under-way=bq-01]")).to_contain_text("chưa đóng")
    votes = (house.steps("bq-01", ["cast"] * 5, "declared"), house.steps("bq-02", ["cast"], "annulled open"))
    overlaps = house.play(*votes, order=lambda number: 0 if len(house.sitting.play.lines) < 4 else number - 1)
    for verdict, statement in (
        ("#verdict.good", overlaps.statement()),
        ("#verdict.bad", hidden(overlaps, lambda line: '"poll":"bq-02"' in line)),
    ):
        # A browser takes a file of the same name for the one it has.
        there = tmp_path / verdict.partition(".")[2]
        there.mkdir()
        (there / "minutes.json").write_bytes(overlaps.file(statement))
        (there / "trust.pem").write_bytes(overlaps.play.pki.root.pem)
        await verify(page, there / "minutes.json")
        await expect(page.locator(verdict)).to_be_visible()
        await expect(page.locator("[data-under-way]")).to_have_count(0)
    await expect(page.locator(".checks .failed code")).to_have_text("order_wrong")
