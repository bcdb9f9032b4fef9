"""Ballots that services outside sign: begun under the ledger's lock, and cast when the signature has come.

In order: the voter's phone says what is to be signed (`begin`); the ledger commits to it, and signing is told by the
publisher; signing tells of the signature (`arrive`) or of its failure (`lapse`). Each can be told again: what stands
already is left. A voter has one ballot under way in a poll at most.
"""

import os
from dataclasses import dataclass

import msgspec
import structlog
from asyncpg import Record

from services.refusal import Refused
from services.rules import ballot as rules
from services.rules import begun, jws, receipts
from services.rules.ballot import Ballot, Holder, Unsigned, must_be_valid
from services.voting import admission, batches, step_up
from services.voting.desk import Desk, append
from services.voting.errors import (
    AlreadyVoted,
    IntentsTooMany,
    IntentUnknown,
    PollClosed,
    PollHeld,
    PollNotOpen,
    PollVoided,
    SequenceWrong,
)
from services.voting.intent_store import Begun, Intents, IntentStore
from services.voting.locked import Gain, Line, Locked
from services.voting.poll import must_take_ballots, must_take_begun
from services.voting.poll_row import PollRow
from services.voting.questions import Asked, Questions
from services.wire import (
    BallotBegun,
    BallotCast,
    BallotIntent,
    BallotLapsed,
    BallotPayload,
    Choice,
    IntentShown,
    Lapse,
)

log = structlog.get_logger(__name__)

SALT_BYTES = 32
# Each is two lines of the ledger and a message on somebody's telephone.
MOST = 10
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class RemoteBallots:
    """Begin, cast, lapse."""

    desk: Desk
    questions: Questions
    store: IntentStore

    async def begin(self, identifier: str, wanted: BallotIntent, who: str, request: str) -> IntentShown:
        """Note a ballot as begun. Raises IntentsTooMany, and the refusals of `rules.ballot` and `admission`."""
        # 1. Everything about it but the signature: whose, and an answer to this very question.
        asked = await self.questions.asked(identifier)
        await self.desk.keyring.refresh(asked.body)
        try:
            unsigned = rules.read_unsigned(wanted.input, asked.question, asked.holder_of)
        except rules.ForeignPoll:
            await self.questions.look_again(asked)
            raise
        if unsigned.payload.voter != who:
            raise rules.NotYourKey
        # What a passkey is to confirm is confirmed on the phone that signs it: a service brings the signature alone.
        step_up.must_not_demand(asked.question)
        async with self.desk.store.locked(asked.meeting) as ledger:
            # 2. Under the lock: does the poll take ballots now, and would this one follow the voter's last?
            standing, now = await ledger.poll(identifier)
            self.questions.must_stand(asked, standing.row["definition"])
            intents = Intents(ledger.connection)
            mine = await intents.under_way(asked.no, who)
            if mine is None or mine["input"] != wanted.input:
                must_be_valid(await self._holder_now(ledger, asked, unsigned.holder.thumbprint), now)
                must_take_ballots(standing.standing, now)
                if await intents.count(asked.no, who) >= MOST:
                    raise IntentsTooMany(most=MOST)
                await _follows(ledger, asked, unsigned.payload)
                # 3. What was begun before is given up for it; then the line that commits to it.
                if mine is not None:
                    await self._give_up(ledger, standing, mine, "begun_anew", now)
                await self._commit(ledger, standing, wanted, unsigned, now, request)
        # 4. Committed. A crash before this line: it is begun or not; the same words sent again are answered either way.
        self.desk.bell.ring(asked.meeting, urgent=True)
        return await self.of_voter(identifier, who)

    async def of_voter(self, identifier: str, voter: str) -> IntentShown:
        """What a voter began last in a poll, and how it stands. Raises IntentUnknown."""
        poll = await self.desk.store.poll(identifier)
        shown = await self.store.shown(poll.no, identifier, voter)
        if shown is None:
            raise IntentUnknown
        return shown

    async def withdraw(self, identifier: str, who: str) -> IntentShown:
        """The voter waits no longer for what they began. Raises IntentUnknown if nothing is under way."""
        poll = await self.desk.store.poll(identifier)
        async with self.desk.store.locked(poll.row["meeting"]) as ledger:
            standing, now = await ledger.poll(identifier)
            mine = await Intents(ledger.connection).under_way(standing.no, who)
            if mine is None:
                raise IntentUnknown
            await self._give_up(ledger, standing, mine, "declined", now)
        self.desk.bell.ring(poll.row["meeting"], urgent=True)
        return await self.of_voter(identifier, who)

    async def arrive(self, commitment: str, raw: bytes, request: str) -> None:
        """A signed ballot has come for what was begun: cast it, or say why not."""
        found = await self.store.of(commitment)
        if found is None:
            log.warning("intent.unknown", commitment=commitment)
            return
        asked = await self.questions.asked(found["poll"])
        await self.desk.keyring.refresh(asked.body)
        ballot = _genuine(found, asked, raw)
        async with self.desk.store.locked(found["meeting"]) as ledger:
            standing, now = await ledger.poll(found["poll"])
            self.questions.must_stand(asked, standing.row["definition"])
            mine = await Intents(ledger.connection).of(commitment)
            if mine is not None and mine["state"] in ("pending", "signed"):
                await self._settle(ledger, standing, mine, asked, ballot, now, request)
        self.desk.bell.ring(found["meeting"], urgent=True)

    async def lapse(self, commitment: str, why: Lapse) -> None:
        """What was begun will not be signed."""
        found = await self.store.of(commitment)
        if found is None:
            log.warning("intent.unknown", commitment=commitment)
            return
        async with self.desk.store.locked(found["meeting"]) as ledger:
            standing, now = await ledger.poll(found["poll"])
            mine = await Intents(ledger.connection).of(commitment)
            if mine is not None and mine["state"] == "pending":
                await self._give_up(ledger, standing, mine, why, now)
        self.desk.bell.ring(found["meeting"], urgent=True)

    async def waiting(self) -> list[tuple[str, str]]:
        """(meeting, commitment) of what was signed while its poll took none, and may go on now."""
        return await self.store.signed()

    async def go_on(self, commitment: str) -> None:
        """Cast what was signed while its poll took none, or note that it comes too late."""
        row = await self.store.of(commitment)
        if row is not None and row["jws"] is not None:
            await self.arrive(commitment, row["jws"], "")

    async def _commit(
        self, ledger: Locked, poll: PollRow, wanted: BallotIntent, unsigned: Unsigned, now: int, request: str
    ) -> None:
        salt = os.urandom(SALT_BYTES)
        committed = begun.commitment(salt, wanted.input)
        voter = unsigned.payload.voter
        entry = BallotBegun(
            at=now, poll=poll.row["id"], voter=voter, commitment=committed, provider=wanted.provider
        )
        kept = Begun(
            commitment=committed,
            voter=voter,
            provider=wanted.provider,
            input=wanted.input,
            input_sha256=jws.digest(wanted.input.encode()),
            salt=jws.b64_encode(salt).decode(),
            thumbprint=unsigned.holder.thumbprint,
            index=await append(ledger, poll, entry, request, voter),
        )
        await Intents(ledger.connection).begin(poll.no, kept, now)

    async def _settle(
        self,
        ledger: Locked,
        poll: PollRow,
        intent: Record,
        asked: Asked,
        ballot: Ballot | None,
        now: int,
        request: str,
    ) -> None:
        """Cast it; or keep it for a poll that is held; or note why it cannot be cast. None: it is not genuine."""
        intents = Intents(ledger.connection)
        if ballot is None:
            return await self._give_up(ledger, poll, intent, "failed", now)
        try:
            must_take_begun(poll.standing, now)
            must_be_valid(await self._holder_now(ledger, asked, ballot.thumbprint), now)
            instead = await _follows(ledger, asked, ballot.payload)
        except (PollHeld, PollClosed, PollNotOpen, PollVoided):
            # Held, or ended by the clock with nobody having written that down yet: it may be cast soon.
            if poll.row["state"] in ("open", "held"):
                return await intents.keep(intent["commitment"], ballot.raw)
            # Before the cut the ledger says so, too: who cuts because nothing is under way must be seen to be right.
            return await self._give_up(ledger, poll, intent, "late", now)
        except Refused as refused:
            overtaken = isinstance(refused, AlreadyVoted | SequenceWrong)
            log.warning("intent.refused", poll=intent["poll"], refused=refused.code)
            return await self._give_up(ledger, poll, intent, "overtaken" if overtaken else "failed", now)
        await _append_ballot(ledger, poll, intent, ballot, instead, now, request)
        await intents.cast(intent["commitment"])

    async def _holder_now(self, ledger: Locked, asked: Asked, thumbprint: str) -> Holder:
        """Whose key it is now, as it may be revoked since. Raises CredentialUnknown, CredentialRevoked."""
        await self.desk.keyring.refresh(asked.body, ledger.connection)
        return asked.holder_of(thumbprint)

    async def _give_up(self, ledger: Locked, poll: PollRow, intent: Record, why: Lapse, now: int) -> None:
        """Note that it will not come: in the ledger, unless the poll is over."""
        if poll.row["state"] in ("open", "held", "closing"):
            entry = BallotLapsed(at=now, poll=poll.row["id"], voter=intent["voter"], why=why)
            await append(ledger, poll, entry, "", intent["voter"])
        await Intents(ledger.connection).lapse(intent["commitment"], why)


