"""Names of bodies and members, as the meeting desk tells them: they stand in certificates.

Each name remembers the index of the event that told it, so that events may come again, or late: a stream that was
refilled after a loss changes nothing.
"""

from typing import Protocol

import msgspec

from services.wire import Body, BodyChanged, Member, MemberChanged, StreamEvent

_events: msgspec.json.Decoder[StreamEvent] = msgspec.json.Decoder(StreamEvent)


class Keeps(Protocol):
    """What is needed of a store."""

    async def name_body(self, body: Body, told: int) -> None:
        """Keep a body's name, unless a later event told another."""

    async def name_members(self, body: str, members: tuple[Member, ...], told: int) -> None:
        """Keep members' names, unless a later event told others."""


class NameBook:
    """Takes in the meeting desk's events."""

    def __init__(self, store: Keeps) -> None:
        self._store = store

    async def learn(self, message: bytes) -> None:
        """Take in one event; most are not about names. Raises msgspec.DecodeError for what is no event."""
        match _events.decode(message):
            case BodyChanged() as event:
                await self._store.name_body(event.body, event.index)
            case MemberChanged() as event:
                await self._store.name_members(event.body, event.members, event.index)
            case _:
                pass
