"""Connections to Redis that a rush has opened are let go; those that are wanted stay."""

import asyncio

import pytest

from services.kit import redis_pool, stream
from tests.support.waiting import until

MANY, FEW = 40, 5


async def _wait(client: stream.Redis, how_many: int) -> None:
    """So many wait for news at once, and none comes."""
    await asyncio.gather(*(client.xread({"nothing": "0"}, block=20) for _ in range(how_many)))


async def test_what_a_rush_has_opened_is_let_go(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Down to what is wanted at once, which is opened once; and another rush is served as ever."""
    monkeypatch.setattr(redis_pool, "SPARE_SECONDS", 0.2)
    async with stream.connect(redis_url) as client, stream.connect(redis_url) as looks:

        async def opened() -> set[str]:
            return {each["id"] for each in await looks.client_list()}

        for _ in range(2):
            await _wait(client, MANY)
            assert len(await opened()) > MANY

            async def few() -> bool:
                await _wait(client, FEW)
                return len(await opened()) <= FEW + 1

            await until(few, what="the rest let go")
        kept = await opened()
        for _ in range(20):
            await _wait(client, FEW)
        assert await opened() == kept
