"""A ledger under its lock: what is read here is true, and nobody else appends.

One method, one statement, its SQL beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from asyncpg import Record

from services.kit.database import NOW_MS, Connection
from services.rules.merkle import Frontier
from services.voting.errors import PollUnknown, WishUnknown
from services.voting.poll_row import COLUMNS, PollRow

_POLLS_AND_BALLOTS = f"""
    select p.no, p.definition, p.state, p.deadline, p.remaining, p.closed_at, p.grace_ends_at, e.index, e.voter, e.line,
        coalesce(k.epoch, 0) as epoch, {NOW_MS} as now
    from poll p join ledger l on l.no = p.ledger left join keyring k on k.body = l.body
    left join (
        select distinct old.poll, old.index, old.voter, old.line
        from unnest($2::text[], $3::integer[]) as new (voter, seq)
        join entry old on old.poll = any($1::integer[]) and old.voter = new.voter
            and old.seq in (1, new.seq - 1, new.seq)
    ) e on e.poll = p.no
    where p.no = any($1::integer[]) order by e.index
"""  # noqa: S608 - a constant of ours


class Line(msgspec.Struct, frozen=True, gc=False):
    """A ledger line to append: which poll it is of, whose ballot (None for acts), and the leaf's bytes."""

    poll: int
    voter: str | None
    seq: int | None
    request: str
    line: bytes


class Gain(msgspec.Struct, frozen=True, gc=False):
    """What a batch adds to a poll's running count: so many ballots; a changed vote takes from one choice and gives to
    another."""

    poll: int
    ballots: int
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
        """The time now and the body's epoch; the polls' standing, with those ballots that decide about these.

        Of a voter's ballots the first, the one before, and the one of the same number are all that matter, so the
        cost does not grow with how often somebody changed their vote.
        """
        rows = await self.connection.fetch(_POLLS_AND_BALLOTS, polls, voters, seqs)
        return (rows[0]["now"], rows[0]["epoch"], rows) if rows else (self.at, 0, [])

    async def poll(self, identifier: str) -> tuple[PollRow, int]:
        """One poll of this ledger and the time now. Raises PollUnknown."""
        row = await self.connection.fetchrow(
            f"select {COLUMNS}, {NOW_MS} as now"  # noqa: S608 - constants of ours
            " from poll p join ledger l on l.no = p.ledger where p.id = $1 and l.no = $2 and not p.dropped",
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
                # By the index of ballots, and not by reading every line there is: a ledger is held meanwhile.
                "select count(*) from entry where poll = $1 and voter is not null and seq is not null",
                poll.no,
            )
        )

    async def last_act(self, poll: PollRow) -> bytes:
        """The last line of a poll that is no ballot."""
        return bytes(
            await self.connection.fetchval(
                "select line from entry where ledger = $1 and poll = $2 and voter is null"
                " order by index desc limit 1",
                self.no,
                poll.no,
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
            " abstain = p.abstain + g.abstain, ballots = p.ballots + g.ballots from unnest($12::integer[],"
            " $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[]) as g (no, approve, reject, abstain, ballots)"
            " where p.no = g.no)"
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
            [gain.ballots for gain in gains],
        )
        self.frontier, self.at = grown, at

    async def fulfil_wish(self, poll: PollRow, acts: Sequence[bytes], now: int) -> None:
        """The wish to annul a poll has come true. Raises WishUnknown if one of these acts was, and is no more, one."""
        gone = await self.connection.fetchval(
            "select exists (select from void_wish where poll = $1 and act = any($2::bytea[])"
            " and (ended or expires_at <= $3))",
            poll.no,
            acts,
            now,
        )
        if gone:
            raise WishUnknown
        await self.connection.execute("update void_wish set ended = true where poll = $1", poll.no)

    async def move(self, poll: PollRow, **columns: object) -> None:
        """Change columns of a poll (names are ours, never a caller's)."""
        settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, start=2))
        await self.connection.execute(
            f"update poll set {settings} where no = $1",  # noqa: S608 - names from keywords in this package
            poll.no,
            *columns.values(),
        )
