"""Before the vote: a poll is drafted, and its definition shown to the chair for signing."""

from dataclasses import dataclass

import msgspec

from services.kit.ids import new_id
from services.kit.ledger_key import LedgerKey
from services.roster.rolls import RollInForce, Rolls
from services.rules.text import must_be_clean
from services.voting import drafting
from services.voting.errors import PollExists, RerunWrong
from services.voting.poll_row import PollRow
from services.voting.store import Store
from services.wire import PollDefinition, PollDraft

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Preparation:
    """Drafts and definitions."""

    store: Store
    rolls: Rolls
    key: LedgerKey

    async def draft(self, meeting: str, draft: PollDraft) -> PollRow:
        """Prepare a poll; the same draft under the same id again is the same poll. Raises PollExists, RerunWrong."""
        body, _ = await self.rolls.body_of(meeting)
        identifier = draft.id or new_id("pol")
        whole = drafting.complete(draft, body, identifier)
        if whole.reruns is not None:
            old = (await self.store.poll(whole.reruns)).row
            if old["state"] != "voided" or old["meeting"] != meeting:
                raise RerunWrong
        if not await self.store.add_poll(identifier, meeting, _encode(whole)):
            standing = (await self.store.poll(identifier)).row
            if standing["draft"] != _encode(whole) or standing["meeting"] != meeting:
                raise PollExists
        return await self.store.poll(identifier)

    async def definition(self, identifier: str, without_quorum: str) -> PollDefinition:
        """What the chair is asked to sign to open the poll, on the roll in force. Raises RollMissing."""
        poll = await self.store.poll(identifier)
        return await self.define(poll, await self.rolls.newest(poll.row["meeting"]), without_quorum)

    async def define(self, poll: PollRow, roll: RollInForce, without_quorum: str) -> PollDefinition:
        """The definition of a poll on this roll. Raises TextUnclean for the reason."""
        if without_quorum:
            must_be_clean(without_quorum, place="without_quorum")
        body, title = await self.rolls.body_of(poll.row["meeting"])
        sitting = drafting.Sitting(body, poll.row["meeting"], title, self.key.origin(poll.row["meeting"]))
        return drafting.define(drafting.read(poll.row["draft"]), sitting, roll.sha256, without_quorum)
