"""What is told of turns is one message for webhooks and the live stream, made of the ledger's line and signed."""

import pytest
from msgspec.structs import replace

from services.floor.turn_events import body_of, events_of, signed
from services.refusal import Refused
from services.rules import webhook
from services.rules.floor.state import begin, fold
from services.wire import EndItem, FloorActed, FloorEntry, LaneRules, OpenLane, StartTurn, TurnEvent
from tests.support import fixed_keys
from tests.support.floor_sitting import ITEM, MEETING, FloorSitting

KEY = fixed_keys.ed25519("webhook")
RULES = LaneRules(presence=False, turn_s=60)


@pytest.fixture
def sitting() -> FloorSitting:
    """One speaks, another was called in the other list; the clock warns; the item ends: both turns in one line."""
    sitting = FloorSitting(lanes={"speech": RULES, "debate": RULES})
    for lane in ("speech", "debate"):
        sitting.chair(OpenLane, item=ITEM, lane=lane)
    sitting.ask("an")
    sitting.ask("binh", lane="debate")
    sitting.chair(StartTurn, turn=sitting.call("r-an"))
    sitting.call("r-binh")
    sitting.wait(60_000)
    sitting.chair(EndItem, item=ITEM)
    return sitting


def told(lines: list[FloorEntry]) -> list[list[TurnEvent]]:
    """The events of each line, numbered by how many there have been with it."""
    floor, events = begin(lines[0]), [events_of(MEETING, 0, lines[0], 0)]
    for index, line in enumerate(lines[1:], start=1):
        floor = fold(floor, line)
        events.append(events_of(MEETING, index, line, floor.turn_events))
    return events


def test_events_are_counted_over_the_whole_ledger(sitting: FloorSitting) -> None:
    """One for each thing that happened to a turn, in order, from 1 and without a gap; a line may have two, or none."""
    by_line = told(sitting.lines)
    events = [event for line in by_line for event in line]
    assert [event.type for event in events] == [
        *("turn.called", "turn.started", "turn.called", "turn.warned", "turn.warned"),
        *("turn.ended", "turn.dropped"),
    ]
    assert [event.seq for event in events] == [1, 2, 3, 4, 5, 6, 7]
    assert [len(line) for line in by_line][-1] == 2
    assert len({event.id for event in events}) == 7
    assert [event.index for line in by_line for event in line] == [
        index for index, line in enumerate(by_line) for _ in line
    ]


def test_made_again_it_is_the_same_to_the_last_byte(sitting: FloorSitting) -> None:
    """Whoever makes it, and whenever: the id, the bytes and the signature."""
    for one, other in zip(told(sitting.lines), told(sitting.lines), strict=True):
        assert [signed(event, KEY) for event in one] == [signed(event, KEY) for event in other]


def test_another_line_under_the_same_number_has_another_id(sitting: FloorSitting) -> None:
    """A database that lost its last lines tells others under their numbers: whoever knows the lost ones must not pass
    over them."""
    started = next(line for line in sitting.lines if events_of(MEETING, 7, line, 1))
    assert isinstance(started, FloorActed)
    (one,) = events_of(MEETING, 7, started, 1)
    (other,) = events_of(MEETING, 7, replace(started, at=started.at + 1), 1)
    (again,) = events_of(MEETING, 7, started, 1)
    assert one.id == again.id != other.id
    assert one.id != events_of("another", 7, started, 1)[0].id


def test_signed_as_a_webhook_is(sitting: FloorSitting) -> None:
    """A receiver of webhooks verifies it as it stands, by the time at which it happened; and nothing else."""
    (*_, event, _) = (event for line in told(sitting.lines) for event in line)
    made = signed(event, KEY)
    assert made.body.encode() == body_of(event)
    headers = {
        webhook.ID: made.id,
        webhook.TIMESTAMP: str(made.timestamp),
        webhook.SIGNATURE: made.signature,
    }
    key = KEY.public_key()
    assert webhook.verify(headers, made.body.encode(), key, event.at // 1000) == event.id
    for changed in (headers | {webhook.ID: "msg_x"}, headers | {webhook.TIMESTAMP: str(made.timestamp + 1)}):
        with pytest.raises(Refused):
            webhook.verify(changed, made.body.encode(), key, event.at // 1000)
    with pytest.raises(Refused):
        webhook.verify(
            headers, made.body.encode(), fixed_keys.ed25519("other").public_key(), event.at // 1000
        )
