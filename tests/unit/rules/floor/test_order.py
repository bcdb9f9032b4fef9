"""Each order of speakers on a list that one can follow with a finger."""

from collections.abc import Sequence

import pytest

from services.rules.floor.order import order_of, used_up
from services.wire import Lane, SpeakRequest, Stance, Turn
from tests.unit.rules.floor.speakers import lane, request, turn

SEX = {"an": "nữ", "chi": "nữ", "em": "nữ", "binh": "nam", "dung": "nam"}


def ordered(
    where: Lane,
    waiting: Sequence[SpeakRequest],
    *,
    ahead: Sequence[SpeakRequest] = (),
    past: Sequence[Turn] = (),
) -> str:
    """Who comes, by name, next first."""
    line = order_of(where, waiting, ahead, past, lambda member, group: SEX.get(member, ""), 0)
    return " ".join(each.member for each in line)


def sides(*stances: Stance) -> list[SpeakRequest]:
    """One request for each stance, named f1, a2, o3 …, in this order of registration."""
    return [
        request(number, f"{stance[0]}{number}", stance=stance)
        for number, stance in enumerate(stances, start=1)
    ]


@pytest.mark.parametrize("order", ["registration", "manual"])
def test_who_registers_first_comes_first(order: str) -> None:
    """Registration decides, not the order in which requests are handed in, nor what was."""
    waiting = [request(7, "chi"), request(3, "an"), request(5, "binh")]
    assert ordered(lane(order=order), waiting, past=[turn("an")] * 3) == "an binh chi"


def test_for_and_against_take_turns() -> None:
    """From who registered first; when one side is through the other goes on."""
    waiting = sides("for", "for", "for", "against", "against", "for", "for")
    assert ordered(lane(order="alternating"), waiting) == "f1 a4 f2 a5 f3 f6 f7"


@pytest.mark.parametrize(
    ("past", "ahead", "line"),
    [
        ([], [], "f1 a2 f3"),
        (["for"], [], "a2 f1 f3"),
        (["for", "other"], [], "a2 f1 f3"),
        (["for", "against"], [], "f1 a2 f3"),
        (["against"], ["for"], "a2 f1 f3"),
        (["for"], ["against", "other"], "f1 a2 f3"),
    ],
)
def test_the_side_that_spoke_last_waits(past: list[Stance], ahead: list[Stance], line: str) -> None:
    """The last for or against counts, whether it has spoken or was put ahead by hand."""
    spoken = [turn("x", stance=stance) for stance in past]
    hand = [request(90 + at, "y", stance=stance) for at, stance in enumerate(ahead)]
    order = lane(order="alternating")
    assert ordered(order, sides("for", "against", "for"), past=spoken, ahead=hand) == line


def test_who_is_on_no_side_takes_the_place_they_registered_for() -> None:
    """Others come when theirs is the earliest registration left, and change no side's turn."""
    waiting = sides("for", "other", "for", "against", "other", "against")
    assert ordered(lane(order="alternating"), waiting) == "f1 o2 a4 f3 o5 a6"


def test_groups_come_round_one_after_another() -> None:
    """Each group in its turn, within a group as registered; who has no group is a group too."""
    waiting = [
        request(1, "a1", "A"),
        request(2, "a2", "A"),
        request(3, "a3", "A"),
        request(4, "b4", "B"),
        request(5, "g5"),
        request(6, "g6"),
    ]
    assert ordered(lane(order="groups"), waiting) == "a1 b4 g5 a2 g6 a3"
    assert ordered(lane(order="groups"), waiting, past=[turn("x", group="A")]) == "b4 g5 a1 g6 a2 a3"
    assert ordered(lane(order="groups"), waiting, ahead=[request(9, "b9", "B")]) == "a1 g5 a2 b4 g6 a3"


def test_a_group_with_two_shares_speaks_twice_a_round() -> None:
    """Shares weigh: two turns of A for one of B and one of C."""
    waiting = [request(number, f"a{number}", "A") for number in (1, 2, 3, 4)]
    waiting += [request(5, "b5", "B"), request(6, "b6", "B"), request(7, "c7", "C"), request(8, "c8", "C")]
    assert ordered(lane(order="groups", shares={"A": 2}), waiting) == "a1 b5 c7 a2 a3 b6 c8 a4"
    assert ordered(lane(order="groups", shares={"A": 3, "B": 2}), waiting) == "a1 b5 c7 a2 b6 a3 a4 c8"


