"""The chair's desk: each act on a poll, in order. Every act is signed by who does it, and stands in the ledger.

Each method reads downward: who signed what; then, under the ledger's lock, may it happen now; then one line appended
and the poll moved, in one transaction. A retry of the same signed act finds its line and is answered as before.
Under the lock only the lock's own connection is used: acts waiting for the lock hold connections too, and whoever
holds it must never wait for one of them.
"""

from typing import Any

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit.clock import Clock
from services.kit.ids import new_id
from services.kit.publisher import Bell
from services.rules import act as acts
from services.rules import jws, note
from services.rules.ballot import Holder, must_be_valid
from services.rules.majority import quorum_at_open
from services.rules.merkle import Frontier
from services.rules.text import must_be_clean
from services.voting import drafting, poll, receipts
from services.voting.errors import (
    CountsDiffer,
    DefinitionDiffers,
    NoQuorum,
    NotCounted,
    NotPresiding,
    PollExists,
    ReasonMissing,
    RerunWrong,
    ResultDiffers,
    SecondPersonMissing,
)
from services.voting.rolls import FrozenRoll, Keyring, Rolls
from services.voting.store import Line, Locked, PollRow, Store
from services.wire import (
    ActName,
    ActPayload,
    LedgerEntry,
    PollAnnounced,
    PollCertified,
    PollClosed,
    PollDeclared,
    PollDefinition,
    PollDraft,
    PollExtended,
    PollHeld,
    PollOpened,
    PollResumed,
    PollVoided,
)

log = structlog.get_logger(__name__)

_encode = msgspec.json.Encoder().encode
DESK = frozenset({"chair", "secretary"})


