"""The letters of the screens: the hall brings its own, no other page has any, and without them it is whole too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs
from playwright.async_api import Browser, Page, Request, expect

from services.pages.app import BUILT
from tests.support.browser import chromium
from tests.support.desk import Desk, fresh
from tests.support.hall_screen import OBSERVERS, hall_with_screens, hang, must_be_whole
from tests.support.letters import WIDE, drawn_in, only_wide
from tests.support.phone_hall import DRAFT, PhoneHall
from tests.support.waiting import until

OURS = ("Noto Sans", True)
THEIRS = (WIDE, False)
# Letters of a name as people of the highlands write it, and a foreign one.
TITLE = "Bầu bà H’Wŏng Ƀkrông và ông Łukasz Dvořák, 5–3–1…"
# How wide the clock would be with each of the figures.
_WIDTHS = """() => {
  const clock = document.querySelector('.clock').cloneNode();
  document.querySelector('.head').append(clock);
  const widths = [...'0123456789'].map((one) => {
    clock.textContent = one.repeat(8);
    return clock.getBoundingClientRect().width.toFixed(2);
  });
  clock.remove();
  return widths;
}"""
_STATES = "[...document.fonts].map((face) => face.status)"
# Where all stands that the vote is told by, but for the clocks, which are others with each second.
_PLACES = """() => [...document.querySelectorAll('.head *, .top-line *, .question *, .figures *')]
  .filter((each) => !each.closest('.clock, .countdown'))
  .map((each) => { const box = each.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; })"""


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """Chromium on a machine that has wide letters alone."""
    async with chromium(env=only_wide(tmp_path)) as found:
        yield found


@pytest.fixture
async def hall(desk: Desk) -> AsyncIterator[PhoneHall]:
    """A meeting with two observers, of a body of its own."""
    async with hall_with_screens(desk, fresh("chu")) as found:
        yield found


async def _asked_again(page: Page) -> list[Request]:
    """All that the page asks for when it is loaded again, as it comes."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    await page.reload(wait_until="commit")
    return asked


async def test_the_hall_brings_its_own(browser: Browser, hall: PhoneHall) -> None:
    """It is written in Noto Sans wherever it hangs, from this server alone, with figures that are all of one width."""
    page = await hang(browser, hall, OBSERVERS[0], 1920, 1080)
    asked = await _asked_again(page)
    await hall.open(structs.replace(DRAFT, title=TITLE))
    await expect(page.locator(".question")).to_have_text(TITLE)
    assert await page.evaluate(_STATES) == ["loaded"] * 3
    assert await drawn_in(page, "#page") == {OURS}
    assert len(set(await page.evaluate(_WIDTHS))) == 1
    assert len([each for each in asked if each.url.endswith(".woff2")]) == 3
    assert not [each.url for each in asked if not each.url.startswith(hall.proxy.url)]
    await must_be_whole(page)


async def test_letters_that_come_late_move_nothing(browser: Browser, hall: PhoneHall) -> None:
    """The hall waits for them for a few seconds; then it is written in what the machine has, whole, and stays so."""
    page = await hang(browser, hall, OBSERVERS[0], 1920, 1080)
    # For practice: then no seats stand beside it, which come when they are known.
    await hall.open(structs.replace(DRAFT, practice=True))
    await expect(page.locator(".question")).to_be_visible()
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    hall.proxy.hold = ".woff2"
    asked = await _asked_again(page)
    await expect(page.locator(".question")).to_have_text(DRAFT.title, timeout=15_000)
    await must_be_whole(page)
    places = await page.evaluate(_PLACES)
    hall.proxy.release()

    async def came() -> bool:
        answers = [await each.response() for each in asked if each.url.endswith(".woff2")]
        return [answer is not None and answer.ok for answer in answers] == [True] * 3

    await until(came, what="the letters")
    assert "loading" not in await page.evaluate(f"document.fonts.ready.then(() => {_STATES})")
    await must_be_whole(page)
    assert await drawn_in(page, "#page") == {THEIRS}
    assert await page.evaluate(_PLACES) == places


def test_no_other_page_has_them() -> None:
    """Neither the phone, whose every system has Vietnamese letters, nor what its app keeps; the licence lies beside."""
    texts = [each for each in BUILT.rglob("*") if each.suffix in (".html", ".css", ".js")]
    assert BUILT / "phone-sw.js" in texts
    named = {each.name.partition("-")[0] for each in texts if ".woff" in each.read_text()}
    assert named == {"hall.html", "hall"}
    assert "SIL Open Font License" in (BUILT / "noto-sans-OFL.txt").read_text()
