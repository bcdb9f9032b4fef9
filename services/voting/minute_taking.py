"""What the voting room adds to the record of a sitting, on its way to the minutes: the whole ledger, ballots withheld
(`rules/withheld.py`).

Nothing is kept here: the secretary's wish stands in the journal of the meeting room, and what is made of it is the same
whenever it is made of the same ledger. Heard twice, it is told twice, and signing makes one paper of it.
"""

import asyncio
from collections.abc import Sequence, Set
from dataclasses import dataclass

import msgspec
import structlog
from asyncpg import Record

from services.kit import stream
from services.kit.envelope import Envelope, EnvelopeBroken
from services.kit.ledger_key import LedgerKey
from services.kit.work_stream import put_by_itself
from services.roster.errors import MeetingUnknown
from services.roster.rolls import Rolls
from services.rules.merkle import Frontier, leaf_hash
from services.rules.minutes import matter
from services.rules.signed_acts import thumbprints_of
from services.voting import drafting
from services.voting.evidence import withheld
from services.voting.poll import OVER
from services.voting.store import Store
from services.wire import (
    Extract,
    LedgerEntry,
    MinutesAsked,
    Proceedings,
    ProceedingsTold,
    SittingRecord,
)

STREAM = "sittings"
TOLD = "proceedings"
PAGE = 500

log = structlog.get_logger(__name__)

_asked = msgspec.json.Decoder(MinutesAsked)
_records = msgspec.json.Decoder(SittingRecord)
_lines: msgspec.json.Decoder[LedgerEntry] = msgspec.json.Decoder(LedgerEntry)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class MinuteTaking:
    """Hears that minutes are wanted, and passes the record on with the ledger of the sitting's votes."""

    store: Store
    rolls: Rolls
    key: LedgerKey
    envelope: Envelope
    redis: stream.Redis
    shards: int

    async def apply(self, message: bytes) -> None:
        """Pass one record on; returns once it is on the stream. Raises DecodeError for what is no minutes.asked."""
        asked = _asked.decode(message)
        try:
            raw = self.envelope.open(asked.sealed, matter("sitting", asked.meeting, asked.edition))
        except EnvelopeBroken:
            # Nobody who knows our key wrote it: nobody waits for an answer.
            log.warning("minutes.envelope_broken", meeting=asked.meeting, edition=asked.edition)
            return
        proceedings = await self.proceedings(_records.decode(raw))
        sealed = self.envelope.seal(_encode(proceedings), matter("proceedings", asked.meeting, asked.edition))
        told = ProceedingsTold(meeting=asked.meeting, edition=asked.edition, sealed=sealed)
        name = stream.work(asked.meeting, TOLD, self.shards)
        await put_by_itself(self.redis, name, _encode(told))

    async def proceedings(self, sitting: SittingRecord) -> Proceedings:
        """The record with all of the meeting's ledger as it is now; empty where nobody has ever drafted a poll."""
        meeting = sitting.meeting.id
        try:
            ledger, _, head = await self.store.head(meeting)
            # Later than the head: which of them are under way in the ledger up to there, still are by then.
            polls = await self.store.polls(meeting)
        except MeetingUnknown:
            ledger, head, polls = 0, Frontier(), []
        under_way = {poll.no for poll in polls if poll.row["state"] not in OVER}
        tree, lines = Frontier(), list[str]()
        signers: set[str] = set()
        while tree.size < head.size:
            rows = await self.store.lines(ledger, tree.size, min(tree.size + PAGE, head.size))
            # Off the event loop: there may be many, and somewhere else people are voting.
            tree = await asyncio.to_thread(_take, rows, tree, lines, signers, under_way)
        extract = Extract(
            origin=self.key.origin(meeting),
            log_key=self.key.text(meeting),
            start=0,
            frontier=(),
            lines=tuple(lines),
            checkpoint=self.key.checkpoint(meeting, tree),
        )
        drafted = {poll.row["id"]: drafting.read(poll.row["draft"]).draft.item for poll in polls}
        return Proceedings(
            sitting=sitting,
            items={poll: item for poll, item in drafted.items() if item},
            credentials=await self.rolls.chains(sorted(signers)),
            ledger=extract,
        )


def _take(
    rows: Sequence[Record], tree: Frontier, lines: list[str], signers: set[str], under_way: Set[int]
) -> Frontier:
    """Add a page of the ledger to its lines as minutes show them; the tree with it. While somebody votes, minutes do
    not tell who has begun a ballot, either."""
    for row in rows:
        if row["seq"] is not None or (row["voter"] and row["poll"] in under_way):
            lines.append(withheld(row["line"]))
        else:
            lines.append(row["line"].decode())
            signers.update(thumbprints_of(_lines.decode(row["line"])))
    return tree.append([leaf_hash(row["line"]) for row in rows])
