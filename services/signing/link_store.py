"""PostgreSQL: links, what is known of them, and the evidence. One method, one statement."""

from dataclasses import dataclass
from typing import Literal

from services.kit.database import Pool
from services.pki.inquiry import Status
from services.rules.jws import standard_b64
from services.wire import LinkShown, LinkStanding

# A member who came half a day ago has gone home.
PRESENT_MS = 12 * 3_600_000
_STANDING = ("member", "thumbprint", "kind", "why", "revoked_at", "checked_at")


@dataclass(frozen=True, slots=True)
class Due:
    """A link to ask about again: its body and the outside chain (DER, leaf first)."""

    thumbprint: str
    body: str
    chain: tuple[bytes, ...]
    kind: Literal["good", "unknown"]


class LinkStore:
    """The tables `link` and `evidence` of schema `signing`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(self, sha256: bytes, der: bytes, at: int) -> None:
        """Keep a list or an answer under its digest; the same again is no change."""
        await self._pool.execute(
            "insert into evidence (sha256, der, kept_at) values ($1, $2, $3) on conflict do nothing",
            *(sha256, der, at),
        )

    async def came(self, members: list[str], now: int) -> None:
        """These members came, of whatever body: what is known of their links is asked for again."""
        await self._pool.execute(
            "update link set wanted_at = $2 where member = any($1::text[]) and kind <> 'revoked'",
            *(members, now),
        )

    async def due(self, now: int, good_ms: int, unknown_ms: int, most: int) -> list[Due]:
        """Take a few links that are to be asked about: who just came, then who was asked about longest ago.

        Whoever takes one has it alone for a while; a process that dies with it leaves it to the next.
        """
        rows = await self._pool.fetch(
            # Of a clock that was set back, too: who came in time to come has come, and is asked about once.
            "update link set asked_at = $1::bigint, wanted_at = least(wanted_at, $1::bigint) where thumbprint in ("
            " select l.thumbprint from link l join credential c using (thumbprint)"
            " where c.revoked_at is null and l.kind <> 'revoked' and l.wanted_at > $1::bigint - $2::bigint"
            " and (l.asked_at < l.wanted_at"
            # Or so long in time to come: the clock was set back.
            "  or abs($1::bigint - l.asked_at) > case l.kind when 'good' then $3::bigint else $4::bigint end)"
            " order by l.asked_at limit $5 for update of l skip locked)"
            " returning thumbprint, body, chain, kind",
            *(now, PRESENT_MS, good_ms, unknown_ms, most),
        )
        return [Due(row["thumbprint"], row["body"], tuple(row["chain"]), row["kind"]) for row in rows]

    async def learn(self, thumbprint: str, status: Status) -> None:
        """What was found out; what was told once as revoked stays so."""
        await self._pool.execute(
            "update link set kind = $2, why = $3, revoked_at = $4, checked_at = $5, evidence = $6"
            " where thumbprint = $1 and kind <> 'revoked'",
            *(thumbprint, status.kind, status.why, status.revoked_at, status.checked_at, status.evidence),
        )

    async def cannot_tell(self, thumbprint: str, why: str, now: int) -> None:
        """The path itself is not good any more: an anchor was taken away, or something ended."""
        await self._pool.execute(
            "update link set kind = 'unknown', why = $2, checked_at = $3, evidence = '{}'"
            " where thumbprint = $1 and kind <> 'revoked'",
            *(thumbprint, why, now),
        )

    async def standings(self, body: str) -> list[LinkStanding]:
        """What is known of each link of a body, but those that ended here for reasons of ours."""
        rows = await self._pool.fetch(
            "select l.member, l.thumbprint, l.kind, l.why, l.revoked_at, l.checked_at from link l"
            " join credential c on c.thumbprint = l.thumbprint"
            " where l.body = $1 and (c.revoked_at is null or l.kind = 'revoked')"
            ' order by l.member collate "C", l.thumbprint collate "C"',
            body,
        )
        return [LinkStanding(**row) for row in rows]

    async def shown(self, thumbprint: str) -> tuple[str, LinkShown] | None:
        """All that a link rests on, and its body."""
        row = await self._pool.fetchrow(
            "select body, member, thumbprint, kind, why, revoked_at, checked_at, path, proof,"
            " array(select e.der from evidence e where e.sha256 = any(link.evidence) order by e.sha256) as ders"
            " from link where thumbprint = $1",
            thumbprint,
        )
        if row is None:
            return None
        standing = LinkStanding(**{name: row[name] for name in _STANDING})
        return row["body"], LinkShown(
            standing=standing,
            path=tuple(map(standard_b64, row["path"])),
            proof=row["proof"],
            evidence=tuple(map(standard_b64, row["ders"])),
        )
