"""The floor's PostgreSQL: one method, one statement, its SQL beside it.

`locked` is the heart: it holds the ledger's row, so that within it nobody else appends to this meeting's ledger,
and what is read there is what is true. It commits when the block ends and rolls back when it raises.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from asyncpg import Record

from services.floor.locked import Locked
from services.kit.database import NOW_MS, Connection, Pool, Queues
from services.roster.errors import MeetingUnknown
from services.rules.merkle import Frontier, frontier_of


class Store:
    """The floor's tables."""

    def __init__(self, pool: Pool) -> None:
        """`pool` acts as the role plenary_floor."""
        self.pool = pool
        self._queues = Queues()

    @asynccontextmanager
    async def locked(self, meeting: str) -> AsyncIterator[Locked]:
        """Hold a meeting's ledger; if it has none yet, an empty one is made. Raises MeetingUnknown."""
        async with self._queues.of(meeting), self.pool.acquire() as connection, connection.transaction():
            row = await _hold(connection, meeting)
            if row is None:
                await connection.execute(
                    "insert into ledger (meeting, body) select id, body from meeting where id = $1"
                    " on conflict (meeting) do nothing",
                    meeting,
                )
                row = await _hold(connection, meeting)
            if row is None:
                raise MeetingUnknown
            frontier = frontier_of(row["size"], row["frontier"])
            yield Locked(connection, row["no"], meeting, row["body"], frontier, row["at"])

    async def head(self, meeting: str) -> tuple[int, Frontier]:
        """A meeting's ledger: its number and its tree; 0 and an empty tree if there is none."""
        row = await self.pool.fetchrow("select no, size, frontier from ledger where meeting = $1", meeting)
        return (row["no"], frontier_of(row["size"], row["frontier"])) if row else (0, Frontier())

    async def heads(self) -> dict[str, int]:
        """How many lines each ledger has (see publisher.Source)."""
        return {
            row["meeting"]: row["size"] for row in await self.pool.fetch("select meeting, size from ledger")
        }

    async def since(self, meeting: str, start: int) -> tuple[list[bytes], Frontier]:
        """The lines of a meeting's ledger from an index on, and its tree at that moment; none and an empty tree if
        there is no ledger."""
        row = await self.pool.fetchrow(
            "select size, frontier, array(select e.line from entry e"
            " where e.ledger = l.no and e.index >= $2 order by e.index) as lines"
            " from ledger l where meeting = $1",
            meeting,
            start,
        )
        return (row["lines"], frontier_of(row["size"], row["frontier"])) if row else ([], Frontier())

    async def lines(self, ledger: int, start: int, end: int) -> list[Record]:
        """Lines `start` ≤ index < `end`: index, line, its leaf hash (RFC 6962), request, revision, queues, turns."""
        return await self.pool.fetch(
            "select index, line, sha256('\\x00'::bytea || line) as leaf, request, revision, queues, turns from entry"
            " where ledger = $1 and index >= $2 and index < $3 order by index",
            ledger,
            start,
            end,
        )

    async def leaves(self, ledger: int, indexes: Sequence[int]) -> dict[int, bytes]:
        """By index the leaf hashes of those of these lines that there are."""
        rows = await self.pool.fetch(
            "select index, sha256('\\x00'::bytea || line) as leaf from entry"
            " where ledger = $1 and index = any($2::bigint[])",
            ledger,
            list(indexes),
        )
        return {row["index"]: row["leaf"] for row in rows}

    async def batch(self, ledger: int, index: int) -> tuple[Frontier, int]:
        """The tree before the batch that holds a line, and its size after it; an empty tree if there is no such."""
        row = await self.pool.fetchrow(
            "select start, size, frontier from batch where ledger = $1 and start <= $2"
            " order by start desc limit 1",
            ledger,
            index,
        )
        return (frontier_of(row["start"], row["frontier"]), int(row["size"])) if row else (Frontier(), 0)

    async def heard(self, meeting: str) -> int:
        """How many pieces of news of a meeting and its body have been heard (see Known.heard); 0 if none of it."""
        return int(
            await self.pool.fetchval(
                "select coalesce(sum(p.next), 0) from position p join meeting m on p.key in (m.id, m.body)"
                " where m.id = $1",
                meeting,
            )
        )

    async def due(self) -> list[tuple[str, int]]:
        """Meetings whose clock has something to do, with the milliseconds until then: the nearest first."""
        rows = await self.pool.fetch(
            # As everywhere, a clock that stepped back does not take the ledger's own time back.
            f"select meeting, due - greatest({NOW_MS}, at) as left"  # noqa: S608 - a constant of ours
            " from ledger where due is not null order by 2"
        )
        return [(row["meeting"], row["left"]) for row in rows]


async def _hold(connection: Connection, meeting: str) -> Record | None:
    return await connection.fetchrow(
        "select no, body, size, frontier, at from ledger where meeting = $1 for update", meeting
    )
