"""`python -m loadtests.soak [--minutes 60] [--rate 400]`: does anything grow while a server works for hours?

One poll after another, delegates who change their votes at a steady rate, screens that follow, lose their line and come
back; each poll is closed, declared and certified while the next is voted on. After each it is taken what could leak:
memory, open files and threads of every process of the server, connections at PostgreSQL and Valkey, Valkey's memory. A
meeting's screens' stream has every line as long as the meeting lasts, 32 bytes of each (`journal_mb`): no leak, and
taken off. Also the load's own pace, and how long ballots and certificates took. The verdict compares the last quarter
with the second (the first warms up): 0 if nothing has grown beyond its allowance, else 1.

400 ballots a second, counted, certified and followed as they come, take a fifth to a quarter of two cores; the ballots
alone could be twenty times as many (`ballots`), but who takes them in at that rate has no certificate to make.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
import psutil
from redis.asyncio import Redis

from loadtests.ground import Assembly, assembly, path_of
from loadtests.run_json import database_url, pid_of, redis_url
from loadtests.sender import Landed, Shot, Volley, fire
from loadtests.signing import sign_changes
from services.desk.presiding import Opened, close_and_declare
from services.kit.stream import screen

RESULTS = Path(__file__).parent / "results" / "soak.json"
DELEGATES, CONNECTIONS, SCREENS = 500, 100, 50
BALLOTS_EACH = 20
# A share of the second quarter's median, and so much beyond it: what may come and go.
ALLOWED = {
    "memory_mb": (1.10, 40.0),
    "files": (1.05, 20.0),
    "threads": (1.0, 8.0),
    "postgres_connections": (1.0, 4.0),
    "valkey_connections": (1.0, 8.0),
    "valkey_mb": (1.2, 20.0),
    "p99_ms": (1.5, 10.0),
    "certificate_ms": (1.5, 100.0),
}
Sample = dict[str, float]


async def soak(minutes: float, rate: float) -> dict[str, object]:
    """All samples, and what has grown."""
    samples: list[Sample] = []
    async with assembly(DELEGATES) as held, _screens(held), _stores(held.data) as stores:
        await held.heard()
        until, number = time.monotonic() + minutes * 60, 0
        certifying: asyncio.Task[float] | None = None
        ready = await _prepared(held, 1, rate)
        while time.monotonic() < until:
            number += 1
            # The load never rests: while one poll is voted on, the one before is certified and the next one signed.
            following = asyncio.create_task(_prepared(held, number + 1, rate))
            landed = await _voted(ready)
            sample = await _sample(held.data, held.convened.meeting, *stores)
            sample |= {"p99_ms": landed.quantile_ms(0.99), "per_second": landed.per_second}
            if certifying is not None:
                sample["certificate_ms"] = await certifying
                samples.append({name: round(value, 1) for name, value in sample.items()})
                sys.stdout.write(f"{number} {json.dumps(samples[-1])}\n")
                sys.stdout.flush()
            certifying = asyncio.create_task(_certified(held, ready.poll))
            ready = await following
        if certifying is not None:
            await certifying
    return {"minutes": minutes, "rate": rate, "polls": number, "grown": grown(samples), "samples": samples}


def grown(samples: Sequence[Sample]) -> list[str]:
    """What is more in the last quarter than in the second, beyond its allowance; one sentence each."""
    quarter = len(samples) // 4
    if quarter < 2:
        return [f"{len(samples)} polls are too few to tell"]
    told = []
    for name, (share, beyond) in ALLOWED.items():
        before = statistics.median(each[name] for each in samples[quarter : 2 * quarter])
        after = statistics.median(each[name] for each in samples[-quarter:])
        if after > before * share + beyond:
            told.append(f"{name} was {before:,.1f} and is {after:,.1f}")
    return told


@dataclass(frozen=True, slots=True)
class _Ready:
    """An open poll, and what will be sent to it."""

    poll: Opened
    volley: Volley


async def _prepared(held: Assembly, number: int, rate: float) -> _Ready:
    poll = await held.poll(f"Biểu quyết số {number}", changes=True)
    host, port = held.address
    return _Ready(poll, Volley(host, port, await _lanes(held, poll), every=CONNECTIONS / rate))


async def _voted(ready: _Ready) -> Landed:
    """Everybody votes and changes their vote at a steady rate."""
    landed = await fire(ready.volley)
    assert landed.statuses == {201: DELEGATES * BALLOTS_EACH}, landed.statuses
    return landed


async def _certified(held: Assembly, poll: Opened) -> float:
    return (await close_and_declare(held.client, poll)).milliseconds


async def _lanes(held: Assembly, poll: Opened) -> list[list[Shot]]:
    lanes: list[list[Shot]] = [[] for _ in range(CONNECTIONS)]
    for ballots in await sign_changes(poll.ask, held.delegates, {}, range(1, BALLOTS_EACH + 1)):
        for place, ballot in enumerate(ballots.values()):
            lanes[place % CONNECTIONS].append(Shot(path_of(poll.poll), ballot))
    return lanes


@contextlib.asynccontextmanager
async def _screens(held: Assembly) -> AsyncIterator[None]:
    """Screens that follow the meeting; each loses its line after twenty seconds and comes back."""
    path = f"{held.url}/live/meetings/{held.convened.meeting}/events"

    async def follow(session: aiohttp.ClientSession) -> None:
        while True:
            # Signed in anew each time, as a screen is: no token lasts as long as this does.
            headers = {"Authorization": f"Bearer {await held.client.sign_in(held.chair)}"}
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(20), session.get(path, headers=headers) as stream:
                    assert stream.status == 200, stream.status
                    async for _ in stream.content.iter_any():
                        pass

    endless = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=endless) as session:
        tasks = [asyncio.create_task(follow(session)) for _ in range(SCREENS)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert not [each for each in ended if isinstance(each, Exception)], "a screen did not come back"


@contextlib.asynccontextmanager
async def _stores(data: Path) -> AsyncIterator[tuple[asyncpg.Connection, Redis]]:
    connection = await asyncpg.connect(database_url(data))
    try:
        async with Redis.from_url(redis_url(data)) as valkey:
            yield connection, valkey
    finally:
        await connection.close()


async def _sample(data: Path, meeting: str, connection: asyncpg.Connection, valkey: Redis) -> Sample:
    """What is held now, all processes of the server together."""
    sample = {"memory_mb": 0.0, "files": 0.0, "threads": 0.0, "processes": 0.0}
    server = psutil.Process(pid_of(data))
    for process in (server, *server.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            sample["memory_mb"] += process.memory_full_info().pss / 1e6
            sample["files"] += process.num_fds()
            sample["threads"] += process.num_threads()
            sample["processes"] += 1
    sample["postgres_connections"] = await connection.fetchval("select count(*) from pg_stat_activity")
    facts = await valkey.info()
    sample["valkey_connections"] = facts["connected_clients"]
    # samples 0: all of it is counted, not a few entries taken for the rest.
    sample["journal_mb"] = (await valkey.memory_usage(screen(meeting, "voting"), samples=0) or 0) / 1e6
    sample["valkey_mb"] = facts["used_memory"] / 1e6 - sample["journal_mb"]
    sample["memory_mb"] -= sample["journal_mb"]
    return sample


def main(arguments: list[str]) -> int:
    """Soak, write `results/soak.json`; 1 if anything has grown."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument(
        "--rate",
        type=float,
        default=400.0,
        help="ballots a second: a fifth of a machine of two cores, all told",
    )
    given = parser.parse_args(arguments)
    found = asyncio.run(soak(given.minutes, given.rate))
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    sys.stdout.write(f"{json.dumps(found['grown'], ensure_ascii=False)}\n")
    return 1 if found["grown"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
