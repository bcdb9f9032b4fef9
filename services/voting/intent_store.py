"""PostgreSQL: the ballots that voters have begun with signing services. One method, one statement."""

from collections.abc import Sequence
from dataclasses import dataclass

from asyncpg import Record

from services.kit.database import Connection, Pool
from services.wire import IntentShown, Lapse

_FOUND = (
    "select i.commitment, p.id as poll, i.poll as no, l.meeting, l.body, i.voter, i.provider, i.input, i.input_sha256,"
    " i.salt, i.thumbprint, i.index, i.at, i.state, i.why, i.jws, p.draft"
    " from intent i join poll p on p.no = i.poll join ledger l on l.no = p.ledger"
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A ballot to be noted as begun: what the ledger commits to, and what is kept to open that later."""

    commitment: str
    voter: str
    provider: str
    input: str
    input_sha256: str
    salt: str
    thumbprint: str
    index: int


class IntentStore:
    """What is asked of intents without the ledger's lock."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, commitment: str) -> Record | None:
        """The intent with this commitment."""
        return await self._pool.fetchrow(_FOUND + " where i.commitment = $1", commitment)

    async def shown(self, poll: int, identifier: str, voter: str) -> IntentShown | None:
        """What a voter began last in a poll (its number, its id), and how it stands."""
        row = await self._pool.fetchrow(
            _FOUND + " where i.poll = $1 and i.voter = $2 order by i.at desc, i.index desc limit 1",
            *(poll, voter),
        )
        if row is None:
            return None
        return IntentShown(
            poll=identifier,
            input_sha256=row["input_sha256"],
            provider=row["provider"],
            state=row["state"],
            at=row["at"],
            why=row["why"],
        )

    async def begun_at(self, meeting: str, indexes: Sequence[int]) -> list[Record]:
        """The intents whose lines stand at these places of a meeting's ledger, in order."""
        return await self._pool.fetch(
            _FOUND + " where l.meeting = $1 and i.index = any($2::bigint[]) order by i.index",
            meeting,
            indexes,
        )

    async def pending(self, poll: int) -> int:
        """How many ballots of a poll are under way."""
        sql = "select count(*) from intent where poll = $1 and state in ('pending', 'signed')"
        return int(await self._pool.fetchval(sql, poll))

    async def any(self, poll: int) -> bool:
        """Whether a ballot of a poll was ever begun."""
        return bool(await self._pool.fetchval("select exists (select from intent where poll = $1)", poll))

    async def lapsed(self, poll: int, voters: Sequence[str]) -> list[str]:
        """The commitments of what these voters began in a poll and what will not come."""
        sql = "select commitment from intent where poll = $1 and voter = any($2::text[]) and state = 'lapsed'"
        return [row["commitment"] for row in await self._pool.fetch(sql, poll, voters)]

    async def signed(self) -> list[tuple[str, str]]:
        """(meeting, commitment) of ballots that were signed while their poll took none, unless it is still held."""
        rows = await self._pool.fetch(
            "select l.meeting, i.commitment from intent i join poll p on p.no = i.poll join ledger l on l.no = p.ledger"
            " where i.state = 'signed' and p.state <> 'held' order by i.index"
        )
        return [(row["meeting"], row["commitment"]) for row in rows]


class Intents:
    """The same under the ledger's lock, on its connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, commitment: str) -> Record | None:
        """The intent with this commitment."""
        return await self._connection.fetchrow(_FOUND + " where i.commitment = $1", commitment)

    async def under_way(self, poll: int, voter: str) -> Record | None:
        """What a voter has begun in a poll, and what is neither cast nor lapsed."""
        return await self._connection.fetchrow(
            _FOUND + " where i.poll = $1 and i.voter = $2 and i.state in ('pending', 'signed')", poll, voter
        )

    async def pending(self, poll: int) -> int:
        """How many ballots of a poll are under way."""
        sql = "select count(*) from intent where poll = $1 and state in ('pending', 'signed')"
        return int(await self._connection.fetchval(sql, poll))

    async def count(self, poll: int, voter: str) -> int:
        """How many ballots a voter has begun in a poll."""
        sql = "select count(*) from intent where poll = $1 and voter = $2"
        return int(await self._connection.fetchval(sql, poll, voter))

    async def begin(self, poll: int, begun: Begun, now: int) -> None:
        """Note one as begun."""
        await self._connection.execute(
            "insert into intent (commitment, poll, voter, provider, input, input_sha256, salt, thumbprint, index, at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            *(begun.commitment, poll, begun.voter, begun.provider, begun.input, begun.input_sha256),
            *(begun.salt, begun.thumbprint, begun.index, now),
        )

    async def keep(self, commitment: str, jws: bytes) -> None:
        """It is signed, and waits until its poll takes ballots again."""
        sql = "update intent set state = 'signed', jws = $2 where commitment = $1"
        await self._connection.execute(sql, commitment, jws)

    async def cast(self, commitment: str) -> None:
        """It stands in the ledger."""
        await self._connection.execute("update intent set state = 'cast' where commitment = $1", commitment)

    async def end(self, poll: int) -> None:
        """The poll is over: nothing of what is under way can come any more."""
        sql = "update intent set state = 'lapsed', why = 'late' where poll = $1 and state in ('pending', 'signed')"
        await self._connection.execute(sql, poll)

    async def lapse(self, commitment: str, why: Lapse) -> None:
        """It will not come."""
        sql = "update intent set state = 'lapsed', why = $2 where commitment = $1"
        await self._connection.execute(sql, commitment, why)
