"""What carries a motion, on recorded votes and near ties, with outcomes worked out by hand."""

import pytest

from services.rules.errors import FiguresImpossible, RuleUnsound
from services.rules.majority import (
    approvals_needed,
    decide,
    must_be_sound,
    present_at_close,
    quorum_at_open,
)
from services.rules.profiles import HALF, PROFILES, TWO_THIRDS, profile
from services.wire import Choice, Counts, OutcomeName, Quorum, Rule, Threshold
from tests.unit.rules.questions import CHAIR, decided, question

RECORDED = {
    "2025-12-10": (473, (437, 3, 8)),
    "2018-06-11": (494, (423, 8, 1)),
    "2013-11-28": (498, (486, 0, 2)),
}

# By hand. Half of the roll: 60 -> 31, 435 -> 218, 350 -> 176, 473 -> 237, 494 -> 248, 498 -> 250. Two thirds
# of it: 60 -> 40, 435 -> 290, 350 -> 234 (233.3), 473 -> 316 (315.3), 494 -> 330 (329.3), 498 -> 332. Half of
# those taking part, who all voted for or against in the near ties: 55 -> 28, 428 -> 215, 349 -> 175; with
# abstentions 448 -> 225, 432 -> 217, 488 -> 245. For and against alone: 440 -> 221, 431 -> 216, 486 -> 244.
NEEDED = {
    "quoc-hoi": (31, 218, 176, 237, 248, 250),
    "quoc-hoi-hien-phap": (40, 290, 234, 316, 330, 332),
    "hdnd": (31, 218, 176, 237, 248, 250),
    "hdnd-bai-nhiem": (40, 290, 234, 316, 330, 332),
    "ubnd": (31, 218, 176, 237, 248, 250),
    "chinh-phu": (31, 218, 176, 237, 248, 250),
    "cap-uy": (31, 218, 176, 237, 248, 250),
    "general-meeting": (28, 215, 175, 225, 217, 245),
    "for-and-against": (28, 215, 175, 221, 216, 244),
}
# 27–28 of 60 (Wales 2021), 28–27, 214–214 of 435 (US House 2007; the chair in favour, against, not voting),
# 175–174 of 350 (Spain 2022: one more than the other side, one less than half of the house).
NO: OutcomeName = "rejected"
YES: OutcomeName = "carried"
NEAR = {
    "quoc-hoi": (NO, NO, NO, NO, NO, NO),
    "quoc-hoi-hien-phap": (NO, NO, NO, NO, NO, NO),
    "hdnd": (NO, NO, NO, NO, NO, NO),
    "hdnd-bai-nhiem": (NO, NO, NO, NO, NO, NO),
    "ubnd": (NO, NO, YES, NO, NO, NO),
    "chinh-phu": (NO, NO, YES, NO, NO, NO),
    "cap-uy": (NO, NO, NO, NO, NO, NO),
    "general-meeting": (NO, YES, NO, NO, NO, YES),
    "for-and-against": (NO, YES, NO, NO, NO, YES),
}


def test_tables_cover_every_profile() -> None:
    """No profile is left without outcomes worked out by hand."""
    assert set(NEEDED) == set(NEAR) == set(PROFILES)


@pytest.mark.parametrize("name", PROFILES)
def test_near_ties_on_every_profile(name: str) -> None:
    """27–28, 28–27, 214–214 by chair's choice, and 175–174 end as the rule of each body demands."""
    votes: list[tuple[int, tuple[int, int, int], Choice | None]] = [
        (60, (27, 28, 0), "approve"),
        (60, (28, 27, 0), "reject"),
        (435, (214, 214, 0), "approve"),
        (435, (214, 214, 0), "reject"),
        (435, (214, 214, 0), None),
        (350, (175, 174, 0), "reject"),
    ]
    decisions = [decided(name, *vote) for vote in votes]
    assert tuple(decision.outcome for decision in decisions) == NEAR[name]
    side_counts = profile(name).rule.tie == "chair"
    broken = ["", "", CHAIR, CHAIR, "", ""] if side_counts else [""] * 6
    assert [decision.tie_broken_by for decision in decisions] == broken


