"""Ledger to messages: what the publisher puts on the streams."""

import msgspec
from asyncpg import Record

from services.floor.store import Store
from services.kit.publisher import Outgoing
from services.wire import FloorChanged, FloorEntry, QueueChange, RollTaken

_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)
_queues = msgspec.json.Decoder(tuple[QueueChange, ...])
_encode = msgspec.json.Encoder().encode


class Outbox:
    """The ledger as the publisher reads it (see publisher.Source)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def heads(self) -> dict[str, int]:
        """How many lines each meeting's ledger has."""
        return await self._store.heads()

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """A message for each of at most `limit` lines of a meeting's ledger from `start`."""
        ledger, _ = await self._store.head(key)
        return [_told(key, row) for row in await self._store.lines(ledger, start, start + limit)]


def _told(meeting: str, row: Record) -> Outgoing:
    message = FloorChanged(
        index=row["index"],
        request=row["request"],
        meeting=meeting,
        revision=row["revision"],
        line=_shown(row["line"]).decode(),
        queues=_queues.decode(row["queues"]) if row["queues"] is not None else (),
    )
    return Outgoing(row["index"], _encode(message))


def _shown(line: bytes) -> bytes:
    """The line as it stands; without the roll, which is long and known from meeting's own stream."""
    entry = _entries.decode(line)
    return _encode(msgspec.structs.replace(entry, roll="")) if isinstance(entry, RollTaken) else line
