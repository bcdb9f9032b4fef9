"""A whole question time (NQ 71/2022/QH15 Đ.19 k.2), every figure worked out by hand."""

import pytest

from services.rules.floor import speakers, turn_errors
from services.rules.floor.profiles import FLOOR_PROFILES
from services.rules.floor.replay import replay
from services.wire import EndTurn, FloorTicked, OpenLane, TurnNews
from tests.support.floor_sitting import ITEM, FloorSitting
from tests.support.question_time import MINISTER, question_time

# Who, as what, granted and used (milliseconds), as called; what was dropped is not a turn.
TURNS = [
    ("Ông binh", "question", "speech", 60_000, 55_000),
    ("Ông an", "question", "speech", 60_000, 72_500),
    ("Ông chi", "question", "speech", 60_000, 60_000),
    ("Ông em", "question", "speech", 60_000, 30_001),
    (MINISTER, "question", "answer", 180_000, 170_000),
    (MINISTER, "question", "answer", 240_000, 240_000),
    ("Ông dung", "point_of_order", "speech", 60_000, 20_000),
    ("Ông an", "question_debate", "speech", 120_000, 120_000),
    (MINISTER, "question_debate", "interposed", 60_000, 25_000),
    ("Ông binh", "question_debate", "speech", 120_000, 90_000),
    ("Ông dung", "question_debate", "speech", 120_000, 50_000),
]


@pytest.fixture(scope="module")
def hall() -> FloorSitting:
    """The sitting afterwards."""
    return question_time()


def test_who_spoke_for_how_long(hall: FloorSitting) -> None:
    """Every turn of the item, to the millisecond."""
    turns = hall.floor.turns_of(ITEM)
    assert [(turn.name, turn.lane, turn.role, turn.planned_ms, turn.used_ms) for turn in turns] == TURNS


def test_what_became_of_each_request(hall: FloorSitting) -> None:
    """Nobody is lost."""
    assert {request.id: request.state for request in hall.floor.requests.values()} == {
        "q-binh": "spoken",
        "q-an": "spoken",
        "q-em": "spoken",
        "q-chi": "spoken",
        "q-dung": "withdrawn",
        "p-dung": "spoken",
        "p-chi": "removed",
        "d-dung": "spoken",
        "d-an": "spoken",
        "d-em": "unreached",
        "d-binh": "spoken",
    }
    assert [(written.member, written.item) for written in hall.floor.opinions.values()] == [("em", ITEM)]


def test_nobody_was_called_out_of_turn_unseen(hall: FloorSitting) -> None:
    """Em asked before Binh in the debate and had asked a question too: Binh was called before Em."""
    passed = {turn.request: turn.next_was for turn in hall.floor.turns.values() if not turn.in_turn}
    assert passed == {"d-binh": "d-em"}


def test_what_the_clock_did(hall: FloorSitting) -> None:
    """The list was closed; each turn that came so far was warned 30 s before its limit, and at it."""
    warned = [
        (each.turn.name, each.turn.role, each.turn.warned)
        for line in hall.lines
        if isinstance(line, FloorTicked)
        for each in line.news
        if isinstance(each, TurnNews)
    ]
    assert warned == [
        ("Ông binh", "speech", 1),
        ("Ông an", "speech", 1),
        ("Ông an", "speech", 2),
        ("Ông chi", "speech", 1),
        ("Ông chi", "speech", 2),
        ("Ông em", "speech", 1),
        (MINISTER, "answer", 1),
        (MINISTER, "answer", 1),
        (MINISTER, "answer", 2),
        ("Ông an", "speech", 1),
        ("Ông an", "speech", 2),
        ("Ông binh", "speech", 1),
    ]


def test_it_replays_at_every_line(hall: FloorSitting) -> None:
    """The same floor each time, from the lines alone."""
    for index, floor in enumerate(hall.floors[1:], start=1):
        assert replay(hall.lines[: index + 1], hall.holder_at) == floor


def test_the_asker_debates_first() -> None:
    """Whenever they register; those who have not asked come after, as registered."""
    hall = FloorSitting(FLOOR_PROFILES["quoc-hoi"].lanes)
    for lane in ("question", "question_debate"):
        hall.chair(OpenLane, item=ITEM, lane=lane)
    hall.ask("chi", request="q-chi", lane="question")
    for member in ("an", "binh", "chi"):
        hall.ask(member, request=f"d-{member}", lane="question_debate")
    debate = hall.lane("question_debate")
    assert [request.id for request in speakers.queue(hall.floor, debate)] == ["d-an", "d-binh", "d-chi"]
    hall.chair(EndTurn, turn=hall.call("q-chi", begun=True))
    assert [request.id for request in speakers.queue(hall.floor, debate)] == ["d-chi", "d-an", "d-binh"]
    with pytest.raises(turn_errors.OutOfTurn):
        hall.call("d-an")
    hall.call("d-chi")
