"""Ballots acknowledged per second: signature verified, committed with fsync, receipt with its proof returned.

The delegates vote in one poll after another, each ballot a first one; every connection carries the ballots of its own
delegates, one at a time. Receipts are taken at random and proven afterwards, and the ledger must hold every ballot
that was acknowledged.
"""

import contextlib
import random
from pathlib import Path

import asyncpg
import msgspec
import psutil

from loadtests.ground import Assembly, path_of
from loadtests.run_json import database_url, pid_of
from loadtests.sender import Landed, Shot, Volley, fire
from loadtests.signing import sign
from services.desk.device import must_hold
from services.desk.presiding import Opened
from services.wire import BallotCast, Receipt

CONNECTIONS = 200
WARM, SECONDS = 4.0, 12.0
# So many a second are signed for; should the server be faster, the window ends earlier.
ENOUGH_PER_SECOND = 16_000
_LINES = msgspec.json.Decoder(BallotCast)


async def measure(held: Assembly) -> dict[str, float]:
    """Throughput and latency at 200 connections."""
    polls = int((WARM + SECONDS) * ENOUGH_PER_SECOND / len(held.delegates)) + 1
    opened = [await held.poll(f"Biểu quyết số {number}") for number in range(1, polls + 1)]
    volley = await signed_volley(held, opened, WARM, SECONDS)
    before = cpu_seconds(held.data)
    landed = await fire(volley)
    spent = cpu_seconds(held.data) - before
    lines = await _must_be_true(held, landed)
    return {
        "ballots_per_second": round(landed.per_second, 1),
        "ballots_p50_ms": round(landed.quantile_ms(0.5), 2),
        "ballots_p99_ms": round(landed.quantile_ms(0.99), 2),
        "ballot_cpu_us": round(spent / lines * 1e6, 1),
        "ballots_connections": CONNECTIONS,
        "ballots_counted": len(landed.times),
        "ballots_refused": sum(number for status, number in landed.statuses.items() if status != 201),
    }


async def cast(held: Assembly, opened: list[Opened], warm: float, seconds: float) -> Landed:
    """A first ballot of every delegate in every poll, over 200 connections."""
    return await fire(await signed_volley(held, opened, warm, seconds))


def cpu_seconds(data: Path) -> float:
    """What the server and all that it started have used of the processors since, stores and kernel included."""
    server = psutil.Process(pid_of(data))
    used = 0.0
    for process in (server, *server.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
    return used


async def signed_volley(held: Assembly, opened: list[Opened], warm: float, seconds: float) -> Volley:
    """The same, ready to be sent."""
    signed = await sign([each.ask for each in opened], held.delegates)
    members = list(held.delegates)
    lanes = []
    for lane in range(CONNECTIONS):
        mine = members[lane::CONNECTIONS]
        lanes.append(
            [
                Shot(path_of(each.poll), ballots[member])
                for each, ballots in zip(opened, signed, strict=True)
                for member in mine
            ]
        )
    host, port = held.address
    return Volley(host, port, lanes, warm, seconds)


async def _must_be_true(held: Assembly, landed: Landed) -> int:
    """What was measured was the real thing: receipts prove, acknowledged ballots are kept; how many there are."""
    log_key = await _log_key(held)
    receipts = [msgspec.json.decode(body, type=Receipt) for body in random.sample(landed.kept, 100)]
    for receipt in receipts:
        must_hold(receipt, _LINES.decode(receipt.entry).jws.encode(), log_key)
    connection = await asyncpg.connect(database_url(held.data))
    try:
        lines = int(await connection.fetchval("select count(*) from voting.entry where voter is not null"))
    finally:
        await connection.close()
    assert lines >= len(landed.times), "an acknowledged ballot is not in the ledger"
    return lines


async def _log_key(held: Assembly) -> str:
    raw = await held.client.ask(
        "GET", f"/voting/meetings/{held.convened.meeting}/ledger?end=1", token=held.convened.token
    )
    return str(msgspec.json.decode(raw.split(b"\n", 1)[0])["log_key"])
