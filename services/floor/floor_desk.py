"""The floor's desk: what happens to an act, in order.

Acts gather while their meeting's clerk is at work. The clerk takes all that have come, finds out which are genuine,
decides them one after the other under the ledger's lock, each on the floor as the one before has left it, and commits
all in one transaction. Signatures are verified before the lock is taken, never under it. Nothing is answered before
the commit.
"""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from services.floor import deciding
from services.floor.answering import Answers, Done
from services.floor.deciding import Outcome, Signed, Taken
from services.floor.errors import OtherSigner
from services.floor.hearing import Hearing
from services.floor.ledger import Ledger, Opened
from services.floor.page import Page
from services.kit import metrics
from services.kit.clerks import Clerks, tell
from services.kit.database import UNREACHABLE
from services.kit.problem import NotReady
from services.refusal import Refused
from services.roster.errors import MeetingNotBegun, RollMissing
from services.roster.keyring import Keyring, SecondLook
from services.roster.rolls import Rolls
from services.rules.ballot import CredentialUnknown
from services.rules.floor import acts
from services.rules.floor.errors import DeskOnly, FloorMoved
from services.rules.floor.lane_errors import ItemUnknown
from services.rules.floor.profiles import floor_profile_of
from services.rules.floor.request_errors import SpeakerAbsent, SpeakerNotOnRoll
from services.wire import FloorBegun, FloorProfile, RollTaken

log = structlog.get_logger(__name__)

CHUNK = 64
# So many moments an act waits for news at most.
LOOKS = 3
# What the news of a moment ago may change: the meeting's opening, its roll and agenda, presence, roles.
_HEARD_LATE: tuple[type[Refused], ...] = (
    MeetingNotBegun,
    RollMissing,
    ItemUnknown,
    SpeakerNotOnRoll,
    SpeakerAbsent,
    DeskOnly,
)


@dataclass(slots=True)
class Incoming:
    """An act as it came, waiting for the clerk: its bytes, the body it is sent to, who is signed in, and the answer;
    `heard`: how much had been heard when it was decided."""

    raw: bytes
    body: str
    who: str
    request: str
    answer: asyncio.Future[Done]
    looked: bool = False
    signed: Signed | None = None
    heard: int = 0


