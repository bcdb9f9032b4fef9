"""Whoever has a token may ask for any meeting: those that are not there cost nobody else anything."""

import asyncio

import aiohttp
import redis.asyncio as redis

from tests.integration.live.screens import seen
from tests.integration.live.theatre import Theatre

ASKED = 200


async def _connections(url: str) -> int:
    async with redis.Redis.from_url(url) as client:
        return int((await client.info("clients"))["connected_clients"])


async def test_many_at_once_take_few_connections_to_valkey(theatre: Theatre) -> None:
    """What one worker opens it keeps: a store whose connections are all taken is lost to all others."""
    screen = await theatre.follower()
    await seen(lambda: bool(screen.names()))
    before = await _connections(theatre.redis_url)
    headers = {"Authorization": f"Bearer {theatre.token()}"}

    async def ask(number: int) -> int:
        url = f"http://127.0.0.1:{theatre.port}/live/meetings/none-{number}/events"
        async with session.get(url, headers=headers) as answer:
            return answer.status

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        statuses = await asyncio.gather(*(ask(number) for number in range(ASKED)))
    assert set(statuses) == {404}
    assert await _connections(theatre.redis_url) - before < ASKED // 4
