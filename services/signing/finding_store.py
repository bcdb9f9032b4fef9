"""PostgreSQL: what voting wants to know of links after a cut, and the telling of it. One method, one statement."""

from collections.abc import Callable, Sequence

import msgspec

from services.kit import journal
from services.kit.database import Pool
from services.signing.link_store import Due
from services.wire import LinksRechecked, RecheckWanted

# Who asks renews this every two seconds: of one that died another takes it up while the poll still waits.
LEASE_MS = 6_000

_wanted = msgspec.json.Decoder(RecheckWanted)


class FindingStore:
    """The table `recheck` of schema `signing`, and the links that it is about."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def want(self, wanted: RecheckWanted, message: bytes) -> None:
        """Keep what is wanted; the same again is no change."""
        await self._pool.execute(
            "insert into recheck (definition, wanted) values ($1, $2) on conflict do nothing",
            *(wanted.definition, message),
        )

    async def take(self, now: int) -> list[RecheckWanted]:
        """What nobody is asking about, ours from now on."""
        rows = await self._pool.fetch(
            "update recheck set leased_until = $1::bigint + $2 where definition in ("
            " select definition from recheck where told_at is null and leased_until <= $1::bigint"
            " for update skip locked) returning wanted",
            *(now, LEASE_MS),
        )
        return [_wanted.decode(row["wanted"]) for row in rows]

    async def hold(self, definitions: Sequence[str], now: int) -> None:
        """We are still asking about these."""
        await self._pool.execute(
            "update recheck set leased_until = $2::bigint + $3 where definition = any($1::text[])",
            *(definitions, now, LEASE_MS),
        )

    async def links(self, thumbprints: Sequence[str], body: str) -> list[tuple[Due, bytes]]:
        """Those of these credentials that are links of the body, with the outside certificate (DER)."""
        rows = await self._pool.fetch(
            "select thumbprint, body, chain, kind, path[1] as leaf from link"
            " where thumbprint = any($1::text[]) and body = $2 order by thumbprint",
            *(thumbprints, body),
        )
        return [
            (Due(row["thumbprint"], row["body"], tuple(row["chain"]), row["kind"]), row["leaf"])
            for row in rows
        ]

    async def tell(self, wanted: RecheckWanted, build: Callable[[int], LinksRechecked], now: int) -> None:
        """Tell what was found, once, whoever else comes to an end with it."""
        async with self._pool.acquire() as connection, connection.transaction():
            first = await connection.fetchval(
                "update recheck set told_at = $2 where definition = $1 and told_at is null returning true",
                *(wanted.definition, now),
            )
            if first:
                await journal.append(connection, wanted.meeting, build)