def test_a_group_that_has_used_up_its_time_comes_last() -> None:
    """What was used counts, and what a turn under way was granted; not an answer, not another lane."""
    waiting = [request(1, "a1", "A"), request(2, "a2", "A"), request(3, "b3", "B"), request(4, "c4", "C")]
    where = lane(order="groups", shares={"A": 9}, group_s={"A": 10, "B": 10, "C": 10})
    assert ordered(where, waiting, past=[turn("x", group="A"), turn("x", group="B")]) == "c4 a1 a2 b3"
    past = [
        turn("x", group="A", used_ms=4_000, planned_ms=60_000),
        turn("x", group="A", used_ms=500, planned_ms=6_000, state="paused"),
        turn("x", group="B", used_ms=9_999, planned_ms=60_000),
        turn("x", group="C", used_ms=60_000, role="answer"),
        turn("x", group="C", used_ms=60_000, role="interposed"),
        turn("x", group="C", used_ms=60_000, lane="debate"),
    ]
    assert ordered(where, waiting, past=past) == "c4 b3 a1 a2"


def test_used_up_to_the_millisecond() -> None:
    """A budget is used up at its last millisecond; a turn under way counts with the more of granted and used so far."""
    limits = {"A": 10, "B": 10, "C": 10, "D": 10, "F": 10, "G": 10, "H": 10}
    spoken = [
        turn("x", group="A", used_ms=9_999, planned_ms=99_000),
        turn("x", group="B", used_ms=10_000, planned_ms=1_000),
        turn("x", group="C", used_ms=10_000, planned_ms=1_000, state="running"),
        turn("x", group="D", used_ms=9_999, state="running"),
        turn("x", group="E", used_ms=99_000),
        turn("x", group="F", used_ms=1, planned_ms=10_000, state="called"),
        turn("x", group="G", used_ms=4_000, planned_ms=5_000, state="running", running_since=1_000),
        turn("x", group="H", used_ms=4_000, state="running", running_since=1_001),
    ]
    for now, gone in (
        (6_999, {"B", "C", "F"}),
        (7_000, {"B", "C", "F", "G"}),
        (7_001, {"B", "C", "F", "G", "H"}),
    ):
        assert used_up(lane(group_s=limits), spoken, now) == gone


def test_who_has_spoken_least_comes_first() -> None:
    """Speeches in this lane count, of members and of guests by name; a second request waits for all first ones."""
    guest = request(4, "")
    waiting = [request(1, "an"), request(2, "an"), request(3, "binh"), guest]
    past = [turn("an"), turn("", name="X"), turn("binh", role="answer"), turn("binh", lane="point_of_order")]
    order = lane(order="fewest_turns")
    assert [each.number for each in order_of(order, waiting, (), past, lambda *_: "", 0)] == [3, 1, 4, 2]
    assert ordered(order, waiting[:3], ahead=[request(9, "binh")], past=past) == "an binh an"


def test_who_asked_debates_first() -> None:
    """Those who put a question in this item, as registered; an answer is no question."""
    waiting = [request(1, "an"), request(2, "binh"), request(3, "chi"), request(4, "dung")]
    past = [
        turn("dung", lane="question"),
        turn("binh", lane="question"),
        turn("an", lane="question", role="answer", group=""),
        turn("chi", lane="speech"),
    ]
    assert ordered(lane(order="askers_first"), waiting, past=past) == "binh dung an chi"


def test_a_quoted_list_goes_by_any_attribute() -> None:
    """Women and men by turns, whatever their groups; nobody of unknown value is left out."""
    waiting = [
        request(1, "binh", "A"),
        request(2, "dung", "B"),
        request(3, "an", "A"),
        request(4, "chi", "A"),
        request(5, "x", "A"),
    ]
    where = lane(order="quoted", quoted_by="giới tính", group_s={"A": 1})
    past = [turn("em", group="A", used_ms=99_000)]
    assert ordered(where, waiting) == "binh an x dung chi"
    assert ordered(where, waiting, past=past) == "binh x dung an chi"


@pytest.mark.parametrize(
    "order", ["registration", "alternating", "groups", "fewest_turns", "askers_first", "quoted", "manual"]
)
def test_nobody_waits_in_an_empty_lane(order: str) -> None:
    """No request, no line; and one request is the next."""
    where = lane(order=order)
    assert order_of(where, (), (), [turn("an")], lambda *_: "", 0) == ()
    assert order_of(where, [request(1, "an")], (), [turn("an")], lambda *_: "", 0) == (request(1, "an"),)
