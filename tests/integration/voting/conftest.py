"""The voting desk on real stores."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.voting_desk import VotingDesk, assemble


@pytest.fixture
async def desk(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> AsyncIterator[VotingDesk]:
    """A desk with five voters, all present and enrolled."""
    made = assemble(tmp_path, database_url, redis_url)
    made.client = await aiohttp_client(made.root)
    await made.found()
    yield made
