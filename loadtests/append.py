"""Does a ballot cost more when the ledger is long? The same people vote in a short ledger and in one of a million.

The long one is filled by COPY: lines of an earlier poll, chained as the ballot box chains them (batches, frontiers), so
that every receipt and proof is as true as in the short one. Then both take turns, round by round.
"""

import asyncio
import statistics
from collections.abc import Iterator

import asyncpg
import msgspec
from redis.asyncio import Redis

from loadtests.ballots import cast
from loadtests.ground import Assembly
from loadtests.run_json import database_url, redis_url
from loadtests.sender import Landed
from services.kit import stream
from services.rules.merkle import Frontier, leaf_hash
from services.wire import BallotCast

LONG = 1_000_000
ROUNDS = 5
POLLS_A_ROUND = 3
_BATCH = 5_000
_JWS = "e30." + "A" * 420 + "." + "B" * 86


async def measure(held: Assembly) -> dict[str, float]:
    """The cost of a ballot beside a million lines, over its cost beside a few thousand."""
    short = await held.another_meeting("so-ngan")
    long = await held.another_meeting("so-dai")
    await _fill(long)
    costs: dict[str, list[float]] = {"short": [], "long": []}
    turns = [("short", short), ("long", long)]
    for _ in range(ROUNDS):
        for name, meeting in turns:
            costs[name].append(1 / (await _round(meeting)).per_second)
        # Whoever goes second finds a warmer machine: take turns in that too.
        turns.reverse()
    short_cost, long_cost = (statistics.median(costs[name]) for name in ("short", "long"))
    return {
        "append_cost_us_1k": round(short_cost * 1e6, 1),
        "append_cost_us_1m": round(long_cost * 1e6, 1),
        "append_cost_ratio_1m_vs_1k": round(long_cost / short_cost, 3),
    }


async def _round(meeting: Assembly) -> Landed:
    opened = [await meeting.poll(f"Vòng {number}") for number in range(POLLS_A_ROUND)]
    landed = await cast(meeting, opened, 0.0, 3600.0)
    assert set(landed.statuses) == {201}, landed.statuses
    return landed


async def _fill(held: Assembly) -> None:
    """A million ballot lines of a poll that was drafted and never opened."""
    filler = await held.draft("Một triệu phiếu")
    connection = await asyncpg.connect(database_url(held.data), server_settings={"search_path": "voting"})
    try:
        row = await connection.fetchrow("select no, ledger from poll where id = $1", filler)
        assert row is not None, "the poll that was drafted is not there"
        async with connection.transaction():
            size = await connection.fetchval(
                "select size from ledger where no = $1 for update", row["ledger"]
            )
            assert size == 0, "the ledger to fill must be empty"
            frontier = Frontier()
            for start in range(0, LONG, _BATCH):
                frontier = await _batch(connection, row["ledger"], row["no"], filler, start, frontier)
            await connection.execute(
                "update ledger set size = $2, frontier = $3 where no = $1",
                *(row["ledger"], frontier.size, b"".join(frontier.peaks)),
            )
        await connection.execute("analyze entry")
        await connection.execute("checkpoint")
        await _published(held, connection)
    finally:
        await connection.close()


async def _batch(
    connection: "asyncpg.Connection[asyncpg.Record]",
    ledger: int,
    poll: int,
    name: str,
    start: int,
    before: Frontier,
) -> Frontier:
    lines = [
        msgspec.json.encode(BallotCast(at=1, poll=name, jws=f"{_JWS}{number:07d}"))
        for number in range(start, start + _BATCH)
    ]
    after = await asyncio.to_thread(before.append, [leaf_hash(line) for line in lines])
    await connection.copy_records_to_table(
        "entry",
        records=_records(ledger, poll, start, lines),
        columns=("ledger", "index", "poll", "voter", "seq", "request", "line"),
    )
    await connection.execute(
        "insert into batch (ledger, start, size, frontier) values ($1, $2, $3, $4)",
        *(ledger, start, after.size, b"".join(before.peaks)),
    )
    return after


def _records(ledger: int, poll: int, start: int, lines: list[bytes]) -> Iterator[tuple[object, ...]]:
    for index, line in enumerate(lines, start=start):
        yield ledger, index, poll, f"v{index}", 1, "", line


async def _published(held: Assembly, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Wait until the publisher has told of all that was filled: it must not do so while we measure."""
    name = stream.screen(held.convened.meeting, "voting")
    async with Redis.from_url(redis_url(held.data)) as redis:
        while True:
            entries = await redis.xrevrange(name, count=1)
            if entries and stream.index_of(entries[0][0] or b"") >= LONG - 1:
                return
            await asyncio.sleep(0.2)
