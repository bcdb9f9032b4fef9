"""Voting's PostgreSQL: one method, one statement, its SQL beside it.

`locked` is the heart: it holds the ledger's row, so that within it nobody else appends to this meeting's ledger,
and what is read there is what is true. It commits when the block ends and rolls back when it raises.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
from asyncpg import Record

from services.kit.database import Connection, Pool
from services.rules.merkle import Frontier
from services.voting.errors import MeetingUnknown, PollUnknown
from services.voting.poll import Standing
from services.wire import Counts

_POLL = """
    p.no, p.id, l.meeting, l.body, p.ledger, p.draft, p.state, p.definition, p.jws, p.roll, p.opened_index,
    p.opened_at, p.deadline, p.remaining, p.closed_index, p.closed_at, p.counted_index, p.alarm,
    p.approve, p.reject, p.abstain
"""

_POLLS_AND_BALLOTS = f"""
    select {_POLL}, e.index, e.voter, e.line, coalesce(k.epoch, 0) as epoch,
        (extract(epoch from clock_timestamp()) * 1000)::bigint as now
    from poll p join ledger l on l.no = p.ledger left join keyring k on k.body = l.body
    left join (
        select distinct old.poll, old.index, old.voter, old.line
        from unnest($2::text[], $3::integer[]) as new (voter, seq)
        join entry old on old.poll = any($1::integer[]) and old.voter = new.voter
            and old.seq in (1, new.seq - 1, new.seq)
    ) e on e.poll = p.no
    where p.no = any($1::integer[]) order by e.index
"""  # noqa: S608 - constants of ours


@dataclass(frozen=True, slots=True)
class PollRow:
    """A poll as stored."""

    row: Record

    @property
    def no(self) -> int:
        """Its number inside this database."""
        return int(self.row["no"])

    @property
    def standing(self) -> Standing:
        """Its state and times."""
        row = self.row
        return Standing(row["state"], row["deadline"], row["remaining"], row["closed_at"])

    @property
    def counts(self) -> Counts:
        """The running count; for the teller, and for polls that are closed or whose definition shows totals."""
        return Counts(approve=self.row["approve"], reject=self.row["reject"], abstain=self.row["abstain"])


class Line(msgspec.Struct, frozen=True, gc=False):
    """A ledger line to append: which poll it is of, whose ballot (None for acts), and the leaf's bytes."""

    poll: int
    voter: str | None
    seq: int | None
    request: str
    line: bytes


class Gain(msgspec.Struct, frozen=True, gc=False):
    """What a batch adds to a poll's running count; a changed vote takes from one and gives to another."""

    poll: int
    approve: int
    reject: int
    abstain: int


