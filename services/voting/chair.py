"""The chair's acts up to the end of the vote. Every act is signed by who does it, and stands in the ledger.

Each method reads downward: who signed what; then, under the ledger's lock, may it happen now, and what is the line
that makes it so.
"""

from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from services.roster.errors import MeetingNotBegun, MeetingOver
from services.roster.rolls import RollInForce
from services.rules import act as acts
from services.rules import jws
from services.rules.ballot import must_be_valid
from services.rules.majority import quorum_at_open
from services.rules.proceedings import UNDER_WAY
from services.voting import drafting, poll
from services.voting.desk import PLACE, Desk, Move, Signed
from services.voting.errors import (
    DefinitionDiffers,
    NoQuorum,
    NotPresiding,
    SecondPersonMissing,
)
from services.voting.locked import Locked
from services.voting.poll_row import PollRow
from services.voting.preparing import Preparation
from services.wire import (
    PollAnnounced,
    PollDefinition,
    PollExtended,
    PollHeld,
    PollOpened,
    PollResumed,
    PollState,
    PollVoided,
)

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Chair:
    """Announce, open, hold, resume, extend, void."""

    desk: Desk
    preparation: Preparation

    async def announce(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Put the question on the screens."""
        signed = await self.desk.signed(identifier, raw, "announce", who, presiding=False)

        async def step(_: Locked, standing: PollRow, now: int) -> Move:
            title = drafting.read(standing.row["draft"]).draft.title
            entry = PollAnnounced(at=now, poll=identifier, title=title, jws=signed.text)
            return Move(entry, {"state": _after("announce", standing, now)})

        return await self.desk.write(signed.poll, raw, request, step)

    async def open(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Open the vote with the chair's signature over its definition.

        Raises DefinitionDiffers, NoQuorum; MeetingNotBegun, MeetingOver.
        """
        # 1. Who signed, and what exactly?
        found = await self.desk.store.poll(identifier)
        await self.desk.keyring.refresh(found.row["body"])
        definition, signed, holder = acts.read_definition(raw, self.desk.holder_of(found))
        if holder.member != who or definition.presiding != who:
            raise NotPresiding
        roll = await self.desk.rolls.newest(found.row["meeting"])
        expected = _encode(await self.preparation.define(found, roll, definition.without_quorum))

        async def step(ledger: Locked, standing: PollRow, now: int) -> Move:
            # 2. May it open now, and is it this poll as it stands?
            state = _after("open", standing, now)
            _must_be_in_session(await self.desk.rolls.state(ledger.meeting, ledger.connection))
            must_be_valid(holder, now)
            if signed != expected:
                raise DefinitionDiffers
            # 3. Enough members present, or a reason that the certificate will print.
            present = await self.desk.present(ledger, roll)
            _must_have_quorum(definition, roll, len(present))
            # 4. The line that opens it.
            return _opening(definition, raw, roll, present, state, now)

        return await self.desk.write(found, raw, request, step)

    async def hold(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Interrupt voting; the clock stands."""
        signed = await self.desk.signed(identifier, raw, "hold", who)

        async def step(_: Locked, standing: PollRow, now: int) -> Move:
            state = _after("hold", standing, now)
            left = poll.remaining_on_hold(standing.standing.deadline, now)
            entry = PollHeld(at=now, poll=identifier, jws=signed.text)
            return Move(entry, {"state": state, "remaining": left, "deadline": None})

        return await self.desk.write(signed.poll, raw, request, step)

    async def resume(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Go on voting, with the time that was left."""
        signed = await self.desk.signed(identifier, raw, "resume", who)

        async def step(_: Locked, standing: PollRow, now: int) -> Move:
            state = _after("resume", standing, now)
            deadline = poll.deadline_on_resuming(standing.standing.remaining, now)
            entry = PollResumed(at=now, poll=identifier, jws=signed.text, deadline=deadline)
            return Move(entry, {"state": state, "remaining": None, "deadline": deadline})

        return await self.desk.write(signed.poll, raw, request, step)

    async def extend(self, identifier: str, raw: bytes, who: str, request: str) -> PollRow:
        """Give more time, before the deadline passes. Raises NoDeadline, DeadlinePassed."""
        signed = await self.desk.signed(identifier, raw, "extend", who)
        seconds = signed.payload.seconds
        if seconds is None:
            raise acts.ActWrong(what="seconds")

        async def step(_: Locked, standing: PollRow, now: int) -> Move:
            state = poll.after("extend", standing.standing.state)
            deadline = poll.deadline_on_extending(standing.standing, seconds, now)
            entry = PollExtended(at=now, poll=identifier, jws=signed.text, deadline=deadline)
            return Move(entry, {"state": state, "deadline": deadline})

        return await self.desk.write(signed.poll, raw, request, step)

    async def void(self, identifier: str, raw: bytes, second: bytes, who: str, request: str) -> PollRow:
        """Annul, with a reason and a second person over the same bytes.

        Raises ReasonMissing, SecondPersonMissing; WishUnknown for a signature that was taken back or has expired.
        """
        signed = await self.desk.signed_void(identifier, raw, who)
        await self._must_be_seconded(signed, second)

        async def step(ledger: Locked, standing: PollRow, now: int) -> Move:
            state = poll.after("void", standing.standing.state)
            await ledger.fulfil_wish(standing, (raw, second), now)
            # Of a vote that has no cut yet nothing else says how many lines of the ledger are its ballots.
            ballots = await ledger.ballots(standing) if standing.standing.state in UNDER_WAY else UNSET
            entry = PollVoided(
                at=now, poll=identifier, jws=signed.text, second=second.decode(), ballots=ballots
            )
            closed_at = standing.standing.closed_at or now
            cleared = {"deadline": None, "remaining": None, "grace_ends_at": None, "closed_at": closed_at}
            return Move(entry, {"state": state, **cleared})

        return await self.desk.write(signed.poll, raw, request, step)

    async def _must_be_seconded(self, signed: Signed, second: bytes) -> None:
        """Raise SecondPersonMissing unless two persons of the desk signed the same payload bytes."""
        _, other = acts.read_act(second, self.desk.holder_of(signed.poll))
        must_be_valid(other, self.desk.clock())
        if signed.raw.split(b".")[1] != second.split(b".")[1] or other.member == signed.holder.member:
            raise SecondPersonMissing
        await self.desk.must_be_of_the_desk(signed.poll, other)


def _after(act: str, standing: PollRow, now: int) -> PollState:
    """The next state; a poll that the clock has closed cannot do anything else than be closed."""
    if poll.is_due(standing.standing, now):
        return poll.after(act, "closed")
    return poll.after(act, standing.standing.state)


def _must_be_in_session(meeting: str) -> None:
    """Raise MeetingNotBegun, MeetingOver unless the meeting is open; a vote that is open stays so when it ends."""
    if meeting == "planned":
        raise MeetingNotBegun
    if meeting == "ended":
        raise MeetingOver


def _must_have_quorum(definition: PollDefinition, roll: RollInForce, present: int) -> None:
    check = quorum_at_open(definition.rule, roll=len(roll.roll.entries), present=present)
    if check is not None and not check.met and not definition.without_quorum:
        raise NoQuorum(present=check.counted, needed=check.needed)


def _opening(
    definition: PollDefinition,
    raw: bytes,
    roll: RollInForce,
    present: tuple[str, ...],
    state: PollState,
    now: int,
) -> Move:
    deadline = poll.deadline_on_opening(definition.duration_s, now)
    entry = PollOpened(
        at=now, poll=definition.id, definition=raw.decode(), present=present, deadline=deadline
    )
    columns = {
        "state": state,
        "definition": jws.digest(raw),
        "jws": raw,
        "roll": roll.sha256,
        "opened_index": PLACE,
        "opened_at": now,
        "deadline": deadline,
    }
    return Move(entry, columns)
