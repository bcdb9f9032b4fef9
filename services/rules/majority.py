"""What carries a motion: integers in, a Decision out, for any stranger to compute again.

Everything needed stands in the ledger: the roll's size, who was present when the poll opened and closed, the
last valid ballots, the presiding chair's own ballot, and the signed definition with its rule. Fractions are
compared by multiplying, never by dividing; there is no floating point here.
"""

import msgspec
from msgspec import UNSET, UnsetType

from services.rules import wording
from services.rules.errors import FiguresImpossible, RuleUnsound
from services.wire import (
    Base,
    Choice,
    Counts,
    Decision,
    OutcomeName,
    PollDefinition,
    QuorumCheck,
    RecheckCounts,
    Rule,
    Threshold,
)


def decide(
    definition: PollDefinition,
    counts: Counts,
    *,
    roll: int,
    present_open: int,
    present_close: int,
    chair_choice: Choice | None,
    rechecked: RecheckCounts | UnsetType = UNSET,
) -> Decision:
    """The result of a closed poll, with its arithmetic and its sentences.

    All numbers are of members. `roll`: entries of the frozen roll. `present_open`: checked in when the poll
    opened. `present_close`: checked in at close or having voted, each once (`present_at_close`).
    `chair_choice`: the choice in the last valid ballot of `definition.presiding`, None if there is none. `rechecked`
    is only noted: ballots that were excluded are not among the counts.
    Raises FiguresImpossible.
    """
    _must_be_possible(counts, roll, present_open, present_close, chair_choice)
    rule = definition.rule
    base_count = _base_count(rule.base, counts, roll, present_close)
    needed = approvals_needed(base_count, rule.threshold)
    quorum_close = quorum_at_close(rule, counts, roll=roll, present=present_close)
    outcome, decided_by_chair = _outcome(rule, counts, needed, quorum_close, chair_choice)
    decision = Decision(
        counts=counts,
        roll=roll,
        present=present_close,
        participating=participating(counts),
        base=rule.base,
        base_count=base_count,
        needed=needed,
        quorum_open=quorum_at_open(rule, roll=roll, present=present_open),
        quorum_close=quorum_close,
        tie_broken_by=definition.presiding if decided_by_chair else "",
        outcome=outcome,
        sentence="",
        sentence_en="",
        rechecked=rechecked,
    )
    return msgspec.structs.replace(
        decision,
        sentence=wording.sentence(definition, decision),
        sentence_en=wording.sentence_en(definition, decision),
    )


def participating(counts: Counts) -> int:
    """Members who cast a valid ballot. *Không biểu quyết* is a choice one makes; not pressing anything is
    none.
    """
    return counts.approve + counts.reject + counts.abstain


def approvals_needed(base_count: int, threshold: Threshold) -> int:
    """The least number of approvals that carries: floor(b·n/d)+1 for "more than", ceil(b·n/d) for "at least".

    Never less than 1: nothing is carried without a single approval, also where the base is empty.
    """
    return max(1, least_reaching(base_count, threshold))


def least_reaching(base_count: int, threshold: Threshold) -> int:
    """The least whole number that reaches the threshold of `base_count`; 0 only if the threshold asks for
    nothing.
    """
    product = base_count * threshold.numerator
    if threshold.strict:
        return product // threshold.denominator + 1
    return -(-product // threshold.denominator)


def quorum_at_open(rule: Rule, *, roll: int, present: int) -> QuorumCheck | None:
    """Whether enough members are checked in to open. None if no quorum is asked for, or if it counts those
    taking part, which nobody can know before the vote. Opening without it needs a reason; the outcome does
    not change.
    """
    if rule.quorum is None or rule.quorum.counted == "participating":
        return None
    return _check(rule.quorum.threshold, roll, present)


def quorum_at_close(rule: Rule, counts: Counts, *, roll: int, present: int) -> QuorumCheck | None:
    """Whether enough members were there for the result to count. None if no quorum is asked for."""
    if rule.quorum is None:
        return None
    counted = present if rule.quorum.counted == "present" else participating(counts)
    return _check(rule.quorum.threshold, roll, counted)


def present_at_close(checked_in: frozenset[str], voters: frozenset[str]) -> int:
    """Members present at close: whoever cast a ballot was there, checked in or not."""
    return len(checked_in | voters)


def must_be_sound(rule: Rule) -> None:
    """Raise RuleUnsound for a threshold or quorum above the whole: it would fail every vote, and say so too
    late.
    """
    _must_be_reachable(rule.threshold, "threshold")
    if rule.threshold.numerator == 0 and not rule.threshold.strict:
        raise RuleUnsound(what="threshold")
    if rule.quorum is not None:
        _must_be_reachable(rule.quorum.threshold, "quorum")


def _must_be_reachable(threshold: Threshold, what: str) -> None:
    if threshold.numerator > threshold.denominator - threshold.strict:
        raise RuleUnsound(what=what)


def _check(threshold: Threshold, roll: int, counted: int) -> QuorumCheck:
    needed = least_reaching(roll, threshold)
    return QuorumCheck(counted=counted, needed=needed, met=counted >= needed)


def _base_count(base: Base, counts: Counts, roll: int, present: int) -> int:
    match base:
        case "roll":
            return roll
        case "present":
            return present
        case "participating":
            return participating(counts)
        case "for_and_against":
            return counts.approve + counts.reject


def _outcome(
    rule: Rule, counts: Counts, needed: int, quorum: QuorumCheck | None, chair: Choice | None
) -> tuple[OutcomeName, bool]:
    """The outcome, and whether the chair's side decided it (docs/decisions/0002-tie.md)."""
    if quorum is not None and not quorum.met:
        return "no_quorum", False
    if counts.approve >= needed:
        return "carried", False
    tied = counts.approve == counts.reject > 0
    if rule.tie == "chair" and tied and chair in ("approve", "reject"):
        return ("carried" if chair == "approve" else "rejected"), True
    return "rejected", False


def _must_be_possible(
    counts: Counts, roll: int, present_open: int, present_close: int, chair: Choice | None
) -> None:
    if min(counts.approve, counts.reject, counts.abstain, present_open) < 0 or roll < 1:
        raise FiguresImpossible(what="roll or counts")
    if not participating(counts) <= present_close <= roll:
        raise FiguresImpossible(what="participating, present, roll")
    if present_open > roll:
        raise FiguresImpossible(what="present at open, roll")
    if chair is not None and getattr(counts, chair) < 1:
        raise FiguresImpossible(what="chair's ballot")
