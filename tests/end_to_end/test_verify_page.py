"""The page on which anyone verifies a certificate, in a real browser: it asks nobody, and it says what it found."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from playwright.async_api import Browser, Page, Route, expect

from services.kit.application import build_root
from services.pages.app import add_pages
from services.rules import jws
from tests.support import proto, signed_edition
from tests.support.browser import complaints
from tests.support.evidence import Sitting, by_choice
from tests.support.issued import issue, usual
from tests.support.pictures import take

CHECKS = 12


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Where a worker serves the pages."""
    root = build_root({}, ())
    add_pages(root)
    async with TestServer(root) as server:
        yield str(server.make_url("/verify"))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The files of a certificate."""
    return usual().write(tmp_path / "files")


async def verify(page: Page, certificate: Path, trust: Path) -> None:
    """Give the page both files and wait for what it says."""
    await page.set_input_files("#certificate", certificate)
    await page.set_input_files("#trust", trust)
    await expect(page.locator("#verdict")).to_be_visible()


@pytest.mark.parametrize("name", ["certificate.json", "certificate.pdf"])
async def test_a_good_certificate_is_proven(browser: Browser, address: str, files: Path, name: str) -> None:
    """Every check is shown as passed, with counts, sentence and one's own ballot; nothing is asked of the server."""
    page = await browser.new_page()
    sha256 = jws.digest((files / "certificate.json").read_bytes())
    await page.goto(f"{address}#{sha256}")
    await expect(page.locator("h1")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.context.set_offline(True)
    await verify(page, files / name, files / "trust.pem")
    await expect(page.locator("#verdict")).to_contain_text("HỢP LỆ")
    await expect(page.locator("#verdict")).to_contain_text(usual().sitting.decision.sentence)
    # The hash of the QR code; of a PDF its pages too.
    await expect(page.locator(".checks .passed")).to_have_count(CHECKS + (2 if name.endswith("pdf") else 1))
    await expect(page.locator(".checks .failed")).to_have_count(0)
    voter, choice = next(iter(usual().sitting.choices.items()))
    await page.fill("#member", voter)
    words = {"approve": "Tán thành", "reject": "Không tán thành", "abstain": "Không biểu quyết"}
    await expect(page.locator("#own-ballot")).to_contain_text(f"{words[choice]}, dòng ")
    assert asked == []
    if name.endswith("pdf"):
        await take(page, "verify", whole=True)
        await take(page, "verify-dark", dark=True)


async def test_ones_own_ballot_is_found_by_what_one_knows(
    browser: Browser, address: str, files: Path
) -> None:
    """A name without marks, chosen among several, an id, a seat, the code that the phone showed; nothing is asked."""
    page = await browser.new_page(viewport={"width": 768, "height": 1024})
    await page.goto(address)
    await verify(page, files / "certificate.json", files / "trust.pem")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    found, people = page.locator("#own-ballot"), page.locator(".people button")
    await page.fill("#member", "hang thi")
    await expect(found).to_contain_text("9 đại biểu khớp")
    await expect(people).to_have_count(8)
    assert await complaints(page) == []
    await take(page, "verify-several", whole=True)
    voter, choice = next(iter(usual().sitting.choices.items()))
    words = {"approve": "Tán thành", "reject": "Không tán thành", "abstain": "Không biểu quyết"}
    said = re.compile(rf"Hằng {voter}: {words[choice]}, dòng \d+ của sổ phiếu, mã phiếu (\w{{4}}-\w{{4}})$")
    await page.locator(f".people [data-member={voter}]").press("Enter")
    await expect(found).to_have_text(said)
    await expect(people).to_have_count(0)
    await expect(page.locator("#member")).to_be_focused()
    code = (said.search(await found.inner_text()) or [""])[1]
    entry = next(each for each in usual().sitting.roll.entries if each.member == voter)
    for typed in (voter.upper(), entry.seat, code, code.lower().replace("-", " ")):
        await page.fill("#member", "")
        await expect(found).to_be_empty()
        await page.fill("#member", typed)
        await expect(found).to_have_text(said)
    await page.fill("#member", "không có ai")
    await expect(found).to_contain_text("Không có ai như vậy")
    assert await complaints(page) == []
    assert asked == []


async def test_a_file_that_is_gone_is_said(browser: Browser, address: str, files: Path) -> None:
    """It was chosen, and cannot be read any more: the page says so and waits for another."""
    page = await browser.new_page()
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    await page.add_init_script("File.prototype.arrayBuffer = async () => { throw new DOMException('gone'); }")
    await page.goto(address)
    await page.set_input_files("#certificate", files / "certificate.json")
    await expect(page.get_by_role("alert")).to_contain_text("certificate.json")
    await expect(page.locator(".drop.given")).to_have_count(0)
    assert await complaints(page) == []
    assert failed == []


async def test_what_failed_is_named(browser: Browser, address: str, files: Path) -> None:
    """One changed character: the seal fails, with its code; what was not checked is not called good."""
    good = (files / "certificate.json").read_text()
    place = len(good) // 2
    changed = files / "changed.json"
    changed.write_text(good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :])
    page = await browser.new_page()
    await page.goto(address)
    await verify(page, changed, files / "trust.pem")
    await expect(page.locator("#verdict")).to_contain_text("KHÔNG HỢP LỆ")
    await expect(page.locator(".checks .failed")).to_have_attribute("data-check", "seal")
    await expect(page.locator(".checks .failed code")).to_have_text("seal_wrong")
    await expect(page.locator(".checks .waiting")).to_have_count(CHECKS - 3)
    await take(page, "verify-wrong", whole=True)


