"""Whose ballot was received: told once each, kept while the poll is under way."""

import msgspec

from services.live.chronicle import Chronicle
from services.live.histories import Entry
from services.live.position import SERVICES
from services.wire import Event
from tests.unit.live import stories


def _entry(event: Event) -> Entry:
    return Entry(SERVICES.index("voting"), event.index + 1, msgspec.json.encode(event))


def _told(raw: bytes) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for part in raw.decode().split("\n\n")[:-1]:
        name, data = part.split("\n")
        assert name == "event: received.from"
        content = msgspec.json.decode(data.removeprefix("data: "))
        found.append((content["poll"], tuple(content["voters"])))
    return found


def _opened() -> Chronicle:
    chronicle = Chronicle()
    chronicle.take([_entry(stories.announced(0)), _entry(stories.opened(1))], 0.0)
    return chronicle


def test_new_voters_come_with_the_count() -> None:
    """At the beat, all who were held back, once; the event for all others names nobody."""
    chronicle = _opened()
    (first,) = chronicle.take([_entry(stories.received(2, 1, voters=("d1",)))], 1.0)
    assert _told(first.near) == [("p1", ("d1",))]
    assert chronicle.take([_entry(stories.received(3, 2, voters=("d2",)))], 1.1) == []
    assert chronicle.take([_entry(stories.received(4, 3, voters=("d3",)))], 1.2) == []
    (second,) = chronicle.due(1.3)
    assert _told(second.near) == [("p1", ("d2", "d3"))]
    assert b"d2" not in second.encode(second.at)


def test_a_changed_vote_tells_nobody_who_changed_it() -> None:
    """A ballot after the first moves no voter."""
    chronicle = _opened()
    chronicle.take([_entry(stories.received(2, 1, voters=("d1",)))], 1.0)
    (again,) = chronicle.take([_entry(stories.received(3, 1))], 2.0)
    assert again.near == b""


def test_who_joins_is_told_all_of_the_polls_under_way() -> None:
    """Everything so far, also what is still held back; nothing any more once the result is declared."""
    chronicle = _opened()
    assert chronicle.received_from() == b""
    chronicle.take([_entry(stories.received(2, 1, voters=("d1",)))], 1.0)
    chronicle.take([_entry(stories.received(3, 2, voters=("d2",)))], 1.1)
    assert _told(chronicle.received_from()) == [("p1", ("d1", "d2"))]
    chronicle.take([_entry(stories.closed(4))], 1.2)
    assert _told(chronicle.received_from()) == [("p1", ("d1", "d2"))]
    chronicle.take([_entry(stories.declared(5))], 1.3)
    assert chronicle.received_from() == b""
