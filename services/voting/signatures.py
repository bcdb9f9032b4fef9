"""What signing tells of ballots that were begun (the work stream `signatures`): each is cast or lapses, once."""

import msgspec
import structlog

from services.kit.envelope import Envelope, EnvelopeBroken
from services.rules import begun
from services.voting.errors import PollUnknown
from services.voting.intents import RemoteBallots
from services.wire import BallotSigned, BallotUnsigned, Unsigned

STREAM = "signatures"

log = structlog.get_logger(__name__)

_told: msgspec.json.Decoder[BallotSigned | BallotUnsigned] = msgspec.json.Decoder(
    BallotSigned | BallotUnsigned
)
_why: msgspec.json.Decoder[Unsigned] = msgspec.json.Decoder(Unsigned)


class Signatures:
    """Takes in what signing tells."""

    def __init__(self, ballots: RemoteBallots, envelope: Envelope) -> None:
        self._ballots = ballots
        self._envelope = envelope

    async def apply(self, message: bytes) -> None:
        """Take in one signature, or that there will be none. Raises DecodeError for what is neither."""
        event = _told.decode(message)
        try:
            if isinstance(event, BallotUnsigned):
                said = self._envelope.open(event.sealed, begun.matter("unsigned", event.commitment))
                await self._ballots.lapse(event.commitment, _why.decode(said))
            else:
                raw = self._envelope.open(event.sealed, begun.matter("signed", event.commitment))
                await self._ballots.arrive(event.commitment, raw, event.request)
        except (EnvelopeBroken, PollUnknown) as error:
            # Of another installation, or put there by somebody else: it will never be ours.
            log.warning("signature.not_ours", poll=event.poll, error=type(error).__name__)