class Chair:
    """The acts on polls."""

    def __init__(
        self,
        store: Store,
        rolls: Rolls,
        keyring: Keyring,
        key: Ed25519PrivateKey,
        bell: Bell,
        clock: Clock,
        origin: str,
    ) -> None:
        self._store = store
        self._rolls = rolls
        self._keyring = keyring
        self._key = key
        self._bell = bell
        self._clock = clock
        self._origin = origin

    # --- Before the vote -----------------------------------------------------------------------------------

    async def draft(self, meeting: str, draft: PollDraft) -> PollRow:
        """Prepare a poll; the same draft under the same id again is the same poll. Raises PollExists, RerunWrong."""
        body = await self._rolls.body_of(meeting)
        identifier = draft.id or new_id("pol")
        whole = drafting.complete(draft, body, identifier)
        if whole.reruns is not None:
            old = (await self._store.poll(whole.reruns)).row
            if old["state"] != "voided" or old["meeting"] != meeting:
                raise RerunWrong
        if not await self._store.add_poll(identifier, meeting, _encode(whole)):
            standing = (await self._store.poll(identifier)).row
            if standing["draft"] != _encode(whole) or standing["meeting"] != meeting:
                raise PollExists
        return await self._store.poll(identifier)

    async def definition(self, identifier: str, without_quorum: str) -> PollDefinition:
        """What the chair is asked to sign to open the poll, on the roll in force. Raises RollMissing."""
        row = await self._store.poll(identifier)
        return await self._define(row, await self._rolls.newest(row.row["meeting"]), without_quorum)

    async def announce(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Put the question on the screens."""
        payload, _, row = await self._signed(identifier, raw, "announce", who, presiding=False)
        async with self._store.locked(row.row["meeting"]) as ledger:
            standing, now = await ledger.poll(identifier)
            if not await self._is_done(ledger, standing, raw):
                state = poll.after("announce", standing.standing.state)
                title = drafting.read(standing.row["draft"]).draft.title
                entry = PollAnnounced(at=now, poll=payload.poll, title=title, jws=raw.decode())
                await self._append(ledger, standing, entry, request, now)
                await ledger.move(standing, state=state)
        return await self._told(identifier)

    async def open(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Open the vote with the chair's signature over its definition. Raises DefinitionDiffers, NoQuorum."""
        # 1. Who signed, and what exactly?
        row = await self._store.poll(identifier)
        await self._keyring.refresh(row.row["body"])
        definition, signed, holder = acts.read_definition(raw, self._holder_of(row))
        if holder.member != who or definition.presiding != who:
            raise NotPresiding
        roll = await self._rolls.newest(row.row["meeting"])
        expected = await self._define(row, roll, definition.without_quorum)
        async with self._store.locked(row.row["meeting"]) as ledger:
            standing, now = await ledger.poll(identifier)
            if await self._is_done(ledger, standing, raw):
                return standing
            # 2. May it open now, and is it this poll as it stands?
            state = poll.after("open", standing.standing.state)
            must_be_valid(holder, now)
            if signed != _encode(expected):
                raise DefinitionDiffers
            # 3. Enough members present, or a reason that the certificate will print.
            voters = {entry.member for entry in roll.roll.entries}
            present = [
                one for one in await self._rolls.present(ledger.connection, ledger.meeting) if one in voters
            ]
            check = quorum_at_open(definition.rule, roll=len(voters), present=len(present))
            if check is not None and not check.met and not definition.without_quorum:
                raise NoQuorum(present=check.counted, needed=check.needed)
            # 4. The line that opens it.
            deadline = poll.deadline_on_opening(definition.duration_s, now)
            entry = PollOpened(
                at=now, poll=identifier, definition=raw.decode(), present=tuple(present), deadline=deadline
            )
            index = await self._append(ledger, standing, entry, request, now)
            await ledger.move(
                standing,
                state=state,
                definition=jws.digest(raw),
                jws=raw,
                roll=roll.sha256,
                opened_index=index,
                opened_at=now,
                deadline=deadline,
            )
        return await self._told(identifier)

    # --- During the vote -----------------------------------------------------------------------------------

    async def hold(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Interrupt voting; the clock stands."""
        payload, _, row = await self._signed(identifier, raw, "hold", who)
        async with self._store.locked(row.row["meeting"]) as ledger:
            standing, now = await ledger.poll(identifier)
            if not await self._is_done(ledger, standing, raw):
                state = self._after("hold", standing, now)
                entry = PollHeld(at=now, poll=payload.poll, jws=raw.decode())
                await self._append(ledger, standing, entry, request, now)
                left = poll.remaining_on_hold(standing.standing.deadline, now)
                await ledger.move(standing, state=state, remaining=left, deadline=None)
        return await self._told(identifier)

    async def resume(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Go on voting, with the time that was left."""
        payload, _, row = await self._signed(identifier, raw, "resume", who)
        async with self._store.locked(row.row["meeting"]) as ledger:
            standing, now = await ledger.poll(identifier)
            if not await self._is_done(ledger, standing, raw):
                state = self._after("resume", standing, now)
                deadline = poll.deadline_on_resuming(standing.standing.remaining, now)
                entry = PollResumed(at=now, poll=payload.poll, jws=raw.decode(), deadline=deadline)
                await self._append(ledger, standing, entry, request, now)
                await ledger.move(standing, state=state, remaining=None, deadline=deadline)
        return await self._told(identifier)

    async def extend(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Give more time, before the deadline passes. Raises NoDeadline, DeadlinePassed."""
        payload, _, row = await self._signed(identifier, raw, "extend", who)
        if payload.seconds is None:
            raise acts.ActWrong(what="seconds")
        async with self._store.locked(row.row["meeting"]) as ledger:
            standing, now = await ledger.poll(identifier)
            if not await self._is_done(ledger, standing, raw):
                state = poll.after("extend", standing.standing.state)
                deadline = poll.deadline_on_extending(standing.standing, payload.seconds, now)
                entry = PollExtended(at=now, poll=payload.poll, jws=raw.decode(), deadline=deadline)
                await self._append(ledger, standing, entry, request, now)
                await ledger.move(standing, state=state, deadline=deadline)
        return await self._told(identifier)

    async def close(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """The cut, by the chair. If the clock was first, the clock closed it, and that is the answer."""
        _, _, row = await self._signed(identifier, raw, "close", who)
        async with self._store.locked(row.row["meeting"]) as ledger:
            standing, now = await ledger.poll(identifier)
            if not await self._is_done(ledger, standing, raw):
                if poll.is_due(standing.standing, now):
                    await self._close(
                        ledger, standing, self._clock_act(standing, now), "deadline", request, now
                    )
                else:
                    poll.after("close", standing.standing.state)
                    await self._close(ledger, standing, raw.decode(), "chair", request, now)
        return await self._told(identifier)

    async def close_by_clock(self, meeting: str, identifier: str) -> None:
        """The cut, by the deadline; whoever notices first, once."""
        async with self._store.locked(meeting) as ledger:
            standing, now = await ledger.poll(identifier)
            if poll.is_due(standing.standing, now):
                await self._close(ledger, standing, self._clock_act(standing, now), "deadline", "", now)
                log.info("poll.closed_by_clock", poll=identifier)
        self._bell.ring(meeting)

    # --- After the vote ------------------------------------------------------------------------------------

    async def declare(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Declare the counted result: the chair signs its hash. Raises NotCounted, CountsDiffer, ResultDiffers."""
        payload, _, row = await self._signed(identifier, raw, "declare", who)
        async with self._store.locked(row.row["meeting"]) as ledger:
            standing, now = await ledger.poll(identifier)
            if not await self._is_done(ledger, standing, raw):
                state = poll.after("declare", standing.standing.state)
                if payload.result != jws.digest(await ledger.line(_counted_index(standing))):
                    raise ResultDiffers
                entry = PollDeclared(at=now, poll=payload.poll, jws=raw.decode())
                await self._append(ledger, standing, entry, request, now)
                await ledger.move(standing, state=state)
        return await self._told(identifier)

    async def counted_line(self, standing: PollRow) -> bytes:
        """The `poll.counted` line. Raises NotCounted, CountsDiffer."""
        index = _counted_index(standing)
        lines = await self._store.lines(standing.row["ledger"], index, index + 1)
        return bytes(lines[0]["line"])

    async def void(self, identifier: str, raw: bytes, second: bytes, who: str, request: str) -> PollRow:
        """Annul, with a reason and a second person over the same bytes. Raises ReasonMissing, SecondPersonMissing."""
        payload, first, row = await self._signed(identifier, raw, "void", who, presiding=False)
        if not payload.reason.strip():
            raise ReasonMissing
        must_be_clean(payload.reason)
        _, other = acts.read_act(second, self._holder_of(row))
        if raw.split(b".")[1] != second.split(b".")[1] or other.member == first.member:
            raise SecondPersonMissing
        for holder in (first, other):
            if DESK.isdisjoint(await self._rolls.roles(row.row["body"], holder.member)):
                raise SecondPersonMissing
        async with self._store.locked(row.row["meeting"]) as ledger:
            standing, now = await ledger.poll(identifier)
            if not await self._is_done(ledger, standing, raw):
                must_be_valid(other, now)
                state = poll.after("void", standing.standing.state)
                entry = PollVoided(at=now, poll=payload.poll, jws=raw.decode(), second=second.decode())
                await self._append(ledger, standing, entry, request, now)
                closed_at = standing.standing.closed_at or now
                await ledger.move(standing, state=state, deadline=None, remaining=None, closed_at=closed_at)
        return await self._told(identifier)

    async def certify(
        self, meeting: str, identifier: str, certificate: str, sha256: str, request: str
    ) -> None:
        """Note in the ledger that signing has issued the certificate; once."""
        async with self._store.locked(meeting) as ledger:
            standing, now = await ledger.poll(identifier)
            if standing.standing.state == "declared":
                state = poll.after("certify", standing.standing.state)
                entry = PollCertified(at=now, poll=identifier, certificate=certificate, sha256=sha256)
                await self._append(ledger, standing, entry, request, now)
                await ledger.move(standing, state=state)
        self._bell.ring(meeting)

    # --- What the acts share -------------------------------------------------------------------------------

    def origin(self, meeting: str) -> str:
        """The name of a meeting's ledger."""
        return receipts.origin_of(self._origin, meeting)

    def log_key(self, meeting: str) -> str:
        """The ledger's public key, as C2SP text."""
        return note.log_key(self.origin(meeting), self._key.public_key())

    def sign_checkpoint(self, meeting: str, tree: Frontier) -> str:
        """A checkpoint over a tree that is, or was, this ledger's."""
        return note.sign_checkpoint(self.origin(meeting), tree.size, tree.root(), self._key)

    async def _define(self, row: PollRow, roll: FrozenRoll, without_quorum: str) -> PollDefinition:
        if without_quorum:
            must_be_clean(without_quorum)
        meeting = str(row.row["meeting"])
        body = await self._rolls.body_of(meeting)
        draft = drafting.read(row.row["draft"])
        return drafting.define(draft, body, meeting, roll.sha256, self.origin(meeting), without_quorum)

    def _holder_of(self, row: PollRow) -> acts.HolderOf:
        return lambda thumbprint: self._keyring.holder(row.row["body"], thumbprint)

    async def _signed(
        self, identifier: str, raw: bytes, act: ActName, who: str, *, presiding: bool = True
    ) -> tuple[ActPayload, Holder, PollRow]:
        """The act in these bytes, signed by who sent it, about this poll. Raises NotPresiding, ActWrong."""
        row = await self._store.poll(identifier)
        await self._keyring.refresh(row.row["body"])
        payload, holder = acts.read_act(raw, self._holder_of(row))
        acts.must_be(payload, act, row.row["meeting"], identifier, row.row["definition"])
        if payload.reason:
            must_be_clean(payload.reason)
        if holder.member != who:
            raise NotPresiding
        if presiding and holder.member != drafting.read(row.row["draft"]).draft.presiding:
            raise NotPresiding
        must_be_valid(holder, self._clock())
        return payload, holder, row

    def _after(self, act: str, standing: PollRow, now: int) -> str:
        """The next state; a poll that the clock has closed cannot do anything else than be closed."""
        if poll.is_due(standing.standing, now):
            return poll.after(act, "closed")
        return poll.after(act, standing.standing.state)

    async def _is_done(self, ledger: Locked, standing: PollRow, raw: bytes) -> bool:
        """Whether this very act stands in the ledger already: its answer was lost on the way."""
        return await ledger.has_act(standing, raw)

    async def _append(
        self, ledger: Locked, standing: PollRow, entry: LedgerEntry, request: str, now: int
    ) -> int:
        line = _encode(entry)
        index = ledger.frontier.size
        grown = receipts.append(ledger.frontier, [line]).growth.frontier
        await ledger.append([Line(standing.no, None, None, request, line)], grown, now)
        return index

    async def _close(
        self, ledger: Locked, standing: PollRow, signed: str, cause: Any, request: str, now: int
    ) -> None:
        roll = await self._rolls.by_hash(ledger.meeting, standing.row["roll"], ledger.connection)
        voters = {entry.member for entry in roll.roll.entries}
        present = [
            one for one in await self._rolls.present(ledger.connection, ledger.meeting) if one in voters
        ]
        entry = PollClosed(
            at=now,
            poll=standing.row["id"],
            jws=signed,
            cause=cause,
            present=tuple(present),
            ballots=await ledger.ballots(standing),
        )
        index = await self._append(ledger, standing, entry, request, now)
        closed_at = standing.standing.deadline if cause == "deadline" else now
        await ledger.move(
            standing, state="closed", closed_index=index, closed_at=closed_at, deadline=None, remaining=None
        )

    def _clock_act(self, standing: PollRow, now: int) -> str:
        row = standing.row
        payload = ActPayload(
            act="close",
            meeting=row["meeting"],
            poll=row["id"],
            definition=row["definition"],
            reason="deadline",
        )
        return acts.sign_by_server(payload, self._key, self.log_key(row["meeting"]), now // 1000)

    async def _told(self, identifier: str) -> PollRow:
        row = await self._store.poll(identifier)
        self._bell.ring(row.row["meeting"])
        return row


def _counted_index(standing: PollRow) -> int:
    """Where the `poll.counted` line stands. Raises NotCounted, CountsDiffer."""
    if standing.row["alarm"]:
        raise CountsDiffer
    if standing.row["counted_index"] is None:
        raise NotCounted
    return int(standing.row["counted_index"])
