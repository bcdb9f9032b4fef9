"""Ledger to messages: what the publisher puts on the streams. A ballot goes by index and hash, never by choice."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec
from asyncpg import Record

from services.kit import memory
from services.kit.envelope import Envelope
from services.kit.source import Outgoing, mark_of
from services.rules import begun, jws, rechecked
from services.rules.merkle import leaf_hash
from services.voting import drafting
from services.voting.evidence import Archive
from services.voting.intent_store import IntentStore
from services.voting.rechecks import Rechecks
from services.voting.store import Store
from services.wire import (
    BallotPayload,
    BallotsReceived,
    BallotsUnwanted,
    BallotToSign,
    BallotWanted,
    CountAlarm,
    LedgerEntry,
    LinksToRecheck,
    PollAlarmed,
    PollAnnounced,
    PollCertified,
    PollChanged,
    PollClosed,
    PollClosing,
    PollCounted,
    PollDeclared,
    PollHeld,
    PollRechecked,
    PollState,
    PollVoided,
    RecheckWanted,
)

# The work streams that results go to, what is begun with signing services, and links that are to be asked about.
RESULTS = "results"
INTENTS = "intents"
RECHECKS = "rechecks"
# So many bytes are worth giving back.
GREAT_BYTES = 4_000_000

_lines: msgspec.json.Decoder[LedgerEntry] = msgspec.json.Decoder(LedgerEntry)
_payloads = msgspec.json.Decoder(BallotPayload)
_encode = msgspec.json.Encoder().encode


class Outbox:
    """The ledger as the publisher reads it (see publisher.Source)."""

    def __init__(
        self, store: Store, archive: Archive, intents: IntentStore, rechecks: Rechecks, envelope: Envelope
    ) -> None:
        self._store = store
        self._archive = archive
        self._intents = intents
        self._rechecks = rechecks
        self._envelope = envelope
        # By meeting: the next line to read, and by poll the voters so far and how many ballots are under way, as long
        # as the lines are read one after the other. Where reading begins elsewhere (another worker published meanwhile)
        # or broke off they are counted anew.
        self._next: dict[str, int] = {}
        self._received: dict[str, dict[int, int]] = {}
        self._pending: dict[str, dict[int, int]] = {}

    async def heads(self) -> dict[str, int]:
        """How many lines each meeting's ledger has."""
        return await self._store.heads()

    async def read(self, key: str, start: int, limit: int) -> list[Outgoing]:
        """Messages that cover at most `limit` lines of a meeting's ledger from `start`, up to the first result.

        A result may hold the whole ledger: there is never more than one of them in memory.
        """
        if self._next.pop(key, None) != start:
            self._received[key], self._pending[key] = {}, {}
        told: list[Outgoing] = []
        for run in _runs(await self._store.news(key, start, start + limit)):
            told.append(await (self._ballots(key, run) if run[0]["voter"] else self._act(key, run[0])))
            if any(name == RESULTS for name, _ in told[-1].work):
                break
        self._next[key] = told[-1].index + 1 if told else start
        return told

    async def marks(self, key: str, indexes: Sequence[int]) -> dict[int, str]:
        """By index the marks of those of these lines that there are."""
        return {at: mark_of(leaf) for at, leaf in (await self._store.leaves(key, indexes)).items()}

    async def _ballots(self, meeting: str, rows: Sequence[Record]) -> Outgoing:
        # Hashed here: two microseconds a ballot less than the database takes for it.
        leaves = [leaf_hash(row["line"]) for row in rows]
        last = rows[-1]["index"]
        message = BallotsReceived(
            index=last,
            meeting=meeting,
            poll=rows[0]["id"],
            first=rows[0]["index"],
            leaves=tuple(jws.b64_encode(leaf).decode() for leaf in leaves),
            received=await self._count(meeting, rows),
            voters=tuple(row["voter"] for row in rows if row["seq"] == 1),
            requests=tuple(row["request"] for row in rows),
            pending=await self._under_way(meeting, rows),
        )
        work = await self._wanted(meeting, rows)
        return Outgoing(last, _encode(message), work, mark_of(leaves[-1]))

    async def _under_way(self, meeting: str, rows: Sequence[Record]) -> int:
        """How many ballots are with signing services now; asked only where there are any."""
        poll, so_far = rows[0]["poll"], self._pending[meeting]
        if so_far.get(poll, 1) or any(row["seq"] is None for row in rows):
            so_far[poll] = await self._intents.pending(poll)
        return so_far[poll]

    async def _wanted(self, meeting: str, rows: Sequence[Record]) -> tuple[tuple[str, bytes], ...]:
        """For signing: whose signatures are wanted; and of what lapsed, that it is not wanted any more."""
        lines = [row for row in rows if row["seq"] is None]
        if not lines:
            return ()
        found = await self._intents.begun_at(meeting, [row["index"] for row in lines])
        wanted = [_encode(self._ask(row)) for row in found if row["state"] == "pending"]
        gone = await self._intents.lapsed(lines[0]["poll"], [row["voter"] for row in lines])
        if gone:
            wanted.append(self._unwanted(meeting, lines[0]["id"], gone))
        return tuple((INTENTS, message) for message in wanted)

    def _unwanted(self, meeting: str, poll: str, commitments: Sequence[str] = ()) -> bytes:
        """Those ballots, or all of the poll, are to be signed no more. Sealed: who writes on a stream ends nothing."""
        sealed = self._envelope.seal(_encode(commitments), begun.matter("unwanted", poll))
        return _encode(BallotsUnwanted(meeting=meeting, poll=poll, sealed=sealed))

    def _ask(self, row: Record) -> BallotWanted:
        payload = _payloads.decode(jws.b64_decode(row["input"].partition(".")[2].encode()))
        title = drafting.read(row["draft"]).draft.title
        words = _encode(BallotToSign(input=row["input"], title=title, label=payload.label))
        asked = BallotWanted(
            body=row["body"],
            meeting=row["meeting"],
            poll=row["poll"],
            voter=row["voter"],
            commitment=row["commitment"],
            provider=row["provider"],
            thumbprint=row["thumbprint"],
            sealed="",
        )
        return msgspec.structs.replace(asked, sealed=self._envelope.seal(words, begun.wanted(asked)))

    def _recheck(self, wanted: LinksToRecheck) -> bytes:
        """Sealed: who writes on a stream asks nothing in our place."""
        definition, cut = wanted.definition, wanted.cut
        sealed = self._envelope.seal(_encode(wanted), rechecked.matter("wanted", definition, cut))
        return _encode(RecheckWanted(definition=definition, cut=cut, sealed=sealed))

    async def _count(self, meeting: str, rows: Sequence[Record]) -> int:
        poll, so_far = rows[0]["poll"], self._received[meeting]
        if poll not in so_far:
            so_far[poll] = await self._store.received_before(poll, rows[0]["index"])
        so_far[poll] += sum(1 for row in rows if row["seq"] == 1)
        return so_far[poll]

    async def _act(self, meeting: str, row: Record) -> Outgoing:
        entry = _lines.decode(row["line"])
        index, request = row["index"], row["request"]
        if isinstance(entry, PollAlarmed):
            alarm = CountAlarm(index=index, request=request, meeting=meeting, poll=entry.poll)
            return Outgoing(index, _encode(alarm), mark=mark_of(leaf_hash(row["line"])))
        draft = drafting.read(row["draft"]).draft
        recheck = await self._rechecks.wanted(entry.poll) if isinstance(entry, PollClosed) else None
        message = PollChanged(
            index=index,
            request=request,
            meeting=meeting,
            poll=entry.poll,
            state=state_after(entry),
            line=row["line"].decode(),
            presiding=draft.presiding,
            practice=draft.practice,
            item=draft.item,
            rechecking=len(recheck.thumbprints) if recheck else 0,
            recheck_until=recheck.until if recheck else None,
        )
        raw = _encode(message)
        work: tuple[tuple[str, bytes], ...] = (("polls", raw),)
        # Nobody is asked to sign for a vote that is over.
        if isinstance(entry, PollClosed | PollVoided) and await self._intents.any(row["poll"]):
            work += ((INTENTS, self._unwanted(meeting, entry.poll)),)
        if recheck:
            work += ((RECHECKS, self._recheck(recheck)),)
        # Nothing of a practice vote leaves: nobody is asked for a certificate of it.
        if isinstance(entry, PollDeclared) and not draft.practice:
            work += await self._result(entry.poll, index, request)
        return Outgoing(index, raw, work, mark_of(leaf_hash(row["line"])))

    async def _result(self, poll: str, index: int, request: str) -> tuple[tuple[str, bytes], ...]:
        """For signing."""
        message = _encode(await self._archive.result(poll, index, request))
        if len(message) >= GREAT_BYTES:
            memory.give_back_later()
        return ((RESULTS, message),)


def _runs(rows: Sequence[Record]) -> Iterator[list[Record]]:
    """Ballots of one poll that stand together; everything else by itself."""
    for poll, run in groupby(rows, key=lambda row: row["poll"] if row["voter"] else None):
        if poll is not None:
            yield list(run)
        else:
            yield from ([row] for row in run)


def state_after(entry: LedgerEntry) -> PollState:
    """The state a poll is in after a line of its ledger."""
    match entry:
        case PollAnnounced():
            return "announced"
        case PollHeld():
            return "held"
        case PollClosing():
            return "closing"
        case PollClosed() | PollRechecked() | PollCounted() | PollAlarmed():
            return "closed"
        case PollDeclared():
            return "declared"
        case PollCertified():
            return "certified"
        case PollVoided():
            return "voided"
        case _:
            return "open"