def altered(pdf: bytes, other: bytes) -> Iterator[tuple[str, bytes, str]]:
    """A PDF, changed in each way that there is to change one: what was done, the file, the code of the refusal."""
    hole = re.search(rb"/Contents <([0-9A-F]+)>\n/ByteRange \[0 ([0-9]+) ([0-9]+) ([0-9]+)\]", pdf)
    assert hole
    start, end = hole.span(1)
    for place in range(9, len(pdf), len(pdf) // 23):
        if not start - 200 <= place <= end + 200:
            yield f"byte {place}", pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :], ""
    for place in range(start, start + len(pdf[start:end].rstrip(b"0")), 61):
        digit = b"7" if pdf[place : place + 1] != b"7" else b"8"
        yield f"digit {place} of the signature", pdf[:place] + digit + pdf[place + 1 :], ""
    yield "room behind the signature", pdf[: end - 1] + b"1" + pdf[end:], "pdf_changed"
    yield "small letters", pdf[:start] + pdf[start:end].lower() + pdf[end:], "pdf_changed"
    yield "a byte more", pdf + b"\n", "pdf_changed"
    yield "an update", pdf + b"1 0 obj\n<<>>\nendobj\ntrailer\n<</Prev 9>>\n%%EOF\n", "pdf_changed"
    again = re.search(rb"/Contents <[0-9A-F]+>", other)
    assert again
    yield "the seal of another", pdf[: start - 1] + again[0][10:] + pdf[end + 1 :], ""
    yield "no seal", pdf.replace(b"/Contents <", b"/Content_ <"), "pdf_changed"


async def test_no_byte_of_a_pdf_can_be_changed(browser: Browser, address: str, files: Path) -> None:
    """Pages, signature, room behind it, what is added: the seal on the pages counts as the one inside does."""
    page = await browser.new_page()
    await page.goto(address)
    good = (files / "certificate.pdf").read_bytes()
    other = Sitting(members=9, pki=usual().sitting.pki)
    other.play(by_choice(other.ids, 1, 5, 1))
    another = await asyncio.to_thread(issue, other)
    changed = files / "changed.pdf"
    for what, pdf, code in altered(good, another.printed.pdf):
        assert pdf != good, what
        changed.write_bytes(pdf)
        await verify(page, changed, files / "trust.pem")
        await expect(page.locator("#verdict"), what).to_contain_text("KHÔNG HỢP LỆ")
        if code:
            await expect(page.locator(".checks .failed code"), what).to_have_text(code)
        await page.reload()


