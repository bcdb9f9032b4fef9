"""Pictures of the screens, as docs/screens/ has them: taken by the end-to-end tests when `PICTURES` is set."""

import os
from pathlib import Path

from playwright.async_api import Page

PICTURES = Path(__file__).parents[2] / "docs" / "screens"


async def take(page: Page, name: str, *, whole: bool = False) -> None:
    """The page as it is now, as docs/screens/<name>.png; `whole`: to its very end. Nothing unless they are wanted."""
    if os.environ.get("PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        await page.screenshot(path=PICTURES / f"{name}.png", full_page=whole, animations="disabled")
