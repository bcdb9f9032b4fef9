"""What signing tells voting (the work stream `signatures`): of ballots that were begun, each is cast or lapses, once;
and what was found of links after a cut.
"""

import msgspec
import structlog

from services.kit.envelope import Envelope, EnvelopeBroken
from services.rules import begun, rechecked
from services.voting.errors import PollUnknown
from services.voting.intents import RemoteBallots
from services.voting.rechecks import Rechecks
from services.wire import BallotSigned, BallotUnsigned, LinksRechecked, Unsigned

STREAM = "signatures"

log = structlog.get_logger(__name__)

Told = BallotSigned | BallotUnsigned | LinksRechecked

_told: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)
_why: msgspec.json.Decoder[Unsigned] = msgspec.json.Decoder(Unsigned)


class Signatures:
    """Takes in what signing tells."""

    def __init__(self, ballots: RemoteBallots, rechecks: Rechecks, envelope: Envelope) -> None:
        self._ballots = ballots
        self._rechecks = rechecks
        self._envelope = envelope

    async def apply(self, message: bytes) -> None:
        """Take in one signature, or that there will be none, or findings. Raises DecodeError for what is none."""
        event = _told.decode(message)
        try:
            if isinstance(event, LinksRechecked):
                about = rechecked.matter("found", event.definition, event.cut)
                await self._rechecks.arrive(event, self._envelope.open(event.sealed, about))
            elif isinstance(event, BallotUnsigned):
                said = self._envelope.open(event.sealed, begun.matter("unsigned", event.commitment))
                await self._ballots.lapse(event.commitment, _why.decode(said))
            else:
                raw = self._envelope.open(event.sealed, begun.matter("signed", event.commitment))
                await self._ballots.arrive(event.commitment, raw, event.request)
        except (EnvelopeBroken, PollUnknown) as error:
            # Of another installation, or put there by somebody else: it will never be ours.
            log.warning("signature.not_ours", poll=event.poll, error=type(error).__name__)
