"""Orders of speakers: whole, the same whatever comes in first, fair by their own words, and as one would pick by hand.

The reference picks one speaker at a time, with exact fractions, as the definitions say it; it knows no keys and no
sorting of lists.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_
from fractions import Fraction
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.rules.floor.order import order_of, used_up
from services.wire import Lane, OrderName, SpeakRequest, Stance, Turn
from tests.unit.rules.floor.speakers import lane, request, turn

ORDERS: list[OrderName] = [
    "registration",
    "alternating",
    "groups",
    "fewest_turns",
    "askers_first",
    "quoted",
    "manual",
]
MEMBERS = ["m1", "m2", "m3", "m4", "m5", ""]
GROUPS = ["", "A", "B", "C"]
STANCES: list[Stance] = ["for", "against", "other"]
OPPOSITE = {"for": "against", "against": "for"}
# Few persons, so that many wait twice; guests are told apart by name.
PEOPLE = list(product(MEMBERS, ["X", "Y"], GROUPS, STANCES))
# Mostly speeches of the lane itself.
PLACES = [*[("speech", "speech")] * 4, *product(["speech", "question"], ["speech", "answer", "interposed"])]


@dataclass(frozen=True)
class Case:
    """A lane, who waits in it, whom the desk put ahead, and what was."""

    lane: Lane
    waiting: list[SpeakRequest]
    ahead: list[SpeakRequest]
    past: list[Turn]

    def value_of(self, member: str, group: str) -> str:
        """An attribute of three values, or none."""
        return "" if not member else "xyz"[int(member[1]) % 3]

    def line(self) -> tuple[SpeakRequest, ...]:
        """The line by the order of the lane."""
        return order_of(self.lane, self.waiting, self.ahead, self.past, self.value_of, 0)

    def spoken(self) -> list[Turn]:
        """Speeches in this lane."""
        return [each for each in self.past if each.role == "speech" and each.lane == "speech"]

    def before(self) -> list[Turn | SpeakRequest]:
        """Who has spoken in this lane, or counts as if they had."""
        return [*self.spoken(), *self.ahead]


@st.composite
def requests(draw: st.DrawFn, most: int) -> list[SpeakRequest]:
    """Requests of anybody, in any order."""
    numbered = st.tuples(st.integers(0, 60), st.sampled_from(PEOPLE))
    drawn = draw(st.lists(numbered, unique_by=lambda each: each[0], max_size=most))
    return [
        replace(request(number, member, group, stance), id=f"r{number}", name=name)
        for number, (member, name, group, stance) in drawn
    ]


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    """A turn in any lane, role and state, with and without a limit."""
    member, name, group, stance = draw(st.sampled_from(PEOPLE))
    where, role = draw(st.sampled_from(PLACES))
    return turn(
        member,
        name=name,
        group=group,
        stance=stance,
        lane=where,
        role=role,
        state=draw(st.sampled_from(["called", "running", "paused", "ended"])),
        used_ms=draw(st.integers(0, 3_000)),
        planned_ms=draw(st.none() | st.integers(0, 3_000)),
    )


@st.composite
def cases(draw: st.DrawFn, orders: Sequence[OrderName] = ORDERS, budgets: bool = True) -> Case:
    """A lane of any order, with what it is given."""
    shares = st.dictionaries(st.sampled_from([*GROUPS, "x", "y"]), st.integers(1, 7), max_size=4)
    spans = st.dictionaries(st.sampled_from(GROUPS), st.integers(1, 6), max_size=4 if budgets else 0)
    everybody = draw(requests(14))
    hand = draw(st.integers(0, 3))
    return Case(
        lane=lane(order=draw(st.sampled_from(orders)), shares=draw(shares), group_s=draw(spans)),
        waiting=everybody[hand:],
        ahead=everybody[:hand],
        past=draw(st.lists(turns(), max_size=12)),
    )


def who(each: Turn | SpeakRequest) -> tuple[str, str]:
    """A person: a member, or a guest by name."""
    return (each.member, "" if each.member else each.name)


def side_of(case: Case) -> Callable[[Turn | SpeakRequest], object]:
    """Whose turns a round-robin order counts."""
    sides: dict[str, Callable[[Turn | SpeakRequest], object]] = {
        "groups": lambda each: each.group,
        "quoted": lambda each: case.value_of(each.member, each.group),
        "fewest_turns": who,
    }
    return sides[case.lane.rules.order]


def exhausted(case: Case, group: str) -> bool:
    """Whether a group's time in this lane is used up or given away."""
    budget = case.lane.rules.group_s.get(group)
    used = 0
    for each in case.spoken():
        if each.group == group:
            under_way = each.state != "ended" and each.planned_ms is not None
            used += max(each.used_ms, each.planned_ms or 0) if under_way else each.used_ms
    return budget is not None and used >= 1_000 * budget


