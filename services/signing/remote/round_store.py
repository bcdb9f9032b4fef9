"""PostgreSQL: signatures wanted from services outside (see signing_round). One method, one statement or transaction."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import msgspec

from services.kit.database import NOW_MS, Connection, Pool
from services.signing.remote.errors import RemoteAskedTooOften
from services.signing.remote.port import Grant, Hashed, Pending, RemoteKey
from services.signing.remote.wanted import Account, Held, Outcome, OwnAccount, Standing, Wanted
from services.wire import RemoteEvidence

# Whoever has died over a row is given so long, then another takes it up; and nothing rests for longer than the second.
# By the database's clock, which is one for all: a worker whose own is ahead would take what another is at work on, and
# let rest what others are to ask about. Should that clock be set back, nothing is held for longer than this.
LEASE_MS = 45_000
LONGEST_PAUSE_MS = 10_000
_HINT_MS = 1_000

Tell = Callable[[Connection], Awaitable[None]]


_pending = msgspec.json.Decoder(Pending)
_grant = msgspec.json.Decoder(Grant)
_evidence: msgspec.json.Decoder[RemoteEvidence | tuple[RemoteEvidence, ...]] = msgspec.json.Decoder(
    RemoteEvidence | tuple[RemoteEvidence, ...]
)
_hashes = msgspec.json.Decoder(tuple[Hashed, ...])
_STANDING = (
    "id, matter, provider, thumbprint, signing_input, title, label, about, wanted_at, expires_at, hashes, alg, outcome,"
    " evidence, pending, granted is not null as granted, trouble, transaction"
)
_HELD = "pending, lease, granted, losses"
_COLUMNS = (
    "id, matter, provider, thumbprint, signing_input, title, label, about, wanted_at, expires_at, hashes, alg"
)


class RoundStore:
    """The tables `remote_account` and `remote_signature`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def want(self, wanted: Wanted) -> None:
        """Keep that it is wanted; the same matter again is no change."""
        await self._pool.execute(
            f"insert into remote_signature ({_COLUMNS}, next_at)"  # noqa: S608
            f" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, {NOW_MS}) on conflict (matter) do nothing",
            *(
                wanted.id,
                wanted.matter,
                wanted.provider,
                wanted.thumbprint,
                wanted.signing_input,
                wanted.title,
            ),
            *(wanted.label, wanted.about, wanted.wanted_at, wanted.expires_at),
            *(msgspec.json.encode(wanted.hashes), wanted.alg),
        )

    async def take(self, most: int) -> list[Held]:
        """What is due and nobody works on, ours from now on."""
        rows = await self._pool.fetch(
            f"update remote_signature set leased_until = {NOW_MS} + $1, lease = lease + 1 where id in ("  # noqa: S608
            f" select id from remote_signature where outcome is null and next_at <= {NOW_MS}"
            f" and leased_until <= {NOW_MS}"
            f" order by next_at limit $2 for update skip locked) returning {_COLUMNS}, {_HELD}",
            *(LEASE_MS, most),
        )
        return [_held(row) for row in rows]

    async def set_right(self) -> None:
        """What was noted by a clock that was ahead: from now on no longer than by one that is right."""
        await self._pool.execute(
            f"update remote_signature set leased_until = least(leased_until, {NOW_MS} + $1),"  # noqa: S608
            f" next_at = least(next_at, {NOW_MS} + $2)"
            f" where outcome is null and (leased_until > {NOW_MS} + $1 or next_at > {NOW_MS} + $2)",
            *(LEASE_MS, LONGEST_PAUSE_MS),
        )

    async def renew(self, held: Held) -> None:
        """We are still at work: the lease is moved on, unless it is over and somebody else's, or all is over."""
        await self._pool.execute(
            f"update remote_signature set leased_until = {NOW_MS} + $3"  # noqa: S608
            " where id = $1 and lease = $2 and outcome is null",
            *(held.wanted.id, held.lease, LEASE_MS),
        )

    async def keep(
        self, held: Held, pending: Pending | None, pause_ms: int, trouble: str = "", losses: int = 0
    ) -> None:
        """How it stands, and how long until it is asked next; somebody else may then do so. `trouble`: what is in the
        way (a code); `losses`: so many more, and what was brought from the service's page is lost with it. Who came
        back from there meanwhile is not kept waiting."""
        await self._pool.execute(
            "update remote_signature set pending = $3, transaction = $4, trouble = $6, losses = losses + $7,"  # noqa: S608
            " granted = case when $7 = 0 then granted end, leased_until = 0, lease = lease + 1,"
            f" next_at = case when granted is null or $8 then {NOW_MS} + $5 else least(next_at, {NOW_MS} + $5) end"
            " where id = $1 and lease = $2 and outcome is null",
            *(held.wanted.id, held.lease, None if pending is None else msgspec.json.encode(pending)),
            *(
                "" if pending is None else pending.transaction,
                min(pause_ms, LONGEST_PAUSE_MS),
                trouble,
                losses,
                held.grant is not None,
            ),
        )

    async def grant(self, provider: str, transaction: str, grant: Grant) -> None:
        """Somebody is back from the service's page: what they came with first is kept, and used at once."""
        await self._pool.execute(
            f"update remote_signature set granted = $3, next_at = {NOW_MS}"  # noqa: S608
            " where provider = $1 and transaction = $2"
            " and transaction <> '' and outcome is null and pending is not null and granted is null",
            *(provider, transaction, msgspec.json.encode(grant)),
        )

    async def send_again(self, standing: Standing) -> None:
        """Whoever wants it cannot go on with the page that they were shown: they get another. What comes back from the
        first, or a worker was about to keep, is not taken; what was brought already stands."""
        await self._pool.execute(
            "update remote_signature set pending = null, transaction = '', leased_until = 0,"  # noqa: S608
            f" lease = lease + 1, next_at = {NOW_MS}"
            " where id = $1 and transaction = $2 and transaction <> '' and outcome is null and granted is null",
            *(standing.wanted.id, standing.transaction),
        )

    async def drop(self, matters: Sequence[str], about: bytes, now: int) -> None:
        """These are wanted no more; without any, all whose `about` begins so. Nobody is told, who wanted them knows."""
        await self._pool.execute(
            "update remote_signature set outcome = 'withdrawn', ended_at = $3, leased_until = 0, granted = null"
            " where outcome is null"
            " and substring(about from 1 for length($2::bytea)) = $2::bytea"
            " and (cardinality($1::text[]) = 0 or matter = any($1))",
            *(matters, about, now),
        )

    async def end(self, held: Held, outcome: Outcome, evidence: bytes | None, now: int, tell: Tell) -> None:
        """It is over, and told in the same transaction; once, whoever else comes to an end with it."""
        async with self._pool.acquire() as connection, connection.transaction():
            ended = await connection.fetchval(
                "update remote_signature set outcome = $2, evidence = $3, ended_at = $4, leased_until = 0,"
                " granted = null where id = $1 and outcome is null returning true",
                *(held.wanted.id, outcome, evidence, now),
            )
            if ended:
                await tell(connection)

    async def hint(self, provider: str, transaction: str) -> None:
        """Somebody says that there is news: ask soon, however many say so."""
        await self._pool.execute(
            f"update remote_signature set next_at = least(next_at, {NOW_MS} + $3)"  # noqa: S608
            " where provider = $1 and transaction = $2 and transaction <> '' and outcome is null",
            *(provider, transaction, _HINT_MS),
        )

    async def signed_together(self, prefix: str, since: int) -> list[str]:
        """What of several that were given at once was signed since then, by what is left of its matter."""
        rows = await self._pool.fetch(
            "select substring(matter from length($1) + 1) as rest from remote_signature"
            " where alg <> '' and outcome = 'signed' and ended_at > $2 and starts_with(matter, $1) order by ended_at",
            *(prefix, since),
        )
        return [row["rest"] for row in rows]

    async def enrol(self, thumbprint: str, provider: str, account: Account) -> None:
        """Keep where the key behind a credential lies; the newest is good."""
        await self._pool.execute(
            "insert into remote_account (thumbprint, provider, user_name, key_id, chain)"
            " values ($1, $2, $3, $4, $5) on conflict (thumbprint, provider) do update"
            " set user_name = excluded.user_name, key_id = excluded.key_id, chain = excluded.chain",
            *(thumbprint, provider, account.user, account.key.id, list(account.key.chain)),
        )

    async def account(self, thumbprint: str, provider: str) -> Account | None:
        """Where the key behind a credential lies."""
        row = await self._pool.fetchrow(
            "select user_name, key_id, chain from remote_account where thumbprint = $1 and provider = $2",
            *(thumbprint, provider),
        )
        return (
            None if row is None else Account(row["user_name"], RemoteKey(row["key_id"], tuple(row["chain"])))
        )

    async def ask(self, who: str, now: int, hourly: int, ever: int) -> None:
        """Note that a service is asked about somebody on behalf of `who`. Raises RemoteAskedTooOften after so many
        times in an hour, or in all."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "select pg_advisory_xact_lock(hashtextextended('plenary.remote.' || $1, 0))", who
            )
            noted = await connection.fetchval(
                "insert into remote_question (who, at) select $1, $2::bigint where"
                # Of a clock that was ahead nothing counts for longer than an hour either.
                " (select count(*) < $4 and count(*) filter (where at between $2::bigint - 3599999 and $2::bigint) < $3"
                " from remote_question where who = $1) returning true",
                *(who, now, hourly, ever),
            )
        if not noted:
            raise RemoteAskedTooOften

    async def accounts(self, body: str, member: str) -> list[OwnAccount]:
        """Where the good keys of a member lie, the newest first."""
        rows = await self._pool.fetch(
            "select a.provider, a.thumbprint, a.chain[1] as leaf, c.not_after from remote_account a"
            " join credential c using (thumbprint)"
            " where c.body = $1 and c.member = $2 and c.revoked_at is null order by c.issued_at desc, a.provider",
            *(body, member),
        )
        return [OwnAccount(**row) for row in rows]

    async def left(self) -> int | None:
        """How long until there is something to be done (milliseconds); None if there is nothing."""
        found: int | None = await self._pool.fetchval(
            f"select min(greatest(next_at, leased_until)) - {NOW_MS} from remote_signature"  # noqa: S608
            " where outcome is null"
        )
        return found

    async def standing(self, matter: str) -> Standing | None:
        """How it stands, if it is wanted at all."""
        return _standing(
            await self._pool.fetchrow(
                f"select {_STANDING} from remote_signature where matter = $1",  # noqa: S608
                matter,
            )
        )

    async def standing_of(self, body: str, member: str, input_sha256: bytes) -> Standing | None:
        """How the newest of what a member wants signed with one of their own keys stands, by the hash of its words."""
        return _standing(
            await self._pool.fetchrow(
                f"select {_STANDING} from remote_signature"  # noqa: S608
                " where thumbprint in (select thumbprint from credential where body = $1 and member = $2)"
                " and sha256(signing_input) = $3 order by wanted_at desc limit 1",
                *(body, member, input_sha256),
            )
        )

    async def evidence(self, matter: str) -> bytes | None:
        """What a service left behind of a signature."""
        found: bytes | None = await self._pool.fetchval(
            "select evidence from remote_signature where matter = $1", matter
        )
        return found


def _standing(row: asyncpg.Record | None) -> Standing | None:
    if row is None:
        return None
    said = dict(row)
    outcome, evidence = said.pop("outcome"), said.pop("evidence")
    pending, granted, trouble, transaction = (
        said.pop(name) for name in ("pending", "granted", "trouble", "transaction")
    )
    signatures = () if evidence is None else tuple(each.signature for each in evidence_of(evidence))
    page = "" if pending is None or granted or outcome else _pending.decode(pending).confirm_at
    return Standing(_wanted(said), outcome, signatures, pending is not None, trouble, transaction, page)


def _wanted(said: dict[str, Any]) -> Wanted:
    return Wanted(**said | {"hashes": _hashes.decode(said["hashes"])})


def evidence_of(kept: bytes) -> tuple[RemoteEvidence, ...]:
    """What is kept of a signature, or of several that were given at once."""
    found = _evidence.decode(kept)
    return found if isinstance(found, tuple) else (found,)


def _held(row: asyncpg.Record) -> Held:
    said = dict(row)
    kept, lease, granted, losses = (said.pop(name) for name in ("pending", "lease", "granted", "losses"))
    pending = None if kept is None else _pending.decode(kept)
    return Held(_wanted(said), pending, lease, None if granted is None else _grant.decode(granted), losses)
