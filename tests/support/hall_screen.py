"""Screens of a hall in a real browser: how one is hung up, and that all of it can be seen."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import combinations

from playwright.async_api import Browser, Page, expect

from services.desk.operator_token import mint
from services.wire import Member
from tests.support.desk import Desk
from tests.support.phone_hall import PhoneHall, convened_hall
from tests.support.waiting import until

OBSERVERS = ("man-hinh-1", "man-hinh-2")
# What is drawn beyond the edges of the screen, though it is there to be seen.
_OUTSIDE = """() => [...document.querySelectorAll('.stage *')].filter((each) => {
  const box = each.getBoundingClientRect();
  const seen = box.width > 2 && !each.closest('.unseen, .plan, .controls');
  return seen && (box.bottom > innerHeight + 1 || box.right > innerWidth + 1 || box.left < -1);
}).map((each) => each.className)"""
# Text boxes whose text is larger than they are.
_CUT = """() => [...document.querySelectorAll('.fitted')].filter(
  (each) => each.firstElementChild.offsetHeight > each.clientHeight + 2 || !each.clientHeight
).map((each) => each.textContent.slice(0, 40))"""
# Figures that are wider than the room within their box.
_WIDE = """() => [...document.querySelectorAll('.figures .huge')].filter((each) => {
  const text = document.createRange();
  text.selectNodeContents(each.querySelector('.countdown') ?? each);
  const figure = each.closest('.figure');
  const room = figure.getBoundingClientRect().right - parseFloat(getComputedStyle(figure).paddingRight);
  return text.getBoundingClientRect().right > room + 1;
}).map((each) => each.textContent)"""

# Every line of text that can be seen, how large it is in lines of a screen of 1080, and where its letters are.
_LINES = """() => {
  const walker = document.createTreeWalker(document.querySelector('.stage'), NodeFilter.SHOW_TEXT);
  const lines = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest('.unseen, .controls') || !holder.checkVisibility()) continue;
    const drawn = holder instanceof SVGTextElement ? holder.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(holder).fontSize) * drawn;
    const text = document.createRange();
    text.selectNodeContents(node);
    for (const box of text.getClientRects()) {
      const middle = (box.top + box.bottom) / 2;
      lines.push({ text: node.data, size: size * 1080 / innerHeight, left: box.left,
        right: box.right,
        top: middle - 0.36 * size, bottom: middle + 0.36 * size, of: holder.className?.baseVal ?? holder.className });
    }
  }
  return lines;
}"""
# What has more in it than it shows; the head names the meeting in one line, however long its name is.
_HIDDEN = """() => [...document.querySelectorAll('.stage *')].filter((each) => {
  const apart = each.closest('.unseen, .controls, .head, .fitted:not(:has(.clamped)), svg');
  if (apart || !each.checkVisibility()) return false;
  const hides = getComputedStyle(each).overflow !== 'visible';
  const over = each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 2;
  return each.classList.contains('clamped') || (hides && over);
}).map((each) => `${each.className}: ${each.textContent.slice(0, 40)}`)"""
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
READABLE = 36
"""Of 1080 lines of the screen: the smallest text that is read at twenty metres."""


@dataclass(frozen=True)
class Line:
    """A line of text on the screen; its size in lines of 1080, its letters' box in pixels."""

    text: str
    of: str
    size: float
    left: float
    right: float
    top: float
    bottom: float

    def touches(self, other: "Line") -> bool:
        """Both have letters at the same place."""
        apart = self.right <= other.left + 1 or other.right <= self.left + 1
        return not apart and self.bottom > other.top + 1 and other.bottom > self.top + 1


async def must_be_readable(page: Page, least: float = READABLE) -> list[Line]:
    """All that is written can be read from afar, nothing is cut off, nothing lies over another; what is written."""
    await must_be_whole(page)
    hidden = await page.evaluate(_HIDDEN)
    assert not hidden, hidden
    lines = [Line(**each) for each in await page.evaluate(_LINES)]
    assert lines
    small = [(line.of, line.text, line.size) for line in lines if line.size < least - 0.1]
    assert not small, small
    drawn = [line for line in lines if line.of != "meeting"]
    touching = [(one, other) for one, other in combinations(drawn, 2) if one.touches(other)]
    assert not touching, touching
    return lines


async def turn_to(page: Page, figure: str) -> None:
    """Press Space until this figure of the result has its turn; it may be long in coming."""
    await expect(page.locator(".result")).to_be_visible(timeout=15_000)

    async def has_turn() -> bool:
        if await page.locator(f".result[data-figure={figure}]").count():
            return True
        await page.keyboard.press("Space")
        return False

    await until(has_turn, what=f"the turn of {figure}")


async def must_be_whole(page: Page) -> None:
    """Nothing is cut off and nothing scrolls, once a change of the window is drawn."""
    await page.evaluate(_DRAWN)
    for beyond in (_OUTSIDE, _CUT, _WIDE):
        found = await page.evaluate(beyond)
        assert not found, found
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")


async def hang(browser: Browser, hall: PhoneHall, member: str, width: int, height: int) -> Page:
    """A screen that signs in with an observer's key."""
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await context.new_page()
    await page.goto(f"{hall.proxy.url}/hall#moi={await hall.invite(member)}")
    await page.locator("form button.primary").click()
    await expect(page.locator(".stage")).to_be_visible(timeout=15_000)
    return page


@asynccontextmanager
async def hall_with_screens(desk: Desk, body: str) -> AsyncIterator[PhoneHall]:
    """A meeting with two observers."""
    async with convened_hall(desk, body) as found:
        observers = [Member(id=one, name=f"Màn hình {one[-1]}", roles=("observer",)) for one in OBSERVERS]
        await found.client.add_members(found.convened.body, observers, mint(desk.data))
        yield found


async def turn_away(hall: PhoneHall, page: Page) -> None:
    """From now on the server lets this screen see the meeting no more."""
    refusal = {"type": "about:blank", "title": "Forbidden", "status": 403, "code": "forbidden"}
    await page.route(
        "**/live/**",
        lambda route: route.fulfill(
            status=403, content_type="application/problem+json", body=json.dumps(refusal)
        ),
    )
    hall.proxy.break_line()
    hall.proxy.mend_line()