async def test_whoever_scanned_the_code_of_a_page_gets_its_file(
    browser: Browser, address: str, files: Path
) -> None:
    """One press fetches the file that the hash names, and the anchor; both are verified here, under that hash."""
    page = await browser.new_page()
    sha256 = jws.digest((files / "certificate.json").read_bytes())
    served = {f"hashes/{sha256}.json": files / "certificate.json", "trust.pem": files / "trust.pem"}
    for name, file in served.items():
        await page.route(f"**/signing/{name}", partial(_fulfil, file))
    await page.goto(f"{address}#{sha256}")
    await page.click("#fetch")
    await expect(page.locator("#verdict")).to_contain_text("HỢP LỆ")
    await expect(page).to_have_url(f"{address}#{sha256}")
    (anchor,) = x509.load_pem_x509_certificates((files / "trust.pem").read_bytes())
    print_ = anchor.fingerprint(SHA256()).hex(":").upper()
    await expect(page.locator("#anchor-from-here code")).to_have_text(print_)
    assert await complaints(page) == []
    await take(page, "verify-scanned")
    # It is taken up once; another file under this hash is refused.
    await page.reload()
    await expect(page.locator("#fetch")).to_be_visible()
    served[f"hashes/{sha256}.json"] = files / "changed.json"
    (files / "changed.json").write_bytes((files / "certificate.json").read_bytes() + b"\n")
    await page.unroute("**/signing/**")
    for name, file in served.items():
        await page.route(f"**/signing/{name}", partial(_fulfil, file))
    await page.click("#fetch")
    await expect(page.locator(".checks .failed")).to_have_attribute("data-check", "qr")


async def _fulfil(file: Path, route: Route) -> None:
    await route.fulfill(body=file.read_bytes(), content_type="application/octet-stream")


async def test_another_file_than_the_qr_code_names_is_refused(
    browser: Browser, address: str, files: Path
) -> None:
    """A genuine certificate, but not the one that was scanned."""
    page = await browser.new_page()
    await page.goto(f"{address}#{'A' * 43}")
    await verify(page, files / "certificate.json", files / "trust.pem")
    await expect(page.locator(".checks .failed")).to_have_attribute("data-check", "qr")


async def test_both_languages_are_spoken(browser: Browser, address: str, files: Path) -> None:
    """Vietnamese first; one press says all in English, the page's own language and title too, and is remembered."""
    page = await browser.new_page()
    await page.goto(address)
    await verify(page, files / "certificate.json", files / "trust.pem")
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page).to_have_title("Verify a certificate or minutes – Plenary")
    await expect(page.locator("#verdict")).to_contain_text("VALID")
    await expect(page.locator("#verdict")).to_contain_text(usual().sitting.decision.sentence_en)
    await expect(page.locator(".counts")).to_contain_text("In favour")
    await take(page, "verify-english")
    await page.reload()
    await expect(page.locator("h1")).to_have_text("Verify a certificate or minutes")
    await page.get_by_role("button", name="Tiếng Việt").click()
    await expect(page.locator("h1")).to_have_text("Kiểm tra giấy chứng nhận, biên bản")
    await expect(page.locator("html")).to_have_attribute("lang", "vi")


