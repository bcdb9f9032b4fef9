"""PostgreSQL: what enrolment keeps. One method, one statement."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from services.kit import journal
from services.kit.database import Connection, Pool
from services.rules.holders import carried
from services.signing.books import Fresh, Issuance, Kept, Outside, Reason, Revocations
from services.signing.certificate_profile import Person
from services.signing.invite import Invitation
from services.signing.revocation_list import Revoked
from services.wire import Body, Credential, Event, Member

_KEPT = (
    "select thumbprint, body, member, chain, request, not_after, revoked_at, beside from credential where "
)


class Store:
    """Opens the books, and what is asked of them without a transaction."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Ledgers"]:
        """The books; all that is written in the block is committed at its end, or none of it."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield Ledgers(connection)

    async def ping(self) -> None:
        """Raise unless the database answers."""
        await self._pool.fetchval("select 1")

    async def revocations(self, since: int) -> Revocations:
        """How many credentials the transactions from that number on revoked."""
        [row] = await self._pool.fetch(
            "with seen as (select pg_snapshot_xmin(pg_current_snapshot()) as open_from) select open_from,"
            " count(serial) as all, count(serial) filter (where revoked_in < open_from) as settled from seen"
            " left join credential on revoked_at is not null and revoked_in >= $1 group by open_from",
            since,
        )
        return Revocations(**dict(row))

    async def revoked(self, at: int, serial: int, most: int) -> list[Revoked]:
        """The next revoked credentials after that moment and serial number, in their order."""
        rows = await self._pool.fetch(
            "select serial, revoked_at, reason from credential where revoked_at is not null"
            " and (revoked_at, serial) > ($1, $2) order by revoked_at, serial limit $3",
            *(at, serial.to_bytes(20), most),
        )
        return [Revoked(int.from_bytes(row["serial"]), row["revoked_at"], row["reason"]) for row in rows]

    async def issuance(self, serial: int) -> Issuance | None:
        """What is kept of the person's certificate with this serial number; None if we issued none."""
        if not 0 < serial < 1 << 160:
            return None
        row = await self._pool.fetchrow(
            "select revoked_at, reason from credential where serial = $1", serial.to_bytes(20)
        )
        return Issuance(row["revoked_at"], row["reason"]) if row is not None else None

    async def issued_after(
        self, issued_at: int, thumbprint: str, most: int
    ) -> list[tuple[int, str, Credential]]:
        """The next good credentials in the order in which they were issued: when (milliseconds), of which body."""
        rows = await self._pool.fetch(
            "select issued_at, body, member, thumbprint, chain from credential"
            " where revoked_at is null and (issued_at, thumbprint) > ($1, $2)"
            " order by issued_at, thumbprint limit $3",
            *(issued_at, thumbprint, most),
        )
        return [
            (row["issued_at"], row["body"], carried(row["member"], row["thumbprint"], row["chain"]))
            for row in rows
        ]

    async def name_body(self, body: Body, told: int) -> None:
        """Keep a body's name, unless a later event told another."""
        await self._pool.execute(
            "insert into body (id, name, told) values ($1, $2, $3) on conflict (id) do update"
            " set name = excluded.name, told = excluded.told where body.told < excluded.told",
            *(body.id, body.name, told),
        )

    async def name_members(self, body: str, members: Sequence[Member], told: int) -> None:
        """Keep members' names, unless a later event told others."""
        await self._pool.execute(
            "insert into member (body, id, name, told)"
            " select $1, id, name, $4 from unnest($2::text[], $3::text[]) as given (id, name) order by id"
            " on conflict (body, id) do update"
            " set name = excluded.name, told = excluded.told where member.told < excluded.told",
            *(body, [member.id for member in members], [member.name for member in members], told),
        )


