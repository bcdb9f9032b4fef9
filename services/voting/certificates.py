"""What signing tells of certificates (the work stream `certificates`): each is noted in the ledger, once."""

import msgspec
import structlog

from services.roster.errors import MeetingUnknown
from services.voting.closing import Closing
from services.voting.errors import PollUnknown
from services.wire import CertificateIssued

STREAM = "certificates"

log = structlog.get_logger(__name__)

_issued = msgspec.json.Decoder(CertificateIssued)


class Certificates:
    """Takes in what signing tells."""

    def __init__(self, closing: Closing) -> None:
        self._closing = closing

    async def apply(self, message: bytes) -> None:
        """Note one certificate. Raises DecodeError for what is no certificate.issued."""
        event = _issued.decode(message)
        try:
            await self._closing.certify(
                event.meeting, event.poll, event.certificate, event.sha256, event.request
            )
        except (MeetingUnknown, PollUnknown):
            # Declared here before it was certified: so it is of another installation, and will never be known.
            log.warning("certificate.of_no_poll", meeting=event.meeting, poll=event.poll)
