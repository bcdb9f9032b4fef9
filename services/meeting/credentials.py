"""PostgreSQL: the certificates that open the door, as signing tells of them, and the challenges already answered.

Every message is applied whatever its index, because these facts commute: a certificate is issued once and revoked
once, in either order, and a repeat changes nothing. So a stream that was refilled, repeated or shuffled (a Redis
that was flushed while the publisher was at work) cannot make us miss a revocation, and no gap can hold up what
follows it. The position is kept to notice gaps, which are logged: they should not occur.
"""

from base64 import b64decode

import structlog

from services.kit.database import Connection, Pool
from services.meeting import passkey_store
from services.meeting.login import Bearer
from services.meeting.store import member_of
from services.wire import CredentialIssued, CredentialRevoked, Member

log = structlog.get_logger(__name__)

# Who left has no way in; and whoever had somebody's key may have added a passkey with it. A key that was only lost is
# what passkeys are for.
_ENDS_PASSKEYS = ("left", "compromised")


class Credentials:
    """The tables `credential`, `revocation`, `position` and `challenge_used`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def bearer(self, thumbprint: str) -> Bearer | None:
        """The certificate of this thumbprint, if signing told of it."""
        row = await self._pool.fetchrow(
            "select c.thumbprint, c.body, c.member, c.certificate, c.not_after, r.at is not null as revoked"
            " from credential c left join revocation r using (thumbprint) where thumbprint = $1",
            thumbprint,
        )
        return Bearer(**row) if row is not None else None

    async def member(self, body: str, member: str) -> Member | None:
        """The member of a body with the roles they hold now."""
        row = await self._pool.fetchrow(
            "select id, name, member_group, title, roles, attributes from member where body = $1 and id = $2",
            *(body, member),
        )
        return member_of(row) if row is not None else None

    async def held(self, body: str) -> list[Bearer]:
        """Every certificate that signing told of a body, in order of the members' ids."""
        rows = await self._pool.fetch(
            "select c.thumbprint, c.body, c.member, c.certificate, c.not_after, r.at is not null as revoked"
            " from credential c left join revocation r using (thumbprint) where body = $1"
            ' order by member collate "C", thumbprint collate "C"',
            body,
        )
        return [Bearer(**row) for row in rows]

    async def use(self, challenge: str, expires_at: int, now: int) -> bool:
        """Remember that the challenge was answered, and forget the expired; whether this was the first answer."""
        row = await self._pool.fetchval(
            "with expired as (delete from challenge_used where expires_at <= $3)"
            " insert into challenge_used (challenge, expires_at) values ($1, $2)"
            " on conflict do nothing returning challenge",
            *(challenge, expires_at, now),
        )
        return row is not None

    async def apply(self, event: CredentialIssued | CredentialRevoked, now: int) -> None:
        """Keep what the event tells, and how far its journal was read, in one transaction."""
        async with self._pool.acquire() as connection, connection.transaction():
            match event:
                case CredentialIssued():
                    await _issue(connection, event)
                    if event.replaces:
                        await _revoke(connection, event.replaces, now)
                case CredentialRevoked():
                    if event.reason in _ENDS_PASSKEYS:
                        await passkey_store.end_all(
                            connection, event.body, event.member, event.thumbprint, event.at, now
                        )
                    await _revoke(connection, event.thumbprint, event.at)
            expected = await _advance(connection, event.body, event.index)
        if event.index > expected:
            log.error("credentials.gap", key=event.body, expected=expected, got=event.index)


async def _issue(connection: Connection, event: CredentialIssued) -> None:
    credential = event.credential
    await connection.execute(
        "insert into credential (thumbprint, body, member, certificate, not_after) values ($1, $2, $3, $4, $5)"
        " on conflict do nothing",
        *(
            credential.thumbprint,
            event.body,
            credential.member,
            b64decode(credential.chain[0]),
            event.not_after,
        ),
    )


async def _revoke(connection: Connection, thumbprint: str, at: int) -> None:
    await connection.execute(
        "insert into revocation (thumbprint, at) values ($1, $2)"
        " on conflict (thumbprint) do update set at = least(revocation.at, excluded.at)",
        *(thumbprint, at),
    )


async def _advance(connection: Connection, key: str, index: int) -> int:
    """The index that was expected of this journal before."""
    return int(
        await connection.fetchval(
            "with before as (select next from position where key = $1)"
            " insert into position (key, next) values ($1, $2 + 1)"
            " on conflict (key) do update set next = greatest(position.next, excluded.next)"
            " returning coalesce((select next from before), 0)",
            *(key, index),
        )
    )
