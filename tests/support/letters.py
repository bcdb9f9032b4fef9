"""Which letters pages are written in: a machine that has none but wide ones, and what is really drawn."""

import shutil
from pathlib import Path

from playwright.async_api import Page

WIDE = "DejaVu Sans"
"""Of what machines commonly have, the widest; on many it is all there is."""
_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_INSTALLED = Path("/usr/share/fonts")
_CONFIGURED = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
_STILL = """(selector) => {
  const still = document.querySelector(selector).cloneNode(true);
  still.dataset.still = '';
  document.querySelector(selector).after(still);
}"""


def only_wide(directory: Path) -> dict[str, str]:
    """The environment of a machine that has wide letters alone, made in this directory."""
    fonts = directory / "fonts"
    fonts.mkdir()
    for name in _FILES:
        found = next(_INSTALLED.rglob(name), None)
        assert found, f"no {name} here: apt-get install fonts-dejavu-core"
        shutil.copy(found, fonts)
    configured = directory / "fonts.conf"
    configured.write_text(_CONFIGURED.format(fonts=fonts, cache=directory / "cache"))
    return {"FONTCONFIG_FILE": str(configured)}


async def drawn_in(page: Page, selector: str) -> set[tuple[str, bool]]:
    """The letters in which all under this is drawn: their name, and whether the page brought them."""
    # Of a copy: a page that lives takes its own elements away while one asks about them one by one.
    await page.evaluate(_STILL, selector)
    session = await page.context.new_cdp_session(page)
    await session.send("DOM.enable")
    await session.send("CSS.enable")
    root = (await session.send("DOM.getDocument", {"depth": 0}))["root"]["nodeId"]
    wanted = {"nodeId": root, "selector": "[data-still] *"}
    found: set[tuple[str, bool]] = set()
    for node in (await session.send("DOM.querySelectorAll", wanted))["nodeIds"]:
        fonts = await session.send("CSS.getPlatformFontsForNode", {"nodeId": node})
        found |= {(font["familyName"], font["isCustomFont"]) for font in fonts["fonts"]}
    await session.detach()
    await page.evaluate("document.querySelector('[data-still]').remove()")
    return found
