"""Hundreds of meetings with screens on one worker: nobody is refused a connection to Redis for it."""

import asyncio
from typing import Any

from services.kit import stream
from tests.support.waiting import until

MEETINGS = 300


async def test_each_meeting_may_wait_on_a_connection_of_its_own(redis_url: str) -> None:
    """And whoever publishes beside them is not refused (a library's own bound was 100)."""
    client = stream.connect(redis_url)
    waiting = [asyncio.create_task(_wait_for_news(client, f"m{number}")) for number in range(MEETINGS)]

    async def all_wait() -> bool:
        told: Any = await client.info("clients")
        return int(told["blocked_clients"]) >= MEETINGS

    await until(all_wait)
    for number in range(MEETINGS):
        await client.xadd(stream.screen(f"m{number}", "test"), {stream.FIELD: b"x"})
    assert await asyncio.gather(*waiting) == [1] * MEETINGS
    await client.aclose()


async def _wait_for_news(client: stream.Redis, meeting: str) -> int:
    reply = await client.xread({stream.screen(meeting, "test"): "0-0"}, block=8_000)
    return len(stream.by_stream(reply))
