"""What else a Valkey may do to those who use it: it stands still, hangs up, is full and drops keys or refuses, forgets
its scripts, and lets somebody remove what nobody has read. Ballots are acknowledged as ever."""

import asyncio
import contextlib
import signal
from typing import Any

import redis.asyncio as redis

from tests.faults.faults import published, receipts
from tests.faults.house import House, kill
from tests.faults.stage import Play
from tests.support.waiting import until

PAUSE_MS = 12_000
"""Longer than anybody waits for an answer: what was sent is done when nobody hears of it any more."""


async def valkey_pauses(house: House, play: Play) -> None:
    """Whatever writes waits, then whatever it is (`CLIENT PAUSE`): sent once more, it is done twice, and late."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        for kind in ("WRITE", "ALL"):
            await receipts(play, 2)
            await client.execute_command("CLIENT", "PAUSE", PAUSE_MS, kind)  # type: ignore[no-untyped-call]
            await receipts(play, 2)
            await published(house, play)


async def valkey_is_frozen(house: House, play: Play) -> None:
    """SIGSTOP, for a moment and for longer than anybody waits; what was sent meanwhile is done afterwards."""
    pid = house.stores.pids["valkey"]
    assert pid is not None
    for seconds in (1.0, PAUSE_MS / 1000):
        await receipts(play, 2)
        kill(pid, signal.SIGSTOP)
        try:
            await receipts(play, 2)
            await asyncio.sleep(seconds)
        finally:
            kill(pid, signal.SIGCONT)
        await published(house, play)


async def valkey_hangs_up(house: House, play: Play) -> None:
    """An administrator ends every connection, again and again (`CLIENT KILL`), and forgets every script."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        for _ in range(8):
            await receipts(play, 1)
            for kind in ("normal", "pubsub"):
                await client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")  # type: ignore[no-untyped-call]
            await client.script_flush()


async def valkey_drops_when_it_is_full(house: House, play: Play) -> None:
    """`maxmemory` with a policy that lets go of keys: by chance, or those that were used last of all."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        for policy in ("allkeys-random", "allkeys-lru"):
            await receipts(play, 2)
            await client.config_set("maxmemory-policy", policy)
            await client.config_set("maxmemory", 1)
            await receipts(play, 3)
            await client.config_set("maxmemory", 0)
        await client.config_set("maxmemory-policy", "noeviction")


async def valkey_lets_work_be_removed(house: House, play: Play) -> None:
    """Somebody removes entries that nobody has read yet, or has in hand (`XDEL`, `XTRIM`): they come again."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        for place in range(40):
            await receipts(play, 1)
            for name in await _work_streams(client):
                with contextlib.suppress(redis.ResponseError):
                    await _remove(client, name, trim=place % 2 == 0)
            if play.over:
                return


async def _work_streams(client: Any) -> list[bytes]:
    return [name async for name in client.scan_iter("{*}:*", _type="stream")]


async def _remove(client: Any, name: bytes, *, trim: bool) -> None:
    if trim:
        await client.xtrim(name, maxlen=0)
    else:
        for identifier, _ in await client.xrevrange(name, count=2):
            await client.xdel(name, identifier)


async def valkey_stays_frozen(house: House, play: Play) -> None:
    """SIGSTOP for good: it is noticed, and another is put in its place, which knows nothing."""
    await receipts(play, 2)
    pid = house.stores.pids["valkey"]
    assert pid is not None
    kill(pid, signal.SIGSTOP)
    await receipts(play, 2)

    async def replaced() -> bool:
        return house.stores.pids["valkey"] not in (None, pid)

    await until(replaced, 120, "the frozen Valkey to be replaced")
    await published(house, play)
