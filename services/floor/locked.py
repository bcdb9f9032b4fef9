"""A floor's ledger under its lock: what is read here is true, and nobody else appends.

One method, one statement, its SQL beside it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from services.kit.database import NOW_MS, Connection
from services.roster.errors import MeetingUnknown
from services.rules.merkle import Frontier
from services.wire import AgendaItem, Body, Member, PollState, Role

_agendas = msgspec.json.Decoder(tuple[AgendaItem, ...])
_bodies = msgspec.json.Decoder(Body)
_members = msgspec.json.Decoder(Member)

_KNOWN = f"""
    select {NOW_MS} as now, coalesce(k.epoch, 0) as epoch,
        m.state, m.title, b.body,
        (select coalesce(sum(next), 0) from position where key in (m.id, m.body))::bigint as heard,
        (select sha256 from roll where meeting = m.id order by revision desc limit 1) as roll,
        (select items from agenda where meeting = m.id) as agenda,
        array(select member from presence where meeting = m.id and present and member = any($2::text[])) as present,
        array(select member from member where body = m.body and id = any($3::text[])) as members
    from meeting m join body b on b.id = m.body left join keyring k on k.body = m.body where m.id = $1
"""  # noqa: S608 - a constant of ours


class Line(msgspec.Struct, frozen=True, gc=False):
    """A ledger line to append (see migrations/0001_floor.sql, and for `turns` 0003_turn_events.sql)."""

    line: bytes
    act: bytes | None
    request: str
    revision: int
    turns: int
    queues: bytes | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the server knows when acts come: the time (never before the ledger's), the epoch of the body's keyring, how
    many pieces of news of meeting and body it rests on, the meeting's state and title, the hash of the roll in force
    (None: none was frozen), the agenda's titles by item, who is present and which roles they hold, of those that were
    asked for."""

    now: int
    epoch: int
    heard: int
    state: str
    title: str
    body: Body
    roll: str | None
    agenda: dict[str, str]
    present: frozenset[str]
    roles: dict[str, tuple[Role, ...]]


@dataclass(slots=True)
class Locked:
    """A ledger held under its lock, inside a transaction."""

    connection: Connection
    no: int
    meeting: str
    body: str
    frontier: Frontier
    at: int

    async def known(self, speakers: Collection[str], actors: Collection[str]) -> Known:
        """What is known now: of `speakers` whether they are present, of `actors` the roles they hold.

        Raises MeetingUnknown as long as its body is not known.
        """
        row = await self.connection.fetchrow(_KNOWN, self.meeting, list(speakers), list(actors))
        if row is None:
            raise MeetingUnknown
        return Known(
            now=max(row["now"], self.at),
            epoch=row["epoch"],
            heard=row["heard"],
            state=row["state"],
            title=row["title"],
            body=_bodies.decode(row["body"]),
            roll=row["roll"],
            agenda={item.id: item.title for item in _agendas.decode(row["agenda"] or b"[]")},
            present=frozenset(row["present"]),
            roles={member.id: member.roles for member in map(_members.decode, row["members"])},
        )

    async def taken(self, acts: Collection[bytes]) -> dict[bytes, int]:
        """Where acts (SHA-256 of the signed bytes) stand already."""
        rows = await self.connection.fetch(
            "select act, index from entry where ledger = $1 and act = any($2::bytea[])", self.no, list(acts)
        )
        return {row["act"]: row["index"] for row in rows}

    async def lines(self, start: int) -> list[bytes]:
        """The lines from an index on."""
        rows = await self.connection.fetch(
            "select line from entry where ledger = $1 and index >= $2 order by index", self.no, start
        )
        return [row["line"] for row in rows]

    async def votes(self) -> list[tuple[str, PollState, int]]:
        """What voting told last of each poll of the meeting: poll, state, line; in the order of the lines."""
        rows = await self.connection.fetch(
            "select poll, state, line from vote where meeting = $1 order by line", self.meeting
        )
        return [(row["poll"], row["state"], row["line"]) for row in rows]

    async def note_vote(self, poll: str, state: PollState, line: int) -> bool:
        """Note what voting told of a poll; False if that, or something later, is noted already."""
        noted = await self.connection.fetchval(
            "insert into vote as v (meeting, poll, line, state) values ($1, $2, $3, $4)"
            " on conflict (meeting, poll) do update set line = $3, state = $4 where v.line < $3 returning line",
            self.meeting,
            poll,
            line,
            state,
        )
        return noted is not None

    async def append(self, lines: Sequence[Line], grown: Frontier, at: int, due: int | None) -> None:
        """Append lines; `grown` is the tree with them. One statement: all or nothing."""
        await self.connection.execute(
            "with lines as (insert into entry (ledger, index, line, act, request, revision, queues, turns)"
            " select $1, $2 + n - 1, line, act, request, revision, queues, turns from unnest("
            "$3::bytea[], $4::bytea[], $5::text[], $6::bigint[], $7::bytea[], $8::bigint[])"
            " with ordinality as t (line, act, request, revision, queues, turns, n)),"
            " mark as (insert into batch (ledger, start, size, frontier) values ($1, $2, $9, $10))"
            " update ledger set size = $9, frontier = $11, at = $12, due = $13 where no = $1",
            self.no,
            self.frontier.size,
            [line.line for line in lines],
            [line.act for line in lines],
            [line.request for line in lines],
            [line.revision for line in lines],
            [line.queues for line in lines],
            [line.turns for line in lines],
            grown.size,
            b"".join(self.frontier.peaks),
            b"".join(grown.peaks),
            at,
            due,
        )
        self.frontier, self.at = grown, at
