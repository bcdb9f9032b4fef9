"""Server-sent events read as a browser reads them."""

import msgspec

from services.live.position import Position, parse
from services.wire import TurnEvent


def events_in(raw: bytes) -> list[bytes]:
    """Each event as it came."""
    return [block + b"\n\n" for block in raw.split(b"\n\n")[:-1]]


def told_of(raw: bytes) -> list[tuple[str, bytes, Position]]:
    """Name, data and position of each event that has a position."""
    told = []
    for fields in map(_fields, events_in(raw)):
        if "id" in fields:
            at = parse(fields["id"])
            assert at is not None
            told.append((fields["event"], fields["data"].encode(), at))
        else:
            assert fields["event"].startswith("turn.")
    return told


def turns_of(raw: bytes) -> list[TurnEvent]:
    """What happened to turns."""
    every = (fields for fields in map(_fields, events_in(raw)) if fields["event"].startswith("turn."))
    return [msgspec.json.decode(fields["data"], type=TurnEvent) for fields in every]


def _fields(event: bytes) -> dict[str, str]:
    return dict(text.split(": ", 1) for text in event.decode().rstrip("\n").split("\n"))