@dataclass(slots=True)
class Locked:
    """A ledger held under its lock, inside a transaction."""

    connection: Connection
    no: int
    meeting: str
    body: str
    frontier: Frontier
    at: int

    async def polls_and_ballots(
        self, polls: Sequence[int], voters: Sequence[str], seqs: Sequence[int]
    ) -> tuple[int, int, list[Record]]:
        """The time now and the body's epoch; the polls, with those ballots in them that decide about these.

        Of a voter's ballots the first, the one before, and the one of the same number are all that matter, so the
        cost does not grow with how often somebody changed their vote.
        """
        rows = await self.connection.fetch(_POLLS_AND_BALLOTS, polls, voters, seqs)
        return (rows[0]["now"], rows[0]["epoch"], rows) if rows else (self.at, 0, [])

    async def poll(self, identifier: str) -> tuple[PollRow, int]:
        """One poll of this ledger and the time now. Raises PollUnknown."""
        row = await self.connection.fetchrow(
            f"select {_POLL}, (extract(epoch from clock_timestamp()) * 1000)::bigint as now"  # noqa: S608
            " from poll p join ledger l on l.no = p.ledger where p.id = $1 and l.no = $2",
            identifier,
            self.no,
        )
        if row is None:
            raise PollUnknown
        return PollRow(row), max(int(row["now"]), self.at)

    async def has_act(self, poll: PollRow, raw: bytes) -> bool:
        """Whether a line of this poll carries exactly this signed act."""
        found = await self.connection.fetchval(
            "select exists (select from entry where ledger = $1 and poll = $2 and voter is null"
            " and position($3::bytea in line) > 0)",
            self.no,
            poll.no,
            b'"' + raw + b'"',
        )
        return bool(found)

    async def line(self, index: int) -> bytes:
        """One line of this ledger."""
        return bytes(
            await self.connection.fetchval(
                "select line from entry where ledger = $1 and index = $2", self.no, index
            )
        )

    async def ballots(self, poll: PollRow) -> int:
        """How many ballot lines the poll has."""
        return int(
            await self.connection.fetchval(
                "select count(*) from entry where poll = $1 and voter is not null", poll.no
            )
        )

    async def append(
        self, lines: Sequence[Line], grown: Frontier, at: int, gains: Sequence[Gain] = ()
    ) -> None:
        """Append lines; `grown` is the tree with them. One statement: all or nothing."""
        await self.connection.execute(
            "with lines as (insert into entry (ledger, index, poll, voter, seq, request, line)"
            " select $1, $2 + n - 1, poll, voter, seq, request, line from unnest("
            "$3::integer[], $4::text[], $5::integer[], $6::text[], $7::bytea[])"
            " with ordinality as t (poll, voter, seq, request, line, n)),"
            " mark as (insert into batch (ledger, start, size, frontier) values ($1, $2, $8, $9)),"
            " gain as (update poll p set approve = p.approve + g.approve, reject = p.reject + g.reject,"
            " abstain = p.abstain + g.abstain from unnest($12::integer[], $13::bigint[], $14::bigint[],"
            " $15::bigint[]) as g (no, approve, reject, abstain) where p.no = g.no)"
            " update ledger set size = $8, frontier = $10, at = $11 where no = $1",
            self.no,
            self.frontier.size,
            [line.poll for line in lines],
            [line.voter for line in lines],
            [line.seq for line in lines],
            [line.request for line in lines],
            [line.line for line in lines],
            grown.size,
            b"".join(self.frontier.peaks),
            b"".join(grown.peaks),
            at,
            [gain.poll for gain in gains],
            [gain.approve for gain in gains],
            [gain.reject for gain in gains],
            [gain.abstain for gain in gains],
        )
        self.frontier, self.at = grown, at

    async def move(self, poll: PollRow, **columns: object) -> None:
        """Change columns of a poll (names are ours, never a caller's)."""
        settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, start=2))
        await self.connection.execute(
            f"update poll set {settings} where no = $1",  # noqa: S608 - names from keywords in this package
            poll.no,
            *columns.values(),
        )


class Store:
    """Voting's tables."""

    def __init__(self, pool: Pool) -> None:
        """`pool` acts as the role plenary_voting."""
        self.pool = pool

    @asynccontextmanager
    async def locked(self, meeting: str) -> AsyncIterator[Locked]:
        """Hold a meeting's ledger. Raises MeetingUnknown."""
        async with self.pool.acquire() as connection, connection.transaction():
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
            f"select {_POLL} from poll p join ledger l on l.no = p.ledger where p.id = $1",  # noqa: S608
            identifier,
        )
        if row is None:
            raise PollUnknown
        return PollRow(row)

    async def polls(self, meeting: str) -> list[PollRow]:
        """All polls of a meeting, oldest first."""
        rows = await self.pool.fetch(
            f"select {_POLL} from poll p join ledger l on l.no = p.ledger"  # noqa: S608
            " where l.meeting = $1 order by p.no",
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

    async def ballot_lines(self, ledger: int, poll: int, start: int, end: int) -> list[bytes]:
        """The ballots of a poll between two lines, in order."""
        rows = await self.pool.fetch(
            "select line from entry where ledger = $1 and index > $2 and index < $3 and poll = $4"
            " and voter is not null order by index",
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
            "select index from entry where poll = $1 and voter = $2 order by seq", poll, voter
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

    async def due(self) -> tuple[list[tuple[str, str]], int | None]:
        """(meeting, poll) of the polls that the clock or a crash has left to be finished; milliseconds to the next."""
        rows = await self.pool.fetch(
            "select l.meeting, p.id, p.state, p.deadline - (extract(epoch from clock_timestamp()) * 1000)::bigint"
            " as left from poll p join ledger l on l.no = p.ledger"
            " where (p.state = 'open' and p.deadline is not null)"
            " or (p.state = 'closed' and p.counted_index is null and not p.alarm) order by p.deadline"
        )
        due = [(row["meeting"], row["id"]) for row in rows if row["state"] == "closed" or row["left"] <= 0]
        waits = [row["left"] for row in rows if row["state"] == "open" and row["left"] > 0]
        return due, min(waits, default=None)


def frontier_of(size: int, peaks: bytes) -> Frontier:
    """A frontier as stored: 32 bytes a peak, largest first."""
    return Frontier(size, tuple(peaks[at : at + 32] for at in range(0, len(peaks), 32)))
