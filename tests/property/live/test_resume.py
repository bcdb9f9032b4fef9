"""However often a screen leaves and comes back, to whichever worker, it is told what one that stayed is told."""

import json
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.live import floor
from services.live.chronicle import Chronicle
from services.live.frame import Frame
from services.live.histories import Entry
from services.live.position import START, Position
from services.wire import FloorNewsShown, FloorShown, TurnEvent
from tests.property.live.journals import Draw, Journals, entry, journals, read_in_some_order
from tests.property.live.listener import events_in, told_of, turns_of


@dataclass
class Worker:
    """One worker: the order in which it reads, and how far it is."""

    waiting: list[Entry]
    chronicle: Chronicle = field(default_factory=Chronicle)
    now: float = 0.0

    def read(self, count: int, seconds: float) -> list[Frame]:
        """Read some more, some time later; but lines of one commit come together, whatever a draw says."""
        if not (self.waiting and self._is_within_a_commit()):
            self.now += seconds
        entries, self.waiting = self.waiting[:count], self.waiting[count:]
        return self.chronicle.take(entries, self.now)

    def _is_within_a_commit(self) -> bool:
        held = [heard.news for heard in self.chronicle._floor.held()]
        return bool(held) and not floor.is_whole(self.chronicle.shown.floor, floor.joined(held))

    def read_up_to(self, at: Position) -> None:
        """What the route does for a screen that has seen more than this worker has."""
        while not self.chronicle.position.covers(at):
            self.read(1, 0.3)


@dataclass
class Listener:
    """A screen: where it is, and what it was told."""

    at: Position = START
    told: list[tuple[str, Any, Position]] = field(default_factory=list)
    turns: list[TurnEvent] = field(default_factory=list)

    def hear(self, raw: bytes) -> None:
        """Read events as a browser does."""
        for name, content, at in told_of(raw):
            assert at.covers(self.at)
            self.at = at
            self.told.append((name, json.loads(content), at))
        self.turns += turns_of(raw)

    def of_turns(self) -> list[TurnEvent]:
        """What happened to turns, as somebody has it who passes over what they know by its id."""
        return list({event.id: event for event in self.turns}.values())

    def of_stream(self, prefix: str) -> list[Any]:
        """What it was told of one service, in order, without counts."""
        return [content for name, content, _ in self.told if name in prefix.split()]

    def last_counts(self) -> dict[str, int]:
        """The last count of each poll."""
        return {content["poll"]: content["received"] for name, content, _ in self.told if name == "progress"}

    def floor(self) -> FloorShown | None:
        """The floor after all that it was told of it."""
        told = [content for name, content, _ in self.told if name == "floor.changed"]
        news = [msgspec.convert(content, FloorNewsShown) for content in told]
        start: FloorShown | None = None
        return reduce(floor.fold, news, start)


BY_STREAM = (
    "meeting.changed agenda.changed roll.frozen presence.changed",
    "poll.changed count.alarm",
    "certificate.issued record.issued",
)


def worker(draw: Draw, meeting: Journals) -> Worker:
    return Worker([entry(stream, event) for stream, event in read_in_some_order(draw, meeting)])


@given(journals, st.data())
def test_told_the_same(meeting: Journals, data: st.DataObject) -> None:
    """Per stream the same events in the same order, each once, and the same last counts."""
    stayed, left = Listener(), Listener()
    first = worker(data.draw, meeting)
    while first.waiting:
        for frame in first.read(data.draw(st.integers(1, 5)), 0.1):
            stayed.hear(frame.encode(frame.at))
    for frame in first.chronicle.due(first.now + 1):
        stayed.hear(frame.encode(frame.at))

    workers = [worker(data.draw, meeting) for _ in range(2)]
    while any(each.waiting for each in workers):
        here = data.draw(st.sampled_from([each for each in workers if each.waiting]))
        here.read_up_to(left.at)
        left.hear(here.chronicle.opening(left.at))
        for _ in range(data.draw(st.integers(0, 4))):
            frames = here.read(data.draw(st.integers(1, 6)), 0.1)
            # The connection may break between any two events of what was written.
            raws = [raw for frame in frames for raw in events_in(frame.encode(frame.at))]
            arrived = data.draw(st.integers(0, len(raws)))
            left.hear(b"".join(raws[:arrived]))
            if arrived < len(raws):
                break
        here.read(1, data.draw(st.sampled_from((0.0, 0.3))))
    here = workers[0]
    here.chronicle.due(here.now + 1)
    left.hear(here.chronicle.opening(left.at))

    for names in BY_STREAM:
        assert left.of_stream(names) == stayed.of_stream(names)
    assert left.last_counts() == stayed.last_counts()
    assert left.floor() == stayed.floor() == first.chronicle.shown.floor
    # Of turns each event at least once, in order, and once to who never left.
    assert left.of_turns() == stayed.of_turns() == stayed.turns
    assert [event.seq for event in stayed.turns] == list(range(1, len(stayed.turns) + 1))
    # What tells nothing moves a position only with what comes after it.
    assert here.chronicle.opening(left.at) == here.chronicle.opening(stayed.at) == b""


@given(journals, st.data())
def test_restarted_worker_tells_the_same(meeting: Journals, data: st.DataObject) -> None:
    """A worker that starts from nothing tells a screen from any position exactly what it missed."""
    before, after = worker(data.draw, meeting), worker(data.draw, meeting)
    listener = Listener()
    for frame in before.read(data.draw(st.integers(0, len(before.waiting))), 1.0):
        listener.hear(frame.encode(frame.at))
    after.read(len(after.waiting), 1.0)
    after.chronicle.due(after.now + 1)
    listener.hear(after.chronicle.opening(listener.at))
    whole = Listener()
    whole.hear(after.chronicle.opening(START))
    for names in BY_STREAM:
        assert listener.of_stream(names) == whole.of_stream(names)
    assert listener.last_counts() == whole.last_counts()
    assert listener.floor() == whole.floor() == after.chronicle.shown.floor
    assert listener.turns == whole.turns
