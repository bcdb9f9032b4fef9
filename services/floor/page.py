"""The lines that one transaction adds to a floor's ledger, and the floor as each of them leaves it; no IO."""

from collections.abc import Iterable

import msgspec

from services.floor.locked import Line
from services.rules.floor import ticking
from services.rules.floor.speakers import change, queue
from services.rules.floor.state import Floor, Key, begin, fold
from services.wire import (
    FloorActed,
    FloorBegun,
    FloorEntry,
    FloorTicked,
    FloorVote,
    LaneNews,
    PollState,
    QueueChange,
    RequestNews,
    RollTaken,
    SpeakRequest,
    TurnNews,
)

_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)
_encode = msgspec.json.Encoder().encode

Queue = tuple[SpeakRequest, ...]


class Page:
    """Lines being written after those of `before` (None: these are the first), at `now` (milliseconds)."""

    def __init__(self, before: Floor | None, floor: Floor, now: int) -> None:
        self.before = before
        self.floor = floor
        self.now = now
        self.lines: list[Line] = []
        self.acts: dict[bytes, int] = {}
        self._touched: dict[Key, int] = {}

    @classmethod
    def first(cls, begun: FloorBegun) -> "Page":
        """The first page of a ledger, begun by this line."""
        page = cls(None, begin(begun), begun.at)
        page._add(begun, None, "")
        return page

    @property
    def start(self) -> int:
        """The index of the first line written here."""
        return self.floor.size - len(self.lines)

    def write(self, entry: FloorEntry, act: bytes | None = None, request: str = "") -> None:
        """One more line; `act`: SHA-256 of the signed bytes in it."""
        if act is not None:
            self.acts[act] = self.floor.size
        self.floor = fold(self.floor, entry)
        self._add(entry, act, request)

    def settle(self) -> None:
        """All that the clock had to do by now, each thing at the moment when it was due."""
        while (due := ticking.due(self.floor)) is not None and due <= self.now:
            at = max(due, self.floor.at)
            self.write(FloorTicked(at=at, news=ticking.tick(self.floor, at)))

    def is_due_anew(self) -> bool:
        """Whether the clock has something to do at another time than before the page."""
        due = ticking.due(self.floor)
        return due is not None and (self.before is None or due != ticking.due(self.before))

    def vote(self, poll: str, state: PollState, line: int) -> None:
        """What voting told of a poll, if it changes anything here."""
        news = ticking.voting(self.floor, poll, state, self.now)
        if news:
            self.write(FloorVote(at=self.now, poll=poll, state=state, line=line, news=news))

    def close(self) -> None:
        """Say with the last line that touched a lane how its order has changed since before the page."""
        changes: dict[int, list[QueueChange]] = {}
        for key, at in self._touched.items():
            lane = self.floor.lanes[key]
            if (changed := change(lane, _queue(self.before, key), queue(self.floor, lane))) is not None:
                changes.setdefault(at, []).append(changed)
        for at, several in changes.items():
            self.lines[at] = msgspec.structs.replace(self.lines[at], queues=_encode(several))

    def _add(self, entry: FloorEntry, act: bytes | None, request: str) -> None:
        at = len(self.lines)
        self.lines.append(Line(_encode(entry), act, request, self.floor.revision, self.floor.turn_events))
        self._touched.update(dict.fromkeys(sorted(_touched(self.floor, entry)), at))


def read(floor: Floor | None, lines: Iterable[bytes]) -> Floor | None:
    """The floor after these lines; None if it has not begun. Raises ReplayDiffers if they are no floor's."""
    for entry in map(_entries.decode, lines):
        floor = begin(entry) if floor is None else fold(floor, entry)
    return floor


def _queue(floor: Floor | None, key: Key) -> Queue:
    lane = floor.lanes.get(key) if floor is not None else None
    return queue(floor, lane) if floor is not None and lane is not None else ()


def _touched(floor: Floor, entry: FloorEntry) -> set[Key]:
    """The lanes whose order a line may have changed: a turn counts in every lane of its item, the roll in all."""
    if isinstance(entry, RollTaken):
        return set(floor.lanes)
    keys: set[Key] = set()
    if isinstance(entry, FloorActed | FloorTicked | FloorVote):
        for news in entry.news:
            match news:
                case LaneNews(lane=lane):
                    keys.add((lane.item, lane.lane))
                case RequestNews(request=request):
                    keys.add((request.item, request.lane))
                case TurnNews(turn=turn):
                    keys |= {key for key in floor.lanes if key[0] == turn.item}
                case _:
                    pass
    return keys
