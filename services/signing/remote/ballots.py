"""Ballots that voting wants signed (the work stream `intents`), and what becomes of them (`signatures`).

Words and signatures travel sealed: a stream tells nobody how somebody votes. The number that a service is given is made
here and is told to nobody else: in the ledger stands a commitment, and who has that cannot ask the service with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import structlog

from services.kit import ids, journal
from services.kit.clock import Clock
from services.kit.database import Connection
from services.kit.envelope import Envelope, EnvelopeBroken
from services.rules import begun
from services.rules.jws import b64_encode
from services.signing.remote.round_store import RoundStore, Tell
from services.signing.remote.settings import ServiceSettings
from services.signing.remote.wanted import Outcome, Wanted
from services.wire import BallotSigned, BallotsUnwanted, BallotToSign, BallotUnsigned, BallotWanted, Unsigned

STREAM = "intents"
# What a body may not use, it has no account at.
NOWHERE = ""

log = structlog.get_logger(__name__)

_asked: msgspec.json.Decoder[BallotWanted | BallotsUnwanted] = msgspec.json.Decoder(
    BallotWanted | BallotsUnwanted
)
_commitments = msgspec.json.Decoder(list[str])
_words = msgspec.json.Decoder(BallotToSign)
_WHY: dict[Outcome, Unsigned] = {
    # Told to nobody: voting has said so itself.
    "withdrawn": "failed",
    "declined": "declined",
    "expired": "expired",
    "failed": "failed",
}


class About(msgspec.Struct, frozen=True):
    """What a ballot's signature is for."""

    meeting: str
    poll: str
    commitment: str


_abouts = msgspec.json.Decoder(About)


@dataclass(frozen=True, slots=True)
class RemoteBallots:
    """Takes in what voting wants, and tells it what came of it."""

    store: RoundStore
    services: Mapping[str, ServiceSettings]
    envelope: Envelope
    clock: Clock

    async def apply(self, message: bytes) -> None:
        """Keep that a ballot is wanted, or is no more; again is no change. Raises DecodeError for what is neither."""
        asked = _asked.decode(message)
        if isinstance(asked, BallotsUnwanted):
            await self._drop(asked)
        else:
            await self._want(asked)

    async def _drop(self, asked: BallotsUnwanted) -> None:
        try:
            commitments = _commitments.decode(
                self.envelope.open(asked.sealed, begun.matter("unwanted", asked.poll))
            )
        except EnvelopeBroken:
            log.warning("ballots.not_ours", poll=asked.poll)
            return
        about = msgspec.json.encode(About(asked.meeting, asked.poll, ""))
        # All of a poll begin alike, and differ in their commitments.
        await self.store.drop(commitments, about.removesuffix(b'"}'), self.clock())

    async def _want(self, asked: BallotWanted) -> None:
        try:
            words = _words.decode(self.envelope.open(asked.sealed, begun.wanted(asked)))
        except EnvelopeBroken:
            # Of another installation, or put there by somebody else: it will never be ours.
            log.warning("ballot.not_ours", poll=asked.poll)
            return
        settings, now = self.services.get(asked.provider), self.clock()
        allowed = settings is not None and asked.body in settings.bodies
        about = About(asked.meeting, asked.poll, asked.commitment)
        await self.store.want(
            Wanted(
                id=ids.new_id("pl-"),
                matter=asked.commitment,
                provider=asked.provider if allowed else NOWHERE,
                thumbprint=asked.thumbprint,
                signing_input=words.input.encode(),
                title=words.title,
                label=words.label,
                about=msgspec.json.encode(about),
                wanted_at=now,
                expires_at=now + (settings.patience_s if settings is not None else 0) * 1000,
            )
        )

    def told(self, wanted: Wanted, outcome: Outcome, signature: bytes) -> Tell:
        """Tell voting, in the transaction in which it ended; of what is no ballot nobody is told."""
        if not wanted.about:
            return _nobody
        about = _abouts.decode(wanted.about)

        def built(index: int) -> BallotSigned | BallotUnsigned:
            meeting, poll, commitment = about.meeting, about.poll, about.commitment
            if outcome != "signed":
                why = msgspec.json.encode(_WHY[outcome])
                said = self.envelope.seal(why, begun.matter("unsigned", commitment))
                return BallotUnsigned(
                    index=index, meeting=meeting, poll=poll, commitment=commitment, sealed=said
                )
            ballot = wanted.signing_input + b"." + b64_encode(signature)
            sealed = self.envelope.seal(ballot, begun.matter("signed", commitment))
            return BallotSigned(index=index, meeting=meeting, poll=poll, commitment=commitment, sealed=sealed)

        async def tell(connection: Connection) -> None:
            await journal.append(connection, about.meeting, built)

        return tell


async def _nobody(_: Connection) -> None:
    return


def meeting_of(wanted: Wanted) -> str:
    """Whose journal tells of it; empty of what is no ballot."""
    return _abouts.decode(wanted.about).meeting if wanted.about else ""
