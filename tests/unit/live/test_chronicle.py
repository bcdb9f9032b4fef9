"""From entries of streams to frames for screens."""

import msgspec

from services.live.chronicle import Chronicle
from services.live.histories import Entry
from services.live.position import SERVICES, START, Position
from services.wire import Event
from tests.unit.live import stories


def entry(service: str, event: Event) -> Entry:
    return Entry(SERVICES.index(service), event.index + 1, msgspec.json.encode(event))


def names(opening: bytes) -> list[str]:
    return [
        line.removeprefix("event: ") for line in opening.decode().split("\n") if line.startswith("event: ")
    ]


def opened(remembered: int = 1_000) -> Chronicle:
    chronicle = Chronicle(remembered)
    chronicle.take(
        [
            entry("meeting", stories.begun()),
            entry("voting", stories.announced(0)),
            entry("voting", stories.opened(1)),
        ],
        0.0,
    )
    return chronicle


def test_count_held_back_comes_before_what_follows() -> None:
    """A count that waits for its beat is told before the event after it, with the position it covers."""
    chronicle = opened()
    assert [each.name for each in chronicle.take([entry("voting", stories.received(2, 1))], 1.0)] == [
        "progress"
    ]
    assert chronicle.take([entry("voting", stories.received(3, 2))], 1.1) == []
    frames = chronicle.take([entry("voting", stories.closed(4))], 1.2)
    assert [(each.name, each.at.voting) for each in frames] == [("progress", 4), ("poll.changed", 5)]


def test_count_held_back_is_told_at_the_beat() -> None:
    """The last count is told although nothing follows."""
    chronicle = opened()
    chronicle.take([entry("voting", stories.received(2, 1))], 1.0)
    chronicle.take([entry("voting", stories.received(9, 8, first=3))], 1.1)
    assert chronicle.due(1.2) == []
    (frame,) = chronicle.due(1.3)
    assert (frame.payload, frame.at) == (b'{"poll":"p1","received":8,"pending":0}', Position(1, 10, 0))


def test_what_is_not_understood_is_passed_over() -> None:
    """Garbage, an unknown type and a strayed ballot are shown to nobody, and the rest goes on."""
    chronicle = opened()
    frames = chronicle.take(
        [
            Entry(1, 3, b"not json"),
            Entry(1, 4, b'{"type":"of.tomorrow"}'),
            Entry(1, 5, b"\xff\xfe"),
            entry("voting", stories.smuggled_ballot(5)),
            entry("voting", stories.closed(6)),
        ],
        1.0,
    )
    assert [each.name for each in frames] == ["poll.changed"]
    assert chronicle.position == Position(1, 7, 0)
    assert b"SECRET" not in chronicle.opening(None) + chronicle.opening(START)


def test_opening_is_what_was_missed() -> None:
    """Coming back tells exactly what came after the position."""
    chronicle = opened()
    assert names(chronicle.opening(None)) == ["snapshot"]
    assert names(chronicle.opening(Position(1, 1, 0))) == ["poll.changed"]
    assert chronicle.opening(Position(1, 2, 0)) == b""
    assert names(chronicle.opening(START)) == ["meeting.changed", "poll.changed", "poll.changed"]


def test_position_ahead_gets_a_snapshot() -> None:
    """Whoever has seen more than the streams hold is shown what there is, and nothing is skipped later."""
    assert names(opened().opening(Position(1, 99, 0))) == ["snapshot"]


def test_too_much_missed_gets_a_snapshot() -> None:
    """Beyond what is remembered, a snapshot takes the place of the events; within it, all of them are told."""
    chronicle = opened(remembered=10)
    chronicle.take([entry("meeting", stories.came(index, f"d{index}")) for index in range(1, 16)], 1.0)
    assert names(chronicle.opening(Position(5, 2, 0))) == ["snapshot"]
    assert names(chronicle.opening(Position(6, 2, 0))) == ["presence.changed"] * 10
    # Ten and two of another stream are more than ten.
    assert names(chronicle.opening(Position(6, 0, 0))) == ["snapshot"]


def test_counts_do_not_push_events_out_of_memory() -> None:
    """A newer count takes the place of the one before it."""
    chronicle = opened(remembered=10)
    for index in range(2, 200):
        chronicle.take([entry("voting", stories.received(index, index))], float(index))
    assert names(chronicle.opening(START)) == ["meeting.changed", "poll.changed", "poll.changed", "progress"]


def test_opening_is_made_once() -> None:
    """A hall that comes back at once is served the same bytes, until something changes."""
    chronicle = opened()
    first = chronicle.opening(None)
    assert chronicle.opening(None) is first
    chronicle.take([entry("meeting", stories.came(1, "d1"))], 1.0)
    assert chronicle.opening(None) != first
