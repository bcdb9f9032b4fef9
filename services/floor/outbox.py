"""Ledger to messages: what the publisher puts on the streams."""

from collections.abc import Sequence

import msgspec
from asyncpg import Record
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.floor.records import Records
from services.floor.store import Store
from services.floor.turn_events import events_of, signed
from services.kit.source import Outgoing, mark_of
from services.rules.floor import acts
from services.wire import FloorActed, FloorChanged, FloorEntry, QueueChange, RecordFloor, RollTaken

# The work stream that records go to.
RECORDS = "records"

_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)
_queues = msgspec.json.Decoder(tuple[QueueChange, ...])
_encode = msgspec.json.Encoder().encode


class Outbox:
    """The ledger as the publisher reads it (see publisher.Source)."""

    def __init__(self, store: Store, records: Records, key: Ed25519PrivateKey) -> None:
        """`key`: what happens to turns is signed with it, as webhooks are."""
        self._store = store
        self._records = records
        self._key = key

    async def heads(self) -> dict[str, int]:
        """How many lines each meeting's ledger has."""
        return await self._store.heads()

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """A message for each of at most `limit` lines of a meeting's ledger from `start`, up to the first record.

        A record holds the whole ledger: there is never more than one of them in memory.
        """
        ledger, _ = await self._store.head(key)
        told: list[Outgoing] = []
        for row in await self._store.lines(ledger, start, start + limit):
            told.append(await self._told(key, row))
            if told[-1].work:
                break
        return told

    async def marks(self, key: str, indexes: Sequence[int]) -> dict[int, str]:
        """By index the marks of those of these lines that there are."""
        ledger, _ = await self._store.head(key)
        return {at: mark_of(leaf) for at, leaf in (await self._store.leaves(ledger, indexes)).items()}

    async def _told(self, meeting: str, row: Record) -> Outgoing:
        entry = _entries.decode(row["line"])
        message = FloorChanged(
            index=row["index"],
            request=row["request"],
            meeting=meeting,
            revision=row["revision"],
            line=_shown(entry, row["line"]).decode(),
            queues=_queues.decode(row["queues"]) if row["queues"] is not None else (),
            turns=tuple(
                signed(event, self._key) for event in events_of(meeting, row["index"], entry, row["turns"])
            ),
        )
        work: tuple[tuple[str, bytes], ...] = ()
        if _asks_for_a_record(entry):
            record = await self._records.record(meeting, row["index"], row["request"])
            work = ((RECORDS, _encode(record)),)
        return Outgoing(row["index"], _encode(message), work, mark_of(row["leaf"]))


def _shown(entry: FloorEntry, line: bytes) -> bytes:
    """The line as it stands; without the roll, which is long and known from meeting's own stream."""
    return _encode(msgspec.structs.replace(entry, roll="")) if isinstance(entry, RollTaken) else line


def _asks_for_a_record(entry: FloorEntry) -> bool:
    # An act without news is rare: others need not be read once more.
    if not isinstance(entry, FloorActed) or entry.news:
        return False
    return isinstance(acts.said(entry.jws), RecordFloor)
