"""The turn log: planned, used and over, of turns, persons, groups and items; what the desk overrode, and why."""

import pytest

from services.rules.floor.errors import ReplayDiffers
from services.rules.floor.turn_log import log_of
from services.wire import (
    Ask,
    CallAnswer,
    Defer,
    EndItem,
    EndTurn,
    ExtendTurn,
    Interpose,
    LaneRules,
    OpenLane,
    PauseTurn,
    Remove,
    ResumeTurn,
    StartTurn,
)
from tests.support.floor_record import RecordedSitting, play
from tests.support.floor_sitting import CHAIR, ITEM, MEETING, SECRETARY, TITLE, FloorSitting

RULES = LaneRules(turn_s=60, answer_s=120, interposed_s=30, warn_s=10, presence=False, guests=True)


def opened(**changed: object) -> FloorSitting:
    """A lane under these rules, and who wants to speak in it."""
    sitting = FloorSitting(lanes={"speech": RULES, "question": RULES})
    for lane in ("speech", "question"):
        sitting.chair(OpenLane, item=ITEM, lane=lane)
    return sitting


def spoken(sitting: FloorSitting, member: str, milliseconds: int) -> str:
    """A whole turn of so long."""
    sitting.ask(member, request=f"r-{member}-{len(sitting.lines)}")
    turn = sitting.call(f"r-{member}-{len(sitting.lines) - 1}", begun=True)
    sitting.wait(milliseconds)
    sitting.chair(EndTurn, turn=turn)
    return turn


def test_a_turn_tells_what_was_granted_used_and_over() -> None:
    """To the millisecond, pauses left out; more time given counts as granted."""
    sitting = opened()
    sitting.ask("an")
    turn = sitting.call("r-an", begun=True)
    sitting.wait(20_001)
    sitting.chair(PauseTurn, turn=turn)
    sitting.wait(600_000)
    sitting.chair(ResumeTurn, turn=turn)
    sitting.chair(ExtendTurn, turn=turn, seconds=30, reason="Số liệu mới")
    sitting.wait(80_041)
    sitting.chair(EndTurn, turn=turn)
    log = log_of(sitting.lines)
    (only,) = log.turns
    assert (only.turn.planned_ms, only.turn.extended_ms, only.used_ms, only.over_ms) == (
        90_000,
        30_000,
        100_042,
        10_042,
    )
    assert (only.title, only.by) == ("Dự án Luật Thử nghiệm", CHAIR)
    (person,) = log.persons
    assert (person.id, person.turns, person.planned_ms, person.used_ms, person.over_ms) == (
        "an",
        1,
        90_000,
        100_042,
        10_042,
    )


def test_a_turn_under_way_counts_up_to_the_last_line() -> None:
    """What is over is over what is told as used, also while the clock runs."""
    sitting = opened()
    sitting.ask("an")
    turn = sitting.call("r-an", begun=True)
    sitting.wait(75_500)
    sitting.ask("binh")
    log = log_of(sitting.lines)
    (only,) = log.turns
    assert (only.turn.id, only.turn.state, only.used_ms, only.over_ms) == (turn, "running", 75_500, 15_500)
    assert log.persons[0].used_ms == log.items[0].used_ms == 75_500
    assert (log.until, log.at) == (len(sitting.lines), sitting.now)


def test_sums_are_by_person_group_and_item() -> None:
    """Two turns of one person are one line; a group has all its people; the parts add up to the item."""
    sitting = opened()
    for member, milliseconds in (("an", 10_000), ("chi", 61_001), ("binh", 30_000), ("an", 70_000)):
        spoken(sitting, member, milliseconds)
    log = log_of(sitting.lines)
    assert [(each.id, each.turns, each.used_ms, each.over_ms) for each in log.persons] == [
        ("an", 2, 80_000, 10_000),
        ("chi", 1, 61_001, 1_001),
        ("binh", 1, 30_000, 0),
    ]
    assert [(each.name, each.turns, each.used_ms) for each in log.groups] == [
        ("A", 3, 110_000),
        ("B", 1, 61_001),
    ]
    (item,) = log.items
    assert (item.id, item.turns, item.planned_ms, item.used_ms, item.over_ms) == (
        ITEM,
        4,
        240_000,
        171_001,
        11_001,
    )


def test_a_second_roll_with_another_name_makes_nobody_two_people() -> None:
    """A member is known by their id, a guest by name."""
    sitting = opened()
    spoken(sitting, "an", 1_000)
    sitting.take_roll({"an": "Z"}, revision=2)
    spoken(sitting, "an", 2_000)
    for name in ("Bà Hòa", "Ông Bình", "Bà Hòa"):
        request = f"khach-{len(sitting.lines)}"
        sitting.act(
            SECRETARY, Ask(meeting=MEETING, id=request, item=ITEM, lane="speech", guest=name), present=None
        )
        sitting.chair(EndTurn, turn=sitting.call(request, begun=True))
    log = log_of(sitting.lines)
    assert [(each.id, each.name, each.turns) for each in log.persons] == [
        ("an", "Ông an", 2),
        ("", "Bà Hòa", 2),
        ("", "Ông Bình", 1),
    ]
    assert [(each.name, each.turns) for each in log.groups] == [("A", 1), ("Z", 1), ("", 3)]


