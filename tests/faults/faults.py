"""Faults that a store, a network or a worker may have while a sitting goes on; each is mended before it returns.

What must be so *while* something is broken is asserted here: no store of ballots, no receipt; no Valkey, ballots as
ever. What must be so in the end is the checker's.
"""

import asyncio
import json
import signal
from typing import Any

import redis.asyncio as redis

from services.kit import stream
from tests.faults.history import BALLOT
from tests.faults.house import House, kill
from tests.faults.stage import Play
from tests.support.waiting import until

# So many requests must have come to nothing before the database is believed to be gone.
_TRIES = 4


async def receipts(play: Play, more: int) -> None:
    """Wait until so many more ballots are acknowledged, or the sitting is over."""
    wanted = play.book.taken(BALLOT) + more

    async def enough() -> bool:
        return play.over or play.book.taken(BALLOT) >= wanted

    await until(enough, 200, f"{more} receipts more")


async def tries(play: Play, number: int) -> None:
    """Wait until so many requests that begin from now on have ended, or the sitting is over."""
    since = play.book.now()

    async def enough() -> bool:
        return play.over or sum(each.began > since for each in play.book.sent) >= number

    await until(enough, 200, f"{number} requests")


def must_be_silent(play: Play, since: int, before: int) -> None:
    """Nothing that was sent and answered between two moments was acknowledged."""
    told = [each for each in play.book.sent if each.began > since and each.ended < before and each.taken]
    assert not told, f"acknowledged without a database: {told[:3]}"


# --- PostgreSQL --------------------------------------------------------------------------------------------------


async def _end_postgres(house: House, how: signal.Signals) -> None:
    """Signal the postmaster; wait until another is there."""
    gone = house.stores.pids["postgres"]
    assert gone is not None
    kill(gone, how)

    async def replaced() -> bool:
        return house.stores.pids["postgres"] not in (None, gone)

    await until(replaced, 60, "PostgreSQL again")


async def postgres_crashes(house: House, play: Play) -> None:
    """kill -9 of the postmaster, and of all its sessions with it."""
    await receipts(play, 3)
    await _end_postgres(house, signal.SIGKILL)


async def postgres_stops_at_once(house: House, play: Play) -> None:
    """An immediate shutdown: no checkpoint, recovery from the log."""
    await receipts(play, 3)
    await _end_postgres(house, signal.SIGQUIT)


async def postgres_restarts(house: House, play: Play) -> None:
    """A fast shutdown, as an update of the system does it."""
    await receipts(play, 3)
    await _end_postgres(house, signal.SIGINT)


async def postgres_is_cut_off(house: House, play: Play) -> None:
    """A partition: what is sent goes nowhere. Nothing is acknowledged; then all that was held arrives late."""
    await receipts(play, 3)
    house.postgres.hold()
    since = play.book.now()
    await tries(play, _TRIES)
    must_be_silent(play, since, play.book.now())
    house.postgres.mend()


async def postgres_answers_are_lost(house: House, play: Play) -> None:
    """Half open: commits arrive, their answers do not."""
    await receipts(play, 3)
    house.postgres.hold(up=False)
    since = play.book.now()
    await tries(play, _TRIES)
    must_be_silent(play, since, play.book.now())
    house.postgres.end_all()
    house.postgres.mend()


async def postgres_connections_are_reset(house: House, play: Play) -> None:
    """Every connection is reset, again and again, in the midst of whatever it does."""
    for _ in range(6):
        await receipts(play, 2)
        house.postgres.end_all()
        house.front.end_all()


# --- Valkey ------------------------------------------------------------------------------------------------------


async def valkey_is_gone(house: House, play: Play) -> None:
    """Nobody answers there: voting goes on."""
    await receipts(play, 2)
    house.valkey.cut()
    await receipts(play, 4)
    house.valkey.mend()


async def valkey_is_silent(house: House, play: Play) -> None:
    """A partition: connections are made and nothing comes back: voting goes on."""
    await receipts(play, 2)
    house.valkey.hold()
    await receipts(play, 4)
    house.valkey.mend()


async def valkey_is_flushed(house: House, play: Play) -> None:
    """FLUSHALL, three times: streams, groups and boards are gone."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        for _ in range(3):
            await receipts(play, 3)
            await client.flushall()


async def valkey_comes_back_empty(house: House, play: Play) -> None:
    """kill -9; another is started, which knows nothing."""
    await receipts(play, 3)
    gone = house.stores.pids["valkey"]
    assert gone is not None
    kill(gone, signal.SIGKILL)

    async def replaced() -> bool:
        return house.stores.pids["valkey"] not in (None, gone)

    await until(replaced, 60, "Valkey again")
    await receipts(play, 3)


# --- Workers -----------------------------------------------------------------------------------------------------


async def workers_freeze_in_turn(house: House, play: Play) -> None:
    """SIGSTOP of one worker, then the other: whoever leads is stuck. Ballots go on, and so do the screens."""
    for place in range(2):
        await receipts(play, 2)
        pid = house.workers()[place]
        kill(pid, signal.SIGSTOP)
        try:
            await receipts(play, 3)
            await published(house, play)
        finally:
            kill(pid, signal.SIGCONT)


async def a_worker_stays_frozen(house: House, play: Play) -> None:
    """SIGSTOP for good: `plenary run` notices, and puts another in its place."""
    await receipts(play, 2)
    pid = house.workers()[0]
    kill(pid, signal.SIGSTOP)
    await receipts(play, 3)

    async def replaced() -> bool:
        return pid not in house.workers() and len(house.workers()) > 1

    await until(replaced, 120, "the frozen worker to be replaced")


async def published(house: House, play: Play) -> None:
    """Wait until the screens' stream has at least all lines that were acknowledged by now."""
    name = stream.screen(play.hall.meeting, "voting")
    lines = max(
        (_index(each.body) for each in play.book.sent if each.kind == BALLOT and each.taken), default=-1
    )

    async def there() -> bool:
        try:
            async with redis.Redis.from_url(house.stores.redis_url) as client:
                last: Any = await client.xrevrange(name, count=1)
        except redis.RedisError:
            # It stands still for us, too.
            return False
        return bool(last) and stream.index_of(last[0][0]) >= lines

    await until(there, 60, f"line {lines} on the stream")


def _index(receipt: bytes) -> int:
    return int(json.loads(receipt)["index"])


async def workers_are_killed(house: House, play: Play) -> None:
    """kill -9 of all workers at once, in the midst of whatever they do."""
    for _ in range(2):
        await receipts(play, 3)
        for pid in house.workers():
            kill(pid, signal.SIGKILL)
        await asyncio.wait_for(house.whole(), 120)
