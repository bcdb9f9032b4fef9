"""PostgreSQL: passkeys, and what happened to them. One method, one act, whole or not at all."""

from collections.abc import Sequence

import asyncpg

from services.kit.database import Connection, Pool
from services.meeting.passkeys import Added, Kept
from services.wire import Passkey, PasskeyLogged

_KEPT = (
    "select id, credential, body, member, person, public_key, sign_count, backup_eligible, backed_up, transports,"
    " name, created_at, used_at, replayed_at from passkey where removed_at = 0 and "
)
_LONGEST_LOG = 1_000


class PasskeyStore:
    """The tables `passkey`, `passkey_change`, and of others what they need."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def by_id(self, passkey: str) -> Kept | None:
        """The passkey, if it was not removed."""
        row = await self._pool.fetchrow(f"{_KEPT} id = $1", passkey)
        return _kept(row) if row is not None else None

    async def of_member(self, body: str, member: str) -> list[Kept]:
        """A member's passkeys, the oldest first."""
        sql = f"{_KEPT} body = $1 and member = $2 order by created_at, id"
        return [_kept(row) for row in await self._pool.fetch(sql, body, member)]

    async def of_body(self, body: str) -> list[Passkey]:
        """All of a body, by member."""
        rows = await self._pool.fetch(f'{_KEPT} body = $1 order by member collate "C", created_at, id', body)
        return [_kept(row).shown for row in rows]

    async def log(self, body: str) -> list[PasskeyLogged]:
        """What happened to passkeys of a body, the newest first."""
        rows = await self._pool.fetch(
            "select passkey, member, what, at, by from passkey_change where body = $1 order by number desc limit $2",
            *(body, _LONGEST_LOG),
        )
        return [PasskeyLogged(**row) for row in rows]

    async def add(self, kept: Kept, thumbprint: str, most: int) -> Added:
        """Keep a new passkey of who signed in with this certificate: "added", or why not.

        Whoever adds one, and whoever ends a member's keys, locks that member first: none slips through between.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await lock(connection, kept.body, kept.shown.member)
            if await connection.fetchval("select true from revocation where thumbprint = $1", thumbprint):
                return "revoked"
            held = await connection.fetchval(
                "select count(*) from passkey where body = $1 and member = $2 and removed_at = 0",
                *(kept.body, kept.shown.member),
            )
            if held >= most:
                return "full"
            if not await _insert(connection, kept, thumbprint):
                return "taken"
            await _note_of(connection, kept, "added", kept.shown.created_at, kept.shown.member)
        return "added"

    async def enter(self, kept: Kept, sign_count: int, backed_up: bool, now: int) -> bool:
        """Count on; whether nobody counted further meanwhile, and nobody removed it."""
        async with self._pool.acquire() as connection, connection.transaction():
            taken = await connection.fetchval(
                "update passkey set sign_count = $2, backed_up = $3, used_at = $4 where id = $1 and removed_at = 0"
                " and (sign_count < $2 or (sign_count = 0 and $2 = 0)) returning true",
                *(kept.shown.id, sign_count, backed_up, now),
            )
            if taken:
                await _note_of(connection, kept, "entered", now, kept.shown.member)
        return bool(taken)

    async def replayed(self, kept: Kept, now: int) -> None:
        """It counted backwards, and was refused."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("update passkey set replayed_at = $2 where id = $1", kept.shown.id, now)
            await _note_of(connection, kept, "replayed", now, "")

    async def remove(self, kept: Kept, by: str, now: int) -> bool:
        """It is no way in any more; whether it was one until now."""
        async with self._pool.acquire() as connection, connection.transaction():
            removed = await connection.fetchval(
                "update passkey set removed_at = $2 where id = $1 and removed_at = 0 returning true",
                *(kept.shown.id, now),
            )
            if removed:
                await _note_of(connection, kept, "removed", now, by)
        return bool(removed)


async def end_all(connection: Connection, body: str, member: str, thumbprint: str, at: int, now: int) -> None:
    """The member has left, or somebody else had the key with this certificate: all passkeys made until `at` end, and
    all that were added with that key, also while the news was on its way, or by a clock that was ahead."""
    await lock(connection, body, member)
    rows = await connection.fetch(
        "update passkey set removed_at = $5 where body = $1 and member = $2 and removed_at = 0"
        " and (created_at <= $4 or added_with = $3) returning id",
        *(body, member, thumbprint, at, now),
    )
    await _note(connection, body, member, [row["id"] for row in rows], "ended", now, "")


async def lock(connection: Connection, body: str, member: str) -> None:
    """Wait for our turn with this member's passkeys; held until the transaction ends."""
    await connection.fetchval("select id from member where body = $1 and id = $2 for update", body, member)


async def _insert(connection: Connection, kept: Kept, thumbprint: str) -> bool:
    shown = kept.shown
    taken = await connection.fetchval(
        "insert into passkey (id, credential, body, member, person, public_key, sign_count, backup_eligible,"
        " backed_up, transports, name, created_at, added_with)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " on conflict do nothing returning true",
        *(shown.id, kept.credential, kept.body, shown.member, kept.person, kept.public_key, kept.sign_count),
        *(shown.backup_eligible, shown.backed_up, list(shown.transports), shown.name, shown.created_at),
        thumbprint,
    )
    return bool(taken)


async def _note_of(connection: Connection, kept: Kept, what: str, at: int, by: str) -> None:
    await _note(connection, kept.body, kept.shown.member, [kept.shown.id], what, at, by)


async def _note(
    connection: Connection, body: str, member: str, passkeys: Sequence[str], what: str, at: int, by: str
) -> None:
    await connection.executemany(
        "insert into passkey_change (body, member, passkey, what, at, by) values ($1, $2, $3, $4, $5, $6)",
        [(body, member, each, what, at, by) for each in passkeys],
    )


def _kept(row: asyncpg.Record) -> Kept:
    return Kept(
        shown=Passkey(
            id=row["id"],
            member=row["member"],
            name=row["name"],
            transports=tuple(row["transports"]),
            backup_eligible=row["backup_eligible"],
            backed_up=row["backed_up"],
            created_at=row["created_at"],
            used_at=row["used_at"],
            replayed_at=row["replayed_at"],
        ),
        body=row["body"],
        credential=row["credential"],
        person=row["person"],
        public_key=row["public_key"],
        sign_count=row["sign_count"],
    )