@pytest.mark.parametrize("width", [360, 768, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_anyone_can_use_it(
    browser: Browser, address: str, files: Path, width: int, scheme: str
) -> None:
    """axe-core finds nothing before, on good news and on bad, and no width needs scrolling sideways."""
    page = await browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    await page.goto(address)
    await expect(page.locator("h1")).to_be_visible()
    assert await complaints(page) == []
    for certificate in ("certificate.pdf", "trust.pem"):
        await verify(page, files / certificate, files / "trust.pem")
        assert await complaints(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_keyboard_alone_suffices(browser: Browser, address: str) -> None:
    """After the language come both files and nothing else stands in the way of Tab, and one sees where one is."""
    page = await browser.new_page()
    await page.goto(address)
    await expect(page.locator("h1")).to_be_visible()
    await take(page, "verify-empty")
    await page.keyboard.press("Tab")
    await expect(page.locator(".language")).to_be_focused()
    for name in ("certificate", "trust"):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.id") == name
        style = "e => getComputedStyle(e.closest('.drop')).outlineStyle"
        assert await page.locator(f"#{name}").evaluate(style) == "solid"


async def test_headers_are_strict(browser: Browser, address: str) -> None:
    """No inline script, no other host, no request at all from this page; parts are kept for ever."""
    page = await browser.new_page()
    answers = {}
    page.on("response", lambda response: answers.update({response.url: response}))
    shown = await page.goto(address)
    assert shown is not None
    policy = shown.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'none'" in policy
    assert "unsafe" not in policy
    assert shown.headers["x-content-type-options"] == "nosniff"
    parts = [response for url, response in answers.items() if "/assets/" in url]
    assert parts
    for part in parts:
        assert part.headers["cache-control"].endswith("immutable")


async def test_a_signed_edition_is_proven_signature_by_signature(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    """Persons and seal by their certificates, then the statement; who signed is named, and what was not checked."""
    given = json.loads((proto.ROOT / "proto" / "vectors" / "countersigned.json").read_text())
    good, *bad = given["cases"]
    (tmp_path / "trust.pem").write_text(given["trust"])
    (tmp_path / "certificate.signed.json").write_text(good["file"])
    page = await browser.new_page()
    await page.goto(f"{address}#{good['certificate']}")
    await expect(page.locator("h1")).to_be_visible()
    await page.context.set_offline(True)
    await verify(page, tmp_path / "certificate.signed.json", tmp_path / "trust.pem")
    await expect(page.locator("#verdict")).to_contain_text("HỢP LỆ")
    for place, member in good["signers"].items():
        await expect(page.locator(f"#signers [data-place={place}]")).to_contain_text(f"({member})")
    await expect(page.locator("#signers")).to_contain_text("Không có dấu thời gian")
    # Each wrong file is refused by the page itself, with the name of the check.
    for number, case in enumerate(case for case in bad if case["name"] != "certificate.json"):
        wrong = tmp_path / f"wrong-{number}.json"
        wrong.write_text(case["file"])
        await page.set_input_files("#certificate", wrong)
        await expect(page.locator(".drop .name").first).to_have_text(wrong.name)
        await expect(page.locator("#verdict"), case["name"]).to_contain_text("KHÔNG HỢP LỆ")
        await expect(page.locator(".checks .failed .reason code"), case["name"]).to_be_visible()


async def test_of_a_signed_page_nothing_is_said_that_was_not_checked(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    """The certificate that it carries is proven; who signed the page is left to the tool that can tell."""
    (tmp_path / "certificate.signed.pdf").write_bytes((await asyncio.to_thread(signed_edition.finished)).pdf)
    (tmp_path / "trust.pem").write_bytes(usual().trust)
    page = await browser.new_page()
    await page.goto(address)
    await verify(page, tmp_path / "certificate.signed.pdf", tmp_path / "trust.pem")
    await expect(page.locator("#verdict")).to_contain_text("CHƯA KẾT LUẬN VỀ CHỮ KÝ")
    await expect(page.locator("#verdict")).to_contain_text("plenary verify certificate.signed.pdf")
    await expect(page.locator("#verdict.good")).to_have_count(0)
