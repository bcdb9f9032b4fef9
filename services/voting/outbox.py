"""Ledger to messages: what the publisher puts on the streams. A ballot goes by index and hash, never by choice."""

from collections.abc import Sequence
from itertools import groupby

import msgspec
from asyncpg import Record

from services.kit.publisher import Outgoing
from services.rules import jws, merkle
from services.voting.evidence import Archive
from services.voting.store import Store
from services.wire import (
    BallotsReceived,
    CountAlarm,
    Event,
    LedgerEntry,
    PollAlarmed,
    PollAnnounced,
    PollCertified,
    PollChanged,
    PollClosed,
    PollCounted,
    PollDeclared,
    PollHeld,
    PollState,
    PollVoided,
)

_lines: msgspec.json.Decoder[LedgerEntry] = msgspec.json.Decoder(LedgerEntry)
_encode = msgspec.json.Encoder().encode


class Outbox:
    """The ledger as the publisher reads it (see publisher.Source)."""

    def __init__(self, store: Store, archive: Archive) -> None:
        self._store = store
        self._archive = archive
        # Voters so far, by poll, as of the line after the last that was read: kept so that nothing is counted twice.
        self._received: dict[int, tuple[int, int]] = {}

    async def heads(self) -> dict[str, int]:
        """How many lines each meeting's ledger has."""
        return await self._store.heads()

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """Messages that cover at most `limit` lines of a meeting's ledger from `start`."""
        ledger, _, _ = await self._store.head(key)
        rows = await self._store.lines(ledger, start, start + limit)
        outgoing: list[Outgoing] = []
        for is_ballot, run in groupby(rows, key=lambda row: row["poll"] if row["voter"] else None):
            lines = list(run)
            if is_ballot is not None:
                outgoing.append(await self._ballots(key, lines))
            else:
                outgoing += [await self._act(key, line) for line in lines]
        return outgoing

    async def _ballots(self, meeting: str, rows: Sequence[Record]) -> Outgoing:
        last = rows[-1]["index"]
        message = BallotsReceived(
            index=last,
            meeting=meeting,
            poll=_lines.decode(rows[0]["line"]).poll,
            first=rows[0]["index"],
            leaves=tuple(jws.b64_encode(merkle.leaf_hash(row["line"])).decode() for row in rows),
            received=await self._count(rows),
            requests=tuple(row["request"] for row in rows),
        )
        return Outgoing(last, _encode(message))

    async def _count(self, rows: Sequence[Record]) -> int:
        poll, first, last = rows[0]["poll"], rows[0]["index"], rows[-1]["index"]
        before, upto = self._received.get(poll, (0, -1))
        if upto < 0 or upto > first:
            before = await self._store.received_before(poll, first)
        received = before + sum(1 for row in rows if row["seq"] == 1)
        self._received[poll] = (received, last + 1)
        return received

    async def _act(self, meeting: str, row: Record) -> Outgoing:
        entry = _lines.decode(row["line"])
        index, request = row["index"], row["request"]
        message: Event
        if isinstance(entry, PollAlarmed):
            message = CountAlarm(index=index, request=request, meeting=meeting, poll=entry.poll)
        else:
            message = PollChanged(
                index=index,
                request=request,
                meeting=meeting,
                poll=entry.poll,
                state=state_after(entry),
                line=row["line"].decode(),
            )
        work: tuple[tuple[str, bytes], ...] = ()
        if isinstance(entry, PollDeclared):
            work = (("results", _encode(await self._archive.result(entry.poll, index, request))),)
        return Outgoing(index, _encode(message), work)


def state_after(entry: LedgerEntry) -> PollState:
    """The state a poll is in after a line of its ledger."""
    match entry:
        case PollAnnounced():
            return "announced"
        case PollHeld():
            return "held"
        case PollClosed() | PollCounted() | PollAlarmed():
            return "closed"
        case PollDeclared():
            return "declared"
        case PollCertified():
            return "certified"
        case PollVoided():
            return "voided"
        case _:
            return "open"
