"""Before the vote: a poll is drafted, and its definition shown to the chair for signing."""

from dataclasses import dataclass

import msgspec
import structlog
from msgspec import UnsetType
from redis.exceptions import RedisError

from services.kit import stream
from services.kit.ids import new_id
from services.kit.ledger_key import LedgerKey
from services.roster.rolls import RollInForce, Rolls
from services.rules import jws
from services.rules.text import must_be_legible
from services.voting import drafting
from services.voting.errors import (
    DraftChanged,
    DraftUnsound,
    PollExists,
    PollUnknown,
    RerunWrong,
    TransitionWrong,
)
from services.voting.locked import Locked
from services.voting.poll_row import PollRow
from services.voting.store import Store
from services.wire import DraftChange, DraftShown, DraftsMoved, PollDefinition, PollDraft

log = structlog.get_logger(__name__)

# Long enough for every worker to look at it; who joins later asks for all.
_BOARD_MS = 60_000
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Preparation:
    """Drafts and definitions. `pages`: the origin of the house's pages, empty where passkeys cannot be had."""

    store: Store
    rolls: Rolls
    key: LedgerKey
    pages: str
    redis: stream.Redis

    async def draft(self, meeting: str, draft: PollDraft) -> PollRow:
        """Prepare a poll; the same draft under the same id again is the same poll. Raises PollExists, RerunWrong."""
        identifier = draft.id or new_id("pol")
        whole = await self._completed(meeting, draft, identifier)
        if not await self.store.add_poll(identifier, meeting, _encode(whole)):
            try:
                standing = (await self.store.poll(identifier)).row
            except PollUnknown as error:
                # The id of a draft that was dropped.
                raise PollExists from error
            if drafting.read(standing["draft"]).draft != whole or standing["meeting"] != meeting:
                raise PollExists
        await self._tell(meeting)
        return await self.store.poll(identifier)

    async def draft_of(self, identifier: str) -> DraftShown:
        """A draft, to be changed or only read."""
        raw = (await self.store.poll(identifier)).row["draft"]
        return DraftShown(draft=drafting.read(raw).draft, sha256=jws.digest(raw))

    async def change(self, identifier: str, change: DraftChange) -> PollRow:
        """Another draft in place of the one seen. Raises TransitionWrong, DraftChanged; and as `draft` does."""
        # 1. What it would be.
        meeting = (await self.store.poll(identifier)).row["meeting"]
        if change.draft.id not in (None, identifier):
            raise DraftUnsound(what="id")
        wanted = _encode(await self._completed(meeting, change.draft, identifier))
        # 2. Under the lock that announcing takes, too: may it be? The same change again is done already.
        async with self.store.locked(meeting) as ledger:
            standing = await _still_draft(ledger, identifier)
            if standing.row["draft"] != wanted:
                _must_be_seen(standing, change.seen)
                await ledger.move(standing, draft=wanted)
        await self._tell(meeting)
        return await self.store.poll(identifier)

    async def drop(self, identifier: str, seen: str) -> None:
        """Do away with a draft that was seen so; its id is used up. Raises TransitionWrong, DraftChanged."""
        meeting = (await self.store.poll(identifier)).row["meeting"]
        async with self.store.locked(meeting) as ledger:
            standing = await _still_draft(ledger, identifier)
            _must_be_seen(standing, seen)
            await ledger.move(standing, dropped=True)
        await self._tell(meeting)

    async def _tell(self, meeting: str) -> None:
        """That drafts are others now, for the desk's screens. Redis may be away: they ask again by themselves."""
        moved = DraftsMoved(mark=new_id("mrk"))
        try:
            await self.redis.set(stream.board(meeting, "drafts"), _encode(moved), px=_BOARD_MS)
        except (RedisError, OSError) as error:
            log.warning("drafts.not_told", error=type(error).__name__)

    async def _completed(self, meeting: str, draft: PollDraft, identifier: str) -> PollDraft:
        """The draft with what its profile adds. Raises DraftUnsound, TextUnclean, RerunWrong."""
        body, _ = await self.rolls.body_of(meeting)
        whole = drafting.complete(draft, body, identifier)
        if not isinstance(whole.step_up, UnsetType) and not self.pages:
            raise DraftUnsound(what="step_up: passkeys need a name, not a number (PLENARY_PUBLIC_URL)")
        if whole.reruns is not None:
            old = (await self.store.poll(whole.reruns)).row
            if old["state"] != "voided" or old["meeting"] != meeting:
                raise RerunWrong
        return whole

    async def definition(self, identifier: str, without_quorum: str) -> PollDefinition:
        """What the chair is asked to sign to open the poll, on the roll in force. Raises RollMissing."""
        poll = await self.store.poll(identifier)
        return await self.define(poll, await self.rolls.newest(poll.row["meeting"]), without_quorum)

    async def define(self, poll: PollRow, roll: RollInForce, without_quorum: str) -> PollDefinition:
        """The definition of a poll on this roll. Raises TextUnclean for the reason."""
        if without_quorum:
            must_be_legible(without_quorum, place="without_quorum")
        body, title = await self.rolls.body_of(poll.row["meeting"])
        meeting = poll.row["meeting"]
        sitting = drafting.Sitting(body, meeting, title, self.key.origin(meeting), self.pages)
        return drafting.define(drafting.read(poll.row["draft"]), sitting, roll.sha256, without_quorum)


async def _still_draft(ledger: Locked, identifier: str) -> PollRow:
    """The poll under the lock, which nobody has put on the screens yet. Raises TransitionWrong."""
    standing, _ = await ledger.poll(identifier)
    if standing.standing.state != "draft":
        raise TransitionWrong(state=standing.standing.state, act="draft")
    return standing


def _must_be_seen(standing: PollRow, seen: str) -> None:
    if jws.digest(standing.row["draft"]) != seen:
        raise DraftChanged
