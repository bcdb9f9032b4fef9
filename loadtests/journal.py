"""What each person of a load run did and was told, line by line as it happens: the verdict is made of it."""

from pathlib import Path
from typing import BinaryIO

import msgspec

from services.wire import Receipt


class Sent(msgspec.Struct, frozen=True, tag="sent"):
    """A ballot (its JWS) leaves the device of `voter` for the first time."""

    poll: str
    voter: str
    seq: int
    ballot: str


class Acknowledged(msgspec.Struct, frozen=True, tag="acknowledged"):
    """Its receipt came, and was proven on the device."""

    voter: str
    seq: int
    receipt: Receipt


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """It was refused: it must not stand in the ledger."""

    poll: str
    voter: str
    seq: int
    code: str


class Declared(msgspec.Struct, frozen=True, tag="declared"):
    """A chair declared the result of a poll, and its certificate came `seconds` after the close."""

    hall: int
    poll: str
    certificate: str
    seconds: float


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """A request to speak was received: its place in the floor's ledger was proven on the device."""

    hall: int
    request: str
    index: int
    entry: str


Event = Sent | Acknowledged | Refused | Declared | Asked
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Journal:
    """A file that only grows; each line is out of the process before what it tells of goes on."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("ab", buffering=0)

    def write(self, event: Event) -> None:
        """One more line."""
        self._file.write(msgspec.json.encode(event) + b"\n")


def read(path: Path) -> list[Event]:
    """All lines of a journal."""
    return [_decoder.decode(line) for line in path.read_bytes().splitlines()]
