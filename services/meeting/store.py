"""PostgreSQL: what the meeting desk keeps. One method, one statement.

A transaction that changes something under a key (a body's or meeting's id) locks that key first: two changes of one
meeting follow each other, and their events stand in the journal in the same order.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from services.kit import journal
from services.kit.database import Pool
from services.meeting.hall_store import HallBooks
from services.meeting.roll import Frozen
from services.wire import (
    AgendaItem,
    Body,
    Document,
    Event,
    Meeting,
    Member,
    RollEntry,
)

_attributes = msgspec.json.Decoder(dict[str, str])
_documents = msgspec.json.Decoder(tuple[Document, ...])


class Store:
    """Opens the books, to read or inside one transaction."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["Books"]:
        """The books as they are committed."""
        async with self._pool.acquire() as connection:
            yield Books(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Books"]:
        """The books; all that is written in the block is committed at its end, or none of it."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield Books(connection)

    async def ping(self) -> None:
        """Raise unless the database answers."""
        await self._pool.fetchval("select 1")


class Books(HallBooks):
    """The tables of schema `meeting` over one connection."""

    async def lock(self, key: str) -> None:
        """Wait for our turn with this body or meeting; held until the transaction ends."""
        await self._connection.fetchval("select size from journal_head where key = $1 for update", key)

    async def tell(self, key: str, build: Callable[[int], Event]) -> None:
        """Append an event to the journal of this key."""
        await journal.append(self._connection, key, build)

    async def take(self, identifier: str, kind: str) -> bool:
        """Take an id for a body or meeting, waiting for whoever is just taking it; whether it was free."""
        sql = "insert into identifier (id, kind) values ($1, $2) on conflict do nothing returning id"
        return await self._connection.fetchval(sql, identifier, kind) is not None

    async def add_body(self, body: Body) -> None:
        """Keep a body whose id was taken."""
        await self._connection.execute(
            "insert into body (id, name, name_en, noun, noun_en, profile) values ($1, $2, $3, $4, $5, $6)",
            *(body.id, body.name, body.name_en, body.noun, body.noun_en, body.profile),
        )

    async def body(self, identifier: str) -> Body | None:
        """The body of this id."""
        sql = "select id, name, name_en, noun, noun_en, profile from body where id = $1"
        row = await self._connection.fetchrow(sql, identifier)
        return Body(**row) if row is not None else None

    async def members(self, body: str, only: Collection[str] | None = None) -> dict[str, Member]:
        """The members of a body by id, in order of their ids; `only` these, if given."""
        rows = await self._connection.fetch(
            "select id, name, member_group, title, roles, attributes from member where body = $1"
            ' and ($2::text[] is null or id = any($2)) order by id collate "C"',
            *(body, only if only is None else list(only)),
        )
        return {row["id"]: member_of(row) for row in rows}

    async def keep_members(self, body: str, members: Sequence[Member]) -> None:
        """Add these members, or put them in the place of those with the same ids."""
        # Roles travel as one text each: PostgreSQL's unnest would take an array of arrays apart.
        await self._connection.execute(
            "insert into member (body, id, name, member_group, title, roles, attributes)"
            " select $1, id, name, member_group, title, string_to_array(roles, ' '), attributes"
            " from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::json[])"
            " as given (id, name, member_group, title, roles, attributes)"
            " on conflict (body, id) do update set name = excluded.name, member_group = excluded.member_group,"
            " title = excluded.title, roles = excluded.roles, attributes = excluded.attributes",
            body,
            [member.id for member in members],
            [member.name for member in members],
            [member.group for member in members],
            [member.title for member in members],
            [" ".join(member.roles) for member in members],
            [_json(member.attributes) for member in members],
        )

    async def add_meeting(self, meeting: Meeting) -> None:
        """Keep a meeting whose id was taken."""
        await self._connection.execute(
            "insert into meeting (id, body, title, place, starts_at, state) values ($1, $2, $3, $4, $5, $6)",
            *(meeting.id, meeting.body, meeting.title, meeting.place, meeting.starts_at, meeting.state),
        )

    async def meeting(self, identifier: str) -> Meeting | None:
        """The meeting of this id."""
        sql = "select id, body, title, place, starts_at, state from meeting where id = $1"
        row = await self._connection.fetchrow(sql, identifier)
        return Meeting(**row) if row is not None else None

    async def meetings(self, body: str) -> list[Meeting]:
        """The meetings of a body, newest first."""
        rows = await self._connection.fetch(
            "select id, body, title, place, starts_at, state from meeting where body = $1"
            ' order by starts_at desc, id collate "C" desc',
            body,
        )
        return [Meeting(**row) for row in rows]

    async def set_state(self, meeting: Meeting, at: int) -> None:
        """Keep the meeting's state, which it came to at that time (milliseconds)."""
        await self._connection.execute(
            "update meeting set state = $2,"
            " opened_at = case when $2 = 'open' then $3 else opened_at end,"
            " ended_at = case when $2 = 'ended' then $3 else ended_at end where id = $1",
            *(meeting.id, meeting.state, at),
        )

    async def clear_draft(self, meeting: str) -> None:
        """Forget the draft of the roll."""
        await self._connection.execute("delete from roll_entry where meeting = $1", meeting)

    async def add_draft(self, meeting: str, entries: Sequence[RollEntry]) -> None:
        """Keep a draft of the roll, in its order."""
        await self._connection.execute(
            "insert into roll_entry (meeting, position, member, name, member_group, seat, attributes)"
            " select $1, position, member, name, member_group, seat, attributes"
            " from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::json[])"
            " with ordinality as given (member, name, member_group, seat, attributes, position)",
            meeting,
            [entry.member for entry in entries],
            [entry.name for entry in entries],
            [entry.group for entry in entries],
            [entry.seat for entry in entries],
            [_json(entry.attributes) for entry in entries],
        )

    async def draft(self, meeting: str) -> list[RollEntry]:
        """The draft of the roll, in its order."""
        rows = await self._connection.fetch(
            "select member, name, member_group, seat, attributes from roll_entry"
            " where meeting = $1 order by position",
            meeting,
        )
        return [
            RollEntry(
                member=row["member"],
                name=row["name"],
                group=row["member_group"],
                seat=row["seat"],
                attributes=_attributes.decode(row["attributes"]),
            )
            for row in rows
        ]

    async def add_frozen(self, meeting: str, frozen: Frozen, members: Sequence[str]) -> None:
        """Keep a frozen roll for good."""
        await self._connection.execute(
            "insert into frozen_roll (meeting, revision, sha256, roll, members) values ($1, $2, $3, $4, $5)",
            *(meeting, frozen.revision, frozen.sha256, frozen.raw, list(members)),
        )

    async def frozen(self, meeting: str, revision: int | None = None) -> Frozen | None:
        """A frozen roll of the meeting: that revision, or the one in force."""
        row = await self._connection.fetchrow(
            "select revision, roll, sha256 from frozen_roll where meeting = $1"
            " and ($2::bigint is null or revision = $2) order by revision desc limit 1",
            *(meeting, revision),
        )
        return Frozen(row["revision"], row["roll"], row["sha256"]) if row is not None else None

    async def summoned(self, meeting: str, members: Collection[str]) -> set[str]:
        """Which of these stand on the draft or on the roll in force."""
        rows = await self._connection.fetch(
            "select given.member from unnest($2::text[]) as given (member) where exists"
            " (select 1 from roll_entry e where e.meeting = $1 and e.member = given.member)"
            " or given.member in (select unnest(f.members) from frozen_roll f where f.meeting = $1"
            " and f.revision = (select max(revision) from frozen_roll where meeting = $1))",
            *(meeting, list(members)),
        )
        return {row["member"] for row in rows}

    async def clear_agenda(self, meeting: str) -> None:
        """Forget the agenda."""
        await self._connection.execute("delete from agenda_item where meeting = $1", meeting)

    async def add_agenda(self, meeting: str, items: Sequence[AgendaItem]) -> None:
        """Keep these items."""
        await self._connection.execute(
            "insert into agenda_item (meeting, id, position, title, note, documents)"
            " select $1, * from unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::json[])",
            meeting,
            [item.id for item in items],
            [item.position for item in items],
            [item.title for item in items],
            [item.note for item in items],
            [_json(item.documents) for item in items],
        )

    async def agenda(self, meeting: str) -> tuple[AgendaItem, ...]:
        """The agenda, in order."""
        rows = await self._connection.fetch(
            "select id, position, title, note, documents from agenda_item where meeting = $1 order by position",
            meeting,
        )
        return tuple(AgendaItem(**{**row, "documents": _documents.decode(row["documents"])}) for row in rows)


def member_of(row: asyncpg.Record) -> Member:
    """The member in a row of the table."""
    return Member(
        id=row["id"],
        name=row["name"],
        group=row["member_group"],
        title=row["title"],
        roles=tuple(row["roles"]),
        attributes=_attributes.decode(row["attributes"]),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
