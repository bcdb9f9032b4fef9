"""Pictures of the screens, as docs/screens/ has them: taken by the end-to-end tests when `PICTURES` is set."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import CDPSession, Page

PICTURES = Path(__file__).parents[2] / "docs" / "screens"
SCREENS = {360: 740, 768: 1024, 1920: 1080}
"""A phone, a tablet, a desk: each width with the height that is seen at once, in pixels."""
WALLS = {768: 432, 1920: 1080}
"""What hangs on a wall, and the window of who sets it up."""
LARGE_WALLS = {**WALLS, 3840: 2160}
"""The same with four times the pixels, for the scenes that matter most."""
# Of text on plain ground more makes files larger, and nothing better to look at.
_QUALITY = 35
_TALLEST = 4_000
# A text that is fitted to its box is fitted anew, and then drawn.
_DRAWN = """() => document.fonts.ready.then(() => new Promise(
  (done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))))"""


async def take(
    page: Page, name: str, *, whole: bool = False, dark: bool = False, sizes: Mapping[int, int] = SCREENS
) -> None:
    """The page as it is now, as docs/screens/<name>-<width>.webp for each width.

    `whole`: to its very end; `dark`: as who prefers dark sees it. The window is as before afterwards. Nothing at all
    is done unless pictures are wanted.
    """
    if not os.environ.get("PICTURES"):
        return
    PICTURES.mkdir(exist_ok=True)
    before = page.viewport_size
    assert before is not None
    await page.mouse.move(0, 0)
    await page.emulate_media(reduced_motion="reduce", color_scheme="dark" if dark else None)
    # A session that ends would bring back a network that a test has cut: it ends with the page.
    session = await page.context.new_cdp_session(page)
    for width, height in sizes.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate(_DRAWN)
        if whole:
            end = int(await page.evaluate("document.documentElement.scrollHeight"))
            await page.set_viewport_size({"width": width, "height": max(height, min(end, _TALLEST))})
            await page.evaluate(_DRAWN)
        (PICTURES / f"{name}-{width}.webp").write_bytes(await _picture(session))
    await page.set_viewport_size(before)
    await page.emulate_media(reduced_motion="null", color_scheme="null" if dark else None)
    await page.evaluate(_DRAWN)


async def _picture(session: CDPSession) -> bytes:
    """What is seen. Playwright itself makes no WebP, which is a third of the same as PNG."""
    shot = await session.send("Page.captureScreenshot", {"format": "webp", "quality": _QUALITY})
    return base64.b64decode(shot["data"])
