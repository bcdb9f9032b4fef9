"""Where seats stand: as the server lays them out, and as the secretary draws them."""

import itertools
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meeting import errors, seat_plan
from services.meeting.seat_plan import UNDRAWN, Drawn
from services.rules.errors import TextUnclean
from services.wire import RollEntry, SeatLayout, SeatPlace, SeatPlan, SeatPlanWanted


def roll(*seats: str) -> list[RollEntry]:
    """A roll with these seats, of d1, d2, …"""
    return [
        RollEntry(member=f"d{number}", name=f"Đại biểu {number}", seat=seat)
        for number, seat in enumerate(seats, start=1)
    ]


def standing(layout: SeatLayout, entries: list[RollEntry]) -> SeatPlan:
    """The plan that the server lays out."""
    return seat_plan.plan(Drawn(1, SeatPlanWanted(layout=layout)), entries)


def drawing(*places: SeatPlace) -> Drawn:
    """A drawn plan, as the secretary gave it."""
    wanted = SeatPlanWanted(layout="drawn", places=places)
    seat_plan.must_be_plan(wanted)
    return Drawn(1, wanted)


@given(st.integers(0, 600), st.sampled_from(("hemicycle", "rows")))
def test_laid_out_seats_do_not_touch(seats: int, layout: SeatLayout) -> None:
    """However many there are: each of the roll once and in its order, apart from each other, within the plan."""
    entries = roll(*[""] * seats)
    made = standing(layout, entries)
    assert [place.member for place in made.places] == [entry.member for entry in entries]
    points = [(place.x, place.y) for place in made.places]
    assert all(5 <= x <= made.width - 5 and 5 <= y <= made.height - 5 for x, y in points)
    near = sorted(points)
    for one, other in itertools.combinations(near, 2) if seats < 60 else itertools.pairwise(near):
        assert dist(one, other) >= seat_plan.SEAT - 2


def test_hemicycle_is_even_on_both_sides() -> None:
    """The left wing mirrors the right, and who is together on the roll sits together."""
    made = standing("hemicycle", roll(*[""] * 90))
    points = {(place.x, place.y) for place in made.places}
    assert {(made.width - x, y) for x, y in points} == points
    left = {place.member for place in made.places if place.x * 2 < made.width}
    assert {f"d{number}" for number in range(1, 40)} <= left
    assert len({place.row for place in made.places}) == 5


@pytest.mark.parametrize("layout", ["hemicycle", "rows"])
def test_rows_are_those_of_the_names(layout: SeatLayout) -> None:
    """Names of seats that tell their rows are believed, and their numbers give the order in the row."""
    made = standing(layout, roll("A2", "A1", "B1", "B2", "B10"))
    places = {place.seat: place for place in made.places}
    assert [place.row for place in made.places] == ["A", "A", "B", "B", "B"]
    assert places["A1"].x < places["A2"].x
    assert places["B1"].x < places["B2"].x < places["B10"].x
    if layout == "rows":
        assert places["A1"].y < places["B1"].y == places["B10"].y


def test_nothing_drawn_is_a_hemicycle() -> None:
    """Before anybody chooses there is a plan; of an empty roll an empty one."""
    assert seat_plan.plan(UNDRAWN, roll("1", "2", "3")).layout == "hemicycle"
    assert seat_plan.plan(UNDRAWN, []) == SeatPlan(
        revision=0, layout="hemicycle", width=5, height=5, places=()
    )


def test_drawing_follows_the_roll() -> None:
    """A seat keeps its place whoever sits there; newcomers are put behind; an empty chair stays empty."""
    drawn = drawing(
        SeatPlace(seat="A1", x=10, y=10, row="Đoàn chủ tịch"),
        SeatPlace(seat="A9", x=30, y=10),
        SeatPlace(member="d2", x=50, y=10),
        SeatPlace(member="gone", x=70, y=10),
    )
    made = seat_plan.plan(drawn, roll("A1", "", "B1", ""))
    one, two, three, four, empty = made.places
    assert (one.member, one.x, one.row) == ("d1", 10, "Đoàn chủ tịch")
    assert (two.member, two.x) == ("d2", 50)
    assert {three.member, four.member} == {"d3", "d4"}
    assert min(three.y, four.y) > 10
    assert (empty.seat, empty.member, empty.x) == ("A9", "", 30)
    assert (made.width, made.height) == (75 - 20, three.y + 5)


def test_the_same_choice_is_no_news() -> None:
    """Each other choice counts one more."""
    first = seat_plan.chosen(UNDRAWN, SeatPlanWanted(layout="rows"))
    assert first.revision == 1
    assert seat_plan.chosen(first, SeatPlanWanted(layout="rows")) is first
    assert seat_plan.chosen(UNDRAWN, UNDRAWN.wanted) is UNDRAWN


ONE = SeatPlace(seat="A1", x=10, y=10)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (SeatPlanWanted(layout="rows", places=(ONE,)), errors.CellWrong),
        (SeatPlanWanted(layout="drawn", places=(SeatPlace(x=1, y=1),)), errors.CellWrong),
        (SeatPlanWanted(layout="drawn", places=(ONE, SeatPlace(seat="A1", x=9, y=9))), errors.SeatTwice),
        (SeatPlanWanted(layout="drawn", places=(ONE, SeatPlace(seat="A2", x=10, y=10))), errors.PlaceTaken),
        (SeatPlanWanted(layout="drawn", places=(SeatPlace(seat="A\u202e1", x=1, y=1),)), TextUnclean),
        (
            SeatPlanWanted(
                layout="drawn", places=(SeatPlace(member="d1", x=1, y=1), SeatPlace(member="d1", x=2, y=1))
            ),
            errors.MemberTwice,
        ),
        (SeatPlanWanted(layout="drawn", places=(ONE,) * (seat_plan.SEATS_MOST + 1)), errors.SheetTooLong),
    ],
)
def test_a_plan_that_cannot_be(wanted: SeatPlanWanted, why: type[Exception]) -> None:
    """A seat twice, two in one place, one without a name, one that hides letters, too many: refused."""
    with pytest.raises(why):
        seat_plan.must_be_plan(wanted)
