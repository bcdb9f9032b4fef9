"""What all acts at the desk share: who signed what, one line under the ledger's lock, and the news of it.

Under the lock only the lock's own connection is used: acts waiting for the lock hold connections too, and whoever
holds it must never wait for one of them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from services.kit.clock import Clock
from services.kit.ledger_key import LedgerKey
from services.kit.publisher import Bell
from services.roster.keyring import Keyring
from services.roster.rolls import RollInForce, Rolls
from services.rules import act as acts
from services.rules import receipts
from services.rules.ballot import Holder, must_be_valid
from services.rules.text import must_be_legible
from services.voting import drafting
from services.voting.errors import NotPresiding, ReasonMissing, SecondPersonMissing
from services.voting.intent_store import Intents
from services.voting.locked import Line, Locked
from services.voting.poll_row import PollRow
from services.voting.store import Store
from services.wire import ActName, ActPayload, LedgerEntry

DESK = frozenset({"chair", "secretary"})
# From there on nothing of what was begun can come.
_OVER = ("closed", "voided")
# In the columns of a move: the place of its line, which is known once it stands there.
PLACE: Final = object()
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Signed:
    """An act found genuine: its bytes, what they say, who signed, and the poll it is about as it stood then."""

    raw: bytes
    payload: ActPayload
    holder: Holder
    poll: PollRow

    @property
    def text(self) -> str:
        """The act as it goes into the ledger."""
        return self.raw.decode()


@dataclass(frozen=True, slots=True)
class Move:
    """What an act does: a line for the ledger, and the poll's columns as they are after it (see PLACE)."""

    entry: LedgerEntry
    columns: dict[str, Any]


Step = Callable[[Locked, PollRow, int], Awaitable[Move]]


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk's tools."""

    store: Store
    rolls: Rolls
    keyring: Keyring
    key: LedgerKey
    bell: Bell
    clock: Clock

    def holder_of(self, poll: PollRow) -> acts.HolderOf:
        """Finds the holder of a key among those of the poll's body."""
        return lambda thumbprint: self.keyring.holder(poll.row["body"], thumbprint)

    async def signed(
        self, identifier: str, raw: bytes, act: ActName, who: str, *, presiding: bool = True
    ) -> Signed:
        """The act in these bytes, signed by who sent it, about this poll. Raises NotPresiding, ActWrong."""
        poll = await self.store.poll(identifier)
        row = poll.row
        await self.keyring.refresh(row["body"])
        payload, holder = acts.read_act(raw, self.holder_of(poll))
        acts.must_be(payload, act, row["meeting"], identifier, row["definition"])
        if payload.reason:
            must_be_legible(payload.reason, place="reason")
        if holder.member != who:
            raise NotPresiding
        if presiding and holder.member != drafting.read(row["draft"]).draft.presiding:
            raise NotPresiding
        must_be_valid(holder, self.clock())
        return Signed(raw, payload, holder, poll)

    async def signed_void(self, identifier: str, raw: bytes, who: str) -> Signed:
        """A wish to annul, with its reason, by a person of the desk. Raises ReasonMissing, SecondPersonMissing."""
        signed = await self.signed(identifier, raw, "void", who, presiding=False)
        if not signed.payload.reason.strip():
            raise ReasonMissing
        await self.must_be_of_the_desk(signed.poll, signed.holder)
        return signed

    async def must_be_of_the_desk(self, poll: PollRow, holder: Holder) -> None:
        """Raise SecondPersonMissing unless the holder is chair or secretary of the poll's body."""
        if DESK.isdisjoint(await self.rolls.roles(poll.row["body"], holder.member)):
            raise SecondPersonMissing

    async def write(self, poll: PollRow, raw: bytes, request: str, step: Step) -> PollRow:
        """Take a step under the ledger's lock: its line appended and the poll moved, in one transaction.

        If this very act stands in the ledger already, its answer was lost on the way: nothing is done again.
        """
        async with self.store.locked(poll.row["meeting"]) as ledger:
            standing, now = await ledger.poll(poll.row["id"])
            if not await ledger.has_act(standing, raw):
                await self.take(ledger, standing, await step(ledger, standing, now), request)
        return await self.told(poll)

    async def take(self, ledger: Locked, poll: PollRow, move: Move, request: str) -> None:
        """Append a move's line and move the poll."""
        index = await append(ledger, poll, move.entry, request)
        columns = {name: index if value is PLACE else value for name, value in move.columns.items()}
        await ledger.move(poll, **columns)
        # What the ledger says of those that had not come stands in these very lines.
        if columns.get("state") in _OVER:
            await Intents(ledger.connection).end(poll.no)

    async def told(self, poll: PollRow) -> PollRow:
        """Wake the publisher; the poll as it is now."""
        self.bell.ring(poll.row["meeting"], urgent=True)
        return await self.store.poll(poll.row["id"])

    async def present(self, ledger: Locked, roll: RollInForce) -> tuple[str, ...]:
        """The members of the roll who are checked in now."""
        voters = {entry.member for entry in roll.roll.entries}
        there = await self.rolls.present(ledger.meeting, ledger.connection)
        return tuple(member for member in there if member in voters)


async def append(
    ledger: Locked, poll: PollRow, entry: LedgerEntry, request: str = "", voter: str | None = None
) -> int:
    """Append one line that is not a ballot; its place. `voter`: whose ballot it speaks of, which nobody else may read
    while the poll is under way."""
    line = _encode(entry)
    index = ledger.frontier.size
    grown = receipts.append(ledger.frontier, [line]).growth.frontier
    await ledger.append([Line(poll.no, voter, None, request, line)], grown, entry.at)
    return index
