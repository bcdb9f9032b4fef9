"""Whoever asks whether we are ready is told so soon, whatever the database does."""

import asyncio

import pytest

from services.kit import application
from services.kit.application import database_ready
from services.kit.problem import NotReady


async def test_a_database_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not ready, and is asked once, however many ask us; when it answers we are ready at once."""
    monkeypatch.setattr(application, "READY_SECONDS", 0.01)
    answers, asked = asyncio.Event(), 0

    async def ping() -> None:
        nonlocal asked
        asked += 1
        await answers.wait()

    ready = database_ready(ping)
    for _ in range(3):
        with pytest.raises(NotReady):
            await asyncio.wait_for(ready(), 10)
    assert asked == 1
    monkeypatch.setattr(application, "READY_SECONDS", 10.0)
    answers.set()
    await ready()
    await ready()
    assert asked == 2


@pytest.mark.parametrize("error", [OSError, TimeoutError])
async def test_a_database_that_is_away(error: type[Exception]) -> None:
    """It is not ready, each time that it is asked."""

    async def ping() -> None:
        raise error

    ready = database_ready(ping)
    for _ in range(2):
        with pytest.raises(NotReady):
            await ready()


async def test_what_nobody_foresaw_is_a_fault() -> None:
    """It is not called a database that is away."""

    async def ping() -> None:
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        await database_ready(ping)()
