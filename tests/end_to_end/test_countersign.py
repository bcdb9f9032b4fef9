"""Secretary and chair sign a certificate in their browsers; programs of others find it good; lies are caught."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from services.rules import jws
from tests.support.browser import complaints
from tests.support.chair_sitting import DEPUTY
from tests.support.desk import running
from tests.support.pictures import take
from tests.support.signing_sitting import Certified, certified, look, must_be_good, signatures
from tests.support.stores import reachable_directory
from tests.support.tools import needs

SIGN = "Ký bằng khóa trên máy này"


@pytest.fixture
async def vote() -> AsyncIterator[Certified]:
    """A certificate that nobody has signed, on a server that stamps with an authority of its own, for trials."""
    with reachable_directory() as data, running(data, "--test-tsa", SAMPLE="false") as desk:
        async with certified(desk) as found:
            yield found


Lie = Callable[[bytes], bytes]


async def lying(page: Page, path: str, lie: Lie) -> None:
    """From now on the server answers otherwise."""

    async def answer(route: Route) -> None:
        response = await route.fetch()
        body = lie(await response.body())
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        await route.fulfill(status=response.status, headers=headers, body=body)

    await page.route(path, answer)


def in_json(**changed: Callable[[Any], Any]) -> Lie:
    """Members of the answer, changed."""

    def lie(raw: bytes) -> bytes:
        said = json.loads(raw)
        return json.dumps(said | {name: change(said[name]) for name, change in changed.items()}).encode()

    return lie


def swapped(page: bytes) -> bytes:
    """A page with another word in it, as long as before."""
    assert b"/Type/Pages" in page
    return page.replace(b"/Type/Pages", b"/Type/Paget", 1)


LIES: dict[str, tuple[str, Lie]] = {
    "một trang khác": ("**/page.pdf", swapped),
    "chữ ký không bao gồm toàn bộ trang": ("**/begun", in_json(byte_range=lambda it: [*it[:3], it[3] - 1])),
    "thuộc tính của chữ ký": ("**/begun", in_json(attributes=lambda it: it[:-4] + "AAAA")),
    "phần đầu": ("**/begun", in_json(protected=lambda it: it[:-4] + "AAAA")),
    "SHA-256": (
        "**/signing/certificates/*.json",
        lambda raw: raw.replace(b'"payload":"ey', b'"payload":"ez', 1),
    ),
}


async def test_a_lying_server_is_caught_and_nothing_is_signed(vote: Certified, browser: Browser) -> None:
    """The page, what is signed of it, the header, the certificate itself, page and hash together: each exchanged."""
    page = await vote.secretary(browser)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    for what, (path, lie) in LIES.items():
        await lying(page, path, lie)
        dialog = await look(page)
        await expect(dialog.get_by_role("alert")).to_contain_text(what, timeout=30_000)
        await expect(dialog.get_by_role("button", name=SIGN)).to_have_count(0)
        await page.unroute_all()
        await dialog.get_by_role("button", name="Quay lại").click()
    await exchange_all(vote, page)
    dialog = await look(page)
    await expect(dialog.get_by_role("alert")).to_contain_text("thuộc tính của chữ ký", timeout=30_000)
    assert await complaints(page) == []
    await take(page, "secretary-countersign-lie")
    assert [url for url in sent if url.endswith("/begun")]
    assert not [url for url in sent if url.endswith("/signatures")]
    # It was honest before and is again: what was caught did no harm.
    await page.unroute_all()
    await dialog.get_by_role("button", name="Bắt đầu lại").click()
    await dialog.get_by_role("button", name=SIGN).click(timeout=30_000)
    await expect(signatures(page)).to_have_attribute("data-awaited", "chair", timeout=30_000)
    await sign_instead(vote, browser)


async def sign_instead(vote: Certified, browser: Browser) -> None:
    """Another chair than who declared the result says why, and that stands beside their name."""
    console = await vote.chair_console(browser, DEPUTY)
    asking = await look(console)
    await asking.get_by_label("Vì sao ký thay Nguyễn Thị Minh").fill("Chủ tọa nghỉ ốm")
    assert await complaints(console) == []
    await asking.get_by_role("button", name="Tiếp tục").click()
    await console.get_by_role("dialog").get_by_role("button", name=SIGN).click(timeout=30_000)
    await expect(signatures(console)).to_have_attribute("data-awaited", "", timeout=60_000)
    said = console.locator("[data-place=chair]")
    await expect(said).to_contain_text("Trần Văn Toàn")
    await expect(said).to_contain_text("ký thay Nguyễn Thị Minh: Chủ tọa nghỉ ốm")


async def exchange_all(vote: Certified, page: Page) -> None:
    """Another page, and the server's word for it fits: only what would be signed does not."""
    real: list[bytes] = []

    async def begun(route: Route) -> None:
        response = await route.fetch()
        said = await response.json()
        path = f"/signing/certificates/{vote.certificate}/signatures/{said['id']}/page.pdf"
        token = (await route.request.all_headers())["authorization"].removeprefix("Bearer ")
        real.append(swapped(await vote.client.ask("GET", path, token=token)))
        await route.fulfill(status=201, json=said | {"page": jws.digest(real[0])})

    await page.route("**/begun", begun)
    await lying(page, "**/page.pdf", lambda _: real[0])


@needs("pdfsig", "certutil", "qpdf", "openssl", "jose")
async def test_secretary_and_chair_sign_in_their_browsers(
    vote: Certified, browser: Browser, tmp_path: Path
) -> None:
    """Each looks, each signs; the seal follows; pdfsig and `plenary verify` find all of it good."""
    # 1. The secretary.
    page = await vote.secretary(browser)
    dialog = await look(page)
    await expect(dialog.locator(".sentence")).to_contain_text("7 đại biểu tán thành", timeout=30_000)
    assert await complaints(page) == []
    await take(page, "secretary-countersign")
    await dialog.get_by_role("button", name=SIGN).click()
    await expect(signatures(page)).to_have_attribute("data-awaited", "chair", timeout=30_000)
    await expect(page.locator("[data-place=secretary]")).to_contain_text("Trịnh Công Thư")
    # 2. The chair, who declared the result.
    console = await vote.chair_console(browser)
    await expect(signatures(console)).to_have_attribute("data-awaited", "chair")
    dialog = await look(console)
    await expect(dialog.locator("[data-file=page]")).to_be_visible(timeout=30_000)
    assert await complaints(console) == []
    await take(console, "chair-countersign")
    await dialog.get_by_role("button", name=SIGN).click()
    # 3. The seal by itself, told to both; the time-stamps are marked as what they are.
    for each in (page, console):
        await expect(signatures(each)).to_have_attribute("data-awaited", "", timeout=60_000)
        await expect(signatures(each)).to_contain_text("B-LTA")
        await expect(signatures(each)).to_contain_text("THỬ NGHIỆM")
        assert await complaints(each) == []
    await take(console, "chair-countersigned")
    # 4. What others find.
    await must_be_good(vote, tmp_path)
