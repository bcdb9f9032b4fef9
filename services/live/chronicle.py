"""One meeting as its screens see it: state, position, what is held back, and the events shown last. No IO.

Entries of the streams go in, frames for all screens come out. A screen that comes back is given exactly the frames
beyond its position while they are remembered here, else a snapshot. All of it can be made again from the streams: a
worker that starts reads them from the beginning.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby, takewhile

import msgspec
import structlog
from msgspec import structs

from services.kit import metrics
from services.live import floor, frame
from services.live.floor import Heard
from services.live.frame import Frame
from services.live.histories import Entry, Histories
from services.live.position import SERVICES, START, Position, told
from services.live.progress import Beat, Pending
from services.live.snapshot import EMPTY, fold, screen_message
from services.live.voters import Voters
from services.wire import (
    UNREADABLE,
    BallotsReceived,
    FloorChanged,
    FloorNewsShown,
    Message,
    Progress,
    Snapshot,
    StreamEvent,
)

log = structlog.get_logger(__name__)

REMEMBERED = 1_000
OPENINGS = 32
_VOTING = SERVICES.index("voting")
_FLOOR = SERVICES.index("floor")
_events: msgspec.json.Decoder[StreamEvent] = msgspec.json.Decoder(StreamEvent)


class Chronicle:
    """The fold of a meeting's streams, and the last `remembered` frames of each.

    `shown` and `position` are what screens have been told; `read_to` is how far the streams have been read. Between the
    two is what is held back for the next beat.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self.shown: Snapshot = EMPTY
        self.position: Position = START
        self.read_to: Position = START
        self._remembered = remembered
        self.histories = Histories()
        self._received: Beat[Pending] = Beat()
        self._voters = Voters()
        self._floor: Beat[Heard] = Beat()
        self._frames: tuple[deque[tuple[int, Frame]], ...] = tuple(deque() for _ in SERVICES)
        self._forgotten: Position = START
        self._made = 0
        self._openings: dict[tuple[Position | None, int], bytes] = {}

    def take(self, entries: Iterable[Entry], now: float) -> list[Frame]:
        """Fold entries in order; the frames to show at once. `now`: seconds of a monotonic clock. Raises
        HistoryChanged: these do not follow what was read before."""
        self._openings.clear()
        entries = list(entries)
        self.histories.must_follow(entries)
        frames: list[Frame] = []
        for entry in entries:
            frames += self._fold(entry, now)
        return frames + self.due(now)

    def due(self, now: float) -> list[Frame]:
        """What was held back and whose time has come."""
        return self._counts(self._received.due(now)) + self._heard(now)

    def wait(self, now: float) -> float | None:
        """Seconds until `due` has something; None if nothing is held back."""
        waits = (self._received.wait(now), self._floor.wait(now))
        return min((wait for wait in waits if wait is not None), default=None)

    def opening(self, at: Position | None, history: int = 0) -> bytes:
        """What a screen is shown first, coming from `at` in a history: the events it missed, or a snapshot."""
        # A hall that comes back at once comes back from the same few places: each opening is made once.
        opening = self._openings.get((at, history))
        if opening is None:
            # Who was told another history is told all of this one.
            follows = at is not None and self.histories.of(at) == history
            missed = self._missed(at) if at is not None and follows else None
            opening = self._snapshot() if missed is None else missed
            if len(self._openings) < OPENINGS:
                self._openings[at, history] = opening
        return opening

    def named(self, at: Position) -> str:
        """A position as it is told to screens; "" if it is so far behind that its history is not known any more."""
        history = self.histories.of(at)
        return "" if history is None else told(at, history)

    def received_from(self) -> bytes:
        """Who has voted in each poll that is not decided yet, for a near screen that joins."""
        return frame.encode_all("received.from", self._voters.whole())

    def _fold(self, entry: Entry, now: float) -> list[Frame]:
        frames = self._taken(entry, now)
        self.read_to = self.read_to.moved(entry.stream, entry.number)
        if not self._holds(entry.stream):
            self.position = self.position.moved(entry.stream, entry.number)
        return frames

    def _taken(self, entry: Entry, now: float) -> list[Frame]:
        try:
            event = _events.decode(entry.message)
            if isinstance(event, FloorChanged):
                self._hear(Heard(entry.number, floor.told(event), frame.encode_turns(event.turns)))
                return []
            shown = fold(self.shown, event)
        except UNREADABLE:
            # It would never be understood, so it is passed over.
            _tell_misunderstood(entry.stream, entry.number)
            return []
        self.shown = shown
        self._voters.hear(event)
        if isinstance(event, BallotsReceived):
            self._received.hold(event.poll, Pending(event.poll, event.received, event.pending, entry.number))
            return []
        # A count held back comes before what came after it.
        frames = self._counts(self._received.flush(now)) if entry.stream == _VOTING else []
        message = screen_message(shown, event)
        return frames if message is None else [*frames, self._made_of(entry, event, message)]

    def _holds(self, stream: int) -> bool:
        return bool((stream == _VOTING and self._received) or (stream == _FLOOR and self._floor))

    def _made_of(self, entry: Entry, event: StreamEvent, message: Message) -> Frame:
        self.position = self.position.moved(entry.stream, entry.number)
        name = str(event.__struct_config__.tag)
        made = Frame(entry.stream, entry.number, self.position, name, frame.json(message))
        self._remember(made)
        return made

    def _counts(self, told: list[Pending]) -> list[Frame]:
        frames = []
        for each in told:
            payload = frame.json(Progress(poll=each.poll, received=each.received, pending=each.pending))
            self.position = self.position.moved(_VOTING, each.number)
            made = Frame(_VOTING, each.number, self.position, "progress", payload, progress=each.poll)
            self._remember(made)
            frames.append(replace(made, near=frame.encode_all("received.from", self._voters.new(each.poll))))
        if told:
            self._settle(_VOTING)
        return frames

    def _hear(self, heard: Heard) -> None:
        """Hold back what happened on the floor: people's own doing until the beat, all else until this read ends."""
        own = floor.is_own(self._revision(), heard.news)
        if not (own and floor.is_nothing(heard.news)):
            self._floor.hold(heard.number, heard, urgent=not own)

    def _revision(self) -> int | None:
        last, shown = self._floor.last(), self.shown.floor
        if last is not None:
            return last.news.revision
        return None if shown is None else shown.revision

    def _heard(self, now: float) -> list[Frame]:
        """One frame for all that happened on the floor, once its time has come and everybody in it has a place."""
        if not self._floor.is_due(now):
            return []
        news = floor.joined([each.news for each in self._floor.held()])
        if not floor.is_whole(self.shown.floor, news) and self._floor.postpone(now):
            return []
        told = self._floor.flush(now)
        try:
            self.shown = structs.replace(self.shown, floor=floor.fold(self.shown.floor, news))
        except msgspec.ValidationError:
            _tell_misunderstood(_FLOOR, told[-1].number)
            told = []
        # Each is remembered alone: another worker may have told fewer of them at once, or more.
        for each in told:
            self.position = self.position.moved(_FLOOR, each.number)
            self._remember(_of_floor(each.number, self.position, b"", each.turns, each.news))
        self._settle(_FLOOR)
        turns = b"".join(each.turns for each in told)
        number = told[-1].number if told else 0
        return [_of_floor(number, self.position, frame.json(news), turns)] if told else []

    def _settle(self, stream: int) -> None:
        """Nothing of a stream is held back any more: what was read of it and tells nothing is behind us, too."""
        read = max(self.position[stream], self.read_to[stream])
        self.position = self.position.moved(stream, read)

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
        for merges, run in groupby((each for _, each in missed), key=lambda each: each.news is not None):
            frames = list(run)
            for each in [_as_one(frames)] if merges else frames:
                at = at.joined(each.at)
                told.append(each.encode(self.named(at)))
        return b"".join(told)

    def _snapshot(self) -> bytes:
        return frame.encode_message("snapshot", self.shown, self.named(self.position))


def _beyond(frames: deque[tuple[int, Frame]], number: int) -> list[tuple[int, Frame]]:
    return list(takewhile(lambda pair: pair[1].number > number, reversed(frames)))


def _of_floor(
    number: int, at: Position, payload: bytes, ahead: bytes, news: FloorNewsShown | None = None
) -> Frame:
    return Frame(_FLOOR, number, at, "floor.changed", payload, ahead=ahead, news=news)


def _as_one(changes: list[Frame]) -> Frame:
    """What happened on the floor one after the other, in one frame; what happened to turns each for itself."""
    news = floor.joined([each.news for each in changes if each.news is not None])
    ahead = b"".join(each.ahead for each in changes)
    return replace(changes[-1], payload=frame.json(news), news=None, ahead=ahead)


def _tell_misunderstood(stream: int, number: int) -> None:
    metrics.consume_failures.labels("live").inc()
    log.exception("live.not_understood", stream=SERVICES[stream], entry=number)
