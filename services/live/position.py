"""Where a screen is: one number per stream of a meeting, written `m12.v4711.s3.f40` as the `id:` of an event, and
behind them, as `.h0badcafe`, which history of the streams it was told (the chronicle's to say).

Each number is the n of the stream's entry id `0-<n>` (kit/stream.py) that was shown last; 0 is the place before all.
The letters are those of the publishing services, always all of them and in this order. Entry ids come from journals
and ledgers, so a position means the same to every worker, after every restart, and to a Redis that was refilled.
A new stream gets a new letter at the end; positions of before are then malformed, and their screens get a snapshot.
"""

import re
from typing import NamedTuple

LONGEST = 80
_NUMBER = r"(0|[1-9][0-9]{0,14})"
_TEXT = re.compile(
    rf"m{_NUMBER}\.v{_NUMBER}\.s{_NUMBER}\.f{_NUMBER}(?:\.h(?P<history>[0-9a-f]{{8}}))?", re.ASCII
)


class Position(NamedTuple):
    """The last entry shown of each stream; the field names are the services that publish them."""

    meeting: int = 0
    voting: int = 0
    signing: int = 0
    floor: int = 0

    def __str__(self) -> str:
        """As in `id:`."""
        return f"m{self.meeting}.v{self.voting}.s{self.signing}.f{self.floor}"

    def moved(self, stream: int, number: int) -> "Position":
        """This position with one stream moved to `number`; `stream` is an index into SERVICES."""
        numbers = list(self)
        numbers[stream] = number
        return Position(*numbers)

    def joined(self, other: "Position") -> "Position":
        """The least position that covers both."""
        return Position(*map(max, self, other))

    def covers(self, other: "Position") -> bool:
        """Whether everything up to `other` has been shown here."""
        return all(mine >= theirs for mine, theirs in zip(self, other, strict=True))


SERVICES = Position._fields
START = Position()


def parse(text: str | None) -> Position | None:
    """The position in a Last-Event-ID; None for none and for anything but the one way to write it."""
    match = _match(text)
    return Position(*map(int, match.groups()[: len(SERVICES)])) if match else None


def history_in(text: str | None) -> int:
    """The history in a Last-Event-ID; 0: none, or no position."""
    match = _match(text)
    return int(match["history"] or "0", 16) if match else 0


def _match(text: str | None) -> re.Match[str] | None:
    return _TEXT.fullmatch(text) if text is not None and len(text) <= LONGEST else None


def told(at: Position, history: int) -> str:
    """As in `id:`, with a history (32 bits); 0: none is known."""
    return f"{at}.h{history:08x}" if history else str(at)
