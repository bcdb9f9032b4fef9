"""Voting's PostgreSQL: one method, one statement, its SQL beside it.

`locked` is the heart: it holds the ledger's row, so that within it nobody else appends to this meeting's ledger,
and what is read there is what is true. It commits when the block ends and rolls back when it raises.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from asyncpg import Record

from services.kit.database import NOW_MS, Pool, Queues
from services.roster.errors import MeetingUnknown
from services.rules.merkle import Frontier, frontier_of
from services.voting.errors import PollUnknown
from services.voting.locked import Locked
from services.voting.poll_row import COLUMNS, PollRow

# So long, in milliseconds, whoever closed a poll is given to count it, before another does: two who count at once are
# each slower.
COUNTING_MS = 1_000


class Store:
    """Voting's tables."""

    def __init__(self, pool: Pool) -> None:
        """`pool` acts as the role plenary_voting."""
        self.pool = pool
        self._queues = Queues()

    @asynccontextmanager
    async def locked(self, meeting: str) -> AsyncIterator[Locked]:
        """Hold a meeting's ledger. Raises MeetingUnknown."""
        async with self._queues.of(meeting), self.pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(
                "select no, body, size, frontier, at from ledger where meeting = $1 for update", meeting
            )
            if row is None:
                raise MeetingUnknown
            frontier = frontier_of(row["size"], row["frontier"])
            yield Locked(connection, row["no"], meeting, row["body"], frontier, row["at"])

    async def poll(self, identifier: str) -> PollRow:
        """A poll. Raises PollUnknown."""
        row = await self.pool.fetchrow(
            f"select {COLUMNS} from poll p join ledger l on l.no = p.ledger where p.id = $1 and not p.dropped",  # noqa: S608 - constants of ours
            identifier,
        )
        if row is None:
            raise PollUnknown
        return PollRow(row)

    async def polls(self, meeting: str) -> list[PollRow]:
        """All polls of a meeting, oldest first."""
        rows = await self.pool.fetch(
            f"select {COLUMNS} from poll p join ledger l on l.no = p.ledger"  # noqa: S608 - constants of ours
            " where l.meeting = $1 and not p.dropped order by p.no",
            meeting,
        )
        return [PollRow(row) for row in rows]

    async def add_poll(self, identifier: str, meeting: str, draft: bytes) -> bool:
        """Add a draft, and its meeting's ledger if it is the first. False if the id is taken. Raises MeetingUnknown."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "insert into ledger (meeting, body) select id, body from meeting where id = $1"
                " on conflict (meeting) do nothing",
                meeting,
            )
            ledger = await connection.fetchval("select no from ledger where meeting = $1", meeting)
            if ledger is None:
                raise MeetingUnknown
            added = await connection.fetchval(
                "insert into poll (id, ledger, draft) values ($1, $2, $3) on conflict (id) do nothing returning no",
                identifier,
                ledger,
                draft,
            )
            return added is not None

    async def received(self, poll: int) -> int:
        """How many voters have a ballot in the poll."""
        return int(
            await self.pool.fetchval(
                "select count(*) from entry where poll = $1 and voter is not null and seq = 1", poll
            )
        )

    async def received_before(self, poll: int, index: int) -> int:
        """How many voters had a ballot in the poll before a line."""
        return int(
            await self.pool.fetchval(
                "select count(*) from entry where poll = $1 and voter is not null and seq = 1 and index < $2",
                poll,
                index,
            )
        )

    async def lines(self, ledger: int, start: int, end: int) -> list[Record]:
        """Lines `start` ≤ index < `end`: index, poll, voter, seq, request, line."""
        return await self.pool.fetch(
            "select index, poll, voter, seq, request, line from entry"
            " where ledger = $1 and index >= $2 and index < $3 order by index",
            ledger,
            start,
            end,
        )

    async def weight(self, ledger: int, start: int, end: int) -> int:
        """How many bytes the lines `start` ≤ index < `end` have."""
        sql = "select sum(octet_length(line)) from entry where ledger = $1 and index >= $2 and index < $3"
        return int(await self.pool.fetchval(sql, ledger, start, end) or 0)

    async def line(self, ledger: int, index: int) -> bytes:
        """One line that is there."""
        sql = "select line from entry where ledger = $1 and index = $2"
        return bytes(await self.pool.fetchval(sql, ledger, index))

    async def news(self, meeting: str, start: int, end: int) -> list[Record]:
        """The same lines for the streams, with their poll's id, and of anything but a ballot its draft."""
        return await self.pool.fetch(
            "select e.index, e.poll, p.id, e.voter, e.seq, e.request, e.line,"
            " case when e.voter is null then p.draft end as draft"
            " from ledger l join entry e on e.ledger = l.no join poll p on p.no = e.poll"
            " where l.meeting = $1 and e.index >= $2 and e.index < $3 order by e.index",
            meeting,
            start,
            end,
        )

    async def leaves(self, meeting: str, indexes: Sequence[int]) -> dict[int, bytes]:
        """By index the leaf hashes of those of these lines that there are."""
        rows = await self.pool.fetch(
            "select e.index, sha256('\\x00'::bytea || e.line) as leaf from ledger l join entry e on e.ledger = l.no"
            " where l.meeting = $1 and e.index = any($2::bigint[])",
            meeting,
            list(indexes),
        )
        return {row["index"]: row["leaf"] for row in rows}

    async def ballot_lines(self, ledger: int, poll: int, start: int, end: int) -> list[bytes]:
        """The ballots of a poll between two lines, in order."""
        rows = await self.pool.fetch(
            "select line from entry where ledger = $1 and index > $2 and index < $3 and poll = $4"
            " and seq is not null order by index",
            ledger,
            start,
            end,
            poll,
        )
        return [row["line"] for row in rows]

    async def batch(self, ledger: int, index: int) -> tuple[Frontier, int]:
        """The tree before the batch that holds a line, and its size after it."""
        row = await self.pool.fetchrow(
            "select start, size, frontier from batch where ledger = $1 and start <= $2"
            " order by start desc limit 1",
            ledger,
            index,
        )
        if row is None:
            raise MeetingUnknown
        return frontier_of(row["start"], row["frontier"]), int(row["size"])

    async def places(self, poll: int, voter: str) -> list[int]:
        """Where a voter's ballots in a poll stand."""
        rows = await self.pool.fetch(
            "select index from entry where poll = $1 and voter = $2 and seq is not null order by seq",
            poll,
            voter,
        )
        return [row["index"] for row in rows]

    async def first_line(self, ledger: int, poll: int) -> int:
        """Where a poll begins in its ledger."""
        return int(
            await self.pool.fetchval(
                "select min(index) from entry where ledger = $1 and poll = $2 and voter is null", ledger, poll
            )
        )

    async def head(self, meeting: str) -> tuple[int, str, Frontier]:
        """A meeting's ledger: its number, its body, its tree. Raises MeetingUnknown."""
        row = await self.pool.fetchrow(
            "select no, body, size, frontier from ledger where meeting = $1", meeting
        )
        if row is None:
            raise MeetingUnknown
        return row["no"], row["body"], frontier_of(row["size"], row["frontier"])

    async def heads(self) -> dict[str, int]:
        """How many lines each ledger has (see publisher.Source)."""
        return {
            row["meeting"]: row["size"] for row in await self.pool.fetch("select meeting, size from ledger")
        }

    async def great(self, ballots: int) -> list[tuple[PollRow, int]]:
        """Polls that ballots may come to and so many or more have come to; and how many lines their ledger has."""
        rows = await self.pool.fetch(
            f"select {COLUMNS}, l.size from poll p join ledger l on l.no = p.ledger"  # noqa: S608 - constants of ours
            " where p.state in ('open', 'held', 'closing') and p.ballots >= $1",
            ballots,
        )
        return [(PollRow(row), row["size"]) for row in rows]

    async def due(self) -> tuple[list[tuple[str, str]], int | None]:
        """(meeting, poll) of the polls that the clock or a crash has left to be finished; milliseconds to the next."""
        rows = await self.pool.fetch(
            # As everywhere, a clock that stepped back does not take the ledger's own time back. Of a poll that is
            # closing the time is over once nothing is pending any more. Of one that is cut others may still tell.
            "select l.meeting, p.id, case when p.state <> 'closing'"  # noqa: S608 - a constant of ours
            " then coalesce(p.deadline, case when p.rechecked_index is null then p.recheck_until end, p.closed_at + $1)"
            " - n.now"
            " when exists (select from intent i where i.poll = p.no and i.state in ('pending', 'signed'))"
            " then p.grace_ends_at + 1 - n.now else 0 end as left"
            f" from poll p join ledger l on l.no = p.ledger, lateral (select greatest({NOW_MS}, l.at) as now) n"
            " where (p.state = 'open' and p.deadline is not null) or p.state = 'closing'"
            " or (p.state = 'closed' and p.counted_index is null and not p.alarm) order by 3",
            COUNTING_MS,
        )
        due = [(row["meeting"], row["id"]) for row in rows if row["left"] <= 0]
        waits = [row["left"] for row in rows if row["left"] > 0]
        return due, min(waits, default=None)
