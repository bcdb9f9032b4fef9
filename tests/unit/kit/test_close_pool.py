"""The end of a pool: whatever the database does, who ends goes on to end the rest of itself."""

import asyncio
from typing import Any, cast

import asyncpg
import pytest

from services.kit import database
from services.kit.database import Pool, close_pool


class _Pool:
    """A pool whose connections are lost, or out on loan for ever."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error
        self.terminated = False

    async def close(self) -> None:
        if self._error is not None:
            raise self._error
        await asyncio.Event().wait()

    def terminate(self) -> None:
        self.terminated = True


@pytest.mark.parametrize(
    "error",
    [BrokenPipeError(), asyncpg.InterfaceError("closing"), asyncpg.InternalClientError("state"), None],
)
async def test_the_end_of_a_pool(error: Exception | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that breaks as it is closed, one that never comes back: let fall, nothing raised."""
    monkeypatch.setattr(database, "CLOSE_SECONDS", 0.01)
    pool = _Pool(error)
    await close_pool(cast(Any, pool))
    assert pool.terminated


async def test_a_fault_of_ours_is_no_store_that_is_away() -> None:
    """What is not said by the store or the line to it is raised."""
    with pytest.raises(ValueError, match="ours"):
        await close_pool(cast(Pool, _Pool(ValueError("ours"))))
