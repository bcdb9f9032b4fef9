"""After the cut of a poll: the certificates of other authorities behind its ballots are asked about once more.

In order: voting tells which (the work stream `rechecks`); each is asked about with what is known later than the cut,
again and again where nobody answers, until all is known or voting will wait no longer; voting is told, sealed. Nothing
of this is on a ballot's path, and the cut itself waits for none of it. What says so is kept for good, by its SHA-256.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec
import structlog

from services.kit.background import Apart
from services.kit.clock import Clock
from services.kit.database import UNREACHABLE
from services.kit.envelope import Envelope, EnvelopeBroken
from services.pki import anchors
from services.pki.anchors import AnchorsRefused
from services.pki.demands import PERSON
from services.pki.inquiry import Question, Status
from services.pki.status import StatusBook
from services.refusal import Refused
from services.rules import rechecked
from services.rules.certified import thumbprint
from services.rules.jws import b64_encode
from services.signing.finding_store import FindingStore, matter_of
from services.signing.link_store import Due
from services.signing.rechecking import CheckIns
from services.wire import LinksRechecked, LinksToRecheck, Rechecked, RecheckWanted

STREAM = "rechecks"
AT_ONCE = 20
PAUSE_S = 2.0
# So long before voting stops waiting it is told what is known.
_MARGIN_MS = 2_000
_WHY_LENGTH = 500

log = structlog.get_logger(__name__)

_asked = msgspec.json.Decoder(RecheckWanted)
_wanted = msgspec.json.Decoder(LinksToRecheck)


@dataclass(slots=True)
class Findings:
    """Takes in what voting wants to know, finds it out, tells it. `ring` wakes the publisher for a meeting."""

    store: FindingStore
    book: StatusBook
    check_ins: CheckIns
    trust: Path
    envelope: Envelope
    ring: Callable[[str], None]
    clock: Clock
    _asking: Apart = field(default_factory=Apart)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def apply(self, message: bytes) -> None:
        """Keep what is wanted; again is no change, and neither is what nobody waits for any more. Raises DecodeError
        for what is none."""
        asked = _asked.decode(message)
        about = rechecked.matter("wanted", asked.definition, asked.cut)
        try:
            wanted = _wanted.decode(self.envelope.open(asked.sealed, about))
        except EnvelopeBroken:
            # Of another installation, or put there by somebody else: it will never be ours.
            log.warning("recheck.not_ours", definition=asked.definition)
            return
        if self.clock() < wanted.until:
            await self.store.want(wanted)
            self._woken.set()

    async def run(self) -> None:
        """Ask and tell, until cancelled, through every loss of the store."""
        try:
            while True:
                try:
                    await self._begin()
                except UNREACHABLE as error:
                    log.warning("rechecks.store_unreachable", error=type(error).__name__)
                except Exception:
                    log.exception("rechecks.failed")
                await self._pause()
        finally:
            await self._asking.stop()

    async def _begin(self) -> None:
        """Hold on to what we ask about already, and take up what nobody asks about."""
        if self._asking.under_way:
            await self.store.hold(list(self._asking.under_way))
        for wanted in await self.store.take():
            self._asking.begin(matter_of(wanted), partial(self._answer, wanted))

    async def _pause(self) -> None:
        self._woken.clear()
        try:
            async with asyncio.timeout(PAUSE_S):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _answer(self, wanted: LinksToRecheck) -> None:
        try:
            found = await self.find(wanted)
            await self.store.tell(wanted, partial(self._told, wanted, found), self.clock())
        except Exception:
            # Voting waits only so long; whoever takes it up next may still be in time.
            log.exception("recheck.failed", poll=wanted.poll)
        else:
            self.ring(wanted.meeting)

    async def find(self, wanted: LinksToRecheck) -> list[Rechecked]:
        """What is known of each link by the time at which voting wants to be told."""
        until = wanted.until - _MARGIN_MS
        found: dict[str, Rechecked] = {}
        open_ = await self.store.links(wanted.thumbprints, wanted.body)
        turns = asyncio.Semaphore(AT_ONCE)
        while open_:
            answers = [self._in_turn(turns, due, outside, wanted.cut, until) for due, outside in open_]
            for one in await asyncio.gather(*answers):
                found[one.thumbprint] = one
            # An answer that is only too old will be no younger in a moment; silence may end.
            open_ = [pair for pair in open_ if not _is_final(found[pair[0].thumbprint])]
            if not open_ or self.clock() + PAUSE_S * 1000 >= until:
                break
            await asyncio.sleep(PAUSE_S)
        return [found[name] for name in sorted(found)]

    async def _in_turn(
        self, turns: asyncio.Semaphore, due: Due, outside: bytes, cut: int, until: int
    ) -> Rechecked:
        left = max(0.0, (until - self.clock()) / 1000)
        try:
            async with asyncio.timeout(left), turns:
                return await self._ask(due, outside, cut)
        except TimeoutError:
            return _unknown(due, outside, "nobody answered in time", self.clock())

    async def _ask(self, due: Due, outside: bytes, cut: int) -> Rechecked:
        try:
            known = anchors.load(self.trust, due.body)
            status = await self.book.ask(Question(due.chain, known, PERSON, newer=cut))
        except (Refused, AnchorsRefused) as refused:
            return _unknown(due, outside, str(refused) or type(refused).__name__, self.clock())
        except UNREACHABLE:
            raise
        # One certificate that nobody foresaw must not keep from voting what is known of all others.
        except Exception as error:
            log.exception("recheck.not_asked", thumbprint=due.thumbprint)
            return _unknown(due, outside, type(error).__name__, self.clock())
        # As at a check-in: who was found revoked is revoked here, too.
        await self.check_ins.conclude(due, status)
        return finding(due.thumbprint, outside, status, cut)

    def _told(self, wanted: LinksToRecheck, found: list[Rechecked], index: int) -> LinksRechecked:
        about = rechecked.matter("found", wanted.definition, wanted.cut)
        return LinksRechecked(
            index=index,
            meeting=wanted.meeting,
            poll=wanted.poll,
            definition=wanted.definition,
            cut=wanted.cut,
            sealed=self.envelope.seal(msgspec.json.encode(found), about),
        )


def finding(credential: str, outside: bytes, status: Status, cut: int) -> Rechecked:
    """What a status comes to after a cut: good only by what was true then."""
    kind, why = status.kind, status.why
    if kind == "good" and status.known_at + rechecked.TOLERANCE_MS < cut:
        kind, why = "unknown", "nothing newer than the cut"
    return Rechecked(
        thumbprint=credential,
        outside=thumbprint(outside),
        kind=kind,
        why=why[:_WHY_LENGTH],
        revoked_at=status.revoked_at,
        known_at=status.known_at,
        checked_at=status.checked_at,
        evidence=tuple(b64_encode(each).decode() for each in status.evidence),
    )


def _unknown(due: Due, outside: bytes, why: str, now: int) -> Rechecked:
    return Rechecked(
        thumbprint=due.thumbprint,
        outside=thumbprint(outside),
        kind="unknown",
        why=why[:_WHY_LENGTH],
        checked_at=now,
    )


def _is_final(found: Rechecked) -> bool:
    return found.kind != "unknown" or found.known_at > 0
