"""The floor on real stores."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.floor_desk import Convene, FloorDesk, assemble, convene


@pytest.fixture
async def desk(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> FloorDesk:
    """A desk with five delegates, all present and enrolled."""
    made = assemble(tmp_path, database_url, redis_url)
    made.client = await aiohttp_client(made.root)
    await made.found()
    return made


@pytest.fixture
def hall(tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]) -> Convene:
    """Convenes workers of one installation: `await hall(voters=…, workers=…)`."""

    async def convened(*, voters: int = 5, workers: int = 2) -> list[FloorDesk]:
        return await convene(
            tmp_path, database_url, redis_url, aiohttp_client, voters=voters, workers=workers
        )

    return convened
