"""Valkey's clock was ahead when work was given to a reader who has died since: another takes it up all the same."""

import asyncio
from typing import Any

import pytest

from services.kit import consumer, stream
from services.kit.background import beside
from services.kit.consumer import Consumer
from services.kit.database import open_pool
from tests.support.waiting import until

NAME = "{0}:news"
HOUR_MS = 3_600_000
# CRC-64 as Valkey has it behind what DUMP gives ("Jones", reflected).
_POLYNOMIAL = 0x95AC9329AC4BC9B5


def _crc64(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (_POLYNOMIAL if crc & 1 else 0)
    return crc


async def _given_ahead(client: Any, name: str, ms: int) -> None:
    """Stamp all that readers have in hand as though it had been given by a clock that was so far ahead."""
    whole: bytes = await client.dump(name)
    body, version = whole[:-10], whole[-10:-8]
    now_s, _ = await client.time()
    # Milliseconds in eight bytes, the least first: those that name this moment, within some seconds.
    places = range(len(body) - 7)
    times = [at for at in places if abs(int.from_bytes(body[at : at + 8], "little") / 1000 - now_s) < 60]
    changed = bytearray(body)
    for at in times:
        later = int.from_bytes(body[at : at + 8], "little") + ms
        changed[at : at + 8] = later.to_bytes(8, "little")
    kept = bytes(changed) + version
    await client.restore(name, 0, kept + _crc64(kept).to_bytes(8, "little"), replace=True)


def test_the_sum_is_valkeys() -> None:
    """The check value of that CRC, as its authors give it."""
    assert _crc64(b"123456789") == 0xE9C6D914C4B8D9CA


@pytest.mark.parametrize("ms", [0, HOUR_MS], ids=["right", "an hour ahead"])
async def test_what_the_dead_had_in_hand_is_taken_up(
    redis_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch, ms: int
) -> None:
    """Within seconds, and not once it is that late."""
    monkeypatch.setattr(consumer, "IDLE_BEFORE_CLAIM_MS", 500)
    monkeypatch.setattr(consumer, "BLOCK_MS", 50)
    handled: asyncio.Queue[bytes] = asyncio.Queue()
    async with stream.connect(redis_url) as client:
        await client.xgroup_create(NAME, "group", id="0", mkstream=True)
        await client.xadd(NAME, {stream.FIELD: b"work"})
        await client.xreadgroup("group", "dead", {NAME: ">"})
        await _given_ahead(client, NAME, ms)
        pool = await open_pool(database_url, "signing", 2)
        async with beside("consumer", Consumer(client, NAME, "group", "me", handled.put).run_shared(pool)):
            assert await asyncio.wait_for(handled.get(), 20) == b"work"

            async def nothing_is_left() -> bool:
                told: Any = await client.xpending(NAME, "group")
                return not told["pending"]

            await until(nothing_is_left)
        await pool.close()
