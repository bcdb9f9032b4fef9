"""What most tests of the screens begin with: a browser, and a server that all who may share one do."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser

from tests.support.desk import Desk, running
from tests.support.kept_browser import KeptBrowser
from tests.support.stores import reachable_directory


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """One server for all tests that break nothing of it; each has a body of its own."""
    with reachable_directory() as data, running(data, SAMPLE="false") as found:
        yield found


@pytest.fixture(scope="session")
def kept_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptBrowser]:
    """Chromium, started once."""
    kept = KeptBrowser(tmp_path_factory.mktemp("browser"))
    yield kept
    kept.stop()


@pytest.fixture
async def browser(kept_browser: KeptBrowser) -> AsyncIterator[Browser]:
    """Chromium, with nothing in it."""
    async with kept_browser.connected() as found:
        yield found
