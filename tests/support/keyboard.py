"""A page by keyboard alone: Tab goes there, Enter does it, the focus is seen and never lost."""

from playwright.async_api import Locator, Page, expect

_MOST_TABS = 200
_HAS_FOCUS = "(element) => element === document.activeElement"
# What is focused shows it, and nothing lies over it.
_IS_SEEN = """() => {
  const element = document.activeElement;
  if (element === document.body) return 'nothing has the focus';
  const style = getComputedStyle(element);
  const label = element.labels?.[0] ? getComputedStyle(element.labels[0]) : style;
  const outlined = [style, label].some((each) => each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) >= 2);
  const box = element.getBoundingClientRect();
  // Of what is taller than half of the window some is seen.
  const y0 = box.height > innerHeight / 2 ? Math.max(box.y, 0) : box.y;
  const [x, y] = [box.x + Math.min(box.width / 2, 20), y0 + Math.min(box.height / 2, 12)];
  const top = document.elementFromPoint(x, y);
  const isClear = element.matches('.unseen') || (top && (element.contains(top) || top.contains(element)));
  const name = `${element.tagName}.${element.className} ${element.textContent.slice(0, 40)}`;
  return outlined ? (isClear ? '' : `${name} is covered by ${top?.className}`) : `${name} has no outline`;
}"""


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus, from wherever it is now."""
    await expect(wanted).to_be_visible(timeout=20_000)
    await expect(wanted).to_be_enabled()
    for _ in range(_MOST_TABS):
        if await wanted.evaluate(_HAS_FOCUS):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {wanted}")


async def press(page: Page, wanted: Locator) -> None:
    """Press Enter on this, by keyboard alone."""
    await tab_to(page, wanted)
    await page.keyboard.press("Enter")


async def must_be_walkable(page: Page) -> list[str]:
    """Tab from the top to the end: each stop shows the focus and nothing lies over it; the stops' names."""
    stops: list[str] = []
    await page.evaluate("document.activeElement.blur()")
    for _ in range(_MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement === document.body"):
            break
        assert await page.evaluate(_IS_SEEN) == "", stops[-3:]
        name = await page.evaluate("document.activeElement.textContent.trim().slice(0, 40)")
        stops.append(name)
        if await page.evaluate("document.activeElement.dataset.walked") == "yes":
            break
        await page.evaluate("document.activeElement.dataset.walked = 'yes'")
    await page.evaluate(
        "document.querySelectorAll('[data-walked]').forEach((each) => delete each.dataset.walked)"
    )
    return stops


async def must_ask(page: Page, opener: Locator) -> None:
    """Enter on this asks once: the question takes the focus, not on what destroys, keeps it, and gives it back."""
    await press(page, opener)
    dialog = page.locator("dialog[open]")
    await expect(dialog).to_have_count(1)
    await expect(page.locator("dialog .primary")).not_to_have_attribute(
        "aria-disabled", "true", timeout=20_000
    )
    assert not await page.locator("dialog .danger:focus").count(), opener
    for _ in range(12):
        assert await page.evaluate(_IS_SEEN) in ("", "nothing has the focus")
        assert await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        ), opener
        await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert await opener.evaluate(_HAS_FOCUS), opener


async def must_have_focus(page: Page, within: str) -> None:
    """Something in there has the focus."""
    await expect(page.locator(f"{within} :focus")).to_have_count(1, timeout=20_000)