def test_answers_and_interposed_questions_are_turns_of_their_own() -> None:
    """Called or let in by the chair, with who did it."""
    sitting = opened()
    sitting.ask("an", lane="question")
    asked = sitting.call("r-an", begun=True)
    sitting.wait(5_000)
    sitting.chair(Interpose, by=SECRETARY, turn=asked, name="Bà Hòa")
    interposed = sitting.turn().id
    if sitting.turn().state == "called":
        sitting.chair(StartTurn, turn=interposed)
    sitting.wait(3_000)
    sitting.chair(EndTurn, turn=interposed)
    sitting.chair(EndTurn, turn=asked)
    sitting.chair(CallAnswer, by=SECRETARY, turn=asked, name="Bộ trưởng")
    answer = sitting.turn().id
    sitting.chair(StartTurn, by=CHAIR, turn=answer)
    sitting.wait(7_000)
    sitting.chair(EndTurn, turn=answer)
    log = log_of(sitting.lines)
    told = {each.turn.id: (each.turn.role, each.used_ms, each.by) for each in log.turns}
    assert told[asked] == ("speech", 5_000, CHAIR)
    assert told[interposed] == ("interposed", 3_000, SECRETARY)
    assert told[answer] == ("answer", 7_000, SECRETARY)


def test_who_was_called_out_of_turn_by_whom_and_why() -> None:
    """The line, the actor, the reason, and who was next."""
    log = log_of(play(RecordedSitting()).lines)
    opened_by, out_of_turn, extended = log.overrides
    assert (out_of_turn.act, out_of_turn.by, out_of_turn.reason) == (
        "call",
        CHAIR,
        "Đại biểu phải đi công tác",
    )
    assert (out_of_turn.about, out_of_turn.passed_over) == ("Lê Thị Hồng Gấm", "Trần Văn Ơn")
    assert (extended.act, extended.seconds, extended.about) == ("extend", 30, "Lê Thị Hồng Gấm")
    assert (opened_by.act, opened_by.item, opened_by.lane, opened_by.about) == (
        "lane.open",
        ITEM,
        "speech",
        "",
    )
    assert [each.turn.in_turn for each in log.turns] == [True, False, True]


def test_a_call_in_turn_with_a_reason_passes_over_nobody() -> None:
    """It is told with its reason, and not as out of turn."""
    sitting = opened()
    sitting.ask("an")
    sitting.call("r-an", reason="Theo danh sách")
    (only,) = log_of(sitting.lines).overrides
    assert (only.act, only.passed_over, only.about) == ("call", "", "Ông an")


def test_each_act_with_a_reason_names_whom_it_was_about() -> None:
    """Deferred, removed: by the name on the request as it was."""
    sitting = opened()
    for member in ("an", "binh", "chi"):
        sitting.ask(member)
    sitting.chair(Defer, request="r-an", reason="Vắng mặt")
    sitting.chair(Remove, by=SECRETARY, request="r-binh", reason="Đăng ký nhầm")
    said = [(each.act, each.by, each.about, each.reason) for each in log_of(sitting.lines).overrides]
    assert said == [
        ("defer", CHAIR, "Ông an", "Vắng mặt"),
        ("remove", SECRETARY, "Ông binh", "Đăng ký nhầm"),
    ]


def test_who_was_not_reached_and_what_they_wrote() -> None:
    """Those invited, whether they wrote or not."""
    sitting = play(RecordedSitting())
    log = log_of(sitting.lines)
    assert [each.member for each in log.unreached] == ["dung"]
    assert [(each.member, each.text) for each in log.opinions] == [
        ("dung", "Đồng ý.\nĐề nghị nêu rõ nguồn vốn.")
    ]


def test_who_was_called_and_never_began_has_no_turn() -> None:
    """A turn that was dropped before it began took no time and stands in no list."""
    sitting = opened()
    sitting.ask("an")
    sitting.call("r-an")
    sitting.chair(EndItem, item=ITEM)
    log = log_of(sitting.lines)
    assert [*log.turns, *log.persons, *log.groups] == []
    assert [(each.id, each.name, each.turns, each.used_ms) for each in log.items] == [(ITEM, TITLE, 0, 0)]


def test_items_in_which_nobody_spoke_come_after_the_others() -> None:
    """Who was not reached there, and who wrote, is listed with the item's title."""
    sitting = opened()
    for item in ("item-0", "item-9"):
        sitting.act(CHAIR, sitting.desk_act(OpenLane, item=item, lane="speech"), title=f"Nội dung {item}")
    sitting.ask("an")
    sitting.call("r-an", begun=True)
    log = log_of(sitting.lines)
    assert [(each.id, each.name, each.turns) for each in log.items] == [
        (ITEM, TITLE, 1),
        ("item-0", "Nội dung item-0", 0),
        ("item-9", "Nội dung item-9", 0),
    ]


def test_a_turn_without_a_limit_is_never_over() -> None:
    """It counts as used, and nothing as granted."""
    sitting = FloorSitting(lanes={"speech": LaneRules(presence=False)})
    sitting.chair(OpenLane, item=ITEM, lane="speech")
    spoken(sitting, "an", 5_000_000)
    (only,) = log_of(sitting.lines).persons
    assert (only.planned_ms, only.used_ms, only.over_ms) == (0, 5_000_000, 0)


@pytest.mark.parametrize("lines", [slice(0, 0), slice(1, None)])
def test_lines_that_are_no_floor_are_refused(lines: slice) -> None:
    """No beginning, no log."""
    with pytest.raises(ReplayDiffers):
        log_of(opened().lines[lines])
