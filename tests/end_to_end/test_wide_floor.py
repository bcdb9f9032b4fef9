"""The chair's floor on narrow screens, in wide letters, with text twice as large: each word has its room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.end_to_end.test_chair import SHOWN, be_next
from tests.end_to_end.test_wide_letters import NARROW, must_hold
from tests.support.browser import both_languages, both_sizes, chromium
from tests.support.chair_sitting import CHAIR, sitting
from tests.support.fit import must_fit
from tests.support.keyboard import must_be_walkable
from tests.support.letters import WIDE, drawn_in, only_wide

DESKS = ((1280, 800), (1920, 1080))
# How far the clock ends above the acts, with the page as it comes.
_ABOVE = """() => {
  scrollTo(0, 0);
  const [turn, acts] = [".turn-clock", ".deskbar"].map((each) => document.querySelector(each).getBoundingClientRect());
  return acts.top - turn.bottom;
}"""


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """Chromium on a machine that has wide letters alone."""
    async with chromium(env=only_wide(tmp_path)) as found:
        yield found


async def answer(page: Page, reason: str = "") -> None:
    """The question that is asked fits; its reason is given, and it is signed."""
    await expect(page.locator("dialog[open]")).to_be_visible()
    await must_hold(page)
    await sign(page, reason)


async def sign(page: Page, reason: str = "") -> None:
    """What is asked is done."""
    if reason:
        await page.locator("dialog textarea").fill(reason)
    await page.locator("dialog .primary").click()
    await expect(page.locator("dialog")).to_have_count(0, timeout=SHOWN)


async def end(page: Page) -> None:
    """The turn that stands is ended, by the key that does what is next."""
    await be_next(page, "end")
    await page.keyboard.press("Control+Enter")
    await answer(page)


async def must_be_in_sight(page: Page) -> None:
    """On a desk's screens, who speaks and their clock stand above the acts, with text twice as large too."""
    before = page.viewport_size
    assert before is not None
    for width, height in DESKS:
        await page.set_viewport_size({"width": width, "height": height})
        async for language in both_languages(page):
            async for size in both_sizes(page):
                await must_fit(page)
                assert await page.evaluate(_ABOVE) >= 0, (width, language, size)
    await page.set_viewport_size(before)


async def be_turn(page: Page, state: str) -> None:
    """The turn stands so, and all about it fits."""
    await expect(page.locator(".turn")).to_have_attribute("data-state", state, timeout=SHOWN)
    await must_hold(page)


async def test_a_list_in_its_order(browser: Browser, data_directory: Path) -> None:
    """None, opened, with who waits; other limits; put in another order; one opened, taken off."""
    async with sitting(data_directory) as held:
        page = await held.console(browser, CHAIR, NARROW, 780)
        assert await drawn_in(page, ".top") == {(WIDE, False)}
        await page.keyboard.press("p")
        await must_hold(page)
        await page.locator(".item select").select_option("speech")
        await answer(page)
        await held.ask_to_speak("speech", ["hong", "thanh", "anh"])
        await expect(page.locator(".requests li")).to_have_count(3, timeout=SHOWN)
        await must_hold(page)
        await must_be_walkable(page)
        await page.locator("[data-act=adjust-lane]").click()
        await page.locator("#lane-closing").select_option("1800")
        await answer(page, "Kéo dài phiên họp")
        await expect(page.locator("[data-lane=speech]")).to_contain_text("đóng lúc", timeout=SHOWN)
        await must_hold(page)
        await page.locator("[data-request=cua-anh] .row").focus()
        await page.keyboard.press("Alt+ArrowUp")
        await expect(page.locator("[data-unsaved]")).to_be_visible()
        await must_hold(page)
        await page.locator("[data-act=arrange]").click()
        await answer(page, "Đại biểu Tổ 2 phải về sớm")
        await expect(page.locator("[data-unsaved]")).to_have_count(0, timeout=SHOWN)
        await page.locator("[data-request=cua-thanh] .row").click()
        await must_hold(page)
        await page.locator("[data-request=cua-thanh] [data-act=remove]").click()
        await answer(page, "Đã rút ý kiến")
        await expect(page.locator(".requests li")).to_have_count(2, timeout=SHOWN)


async def test_a_turn_and_the_end_of_an_item(browser: Browser, data_directory: Path) -> None:
    """Called, speaking, paused, with a question between; back on the list; the item over, its log to be sealed."""
    async with sitting(data_directory) as held:
        page = await held.console(browser, CHAIR, NARROW, 780)
        await page.keyboard.press("p")
        await page.locator(".item select").select_option("speech")
        await page.locator("dialog .primary").click()
        await expect(page.locator("[data-lane=speech]")).to_be_visible(timeout=SHOWN)
        await held.ask_to_speak("speech", ["hong", "thanh"])
        for act, state in (("call", "called"), ("start", "running")):
            await be_next(page, act)
            await page.keyboard.press("Control+Enter")
            await be_turn(page, state)
        await must_be_in_sight(page)
        await page.locator("[data-act=pause]").click()
        await be_turn(page, "paused")
        await be_next(page, "resume")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".turn")).to_have_attribute("data-state", "running", timeout=SHOWN)
        await page.locator("[data-act=interpose]").click()
        await page.keyboard.type("duc thinh")
        await expect(page.locator(".found button")).to_be_visible()
        await must_hold(page)
        # A name that is chosen may be longer than its field.
        await page.locator(".found button").click()
        await sign(page)
        await expect(page.locator(".turn")).to_contain_text("Câu hỏi xen ngang", timeout=SHOWN)
        await must_hold(page)
        await end(page)
        # The one that was asked between gave way: until then, the act before the hand is still the old turn's.
        await expect(page.locator(".turn")).not_to_contain_text("Câu hỏi xen ngang", timeout=SHOWN)
        await end(page)
        await page.locator("[data-act=return]").click(timeout=SHOWN)
        await answer(page, "Bị cắt lời do mất điện")
        await page.keyboard.press("n")
        await answer(page)
        await page.locator("[data-item=giai-trinh]").click(timeout=SHOWN)
        await must_hold(page)
        await page.locator("[data-act=record]").click()
        await answer(page)
        await expect(page.locator(".sealed a[download]")).to_be_visible(timeout=60_000)
        await must_hold(page)
