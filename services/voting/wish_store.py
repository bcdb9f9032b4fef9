"""Wishes to annul in PostgreSQL, its SQL beside each method. None is deleted: what has ended does not count again."""

from dataclasses import dataclass

from asyncpg import Record

from services.kit.database import Pool
from services.rules import jws
from services.voting.poll_row import PollRow
from services.wire import VoidWish

_FOUND = """
    select l.meeting, p.id, w.act, w.author, w.reason, w.at, w.expires_at
    from void_wish w join poll p on p.no = w.poll join ledger l on l.no = p.ledger
    where not w.ended and p.state <> 'voided'
"""


@dataclass(frozen=True, slots=True)
class WishStore:
    """The table of wishes. `now` is in milliseconds everywhere: what has expired by then is not there."""

    pool: Pool

    async def keep(self, poll: PollRow, raw: bytes, author: str, reason: str, now: int, until: int) -> None:
        """Keep a wish, in place of the author's own or of an expired one; nothing if another's stands, if this one does
        already, or did."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "update void_wish set ended = true where poll = $1 and not ended"
                " and ((author = $3 and act <> $2) or expires_at <= $4)",
                poll.no,
                raw,
                author,
                now,
            )
            await connection.execute(
                "insert into void_wish (poll, act, author, reason, at, expires_at) values ($1, $2, $3, $4, $5, $6)"
                " on conflict do nothing",
                poll.no,
                raw,
                author,
                reason,
                now,
                until,
            )

    async def of(self, poll: PollRow, now: int) -> VoidWish | None:
        """The wish that stands for a poll."""
        row = await self.pool.fetchrow(_FOUND + " and w.poll = $1 and w.expires_at > $2", poll.no, now)
        return None if row is None else _wish(row)

    async def standing(self, now: int) -> dict[str, list[VoidWish]]:
        """All wishes that stand, by meeting, oldest first."""
        found: dict[str, list[VoidWish]] = {}
        for row in await self.pool.fetch(_FOUND + " and w.expires_at > $1 order by w.at", now):
            found.setdefault(row["meeting"], []).append(_wish(row))
        return found

    async def forget(self, poll: PollRow, author: str) -> bool:
        """Whether there was a wish of this author, which is gone now."""
        gone = await self.pool.fetchval(
            "update void_wish set ended = true where poll = $1 and author = $2 and not ended returning true",
            poll.no,
            author,
        )
        return bool(gone)


def _wish(row: Record) -> VoidWish:
    return VoidWish(
        poll=row["id"],
        by=row["author"],
        reason=row["reason"],
        at=row["at"],
        expires_at=row["expires_at"],
        payload=jws.digest(jws.b64_decode(row["act"].split(b".")[1])),
        act=row["act"].decode(),
    )
