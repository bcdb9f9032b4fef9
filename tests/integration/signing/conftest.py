"""Running signing with a body of a few members."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.kit.database import Pool, open_pool
from services.signing import issuing
from services.signing.countersigned import furnishing
from tests.support.signing_desk import SigningDesk, assemble, with_members
from tests.support.signing_room import Room, furnish


@pytest.fixture
def without_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing that enrols and issues no papers: the press takes a second to warm up."""
    for part in (issuing, furnishing):
        monkeypatch.setattr(part, "attach", lambda app, context: None)
    monkeypatch.setattr(furnishing, "attach_pairs", lambda app, context: None)


@pytest.fixture
async def desk(
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    aiohttp_client: Callable[[Any], Awaitable[Any]],
) -> AsyncIterator[SigningDesk]:
    """Signing that answers, with members `mai`, `nam` and `lan` in body `hdnd`."""
    made = assemble(tmp_path, database_url, redis_url)
    made.client = await aiohttp_client(made.root)
    await with_members(made, "mai", "nam", "lan")
    yield made
    await made.client.close()
    await made.streams.aclose()


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Connections as signing has them."""
    async with await open_pool(database_url, "signing", 6) as opened:
        yield opened


@pytest.fixture
async def room(pool: Pool) -> Room:
    """A certificate that may be signed, with an authority for time."""
    return await furnish(pool)
