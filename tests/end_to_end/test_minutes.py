"""The minutes of a whole sitting, from votes and turns to the signed edition; programs of others agree."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from services.desk.asking import Declined
from services.desk.verify import Beside, verify
from services.wire import MinutesNotice
from tests.support.browser import complaints, saved
from tests.support.chair_sitting import BODY, CHAIR, DEPUTY, MEETING, SECRETARY
from tests.support.desk import running
from tests.support.minuted_sitting import AGAIN, FIRST, PRACTICE, MinutedSitting, convened
from tests.support.pictures import take
from tests.support.signing_sitting import must_be_found_good
from tests.support.stores import reachable_directory
from tests.support.tools import needs

FILES = ("minutes.json", "minutes.pdf", "minutes.signed.json", "minutes.signed.pdf")
SIGN = "Ký bằng khóa trên máy này"


@pytest.fixture
async def sitting() -> AsyncIterator[MinutedSitting]:
    """A sitting that has ended, on a server that stamps with an authority of its own, for trials."""
    with reachable_directory() as data, running(data, "--test-tsa", SAMPLE="false") as desk:
        async with convened(desk) as found:
            yield await found.held()


async def must_be_proven(sitting: MinutedSitting, out: Path) -> None:
    """All four files, with what lies beside; what does not is told."""
    time = sitting.data / "keys" / "trial-time.pem"
    for name in FILES:
        verdict = await asyncio.to_thread(verify, out / name, out / "trust.pem", time, Beside(out / "beside"))
        assert verdict.refused is None, (name, verdict.refused)
        assert verdict.figures["not_given"] == []
        states = {one["poll"]: one["state"] for one in verdict.figures["polls"]}
        assert states == {FIRST.id: "voided", AGAIN.id: "certified", PRACTICE.id: "declared"}
        assert verdict.figures.get("level", "B-LT") in ("B-LT", "B-LTA")
    alone = await asyncio.to_thread(verify, out / "minutes.json", out / "trust.pem")
    assert len(alone.figures["not_given"]) == 2


async def test_minutes_are_signed_and_an_edition_follows_another(
    sitting: MinutedSitting, tmp_path: Path
) -> None:
    """Annulled, run again, in practice, spoken: all of it is named; secretary, chair and seal sign it; what is drawn up
    anew names the edition before, which stays; only those of the body see any of it."""
    notice = await sitting.minutes()
    assert await sitting.minutes() == notice
    out = await sitting.write(notice, tmp_path / "out")
    await sitting.sign(notice, SECRETARY, "secretary")
    await sitting.sign(notice, DEPUTY, "chair", instead="Chủ tọa đi công tác")
    await sitting.write_signed(notice, out)
    await must_be_proven(sitting, out)
    # A signature on one kind of paper, an id of one kind, is none of another.
    await must_be_refused(sitting, notice)
    second = await sitting.minutes(2)
    again = await sitting.write(second, tmp_path / "again")
    found = await asyncio.to_thread(
        verify, again / "minutes.pdf", again / "trust.pem", None, Beside(tmp_path / "out")
    )
    assert found.refused is None
    assert [one.split()[0] for one in found.figures["not_given"]] == [
        one.stem for one in sorted((out / "beside").iterdir())
    ]
    assert [one.edition for one in await sitting.client.minutes(MEETING, sitting.convened.token)] == [1, 2]


async def must_be_refused(sitting: MinutedSitting, notice: MinutesNotice) -> None:
    """Who is not of the body, who is not the secretary, and other doors than its own."""
    client, chair = sitting.client, await sitting.token(CHAIR)
    asks: dict[str, Callable[[], Awaitable[object]]] = {
        "not_signed_in": lambda: client.ask("GET", f"/signing/minutes/{notice.id}.json"),
        "not_allowed": lambda: client.ask_minutes(MEETING, 2, chair),
        "certificate_unknown": lambda: client.ask("GET", f"/signing/certificates/{notice.id}.json"),
        "minutes_unknown": lambda: client.minutes_file("gcn-01", "json", chair),
        "edition_out_of_turn": lambda: client.ask_minutes(MEETING, 9, sitting.convened.token),
    }
    for code, ask in asks.items():
        with pytest.raises(Declined) as refused:
            await ask()
        assert refused.value.code == code
    with pytest.raises(Declined) as refused:
        await client.ask("GET", f"/signing/certificates/{notice.id}/signatures")
    assert refused.value.code == "certificate_unknown"


async def enter(sitting: MinutedSitting, browser: Browser, member: str, role: str) -> Page:
    """A browser of this member's own, enrolled by an invite."""
    context = await browser.new_context(viewport={"width": 1366, "height": 900})
    page = await context.new_page()
    (invite,) = await sitting.client.invite(BODY, [member], sitting.convened.token)
    await page.goto(f"{sitting.url}/{role}#moi={invite.code}")
    await page.get_by_role("button", name="Tạo khóa trên máy này").click()
    # It is over: one chooses it.
    await page.get_by_role("button", name="Kỳ họp thứ nhất").click()
    return page


def signatures(page: Page) -> Locator:
    """Who signed the minutes, and who is awaited."""
    return page.get_by_label("Chữ ký trên biên bản phiên họp")


@needs("pdfsig", "certutil", "qpdf", "openssl", "jose")
async def test_drawn_up_and_signed_in_browsers(
    sitting: MinutedSitting, browser: Browser, tmp_path: Path
) -> None:
    """The secretary asks with one button, looks, signs; the chair looks, signs; all engines find it good."""
    # 1. The secretary has them drawn up.
    page = await enter(sitting, browser, SECRETARY, "secretary")
    await page.locator("[data-section=downloads]").click()
    await page.locator("[data-act=minutes]").click()
    await page.get_by_role("dialog").get_by_role("button", name="Lập biên bản kỳ họp").click()
    await expect(signatures(page)).to_have_attribute("data-awaited", "secretary", timeout=60_000)
    # 2. Looks at what they say, which this device has proven, and signs.
    await sign(page, "secretary-minutes")
    await expect(signatures(page)).to_have_attribute("data-awaited", "chair", timeout=60_000)
    # 3. The chair, who presided.
    console = await enter(sitting, browser, CHAIR, "chair")
    await expect(signatures(console)).to_have_attribute("data-awaited", "chair", timeout=30_000)
    await sign(console, "chair-minutes")
    for each in (page, console):
        await expect(signatures(each)).to_have_attribute("data-awaited", "", timeout=60_000)
        await expect(signatures(each)).to_contain_text("B-LTA")
        assert await complaints(each) == []
    # 4. The files, as the page gives them.
    async with page.expect_download() as saving:
        await page.locator("[data-file='minutes.signed.pdf']").click()
    (notice,) = await sitting.client.minutes(MEETING, sitting.convened.token)
    out = await sitting.write(notice, tmp_path / "out")
    await sitting.write_signed(notice, out)
    assert await saved(await saving.value, tmp_path) == (out / "minutes.signed.pdf").read_bytes()
    await must_be_proven(sitting, out)
    await asyncio.to_thread(must_be_found_good, sitting.data / "keys", "minutes", out)


async def sign(page: Page, picture: str) -> None:
    """Look at what is to be signed, and sign it."""
    await signatures(page).locator("[data-act=countersign]").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator(f"[data-poll={FIRST.id}]")).to_contain_text("đã hủy", timeout=30_000)
    await expect(dialog.locator(f"[data-poll={AGAIN.id}]")).to_contain_text("Tán thành 5")
    assert await complaints(page) == []
    await take(page, picture)
    await dialog.get_by_role("button", name=SIGN).click()
