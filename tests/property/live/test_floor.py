"""What screens show of a floor is what the rules say of it, line by line, however it is told."""

from functools import reduce

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.live import floor
from services.live.chronicle import Chronicle
from services.live.histories import Entry
from services.live.position import SERVICES, START, Position
from services.rules.floor import speakers
from services.wire import FloorNewsShown, FloorShown, Snapshot
from tests.property.live.floors import Sitting, sittings
from tests.property.live.listener import told_of

FLOOR = SERVICES.index("floor")


def entries_of(sitting: Sitting) -> list[Entry]:
    return [Entry(FLOOR, event.index + 1, msgspec.json.encode(event)) for event in sitting.events]


@given(sittings)
def test_shown_is_what_the_rules_show(sitting: Sitting) -> None:
    """After each page the snapshot's floor equals that of the folded state."""
    chronicle, read = Chronicle(), 0
    for now, (end, state) in enumerate(sitting.states):
        chronicle.take(entries_of(sitting)[read:end], float(now))
        chronicle.due(now + 0.5)
        read = end
        assert chronicle.shown.floor == speakers.shown(state)


@given(sittings, st.data())
def test_told_together_is_told_one_by_one(sitting: Sitting, data: st.DataObject) -> None:
    """A screen that folds frames, many lines in one or few, shows the same as the worker, and never a line."""
    chronicle = Chronicle()
    here: FloorShown | None = None
    at, now, waiting = START, 0.0, entries_of(sitting)
    while waiting:
        count = data.draw(st.integers(1, 8))
        now += data.draw(st.sampled_from((0.0, 0.1, 0.3)))
        for frame in chronicle.take(waiting[:count], now):
            here = _hear(here, frame.name, frame.payload)
            at = frame.at
        assert here == chronicle.shown.floor
        waiting = waiting[count:]
    for frame in chronicle.due(now + 1):
        here = _hear(here, frame.name, frame.payload)
        at = frame.at
    assert here == speakers.shown(sitting.floor)
    assert chronicle.position == chronicle.read_to == Position(floor=len(sitting.events))
    assert chronicle.position.covers(at)


@given(sittings, st.data())
def test_back_from_anywhere(sitting: Sitting, data: st.DataObject) -> None:
    """Who comes back from any position, of any other worker's frames, is told what it missed and shows the same."""
    one, other = Chronicle(), Chronicle()
    seen = data.draw(st.integers(0, len(sitting.events)))
    one.take(entries_of(sitting)[:seen], 0.0)
    one.due(0.2)
    other.take(entries_of(sitting), 0.0)
    other.due(1.0)
    here = one.shown.floor
    for name, payload, _ in told_of(other.opening(one.position)):
        assert name != "snapshot"
        here = _hear(here, name, payload)
    assert here == other.shown.floor == speakers.shown(sitting.floor)


@given(sittings, st.data())
def test_who_comes_while_something_is_held_back(sitting: Sitting, data: st.DataObject) -> None:
    """A snapshot and the frames after it tell everything once, also what was held back when it was made."""
    chronicle, cut = Chronicle(), data.draw(st.integers(1, len(sitting.events)))
    chronicle.take(entries_of(sitting)[:1], 0.0)
    chronicle.take(entries_of(sitting)[1:cut], 0.1)
    ((_, snapshot, _),) = told_of(chronicle.opening(None))
    here = msgspec.json.decode(snapshot, type=Snapshot).floor
    frames = chronicle.take(entries_of(sitting)[cut:], 0.2) + chronicle.due(9.0)
    here = reduce(lambda shown, frame: _hear(shown, frame.name, frame.payload), frames, here)
    assert here == speakers.shown(sitting.floor)


def _hear(shown: FloorShown | None, name: str, payload: bytes) -> FloorShown:
    assert name == "floor.changed"
    assert b"jws" not in payload
    return floor.fold(shown, msgspec.json.decode(payload, type=FloorNewsShown))
