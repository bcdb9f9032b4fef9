"""The floor on screens: many requests in few frames, the desk's acts at once, the reasons, never the ledger's line."""

from typing import Any

import msgspec
import pytest

from services.live import floor
from services.live.chronicle import Chronicle
from services.live.frame import Frame
from services.live.histories import Entry
from services.live.position import SERVICES
from services.wire import (
    ActShown,
    Ask,
    Call,
    FloorActs,
    FloorChanged,
    FloorNewsShown,
    FloorShown,
    LaneRules,
    OpenLane,
    QueueChange,
    RecordFloor,
    Remove,
    Withdraw,
)
from tests.property.live.floors import MEMBERS, Sitting
from tests.unit.live import stories

FLOOR = SERVICES.index("floor")
ACT: Any = {"meeting": stories.MEETING}


def entry(event: FloorChanged) -> Entry:
    return Entry(FLOOR, event.index + 1, msgspec.json.encode(event))


def opened() -> Sitting:
    """One lane is open, in the order of registration."""
    sitting = Sitting()
    sitting.roll()
    rules = LaneRules(waiting_per_person=1_000)
    seen = sitting.floor.revision
    do(sitting, OpenLane(**ACT, seen=seen, item="i1", lane="speech", rules=rules, reason="Thử"))
    return sitting


def do(sitting: Sitting, act: FloorActs, by: str = "d0") -> Entry:
    """An act on a page of its own, and its entry on the stream."""
    assert sitting.try_act(act, by)
    sitting.commit()
    return entry(sitting.events[-1])


def asked(sitting: Sitting, count: int) -> list[FloorChanged]:
    """So many requests, and their events."""
    before = len(sitting.events)
    for number in range(before, before + count):
        ask = Ask(**ACT, id=f"r{number}", item="i1", lane="speech", note=f"Ý kiến {number}")
        do(sitting, ask, MEMBERS[number % len(MEMBERS)])
    return sitting.events[before:]


def news(frame: Frame) -> FloorNewsShown:
    return msgspec.json.decode(frame.payload, type=FloorNewsShown)


def shown_of(sitting: Sitting) -> Chronicle:
    chronicle = Chronicle()
    chronicle.take([entry(event) for event in sitting.events], 0.0)
    return chronicle


def test_five_hundred_requests_in_a_second() -> None:
    """At most five frames, one at once and one a beat, that together have every request once, in order."""
    sitting = opened()
    chronicle = shown_of(sitting)
    events = asked(sitting, 500)
    frames = []
    for place, event in enumerate(events):
        frames += chronicle.take([entry(event)], 50.0 + place / 500)
    frames += chronicle.due(51.25)
    assert len(frames) <= 6
    told = [request.id for frame in frames for request in news(frame).requests]
    assert told == [request.id for request in sitting.floor.requests.values()]
    # Whoever registers one after the other is one splice for the whole frame.
    assert [len(news(frame).queues) for frame in frames] == [1] * len(frames)


def test_desk_is_told_at_once() -> None:
    """The chair's call waits for no beat and takes with it what was held back; the reason is for all."""
    sitting = opened()
    chronicle = shown_of(sitting)
    first, second = (entry(event) for event in asked(sitting, 2))
    assert len(chronicle.take([first], 10.0)) == 1
    assert chronicle.take([second], 10.01) == []
    reason = "Theo đề nghị của đoàn"
    call = do(sitting, Call(**ACT, seen=sitting.floor.revision, request="r4", reason=reason))
    (called,) = map(news, chronicle.take([call], 10.02))
    assert called.acts == (ActShown(act="call", by="d0", reason=reason),)
    assert [(each.what, each.turn.request) for each in called.turns] == [("called", "r4")]
    assert (called.requests, called.left) == ((), {"r4": "called"})
    assert called.revision == sitting.floor.revision
    assert chronicle.wait(10.03) is None


