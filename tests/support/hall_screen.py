"""Screens of a hall in a real browser: how one is hung up, and that all of it can be seen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, expect

from services.desk.operator_token import mint
from services.wire import Member
from tests.support.desk import Desk
from tests.support.phone_hall import PhoneHall, convened_hall

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
  text.selectNodeContents(each);
  const figure = each.closest('.figure');
  const room = figure.getBoundingClientRect().right - parseFloat(getComputedStyle(figure).paddingRight);
  return text.getBoundingClientRect().right > room + 1;
}).map((each) => each.textContent)"""


async def must_be_whole(page: Page) -> None:
    """Nothing is cut off and nothing scrolls."""
    assert await page.evaluate(_OUTSIDE) == []
    assert await page.evaluate(_CUT) == []
    assert await page.evaluate(_WIDE) == []
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
