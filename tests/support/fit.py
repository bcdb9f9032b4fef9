"""That each thing on a page has its room: nothing sticks out, is cut or broken, or is too small to be hit."""

from playwright.async_api import Page

from tests.support.browser import must_not_be_cut, once_drawn

# What has more in it than it has room for, but for what scrolls by itself. What is typed may be longer than its field;
# a text in so many lines is whole in its title.
_OVER = """(root) => [...document.querySelectorAll(`${root} *`)].filter((each) => {
  if (each.closest("input, select, textarea, .unseen")) return false;
  if (!(each instanceof HTMLElement) || !each.clientWidth || !each.checkVisibility()) return false;
  const { overflowX, overflowY } = getComputedStyle(each);
  const wide = !/auto|scroll/.test(overflowX) && each.scrollWidth > each.clientWidth + 1;
  const tall = /hidden|clip/.test(overflowY) && !each.closest("[title]") && each.scrollHeight > each.clientHeight + 1;
  return wide || tall;
}).map((each) => {
  const { scrollWidth, scrollHeight, clientWidth, clientHeight } = each;
  return `${scrollWidth}x${scrollHeight} in ${clientWidth}x${clientHeight}: ${each.outerHTML.slice(0, 120)}`;
})"""
# What a finger may miss. A link within a sentence is as high as its line; what is ticked is hit by its words, too.
_SMALL = """(root) => {
  const targets = ":is(button, a[href], summary, select, input, textarea)";
  return [...document.querySelectorAll(`${root} ${targets}`)].filter(
    (each) => each.checkVisibility({ visibilityProperty: true }) && getComputedStyle(each).display !== "inline"
  ).map((each) => {
    const ticked = each.matches("[type=checkbox], [type=radio], .unseen");
    const { width, height } = (ticked && each.labels.length ? each.labels[0] : each).getBoundingClientRect();
    return [Math.min(width, height), `${width}x${height}: ${each.outerHTML.slice(0, 120)}`];
  }).filter(([least]) => least < 43.9).map(([, told]) => told);
}"""
# Words that go on in the next line, though half of the screen would hold them; a code has none.
_BROKEN = r"""(root) => {
  const walker = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("code, textarea, svg, .unseen, .ballot-code")) continue;
    for (const word of node.data.matchAll(/[\p{L}\p{M}.]+/gu)) {
      const text = document.createRange();
      text.setStart(node, word.index);
      text.setEnd(node, word.index + word[0].length);
      const parts = [...text.getClientRects()];
      const lines = new Set(parts.map(({ top }) => Math.round(top)));
      const width = parts.reduce((sum, part) => sum + part.width, 0);
      if (lines.size > 1 && width < innerWidth / 2) found.push(`${word[0]} of ${node.data.slice(0, 60)}`);
    }
  }
  return found;
}"""

# What is chosen, or asked for in an empty field, where it is wider than the field; or taller, if it goes on in the next
# line. Neither can be scrolled to.
_UNSAID = """(root) => [...document.querySelectorAll(`${root} :is(select, input:placeholder-shown)`)].filter((each) => {
  const said = each.selectedOptions?.[0]?.text ?? each.placeholder;
  if (!said || !each.checkVisibility({ visibilityProperty: true }) || each.closest(".unseen")) return false;
  const whole = each.cloneNode(true);
  if (each.selectedOptions) whole.replaceChildren(each.selectedOptions[0].cloneNode(true));
  const wraps = getComputedStyle(each).appearance === "base-select";
  const { width, height } = each.getBoundingClientRect();
  whole.style.cssText = "position: absolute; visibility: hidden; flex: none; max-width: none; min-width: 0;"
    + (wraps ? `height: auto; width: ${width}px` : "field-sizing: content; width: max-content");
  each.after(whole);
  const needed = whole.getBoundingClientRect();
  whole.remove();
  return needed.width > width + 1 || (wraps && needed.height > height + 1);
}).map((each) => `${each.placeholder ?? each.selectedOptions[0].text} in ${each.outerHTML.slice(0, 90)}`)"""


async def must_fit(page: Page) -> None:
    """Of the page, or of the dialog over it: nothing is cut, broken, sticks out or is too small."""
    await once_drawn(page)
    await must_not_be_cut(page)
    root = "dialog[open]" if await page.locator("dialog[open]").count() else "body"
    for wrong in (_OVER, _SMALL, _BROKEN, _UNSAID):
        found = await page.evaluate(wrong, root)
        assert not found, found
