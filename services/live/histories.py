"""Which history a worker has read of a meeting's streams. No IO.

A stream may be begun anew with other lines: the database was lost, and another goes on that its last lines had not
reached. What was read of the old ones is not the beginning of the new, though the numbers are the same.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.live.position import SERVICES, START, Position

# Screens that come back from farther behind get a snapshot.
REMEMBERED = 4_000
# A stream that is filled again passes where it was read to sooner than this; one that does not has lost lines.
PATIENCE_SECONDS = 6.0


class HistoryChanged(Exception):
    """The streams are not those that were read: all is to be read again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a stream: which (index into SERVICES), its number, and its message; the mark of the line it ends
    with, and number and mark of the entry before it (kit/screen_stream.py)."""

    stream: int
    number: int
    message: bytes
    mark: str = ""
    before: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a stream goes now; the mark of its entry where it was read to, "" if there is none or it has none."""

    top: int
    mark: str


class Histories:
    """Marks of what was read last of each stream."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._read = START
        self._marks: tuple[dict[int, str], ...] = tuple({0: ""} for _ in SERVICES)
        self._tops: tuple[int, ...] = ()
        self._behind_since: float | None = None

    def must_follow(self, entries: Iterable[Entry]) -> None:
        """Take note of entries that were read, in order within each stream. Raises HistoryChanged: they do not follow
        what was read before."""
        for entry in entries:
            marks, last = self._marks[entry.stream], self._read[entry.stream]
            if entry.before is not None and entry.before != (last, marks[last]):
                raise HistoryChanged
            marks[entry.number] = entry.mark
            self._read = self._read.moved(entry.stream, entry.number)
            if len(marks) > self._remembered:
                del marks[next(iter(marks))]

    def must_stand(self, standing: Sequence[Standing], now: float) -> None:
        """Hold what was read against the streams as they are. `now`: seconds of a monotonic clock. Raises
        HistoryChanged."""
        known = [marks[number] for marks, number in zip(self._marks, self._read, strict=True)]
        if any(mark and each.mark not in ("", mark) for each, mark in zip(standing, known, strict=True)):
            raise HistoryChanged
        tops = tuple(each.top for each in standing)
        # Nothing at all is a Redis that lost all: nobody has begun to fill it, and what was read may come again.
        behind = any(tops) and any(top < number for top, number in zip(tops, self._read, strict=True))
        if not behind or tops != self._tops:
            self._behind_since = now if behind else None
        elif self._behind_since is not None and now - self._behind_since >= PATIENCE_SECONDS:
            raise HistoryChanged
        self._tops = tops

    def of(self, at: Position) -> int | None:
        """What names the history up to a position, the same in all workers: 0 if its streams have no marks, None if it
        is not known any more."""
        marks = [known.get(number) for known, number in zip(self._marks, at, strict=True)]
        if None in marks:
            return None
        named = ".".join(mark or "" for mark in marks)
        return (zlib.crc32(named.encode()) or 1) if any(marks) else 0