@pytest.mark.parametrize("name", PROFILES)
def test_needed_on_every_profile(name: str) -> None:
    """The least number of approvals is the one worked out by hand."""
    votes = [(60, (27, 28, 0)), (435, (214, 214, 0)), (350, (175, 174, 0)), *RECORDED.values()]
    assert tuple(decided(name, roll, vote).needed for roll, vote in votes) == NEEDED[name]


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("day", RECORDED)
def test_recorded_votes_carry_on_every_profile(name: str, day: str) -> None:
    """437, 423 and 486 approvals carry under every profile, two thirds of the roll among them."""
    roll, votes = RECORDED[day]
    decision = decided(name, roll, votes)
    assert decision.outcome == "carried"
    assert decision.participating == sum(votes)
    assert (decision.roll, decision.counts.approve) == (roll, votes[0])


@pytest.mark.parametrize(
    ("roll", "half", "two_thirds"),
    [(473, 237, 316), (494, 248, 330), (500, 251, 334), (4, 3, 3), (3, 2, 2), (1, 1, 1)],
)
def test_needed_of_known_rolls(roll: int, half: int, two_thirds: int) -> None:
    """ "More than half" is one more than the floor; "at least two thirds" is the ceiling."""
    assert (approvals_needed(roll, HALF), approvals_needed(roll, TWO_THIRDS)) == (half, two_thirds)


def test_party_cell_counts_official_members() -> None:
    """A cell of 22 with 20 official members, 17 of them there, needs 11 of 20: not 9 of 17, not 12 of 22."""
    assert (decided("cap-uy", 20, (10, 5, 2)).base_count, decided("cap-uy", 20, (10, 5, 2)).outcome) == (
        20,
        "rejected",
    )
    assert (decided("cap-uy", 20, (11, 4, 2)).needed, decided("cap-uy", 20, (11, 4, 2)).outcome) == (
        11,
        "carried",
    )


def test_exactly_two_thirds_carries_and_exactly_half_does_not() -> None:
    """The law's "at least" includes the bound; its "more than" does not."""
    assert decided("quoc-hoi-hien-phap", 498, (332, 0, 0)).outcome == "carried"
    assert decided("quoc-hoi-hien-phap", 498, (331, 0, 0)).outcome == "rejected"
    assert decided("quoc-hoi", 498, (249, 0, 0)).outcome == "rejected"
    assert decided("quoc-hoi", 498, (250, 0, 0)).outcome == "carried"


def test_abstaining_is_taking_part_and_silence_is_not() -> None:
    """Five who abstain raise the bar of those taking part; five who press nothing do not, though present."""
    rule = Rule(base="participating", threshold=HALF)
    assert decided(rule, 20, (5, 4, 5)).outcome == "rejected"
    silent = decided(rule, 20, (5, 4, 0), present=14)
    assert (silent.outcome, silent.participating, silent.present) == ("carried", 9, 14)
    assert decided(Rule(base="present", threshold=HALF), 20, (5, 4, 0), present=14).outcome == "rejected"


@pytest.mark.parametrize("base", ["roll", "present", "participating", "for_and_against"])
def test_nothing_is_carried_by_nobody(base: str) -> None:
    """Zero approvals never carry, also where the base is empty or the threshold is zero."""
    rule = Rule(base=base, threshold=Threshold(numerator=0, denominator=1, strict=False))  # type: ignore[arg-type]
    decision = decided(rule, 7, (0, 0, 0))
    assert (decision.needed, decision.outcome) == (1, "rejected")


def test_missing_quorum_is_a_result_of_its_own() -> None:
    """145 taking part where 148 must be there is neither carried nor rejected, whoever was in favour."""
    rule = Rule(base="participating", threshold=HALF, quorum=Quorum(threshold=HALF, counted="participating"))
    decision = decided(rule, 294, (145, 0, 0), present=294)
    assert decision.outcome == "no_quorum"
    assert decision.quorum_close is not None
    assert (decision.quorum_close.counted, decision.quorum_close.needed) == (145, 148)
    assert decision.quorum_open is None
    assert decided(rule, 294, (148, 0, 0)).outcome == "carried"


