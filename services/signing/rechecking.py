"""Certificates of other authorities are asked about again when their members check in, and while they are there.

Never on a ballot's path: who was found revoked has the credential revoked here, which voting learns over the stream as
it does any other; who cannot be told about is recorded, shown, and asked about again soon.
"""

import asyncio
from pathlib import Path

import msgspec
import structlog

from services.kit.clock import Clock
from services.kit.database import UNREACHABLE
from services.pki import anchors
from services.pki.anchors import AnchorsRefused
from services.pki.demands import PERSON
from services.pki.inquiry import TTL_MS, UNKNOWN_MS, Question, Status
from services.pki.status import StatusBook
from services.refusal import Refused
from services.signing.books import Reason
from services.signing.enrolment import EnrolmentDesk
from services.signing.link_store import Due, LinkStore
from services.wire import PresenceChanged, StreamEvent

log = structlog.get_logger(__name__)

SLICE = 20
PAUSE_SECONDS = 1.0
REQUEST = "check-in"
# By then what was remembered of the last time has run out, however long that took.
_SLACK_MS = 60_000
# Their reasons (RFC 5280 section 5.3.1) in our words; every other is taken as the worst.
_REASONS: dict[str, Reason] = {
    "superseded": "superseded",
    "affiliationChanged": "left",
    "affiliation_changed": "left",
    "cessationOfOperation": "left",
    "cessation_of_operation": "left",
}

_events: msgspec.json.Decoder[StreamEvent] = msgspec.json.Decoder(StreamEvent)


class CheckIns:
    """Hears who came, and asks about those who have a link."""

    def __init__(
        self, store: LinkStore, book: StatusBook, enrolments: EnrolmentDesk, trust: Path, clock: Clock
    ) -> None:
        self._store = store
        self._book = book
        self._enrolments = enrolments
        self._trust = trust
        self._clock = clock

    async def hear(self, message: bytes) -> None:
        """Take in one event of the meeting desk. Raises msgspec.DecodeError for what is no event."""
        match _events.decode(message):
            case PresenceChanged() as event:
                came = [each.member for each in event.presence if each.present]
                if came:
                    await self._store.came(came, self._clock())
            case _:
                pass

    async def run(self) -> None:
        """Ask about those who are there, until cancelled, through every loss of the store."""
        while True:
            try:
                asked = await self.recheck()
            except UNREACHABLE as error:
                log.warning("links.not_asked", error=type(error).__name__)
                asked = 0
            except Exception:
                log.exception("links.failed")
                asked = 0
            if not asked:
                await asyncio.sleep(PAUSE_SECONDS)

    async def recheck(self) -> int:
        """Ask about a few; how many."""
        due = await self._store.due(self._clock(), TTL_MS + _SLACK_MS, UNKNOWN_MS, SLICE)
        await asyncio.gather(*map(self._ask, due))
        return len(due)

    async def _ask(self, due: Due) -> None:
        try:
            await self._asked(due)
        except UNREACHABLE:
            raise
        # One certificate that nobody foresaw must not end the asking about all others.
        except Exception:
            log.exception("link.not_asked", thumbprint=due.thumbprint)

    async def _asked(self, due: Due) -> None:
        try:
            question = Question(due.chain, anchors.load(self._trust, due.body), PERSON)
            # Who comes and goes is asked about once in a while; who was unknown, each time.
            ask = self._book.status if due.kind == "good" else self._book.ask
            status = await ask(question)
        except (Refused, AnchorsRefused) as refused:
            log.warning("link.path_not_good", thumbprint=due.thumbprint, why=str(refused))
            await self._store.cannot_tell(due.thumbprint, str(refused)[:500], self._clock())
            return
        await self.conclude(due, status)

    async def conclude(self, due: Due, status: Status) -> None:
        """Refused here first, recorded second: a crash in between asks again and finds the same."""
        if status.kind == "revoked":
            reason = _REASONS.get(status.why, "compromised")
            await self._enrolments.revoke(due.thumbprint, reason, _anybody, REQUEST)
        if status.kind != due.kind:
            log.warning("link.status", thumbprint=due.thumbprint, kind=status.kind, why=status.why)
        await self._store.learn(due.thumbprint, status)


def _anybody(_: str) -> None:
    """No person asks: the authority that vouched for the key has taken it back."""
