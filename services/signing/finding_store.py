"""PostgreSQL: what voting wants to know of links after a cut, and the telling of it. One method, one statement."""

from collections.abc import Callable, Sequence

import msgspec

from services.kit import journal
from services.kit.database import NOW_MS, Pool
from services.rules import rechecked
from services.signing.link_store import Due
from services.wire import LinksRechecked, LinksToRecheck

# Who asks renews this every two seconds: of one that died another takes it up while the poll still waits. By the
# database's clock; what it noted when it was ahead holds nobody up, at the worst two ask the same.
LEASE_MS = 6_000

_wanted = msgspec.json.Decoder(LinksToRecheck)


def matter_of(wanted: LinksToRecheck) -> str:
    """What is wanted of which cut; of every cut there is one."""
    return rechecked.matter("wanted", wanted.definition, wanted.cut)


class FindingStore:
    """The table `recheck` of schema `signing`, and the links that it is about."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def want(self, wanted: LinksToRecheck) -> None:
        """Keep what is wanted; the same again is no change."""
        await self._pool.execute(
            "insert into recheck (matter, wanted) values ($1, $2) on conflict do nothing",
            *(matter_of(wanted), msgspec.json.encode(wanted)),
        )

    async def take(self) -> list[LinksToRecheck]:
        """What nobody is asking about, ours from now on."""
        rows = await self._pool.fetch(
            f"update recheck set leased_until = {NOW_MS} + $1 where matter in ("  # noqa: S608
            " select matter from recheck where told_at is null"
            f" and leased_until not between {NOW_MS} + 1 and {NOW_MS} + $1"
            " for update skip locked) returning wanted",
            LEASE_MS,
        )
        return [_wanted.decode(row["wanted"]) for row in rows]

    async def hold(self, matters: Sequence[str]) -> None:
        """We are still asking about these."""
        await self._pool.execute(
            f"update recheck set leased_until = {NOW_MS} + $2 where matter = any($1::text[])",  # noqa: S608
            *(matters, LEASE_MS),
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

    async def tell(self, wanted: LinksToRecheck, build: Callable[[int], LinksRechecked], now: int) -> None:
        """Tell what was found, once, whoever else comes to an end with it."""
        async with self._pool.acquire() as connection, connection.transaction():
            first = await connection.fetchval(
                "update recheck set told_at = $2 where matter = $1 and told_at is null returning true",
                *(matter_of(wanted), now),
            )
            if first:
                await journal.append(connection, wanted.meeting, build)