def load(case: Case, placed: Sequence[SpeakRequest], each: SpeakRequest) -> tuple[bool, Fraction]:
    """What stands against whom a round-robin order would pick: no time left, then turns for their share."""
    side, rules = side_of(case), case.lane.rules
    counted = sum(side(one) == side(each) for one in (*case.before(), *placed))
    weighted = rules.order != "fewest_turns"
    share = rules.shares.get(str(side(each)), 1) if weighted else 1
    late = rules.order == "groups" and exhausted(case, each.group)
    return late, Fraction(counted, share)


def picked(case: Case, placed: Sequence[SpeakRequest], left: list[SpeakRequest]) -> SpeakRequest:
    """Who comes next of those left, as the definition of the lane's order says it."""
    first = min(left, key=lambda each: each.number)
    order = case.lane.rules.order
    if order in ("registration", "manual"):
        return first
    if order == "askers_first":
        asked = {who(each) for each in case.past if each.role == "speech" and each.lane == "question"}
        askers = [each for each in left if who(each) in asked]
        return min(askers or left, key=lambda each: each.number)
    if order == "alternating":
        took = [each.stance for each in (*case.before(), *placed) if each.stance != "other"]
        due = [each for each in left if took and each.stance == OPPOSITE[took[-1]]]
        return min(due, key=lambda each: each.number) if due and first.stance != "other" else first
    return min(left, key=lambda each: (*load(case, placed, each), each.number))


@settings(max_examples=200)
@given(cases(), st.randoms(use_true_random=False))
def test_everybody_once_and_the_same_whoever_is_handed_in_first(case: Case, dice: Random) -> None:
    """A line is a permutation of who waits, and does not depend on how they were handed over."""
    line = case.line()
    assert sorted(each.id for each in line) == sorted(each.id for each in case.waiting)
    shuffled = list(case.waiting)
    dice.shuffle(shuffled)
    assert with_(case, waiting=shuffled).line() == line


@settings(max_examples=500)
@given(cases())
def test_line_is_that_of_picking_one_by_one(case: Case) -> None:
    """Each algorithm gives what its definition picks, speaker after speaker."""
    placed: list[SpeakRequest] = []
    left = list(case.waiting)
    while left:
        one = picked(case, placed, left)
        left.remove(one)
        placed.append(one)
    assert case.line() == tuple(placed)


@settings(max_examples=200)
@given(cases(budgets=False))
def test_calling_the_next_moves_nobody_else(case: Case) -> None:
    """When the next is called, or put ahead by hand, all others stay as they stood (time budgets apart)."""
    line = case.line()
    if not line:
        return
    first, rest = line[0], list(line[1:])
    spoke = turn(first.member, name=first.name, group=first.group, stance=first.stance, state="called")
    assert with_(case, waiting=rest, ahead=[*case.ahead, first]).line() == line[1:]
    if not case.ahead:
        assert with_(case, waiting=rest, past=[*case.past, spoke]).line() == line[1:]