class FloorDesk:
    """Takes acts in and hands receipts out; one clerk per meeting commits what has gathered."""

    def __init__(
        self,
        ledger: Ledger,
        rolls: Rolls,
        keyring: Keyring,
        hearing: Hearing,
        answers: Answers,
        largest: int,
    ) -> None:
        self._ledger = ledger
        self._hearing = hearing
        self._rolls = rolls
        self._keyring = keyring
        self._answers = answers
        self._bodies: dict[str, str] = {}
        self._clerks: Clerks[Incoming] = Clerks(self._work, largest)
        self._second = SecondLook(keyring)

    async def body_of(self, meeting: str) -> str:
        """The body a meeting is of, which never changes. Raises MeetingUnknown."""
        if meeting not in self._bodies:
            body, _ = await self._rolls.body_of(meeting)
            self._bodies[meeting] = body.id
        return self._bodies[meeting]

    async def profile_of(self, meeting: str) -> FloorProfile:
        """The rules of speaking that a meeting's floor would begin with now. Raises MeetingUnknown."""
        body, _ = await self._rolls.body_of(meeting)
        return floor_profile_of(body.profile)

    async def act(self, meeting: str, raw: bytes, who: str, request: str) -> Done:
        """Take one act in, sent by who is signed in. Raises the refusals of the rules and of this service, NotReady."""
        try:
            return await self._heard(meeting, raw, who, request)
        except Refused as refused:
            metrics.floor_acts.labels(refused.code).inc()
            raise

    async def _heard(self, meeting: str, raw: bytes, who: str, request: str) -> Done:
        """Who has just checked in, or set the agenda, may be quicker than the news of it: when there is some within a
        moment, the act is tried again."""
        body = await self.body_of(meeting)
        looks = LOOKS
        while True:
            answer: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
            one = Incoming(raw, body, who, request, answer)
            try:
                return await self._once(meeting, one)
            except _HEARD_LATE:
                while looks and await self._hearing.look(meeting) <= one.heard:
                    looks -= 1
                if not looks:
                    raise
                looks -= 1

    async def _once(self, meeting: str, one: Incoming) -> Done:
        if self._keyring.epoch(one.body) < 0:
            await self._keyring.refresh(one.body)
        self._clerks.hand(meeting, one)
        return await one.answer

    async def _work(self, meeting: str, incoming: list[Incoming]) -> None:
        # 1. Which are genuine?
        batch = await self._read_all(meeting, incoming)
        # 2. What do the rules say? What they take in is on disk before anybody is told.
        try:
            if batch:
                await self._commit(meeting, batch)
        except Exception as error:
            # Not acknowledged, but perhaps kept: the same bytes sent again get their receipt. Told first: where there
            # is no memory the log may fail, too.
            fault = NotReady(what="store") if isinstance(error, UNREACHABLE) else error
            for one in batch:
                tell(one.answer, fault)
            if not isinstance(error, Refused):
                log.exception("floor.unanswered", meeting=meeting, acts=len(batch))

    async def _read_all(self, meeting: str, incoming: list[Incoming]) -> list[Incoming]:
        """The genuine ones among these; the others are answered."""
        batch: list[Incoming] = []
        for place, one in enumerate(incoming, start=1):
            try:
                one.signed = self._read(one)
                batch.append(one)
            except CredentialUnknown as refused:
                if one.looked:
                    tell(one.answer, refused)
                else:
                    one.looked = True
                    self._second.take(one.body, one.answer, partial(self._clerks.hand, meeting, one))
            except Exception as error:
                tell(one.answer, error)
            if place % CHUNK == 0:
                # Others are served in between: a burst must not hold up an answer that is ready.
                await asyncio.sleep(0)
        return batch

    def _read(self, one: Incoming) -> Signed:
        act, holder = acts.read(one.raw, lambda thumbprint: self._keyring.holder(one.body, thumbprint))
        if holder.member != one.who:
            raise OtherSigner
        deciding.must_be_plain(one.raw)
        return Signed(one.raw.decode(), hashlib.sha256(one.raw).digest(), act, holder, one.request)

    async def _commit(self, meeting: str, batch: list[Incoming]) -> None:
        started = time.perf_counter()
        signed = [one.signed for one in batch if one.signed is not None]
        speakers = {deciding.speaker_of(one) for one in signed} - {""}
        async with self._ledger.opened(meeting, speakers, {one.holder.member for one in signed}) as opened:
            for one in batch:
                one.heard = opened.known.heard
            # 1. Whose keys are good now, and which acts stand in the ledger already?
            if opened.known.epoch != self._keyring.epoch(opened.locked.body):
                await self._keyring.refresh(opened.locked.body, opened.locked.connection)
            standing = await opened.locked.taken([one.digest for one in signed])
            # 2. The floor begins with its first act; a roll frozen since is taken.
            page = opened.page or await self._begin(opened)
            await self._take_roll(opened, page)
            # 3. One act after the other.
            outcomes = [self._decide(page, one, opened, standing) for one in signed]
            # Who was told that the floor has moved must find it so: what it begins with stands, act or none.
            if opened.page is not None or any(isinstance(each, Taken | FloorMoved) for each in outcomes):
                opened.page = page
        # 4. Committed. A crash before this line: the acts are in the ledger or not, all of this batch or none;
        #    nobody was told; the same bytes sent again are answered either way.
        metrics.floor_commit_seconds.observe(time.perf_counter() - started)
        self._answer(meeting, batch, outcomes, page, opened)

    def _decide(self, page: Page, one: Signed, opened: Opened, standing: dict[bytes, int]) -> Outcome:
        # The act before may have put something on the clock that was due long ago (other rules for a long turn).
        page.settle()
        try:
            holder = self._keyring.holder(opened.locked.body, one.holder.thumbprint)
            return deciding.decide(page, one, holder, opened.known, standing)
        except Exception as error:
            return error

    async def _begin(self, opened: Opened) -> Page:
        """The first lines of a ledger: whose floor it is, the roll, and the votes that are open."""
        known = opened.known
        page = Page.first(
            FloorBegun(
                at=known.now,
                meeting=opened.locked.meeting,
                title=known.title,
                body=known.body,
                profile=floor_profile_of(known.body.profile),
            )
        )
        await self._take_roll(opened, page)
        for poll, state, line in await opened.locked.votes():
            page.vote(poll, state, line)
        return page

    async def _take_roll(self, opened: Opened, page: Page) -> None:
        """The roll in force, if it is another than the one taken last. Raises RollMissing."""
        if opened.known.roll is None or opened.known.roll != page.floor.roll_sha256:
            locked = opened.locked
            roll = await self._rolls.newest(locked.meeting, locked.connection)
            page.write(RollTaken(at=page.now, sha256=roll.sha256, roll=roll.raw.decode()))

    def _answer(
        self,
        meeting: str,
        batch: list[Incoming],
        outcomes: Sequence[Outcome],
        page: Page,
        opened: Opened,
    ) -> None:
        taken = sum(isinstance(outcome, Taken) for outcome in outcomes)
        if taken:
            metrics.floor_batch.observe(taken)
            log.info("floor.committed", meeting=meeting, first=page.start, acts=taken)
        waiting = [one.answer for one in batch]
        self._answers.give(meeting, list(zip(outcomes, waiting, strict=True)), page, opened)
