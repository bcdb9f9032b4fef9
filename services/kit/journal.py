"""A service's journal: what it has to tell, appended in the transaction that made it true, numbered per key.

The journal is the outbox: the publisher puts its lines on the streams in order, each under its own number. Every
service with a journal has these two tables in its schema (see its migrations):

    journal_head (key text primary key, size bigint not null)
    journal      (key text, index bigint, message bytea not null, primary key (key, index))
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

import msgspec

from services.kit.database import Connection, Pool
from services.kit.source import Outgoing, mark_of
from services.wire import Event


class _Typed(msgspec.Struct, frozen=True):
    type: str


_types = msgspec.json.Decoder(_Typed)


async def append(connection: Connection, key: str, build: Callable[[int], Event]) -> int:
    """Append one event inside the caller's transaction; `build` is given its index. Returns the index."""
    index = await connection.fetchval(
        "insert into journal_head (key, size) values ($1, 1)"
        " on conflict (key) do update set size = journal_head.size + 1 returning size - 1",
        key,
    )
    await connection.execute(
        "insert into journal (key, index, message) values ($1, $2, $3)",
        key,
        index,
        msgspec.json.encode(msgspec.structs.replace(build(index), key=key)),
    )
    return int(index)


class Journal:
    """What the publisher reads of a service's journal (see publisher.Source)."""

    def __init__(self, pool: Pool, work: tuple[str, ...] | Callable[[str], tuple[str, ...]]) -> None:
        """`work`: the work streams that every event of this service also goes to, or those for a type of event."""
        self._pool = pool
        self._work = work

    async def heads(self) -> dict[str, int]:
        """How many entries each key has."""
        rows = await self._pool.fetch("select key, size from journal_head")
        return {row["key"]: row["size"] for row in rows}

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """At most `limit` entries of a key from `start`, in order."""
        rows = await self._pool.fetch(
            "select index, message from journal where key = $1 and index >= $2 order by index limit $3",
            key,
            start,
            limit,
        )
        return [self._outgoing(row["index"], row["message"]) for row in rows]

    async def marks(self, key: str, indexes: Sequence[int]) -> dict[int, str]:
        """By index the marks of those of these entries that there are."""
        rows = await self._pool.fetch(
            "select index, sha256(message) as digest from journal where key = $1 and index = any($2::bigint[])",
            key,
            list(indexes),
        )
        return {row["index"]: mark_of(row["digest"]) for row in rows}

    def _outgoing(self, index: int, message: bytes) -> Outgoing:
        names = self._work(_types.decode(message).type) if callable(self._work) else self._work
        mark = mark_of(sha256(message).digest())
        return Outgoing(index, message, tuple((name, message) for name in names), mark)