def test_quorum_at_open_is_recorded_and_decides_nothing() -> None:
    """A poll forced open without quorum carries if the quorum is there at close."""
    definition = question(profile("ubnd").rule)
    counts = Counts(approve=20, reject=0, abstain=0)
    decision = decide(definition, counts, roll=30, present_open=19, present_close=20, chair_choice=None)
    assert decision.quorum_open is not None
    assert not decision.quorum_open.met
    assert decision.outcome == "carried"


def test_quorum_counts_who_voted_without_checking_in() -> None:
    """Present at close is whoever checked in or voted, each once."""
    assert present_at_close(frozenset({"a", "b"}), frozenset({"b", "c"})) == 3


def test_no_quorum_rule_means_no_check() -> None:
    """Where no quorum is demanded, none is reported as met."""
    assert quorum_at_open(profile("quoc-hoi").rule, roll=473, present=0) is None


def test_chairs_side_breaks_no_tie_without_quorum() -> None:
    """A tie with too few members there stays without result, and nobody broke it."""
    decision = decided("ubnd", 30, (5, 5, 0), chair="approve")
    assert (decision.outcome, decision.tie_broken_by) == ("no_quorum", "")


def test_chair_who_abstains_breaks_no_tie() -> None:
    """Neither side is the chair's: the motion is just not carried."""
    decision = decided("chinh-phu", 27, (10, 10, 7), chair="abstain")
    assert (decision.outcome, decision.tie_broken_by) == ("rejected", "")


def test_nobody_for_and_nobody_against_is_no_tie() -> None:
    """Zero equals zero, and still nobody is named as having decided."""
    decision = decided("ubnd", 3, (0, 0, 3), chair="abstain")
    assert (decision.outcome, decision.tie_broken_by) == ("rejected", "")


def test_threshold_reached_at_a_tie_needs_no_chair() -> None:
    """Where half is enough, an equal vote carries by the threshold, against the chair's side too."""
    rule = Rule(base="roll", threshold=Threshold(numerator=1, denominator=2, strict=False), tie="chair")
    decision = decided(rule, 4, (2, 2, 0), chair="reject")
    assert (decision.outcome, decision.tie_broken_by) == ("carried", "")


@pytest.mark.parametrize(
    ("counts", "roll", "at_open", "at_close", "chair"),
    [
        ((5, 5, 1), 10, 10, 11, None),
        ((5, 4, 0), 10, 10, 8, None),
        ((5, 4, 0), 10, 11, 10, None),
        ((0, 4, 0), 10, 10, 10, "approve"),
        ((-1, 4, 0), 10, 10, 10, None),
        ((0, 0, 0), 0, 0, 0, None),
    ],
)
def test_impossible_figures_are_refused(
    counts: tuple[int, int, int], roll: int, at_open: int, at_close: int, chair: Choice | None
) -> None:
    """More votes than members or than were present, or a chair's vote not among them, is no result."""
    votes = Counts(approve=counts[0], reject=counts[1], abstain=counts[2])
    definition = question(profile("quoc-hoi").rule)
    with pytest.raises(FiguresImpossible):
        decide(definition, votes, roll=roll, present_open=at_open, present_close=at_close, chair_choice=chair)


@pytest.mark.parametrize(("numerator", "denominator", "strict"), [(3, 2, False), (1, 1, True), (0, 1, False)])
def test_senseless_thresholds_are_refused(numerator: int, denominator: int, strict: bool) -> None:
    """A rule that nothing can meet, or that asks for nothing, is refused before a vote is drafted."""
    with pytest.raises(RuleUnsound):
        must_be_sound(
            Rule(
                base="roll", threshold=Threshold(numerator=numerator, denominator=denominator, strict=strict)
            )
        )


def test_unreachable_quorum_is_refused() -> None:
    """More than the whole roll can never be there."""
    all_and_more = Quorum(threshold=Threshold(numerator=1, denominator=1, strict=True))
    with pytest.raises(RuleUnsound):
        must_be_sound(Rule(base="roll", threshold=HALF, quorum=all_and_more))
