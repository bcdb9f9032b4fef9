"""While a vote is open the floor knows it: it follows what voting tells of its polls.

A message may come twice, late, or again from the beginning: of each poll the latest line of voting's ledger counts.
"""

import msgspec

from services.floor.ledger import Ledger
from services.kit.consumer import Early
from services.roster.errors import MeetingUnknown
from services.wire import PollChanged

STREAM = "polls"

_events = msgspec.json.Decoder(PollChanged)


class Votes:
    """Writes into the floor's ledger that polls open and close; before it has begun, keeps that in mind."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def apply(self, message: bytes) -> None:
        """Apply one message, once. Raises Early if the meeting is not known yet, DecodeError for no event."""
        event = _events.decode(message)
        try:
            async with self._ledger.opened(event.meeting) as opened:
                is_news = await opened.locked.note_vote(event.poll, event.state, event.index)
                if is_news and opened.page is not None:
                    opened.page.vote(event.poll, event.state, event.index)
        except MeetingUnknown as error:
            raise Early from error
