"""What cannot be left out of a ballot, each part alone: parse, verify, commit, answer.

Microseconds of processor time for one ballot, not of the clock. Between two looks at the parts a whole server takes
ballots, as in `ballots`, and `ballot_over_parts` says how many times the sum of the parts a ballot costs it: the median
of several rounds, because a machine that others share is faster in one minute than in the next. What the parts leave
out is the price of everything between them: admission, the tree and the receipt, polls and roll, what is published,
two workers instead of one.
"""

import statistics
import time
from collections.abc import Callable

import asyncpg
import msgspec
import psutil
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from loadtests.ballots import ENOUGH_PER_SECOND, cpu_seconds, signed_volley
from loadtests.ground import Assembly
from loadtests.limits import CONNECTIONS, bare_server
from loadtests.run_json import database_url
from loadtests.sender import Shot, Volley, fire
from services.rules import ballot, jws
from services.wire import BallotPayload

SECONDS = 1.0
# As many as a worker commits together when it is busy; so many times.
BATCH, TIMES = 80, 150
# Rounds of ballots to a whole server, so many seconds each, the parts before and after.
ROUNDS, WARM, VOTING = 5, 1.0, 4.0
_payloads = msgspec.json.Decoder(BallotPayload)
_BARE = """
    create schema bare;
    create table bare.ledger (no integer primary key, size bigint not null);
    insert into bare.ledger values (1, 0);
    create table bare.entry (like voting.entry including all);
"""


async def measure(held: Assembly) -> dict[str, float]:
    """The four parts and their sum, and how many times that a ballot costs; medians, and the ratio's extremes."""
    parts = [await _parts(held)]
    costs = []
    for number in range(1, ROUNDS + 1):
        costs.append(await _ballot(held, number))
        parts.append(await _parts(held))
    sums = [sum(each.values()) for each in parts]
    ratios = [2 * cost / (before + after) for cost, before, after in zip(costs, sums, sums[1:], strict=False)]
    median = {name: statistics.median(each[name] for each in parts) for name in parts[0]}
    return {name: round(each, 1) for name, each in median.items()} | {
        "parts_sum_us": round(statistics.median(sums), 1),
        "ballot_beside_parts_us": round(statistics.median(costs), 1),
        "ballot_over_parts": round(statistics.median(ratios), 3),
        "ballot_over_parts_least": round(min(ratios), 3),
        "ballot_over_parts_most": round(max(ratios), 3),
    }


async def _ballot(held: Assembly, number: int) -> float:
    """What a ballot costs the server and all that it started, stores and kernel included."""
    polls = int((WARM + VOTING) * ENOUGH_PER_SECOND / len(held.delegates)) + 1
    opened = [await held.poll(f"Vòng {number}, số {poll}") for poll in range(1, polls + 1)]
    volley = await signed_volley(held, opened, WARM, VOTING)
    lines, before = await _ballots(held), cpu_seconds(held.data)
    landed = await fire(volley)
    spent = cpu_seconds(held.data) - before
    assert set(landed.statuses) == {201}, landed.statuses
    return spent / (await _ballots(held) - lines) * 1e6


async def _ballots(held: Assembly) -> int:
    connection = await asyncpg.connect(database_url(held.data))
    try:
        return int(await connection.fetchval("select count(*) from voting.entry where voter is not null"))
    finally:
        await connection.close()


async def _parts(held: Assembly) -> dict[str, float]:
    poll = await held.poll("Phần không bớt được")
    device = next(iter(held.delegates.values()))
    raw = device.ballot(poll.ask, "approve")
    receipt = msgspec.json.encode(await held.client.cast(poll.poll, raw))
    assert isinstance(device.key, ec.EllipticCurvePrivateKey)
    key, signed = device.key.public_key(), jws.split(raw, ballot.TYP, ballot.CTY, ballot.LARGEST)
    signature, algorithm = jws.der_of_raw(signed.signature), ec.ECDSA(SHA256())
    return {
        "part_parse_us": _each(lambda: _parse(raw)),
        "part_verify_us": _each(lambda: key.verify(signature, signed.signed, algorithm)),
        "part_commit_us": await _commit(database_url(held.data), raw),
        "part_answer_us": await _answer(raw, receipt),
    }


def _each(act: Callable[[], object]) -> float:
    began, done = time.process_time(), 0
    while (spent := time.process_time() - began) < SECONDS:
        for _ in range(100):
            act()
        done += 100
    return spent / done * 1e6


def _parse(raw: bytes) -> BallotPayload:
    return jws.parse(jws.split(raw, ballot.TYP, ballot.CTY, ballot.LARGEST).payload, _payloads)


async def _commit(url: str, raw: bytes) -> float:
    """Rows of this size locked, inserted and committed in batches, on both sides of the connection."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_BARE)
        backend = psutil.Process(connection.get_server_pid())
        before, own = sum(backend.cpu_times()[:2]), time.process_time()
        for number in range(TIMES):
            await _batch(connection, number * BATCH, raw)
        spent = time.process_time() - own + sum(backend.cpu_times()[:2]) - before
        await connection.execute("drop schema bare cascade")
    finally:
        await connection.close()
    return spent / (BATCH * TIMES) * 1e6


async def _batch(connection: "asyncpg.Connection[asyncpg.Record]", start: int, raw: bytes) -> None:
    async with connection.transaction():
        await connection.fetchrow("select size from bare.ledger where no = 1 for update")
        await connection.execute(
            "insert into bare.entry (ledger, index, poll, voter, seq, request, line)"
            " select 1, index, 1, voter, 1, voter, line from unnest($1::bigint[], $2::text[], $3::bytea[])"
            " as t (index, voter, line)",
            list(range(start, start + BATCH)),
            [f"db{number:010d}" for number in range(start, start + BATCH)],
            [raw] * BATCH,
        )
        await connection.execute("update bare.ledger set size = $1 where no = 1", start + BATCH)


async def _answer(raw: bytes, receipt: bytes) -> float:
    """A request with a ballot read and answered with a receipt by aiohttp, nothing done between."""
    with bare_server(receipt) as (port, pid):
        server = psutil.Process(pid)
        lanes = [[Shot("/", raw)] * int(SECONDS * 60_000 / CONNECTIONS)] * CONNECTIONS
        before = sum(server.cpu_times()[:2])
        landed = await fire(Volley("127.0.0.1", port, lanes, 0.0, SECONDS))
        return (sum(server.cpu_times()[:2]) - before) / len(landed.times) * 1e6