def test_page_is_told_whole() -> None:
    """Of lines committed together only the last tells the order: nothing is told before it is there."""
    sitting = opened()
    chronicle = shown_of(sitting)
    for number in (1, 2):
        assert sitting.try_act(Ask(**ACT, id=f"r{number}", item="i1", lane="speech"), f"d{number}")
    sitting.commit()
    first, second = (entry(event) for event in sitting.events[-2:])
    assert chronicle.take([first], 10.0) == []
    (frame,) = chronicle.take([second], 10.3)
    assert [request.id for request in news(frame).requests] == ["r1", "r2"]
    assert frame.at.floor == second.number


def test_withdrawn_turn_is_told_at_once() -> None:
    """Who was called and withdraws moves no revision, but a turn: that waits for no beat either."""
    sitting = opened()
    asked(sitting, 1)
    do(sitting, Call(**ACT, seen=sitting.floor.revision, request="r3"))
    chronicle = shown_of(sitting)
    chronicle.due(1.0)
    withdrawn = do(sitting, Withdraw(**ACT, request="r3"), MEMBERS[3 % len(MEMBERS)])
    (frame,) = chronicle.take([withdrawn], 1.0)
    assert [each.what for each in news(frame).turns] == ["dropped"]


def test_act_that_changes_nothing_is_told_by_name() -> None:
    """A record that was asked for is seen by the other console, though the floor stands as before."""
    sitting = opened()
    chronicle = shown_of(sitting)
    recorded = do(sitting, RecordFloor(**ACT, seen=sitting.floor.revision, reason="Hết buổi sáng"))
    (frame,) = chronicle.take([recorded], 1.0)
    act = ActShown(act="record", by="d0", reason="Hết buổi sáng")
    assert news(frame) == FloorNewsShown(revision=sitting.floor.revision, acts=(act,))


def test_gone_requests_are_told_by_id() -> None:
    """Of a request that waits no more nothing is sent but its id: a whole list may end at once."""
    sitting = opened()
    asked(sitting, 3)
    chronicle = shown_of(sitting)
    removed = do(sitting, Remove(**ACT, seen=sitting.floor.revision, request="r4", reason="Vắng"))
    (frame,) = chronicle.take([removed], 1.0)
    assert (news(frame).requests, news(frame).left) == ((), {"r4": "removed"})
    assert news(frame).queues == (QueueChange(item="i1", lane="speech", start=1, removed=1, put=()),)


def test_other_streams_do_not_wait_and_do_not_pull() -> None:
    """An event of another stream is told at once, and what is held back of the floor stays held and untold."""
    sitting = opened()
    chronicle = shown_of(sitting)
    first, second = (entry(event) for event in asked(sitting, 2))
    (frame,) = chronicle.take([first], 10.0)
    chronicle.take([second], 10.1)
    (came,) = chronicle.take([Entry(0, 1, msgspec.json.encode(stories.begun()))], 10.12)
    assert (came.name, came.at.floor) == ("meeting.changed", frame.at.floor)
    assert chronicle.opening(came.at) == b""
    (held,) = chronicle.due(10.3)
    assert held.at == came.at.moved(FLOOR, second.number)


@pytest.mark.parametrize("line", ["{}", '{"kind":"act","at":1,"jws":"x","by":"d0","roles":[],"news":[]}'])
def test_line_of_another_make_is_refused(line: str) -> None:
    """What is no line of a floor's ledger is understood by nobody."""
    with pytest.raises(msgspec.ValidationError):
        floor.told(FloorChanged(index=1, meeting=stories.MEETING, revision=1, line=line))


def test_splice_of_an_unknown_request_is_refused() -> None:
    """A queue is never shown with a hole in it."""
    splice = QueueChange(item="i1", lane="speech", start=0, removed=0, put=("r1",))
    with pytest.raises(msgspec.ValidationError):
        floor.fold(FloorShown(), FloorNewsShown(revision=1, queues=(splice,)))
    shown = shown_of(opened()).shown.floor
    with pytest.raises(msgspec.ValidationError):
        floor.fold(shown, FloorNewsShown(revision=1, queues=(splice,)))