class Ledgers:
    """The tables of schema `signing` over one connection, inside a transaction (see books.Books)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lock_members(self, body: str, members: Sequence[str]) -> dict[str, Person]:
        """Those of them who are members, by id; nobody else changes theirs until the transaction ends."""
        # In one order, or two who lock the same members would wait for each other.
        rows = await self._connection.fetch(
            "select m.id, m.name, coalesce(b.name, m.body) as body_name from member m"
            " left join body b on b.id = m.body where m.body = $1 and m.id = any($2::text[])"
            " order by m.id for no key update of m",
            *(body, list(members)),
        )
        return {row["id"]: Person(body, row["body_name"], row["id"], row["name"]) for row in rows}

    async def cancel_invites(self, body: str, members: Sequence[str], now: int) -> None:
        """Unused invites of these members are good no more."""
        await self._connection.execute(
            "update invite set cancelled_at = $3"
            " where body = $1 and member = any($2::text[]) and used_at is null and cancelled_at is null",
            *(body, list(members), now),
        )

    async def add_invites(
        self, body: str, codes: dict[str, bytes], by: str, now: int, expires_at: int
    ) -> None:
        """Keep the hash of a code for each member."""
        await self._connection.execute(
            "insert into invite (code, body, member, created_at, created_by, expires_at)"
            " select code, $1, member, $4, $5, $6 from unnest($2::bytea[], $3::text[]) as given (code, member)",
            *(body, list(codes.values()), list(codes), now, by, expires_at),
        )

    async def invitation(self, code: bytes) -> Invitation | None:
        """The invite with a code of this hash."""
        row = await self._connection.fetchrow(
            "select body, member, expires_at, cancelled_at, used_at, request, thumbprint"
            " from invite where code = $1",
            code,
        )
        return Invitation(**row) if row is not None else None

    async def use_invite(self, code: bytes, asked: bytes, thumbprint: str, now: int) -> None:
        """The invite was used with this request and brought this credential."""
        await self._connection.execute(
            "update invite set used_at = $4, request = $2, thumbprint = $3 where code = $1",
            *(code, asked, thumbprint, now),
        )

    async def credential(self, thumbprint: str) -> Kept | None:
        """The credential of this thumbprint."""
        return await self._kept(_KEPT + "thumbprint = $1", thumbprint)

    async def good_credential(self, body: str, member: str) -> Kept | None:
        """The member's own credential that is not revoked: there is at most one."""
        sql = _KEPT + "body = $1 and member = $2 and revoked_at is null and beside = ''"
        return await self._kept(sql, body, member)

    async def good_beside(self, body: str, member: str) -> Kept | None:
        """The credential of another authority that is linked beside it and not revoked: there is at most one."""
        sql = _KEPT + "body = $1 and member = $2 and revoked_at is null and beside <> ''"
        return await self._kept(sql, body, member)

    async def may_link_again(self, key: bytes, body: str, member: str) -> bool:
        """Whether this key (SHA-256) was last linked to this very member, and only given up since."""
        row = await self._connection.fetchrow(
            "select c.body, c.member, c.reason from credential c join link using (thumbprint) where c.key = $1"
            " order by c.issued_at desc, c.revoked_at is null desc limit 1",
            key,
        )
        return row is not None and tuple(row) == (body, member, "superseded")

    async def replaced_since(self, body: str, member: str, since: int) -> int:
        """How many of a member's credentials took the place of another since then (milliseconds)."""
        return int(
            await self._connection.fetchval(
                "select count(*) from credential where body = $1 and member = $2 and issued_at > $3"
                " and replaces <> ''",
                *(body, member, since),
            )
        )

    async def successor(self, thumbprint: str) -> Kept | None:
        """The credential that took the place of this one."""
        return await self._kept(_KEPT + "replaces = $1", thumbprint)

    async def _kept(self, sql: str, *asked: str) -> Kept | None:
        row = await self._connection.fetchrow(sql, *asked)
        return Kept(**dict(row) | {"chain": tuple(row["chain"])}) if row is not None else None

    async def take_key(self, key: bytes, body: str, member: str) -> bool:
        """Remember whose key (SHA-256) this is for ever; whether nobody had it."""
        taken = await self._connection.fetchval(
            "insert into certified_key (sha256, body, member) values ($1, $2, $3)"
            " on conflict do nothing returning true",
            *(key, body, member),
        )
        return taken is not None

    async def add_credential(self, fresh: Fresh) -> None:
        """Keep a credential just issued."""
        kept = fresh.kept
        await self._connection.execute(
            "insert into credential (thumbprint, body, member, serial, chain, key, request, issued_at,"
            " not_after, replaces, beside) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            *(kept.thumbprint, kept.body, kept.member, fresh.issued.serial.to_bytes(20), kept.chain),
            *(fresh.asked.key_sha256, kept.request, fresh.issued_at, kept.not_after, fresh.replaces),
            kept.beside,
        )

    async def add_link(self, kept: Kept, outside: Outside) -> None:
        """Keep what goes with a link certificate."""
        await self._connection.execute(
            "insert into link (thumbprint, body, member, chain, path, proof, kind, why, revoked_at, checked_at,"
            " evidence) values ($1, $2, $3, $4, $5, $6, 'good', '', 0, $7, $8)",
            *(kept.thumbprint, kept.body, kept.member, outside.chain, outside.path, outside.proof),
            *(outside.checked_at, outside.evidence),
        )

    async def revoke(self, thumbprint: str, at: int, reason: Reason) -> None:
        """The credential is revoked."""
        await self._connection.execute(
            "update credential set revoked_at = $2, reason = $3, revoked_in = pg_current_xact_id()"
            " where thumbprint = $1 and revoked_at is null",
            *(thumbprint, at, reason),
        )

    async def tell(self, key: str, build: Callable[[int], Event]) -> None:
        """Append an event to the journal of this key."""
        await journal.append(self._connection, key, build)
