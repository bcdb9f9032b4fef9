"""One Chromium for the tests of a process: each connects to it, and what a test has opened is gone when it lets go.

To start a browser takes more than most pages do.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.support.browser import launch_options


class KeptBrowser:
    """A browser that listens on loopback, at an address that cannot be guessed; started when it is first asked for."""

    def __init__(self, place: Path) -> None:
        """`place`: a directory for how it is to be started."""
        self._told = place / "browser.json"
        self._process: subprocess.Popen[str] | None = None
        self._address = ""

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Browser]:
        """The browser, with nothing in it."""
        async with async_playwright() as driver:
            browser = await driver.chromium.connect(self._alive())
            try:
                yield browser
            finally:
                await browser.close()

    def _alive(self) -> str:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process, self._address = self._start()
        return self._address

    def _start(self) -> tuple[subprocess.Popen[str], str]:
        found = launch_options()
        self._told.write_text(json.dumps({"executablePath": found["executable_path"], "args": found["args"]}))
        process = subprocess.Popen(
            [*_SERVER, "--config", str(self._told)], stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("ws://"), address
        return process, address

    def stop(self) -> None:
        """End it and all that it has started."""
        if self._process is not None:
            with self._process as process, contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


_SERVER = [sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium"]
