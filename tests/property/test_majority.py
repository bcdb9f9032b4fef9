"""The majority in integers against exact fractions, over every base, threshold, quorum and tie."""

from fractions import Fraction
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from services.rules.majority import approvals_needed, decide, least_reaching
from services.wire import Base, Choice, Counts, Quorum, Rule, Threshold
from tests.unit.rules.questions import CHAIR, question

BASES: list[Base] = ["roll", "present", "participating", "for_and_against"]


@st.composite
def thresholds(draw: st.DrawFn) -> Threshold:
    """Any threshold up to the whole; often those of the law, where ties lie."""
    numerator, denominator = draw(
        st.sampled_from([(1, 2), (2, 3), (3, 4), (3, 5), (1, 3), (1, 1), (0, 1), (65, 100)])
        | st.integers(1, 1_000_000).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
    )
    return Threshold(numerator=numerator, denominator=denominator, strict=draw(st.booleans()))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule."""
    quorum = st.builds(
        Quorum,
        threshold=thresholds(),
        base=st.just("roll"),
        counted=st.sampled_from(["present", "participating"]),
    )
    return Rule(
        base=draw(st.sampled_from(BASES)),
        threshold=draw(thresholds()),
        quorum=draw(st.none() | quorum),
        tie=draw(st.sampled_from(["fails", "chair"])),
    )


@st.composite
def votes(draw: st.DrawFn) -> tuple[Counts, int, int, int, Choice | None]:
    """Counts, roll, present at open and at close, chair's choice; equal sides more often than by chance."""
    number = st.integers(0, 12) | st.integers(0, 1_000_000)
    approve, abstain = draw(number), draw(number)
    reject = draw(st.just(approve) | number)
    counts = Counts(approve=approve, reject=reject, abstain=abstain)
    present = approve + reject + abstain + draw(number)
    roll = max(1, present + draw(st.just(0) | number))
    sides: list[Choice] = ["approve", "reject", "abstain"]
    chair = draw(st.sampled_from([None, *(side for side in sides if getattr(counts, side))]))
    return counts, roll, draw(st.integers(0, roll)), present, chair


def reaches(count: int, whole: int, threshold: Threshold) -> bool:
    """By exact fractions: is `count` of `whole` more than, or at least, the threshold?"""
    demanded = Fraction(threshold.numerator, threshold.denominator) * whole
    return count > demanded if threshold.strict else count >= demanded


@settings(max_examples=600)
@given(rules(), votes())
def test_outcome_is_that_of_exact_fractions(
    rule: Rule, vote: tuple[Counts, int, int, int, Choice | None]
) -> None:
    """Carried, rejected or no quorum: integers and fractions agree on every rule and vote."""
    counts, roll, at_open, present, chair = vote
    decision = decide(
        question(rule), counts, roll=roll, present_open=at_open, present_close=present, chair_choice=chair
    )
    voted = counts.approve + counts.reject + counts.abstain
    base = {"roll": roll, "present": present, "participating": voted}.get(
        rule.base, counts.approve + counts.reject
    )
    expected, by_chair = "rejected", False
    if counts.approve > 0 and reaches(counts.approve, base, rule.threshold):
        expected = "carried"
    elif rule.tie == "chair" and counts.approve == counts.reject > 0 and chair in ("approve", "reject"):
        expected, by_chair = ("carried" if chair == "approve" else "rejected"), True
    if rule.quorum is not None:
        counted = present if rule.quorum.counted == "present" else voted
        if not reaches(counted, roll, rule.quorum.threshold):
            expected, by_chair = "no_quorum", False
    assert (decision.outcome, decision.base_count, decision.participating) == (expected, base, voted)
    assert decision.tie_broken_by == (CHAIR if by_chair else "")


@settings(max_examples=600)
@given(rules(), votes())
def test_quorum_checks_are_those_of_exact_fractions(
    rule: Rule, vote: tuple[Counts, int, int, int, Choice | None]
) -> None:
    """Each reported check has the least number that suffices, and says rightly whether it was there."""
    counts, roll, at_open, present, chair = vote
    decision = decide(
        question(rule), counts, roll=roll, present_open=at_open, present_close=present, chair_choice=chair
    )
    assert (decision.quorum_close is None) == (rule.quorum is None)
    assert (decision.quorum_open is None) == (rule.quorum is None or rule.quorum.counted == "participating")
    for check in (decision.quorum_open, decision.quorum_close):
        if check is not None and rule.quorum is not None:
            assert check.met == reaches(check.counted, roll, rule.quorum.threshold)
            assert reaches(check.needed, roll, rule.quorum.threshold)
            assert check.needed == 0 or not reaches(check.needed - 1, roll, rule.quorum.threshold)


@settings(max_examples=600)
@given(thresholds(), st.integers(0, 100) | st.integers(0, 10**15))
def test_needed_is_the_least_number_that_carries(threshold: Threshold, base: int) -> None:
    """One fewer does not reach the threshold, however large the assembly; and nobody carries nothing."""
    least = least_reaching(base, threshold)
    assert reaches(least, base, threshold)
    assert least == 0 or not reaches(least - 1, base, threshold)
    assert approvals_needed(base, threshold) == max(1, least)


@settings(max_examples=300)
@given(rules(), votes(), st.integers(1, 1000))
def test_more_approval_never_hurts(
    rule: Rule, vote: tuple[Counts, int, int, int, Choice | None], more: int
) -> None:
    """Members who change from against to in favour never turn a carried motion into a lost one."""
    counts, roll, at_open, present, chair = vote
    moved = min(more, counts.reject)
    after = Counts(approve=counts.approve + moved, reject=counts.reject - moved, abstain=counts.abstain)
    # The chair does not move, and a tie broken by the chair is left out: that is another rule than counting.
    if (chair is not None and getattr(after, chair) == 0) or counts.approve == counts.reject:
        return
    decided = partial(
        decide, question(rule), chair_choice=chair, roll=roll, present_open=at_open, present_close=present
    )
    if decided(counts).outcome == "carried":
        assert decided(after).outcome == "carried"