def _genuine(intent: Record, asked: Asked, raw: bytes) -> Ballot | None:
    """The ballot that was begun, signed; None for other words, or what its voter's key did not sign."""
    try:
        ballot = rules.read(raw, asked.question, asked.holder_of)
    except Refused as refused:
        log.warning("intent.not_genuine", poll=intent["poll"], refused=refused.code)
        return None
    same = raw.rpartition(b".")[0] == intent["input"].encode() and ballot.payload.voter == intent["voter"]
    return ballot if same else None


async def _follows(ledger: Locked, asked: Asked, payload: BallotPayload) -> Choice | None:
    """The choice that a ballot would take the place of. Raises AlreadyVoted, SequenceWrong, BallotsTooMany."""
    _, _, rows = await ledger.polls_and_ballots([asked.no], [payload.voter], [payload.seq])
    history = batches.histories(rows).get(payload.voter, ())
    return admission.must_follow(payload, history, changes=asked.question.definition.changes)


async def _append_ballot(
    ledger: Locked,
    poll: PollRow,
    intent: Record,
    ballot: Ballot,
    instead: Choice | None,
    now: int,
    request: str,
) -> None:
    line = _encode(BallotCast(at=now, poll=intent["poll"], jws=ballot.raw.decode(), salt=intent["salt"]))
    grown = receipts.append(ledger.frontier, [line]).growth.frontier
    gain = {"ballots": 1, "approve": 0, "reject": 0, "abstain": 0}
    gain[ballot.payload.choice] += 1
    if instead is not None:
        gain[instead] -= 1
    row = Line(poll.no, ballot.payload.voter, ballot.payload.seq, request, line)
    await ledger.append([row], grown, now, [Gain(poll.no, **gain)])
