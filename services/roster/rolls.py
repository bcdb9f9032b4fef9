"""Reads of the roster. Everything here was told by meeting and signing, and is written by the projection."""

from dataclasses import dataclass

import msgspec
from asyncpg import Record

from services.kit.database import Connection, Pool
from services.roster.errors import MeetingUnknown, RollMissing
from services.rules.holders import carried
from services.wire import AgendaItem, Body, Credential, Member, Role, Roll

_bodies = msgspec.json.Decoder(Body)
_members = msgspec.json.Decoder(Member)
_rolls = msgspec.json.Decoder(Roll)
_agendas = msgspec.json.Decoder(tuple[AgendaItem, ...])


@dataclass(frozen=True, slots=True)
class RollInForce:
    """A roll in force: its exact bytes, their hash, and what they say."""

    raw: bytes
    sha256: str
    roll: Roll


class Rolls:
    """Reads of the projections; those that take a connection read inside the caller's transaction."""

    def __init__(self, pool: Pool) -> None:
        """`pool` acts as the role of the service whose schema this is."""
        self._pool = pool

    async def body_of(self, meeting: str) -> tuple[Body, str]:
        """The body that a meeting is of, and the meeting's title. Raises MeetingUnknown."""
        row = await self._pool.fetchrow(
            "select b.body, m.title from meeting m join body b on b.id = m.body where m.id = $1", meeting
        )
        if row is None:
            raise MeetingUnknown
        return _bodies.decode(row["body"]), row["title"]

    async def state(self, meeting: str, connection: Connection | None = None) -> str:
        """The meeting's state: planned, open or ended. Raises MeetingUnknown."""
        found = await (connection or self._pool).fetchval("select state from meeting where id = $1", meeting)
        if found is None:
            raise MeetingUnknown
        return str(found)

    async def agenda(self, meeting: str, connection: Connection | None = None) -> tuple[AgendaItem, ...]:
        """The meeting's agenda, in order of position; empty if none was set, or nothing was heard of it yet."""
        raw = await (connection or self._pool).fetchval(
            "select items from agenda where meeting = $1", meeting
        )
        return _agendas.decode(raw) if raw is not None else ()

    async def newest(self, meeting: str, connection: Connection | None = None) -> RollInForce:
        """The meeting's roll in force. Raises RollMissing."""
        row = await (connection or self._pool).fetchrow(
            "select roll, sha256 from roll where meeting = $1 order by revision desc limit 1", meeting
        )
        if row is None:
            raise RollMissing
        return RollInForce(row["roll"], row["sha256"], _rolls.decode(row["roll"]))

    async def by_hash(self, meeting: str, sha256: str, connection: Connection | None = None) -> RollInForce:
        """The roll with this hash, in force or not any more. Raises RollMissing."""
        raw = await (connection or self._pool).fetchval(
            "select roll from roll where meeting = $1 and sha256 = $2", meeting, sha256
        )
        if raw is None:
            raise RollMissing
        return RollInForce(raw, sha256, _rolls.decode(raw))

    async def present(self, meeting: str, connection: Connection | None = None) -> list[str]:
        """Members checked in now."""
        rows = await (connection or self._pool).fetch(
            'select member from presence where meeting = $1 and present order by member collate "C"', meeting
        )
        return [row["member"] for row in rows]

    async def members(self, body: str, only: list[str] | None = None) -> dict[str, Member]:
        """The members of a body by id, in order of their ids; `only` these, if given, as far as they are known."""
        rows = await self._pool.fetch(
            "select id, member from member where body = $1 and ($2::text[] is null or id = any($2))"
            ' order by id collate "C"',
            body,
            only,
        )
        return {row["id"]: _members.decode(row["member"]) for row in rows}

    async def roles(self, body: str, member: str) -> tuple[Role, ...]:
        """The roles a member holds; none if unknown."""
        found = (await self.members(body, [member])).get(member)
        return found.roles if found is not None else ()

    async def chains(self, thumbprints: list[str]) -> tuple[Credential, ...]:
        """Credentials with their chains, as evidence carries them, by thumbprint."""
        rows = await self._pool.fetch(
            "select thumbprint, member, chain from credential where thumbprint = any($1::text[])"
            ' order by thumbprint collate "C"',
            thumbprints,
        )
        return tuple(carried(row["member"], row["thumbprint"], row["chain"]) for row in rows)

    async def credentials(
        self, body: str, after: int, connection: Connection | None = None
    ) -> tuple[int, list[Record]]:
        """The body's epoch, and its credentials that changed after the epoch `after`."""
        reader = connection or self._pool
        epoch = await reader.fetchval("select epoch from keyring where body = $1", body)
        rows = await reader.fetch(
            "select thumbprint, member, key, not_before, not_after, revoked_at, linked from credential"
            " where body = $1 and epoch > $2",
            body,
            after,
        )
        return int(epoch or 0), rows
