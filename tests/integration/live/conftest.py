"""A hall on the session's Valkey."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.live.theatre import Theatre
from tests.unit.live import stories


@pytest.fixture
async def theatre(redis_url: str) -> AsyncIterator[Theatre]:
    """A worker with a meeting that has one poll open."""
    theatre = Theatre(redis_url)
    await theatre.open()
    try:
        await theatre.tell("meeting", stories.begun(), stories.rolled(1), stories.came(2, "d1"))
        await theatre.tell("voting", stories.announced(0), stories.opened(1))
        yield theatre
    finally:
        await theatre.leave()
