"""Vectors of the live stream: what a screen is told from its snapshot on, and what it must then know.

Sittings by fixed seeds go through the chronicle of `live` as a worker reads them, a few entries at a time. That the
floor in the end is the one the rules show, and not only what the chronicle folds, is seen to here.
"""

from random import Random
from typing import Any

import msgspec

from services.live.chronicle import Chronicle
from services.live.frame import Frame
from services.live.histories import Entry
from services.live.position import SERVICES
from services.rules.floor import speakers
from services.wire import AgendaChanged, AgendaItem, CountAlarm, Event, PollDeclared
from tests.property.live.floors import KINDS, Step, sitting_of
from tests.property.live.listener import turns_of
from tests.unit.live import stories

SEEDS = 4
STEPS = 120
# What moves a floor most, tried more often than the rest.
_MORE = ("ask", "ask", "call", "start", "end", "answer", "interpose") * 5
_MEETING, _VOTING, _SIGNING, _FLOOR = (
    SERVICES.index(each) for each in ("meeting", "voting", "signing", "floor")
)


def live() -> dict[str, Any]:
    """Streams of sittings, each with the state of which its events are the end."""
    return {
        "about": "events of /live/meetings/{meeting}/events from the snapshot on; shown: a snapshot after them",
        "cases": [_case(seed) for seed in range(SEEDS)],
    }


def _case(seed: int) -> dict[str, Any]:
    rng = Random(seed)
    floor = sitting_of([_step(rng) for _ in range(STEPS)])
    journals: dict[int, list[Event]] = {
        _MEETING: _meeting(rng),
        _VOTING: _voting(rng),
        _SIGNING: [stories.certified(0), stories.sealed(1)],
        _FLOOR: list(floor.events),
    }
    chronicle, told = _told(rng, _mixed(rng, journals))
    assert chronicle.shown.floor == speakers.shown(floor.floor)
    return {
        "name": f"seed {seed}",
        "catches": "splices in another order than told, a turn that stays, a poll or a count of one stream lost to another",
        "events": told,
        "shown": msgspec.to_builtins(chronicle.shown),
    }


def _told(rng: Random, entries: list[Entry]) -> tuple[Chronicle, list[dict[str, Any]]]:
    """What a screen is told that came in the midst of it."""
    chronicle, now = Chronicle(), 0.0
    before = rng.randrange(len(entries) // 2)
    chronicle.take(entries[:before], now)
    opening = msgspec.to_builtins(chronicle.shown)
    told = [{"name": "snapshot", "data": opening}]
    rest = entries[before:]
    while rest:
        now, count = now + rng.choice((0.0, 0.1, 0.3)), rng.randint(1, 3)
        told += _frames(chronicle.take(rest[:count], now))
        rest = rest[count:]
    return chronicle, told + _frames(chronicle.due(now + 2))


def _frames(frames: list[Frame]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for each in frames:
        told += ({"name": turn.type, "data": msgspec.to_builtins(turn)} for turn in turns_of(each.ahead))
        told.append({"name": each.name, "data": msgspec.json.decode(each.payload)})
    return told


def _mixed(rng: Random, journals: dict[int, list[Event]]) -> list[Entry]:
    """In order within each stream, the streams mixed."""
    tickets = [stream for stream, events in journals.items() for _ in events]
    rng.shuffle(tickets)
    waiting = {stream: iter(events) for stream, events in journals.items()}
    events = [(stream, next(waiting[stream])) for stream in tickets]
    return [Entry(stream, event.index + 1, msgspec.json.encode(event)) for stream, event in events]


def _step(rng: Random) -> Step:
    return rng.choice((*KINDS, *_MORE)), rng.randint(0, 1), rng.randint(0, 3), rng.randint(0, 99)


def _meeting(rng: Random) -> list[Event]:
    item = AgendaItem(id="i1", position=1, title="Mục")
    comes = (
        stories.came(3 + at, f"d{rng.randint(0, 5)}", present=rng.random() < 0.7, at=at) for at in range(9)
    )
    agenda = AgendaChanged(index=1, meeting=stories.MEETING, items=(item,))
    return [stories.begun(), agenda, stories.rolled(2, members=7), *comes]


def _voting(rng: Random) -> list[Event]:
    """One poll to its declaration, one whose counts differ, one that is open in the end."""
    events: list[Event] = [stories.announced(at, poll) for at, poll in enumerate(("p1", "p2", "p3"))]
    events += [stories.opened(3, "p1"), stories.received(5, 2, "p1", 4), stories.held(6, "p1")]
    events += [stories.resumed(7, "p1"), stories.received(9, 4, "p1", 8), stories.closed(10, "p1")]
    events += [stories.counted(11, "p1"), stories.opened(12, "p2"), stories.closed(13, "p2")]
    events += [CountAlarm(index=14, meeting=stories.MEETING, poll="p2"), stories.opened(15, "p3", None)]
    declared = PollDeclared(at=30, poll="p1", jws="a.b.c")
    events += [
        stories.line(16, "declared", declared),
        stories.received(18, rng.randint(2, 9), "p3", 17),
    ]
    return events
