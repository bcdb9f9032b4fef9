"""PostgreSQL: lost keys that were renewed with a passkey. One method, one statement."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.kit.database import Pool
from services.signing.books import Kept
from services.signing.recovering import Latest
from services.signing.store import Ledgers
from services.wire import Recovery

_LONGEST_LOG = 1_000


class RecoveryStore:
    """Opens the books."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["RecoveryLedgers"]:
        """The books; all that is written in the block is committed at its end, or none of it."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield RecoveryLedgers(connection)

    async def recoveries(self, body: str) -> list[Recovery]:
        """Those of a body, the newest first."""
        rows = await self._pool.fetch(
            "select member, thumbprint, replaces, passkey, at from recovery where body = $1"
            " order by at desc, thumbprint limit $2",
            *(body, _LONGEST_LOG),
        )
        return [Recovery(**row) for row in rows]


class RecoveryLedgers(Ledgers):
    """The books of enrolment, and the table `recovery`, over one connection, inside a transaction."""

    async def latest(self, body: str, member: str) -> Latest | None:
        """The member's own credential that was issued last."""
        row = await self._connection.fetchrow(
            "select thumbprint, body, member, chain, request, not_after, revoked_at, issued_at, reason from credential"
            " where body = $1 and member = $2 and beside = '' order by revoked_at is null desc, issued_at desc limit 1",
            *(body, member),
        )
        if row is None:
            return None
        found = dict(row) | {"chain": tuple(row["chain"])}
        issued_at, reason = found.pop("issued_at"), found.pop("reason")
        return Latest(Kept(**found), issued_at, reason)

    async def recovered(self, asked: bytes, body: str, member: str) -> str | None:
        """The thumbprint of what was issued for this request (SHA-256) of this member, by a passkey."""
        thumbprint: str | None = await self._connection.fetchval(
            "select thumbprint from recovery where request = $1 and body = $2 and member = $3",
            *(asked, body, member),
        )
        return thumbprint

    async def add_recovery(self, asked: bytes, body: str, recovery: Recovery) -> None:
        """Keep that a lost key was renewed."""
        await self._connection.execute(
            "insert into recovery (request, body, member, thumbprint, replaces, passkey, at)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            *(asked, body, recovery.member, recovery.thumbprint, recovery.replaces, recovery.passkey),
            recovery.at,
        )
