"""One meeting as its screens see it: state, position, counts held back, and the events shown last. No IO.

Entries of the streams go in, frames for all screens come out. A screen that comes back is given exactly the frames
beyond its position while they are remembered here, else a snapshot. All of it can be made again from the streams: a
worker that starts reads them from the beginning.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

import msgspec
import structlog

from services.kit import metrics
from services.live import frame
from services.live.frame import Frame
from services.live.position import SERVICES, START, Position
from services.live.progress import Beat, Pending
from services.live.snapshot import EMPTY, fold, screen_message
from services.wire import BallotsReceived, Progress, Snapshot, StreamEvent

log = structlog.get_logger(__name__)

REMEMBERED = 1_000
OPENINGS = 32
_VOTING = SERVICES.index("voting")
_events: msgspec.json.Decoder[StreamEvent] = msgspec.json.Decoder(StreamEvent)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a stream: which (index into SERVICES), its number, and its message."""

    stream: int
    number: int
    message: bytes


class Chronicle:
    """The fold of a meeting's streams, and the last `remembered` frames of each."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self.shown: Snapshot = EMPTY
        self.position: Position = START
        self._remembered = remembered
        self._beat = Beat()
        self._frames: tuple[deque[tuple[int, Frame]], ...] = tuple(deque() for _ in SERVICES)
        self._forgotten: Position = START
        self._made = 0
        self._openings: dict[Position | None, bytes] = {}

    def take(self, entries: Iterable[Entry], now: float) -> list[Frame]:
        """Fold entries in order; the frames to show at once. `now`: seconds of a monotonic clock."""
        self._openings.clear()
        frames: list[Frame] = []
        for entry in entries:
            frames += self._fold(entry, now)
        return frames + self.due(now)

    def due(self, now: float) -> list[Frame]:
        """Counts held back whose beat has come."""
        return self._counts(self._beat.due(now))

    def wait(self, now: float) -> float | None:
        """Seconds until `due` has something; None if nothing is held back."""
        return self._beat.wait(now)

    def opening(self, at: Position | None) -> bytes:
        """What a screen is shown first, coming from `at`: the events it missed, or a snapshot."""
        # A hall that comes back at once comes back from the same few places: each opening is made once.
        opening = self._openings.get(at)
        if opening is None:
            missed = self._missed(at) if at is not None else None
            opening = self._snapshot() if missed is None else missed
            if len(self._openings) < OPENINGS:
                self._openings[at] = opening
        return opening

    def _fold(self, entry: Entry, now: float) -> list[Frame]:
        at = self.position.moved(entry.stream, entry.number)
        try:
            event = _events.decode(entry.message)
            shown = fold(self.shown, event)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            # It would never be understood, so it is passed over.
            metrics.consume_failures.labels("live").inc()
            log.exception("live.not_understood", stream=SERVICES[entry.stream], entry=entry.number)
            self.position = at
            return []
        if isinstance(event, BallotsReceived):
            self._beat.hold(Pending(event.poll, event.received, entry.number))
            self.shown, self.position = shown, at
            return []
        # A count held back comes before what came after it.
        frames = self._counts(self._beat.flush(now))
        self.shown, self.position = shown, at
        message = screen_message(shown, event)
        if message is None:
            return frames
        name = str(event.__struct_config__.tag)
        made = Frame(entry.stream, entry.number, at, name, frame.json(message))
        self._remember(made)
        return [*frames, made]

    def _counts(self, told: list[Pending]) -> list[Frame]:
        frames = []
        for each in told:
            payload = frame.json(Progress(poll=each.poll, received=each.received))
            at = self.position.moved(_VOTING, each.number)
            made = Frame(_VOTING, each.number, at, "progress", payload, progress=each.poll)
            self._remember(made)
            frames.append(made)
        return frames

    def _remember(self, made: Frame) -> None:
        self._openings.clear()
        self._made += 1
        frames = self._frames[made.stream]
        if made.progress and frames and frames[-1][1].progress == made.progress:
            frames.pop()
        frames.append((self._made, made))
        if len(frames) > self._remembered:
            self._forgotten = self._forgotten.moved(made.stream, frames.popleft()[1].number)

    def _missed(self, at: Position) -> bytes | None:
        """The events beyond `at`, in the order in which others saw them; None if they cannot all be told."""
        if not (at.covers(self._forgotten) and self.position.covers(at)):
            return None
        missed = sorted(
            pair for frames, number in zip(self._frames, at, strict=True) for pair in _beyond(frames, number)
        )
        if len(missed) > self._remembered:
            return None
        told = []
        for _, each in missed:
            at = at.joined(each.at)
            told.append(each.encode(at))
        return b"".join(told)

    def _snapshot(self) -> bytes:
        return frame.encode_message("snapshot", self.shown, self.position)


def _beyond(frames: deque[tuple[int, Frame]], number: int) -> list[tuple[int, Frame]]:
    return list(takewhile(lambda pair: pair[1].number > number, reversed(frames)))
