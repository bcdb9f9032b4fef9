"""What most tests of the screens begin with: a browser, and a server that all who may share one do."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser

from tests.support.browser import chromium
from tests.support.desk import Desk, running
from tests.support.stores import reachable_directory


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """One server for all tests that break nothing of it; each has a body of its own."""
    with reachable_directory() as data, running(data, SAMPLE="false") as found:
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, with nothing in it."""
    async with chromium() as found:
        yield found