@settings(max_examples=200)
@given(cases(), st.integers(0, 13))
def test_who_leaves_changes_no_order_among_others(case: Case, at: int) -> None:
    """Withdrawing keeps the relative order of all others, but for those whose turn it was that they waited for.

    By registration, askers first, manual: of all. Round robin, fewest turns: of all of other sides, and within a side.
    Alternating: within a side; which side is due may change.
    """
    if at >= len(case.waiting):
        return
    gone = case.waiting[at]
    rest = [each for each in case.waiting if each is not gone]
    before = [each for each in case.line() if each is not gone]
    after = list(with_(case, waiting=rest).line())
    order = case.lane.rules.order
    if order in ("registration", "askers_first", "manual"):
        assert after == before
    elif order == "alternating":
        for stance in STANCES:
            assert of_stance(after, stance) == of_stance(before, stance)
    else:
        side = side_of(case)
        for mine in (True, False):
            assert [each for each in after if (side(each) == side(gone)) is mine] == [
                each for each in before if (side(each) == side(gone)) is mine
            ]


def of_stance(line: list[SpeakRequest], stance: Stance) -> list[SpeakRequest]:
    """Those of one stance, as they stand."""
    return [each for each in line if each.stance == stance]


@settings(max_examples=300)
@given(cases(orders=["alternating"]))
def test_no_side_speaks_twice_while_the_other_waits(case: Case) -> None:
    """Unless who registered first of all left is on no side, the side that did not speak last is next if it waits."""
    line = case.line()
    last = next((each.stance for each in reversed(case.before()) if each.stance != "other"), None)
    for at, each in enumerate(line):
        left = line[at:]
        first = min(left, key=lambda one: one.number)
        if each.stance == "other":
            assert each == first
            continue
        assert first.stance != "other"
        assert each.number == min(one.number for one in left if one.stance == each.stance)
        if last is None:
            assert each == first
        elif each.stance == last:
            assert all(one.stance != OPPOSITE[last] for one in left)
        last = each.stance


@settings(max_examples=300)
@given(cases(orders=["groups", "quoted", "fewest_turns"]))
def test_nobody_is_called_while_a_lighter_side_waits(case: Case) -> None:
    """At each step whoever comes has the fewest turns for their share of all that wait, time left first."""
    line = case.line()
    for at, each in enumerate(line):
        mine = load(case, line[:at], each)
        loads = [load(case, line[:at], other) for other in line[at:]]
        assert mine == min(loads)
        equal = [other.number for other, weight in zip(line[at:], loads, strict=True) if weight == mine]
        assert each.number == min(equal)


@settings(max_examples=200)
@given(cases(orders=["groups"]))
def test_budgets_are_used_up_as_one_adds_them_up(case: Case) -> None:
    """A group's time is what its ended turns used, and what the others were granted, or used if that is more."""
    limits = case.lane.rules.group_s
    assert used_up(case.lane, case.past, 0) == {group for group in limits if exhausted(case, group)}


@settings(max_examples=150)
@given(cases(orders=["askers_first"]))
def test_askers_come_before_all_others(case: Case) -> None:
    """First those who put a question, then those who did not, each as registered."""
    asked = {who(each) for each in case.past if each.role == "speech" and each.lane == "question"}
    line = [(who(each) not in asked, each.number) for each in case.line()]
    assert line == sorted(line)


@settings(max_examples=150)
@given(cases(orders=["groups", "quoted"], budgets=False), st.integers(2, 5))
def test_only_the_proportion_of_shares_counts(case: Case, factor: int) -> None:
    """All shares times the same number give the same line."""
    named = {side: case.lane.rules.shares.get(side, 1) for side in (*GROUPS, "x", "y", "z")}
    times = {side: share * factor for side, share in named.items()}
    rules = replace(case.lane.rules, shares=times)
    assert with_(case, lane=replace(case.lane, rules=rules)).line() == case.line()
