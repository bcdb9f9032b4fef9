"""Any vote under any rule: what voting counts, proof proves and the minutes print are the same figures."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from services.rules import proof
from services.signing import minutes_words
from services.wire import Base, Choice, Quorum, Rule, Threshold
from tests.support.evidence import Sitting
from tests.support.great_ledger import proven_apart
from tests.support.pki import Keyed, Pki

MEMBERS = 7
BASES: list[Base] = ["roll", "present", "participating", "for_and_against"]
THRESHOLDS = [
    Threshold(numerator=1, denominator=2, strict=True),
    Threshold(numerator=2, denominator=3, strict=False),
    Threshold(numerator=3, denominator=4, strict=False),
]
CHOICES: list[Choice | None] = ["approve", "reject", "abstain", None]

thresholds = st.sampled_from(THRESHOLDS)
quorums = (
    st.builds(Quorum, threshold=thresholds, counted=st.sampled_from(["present", "participating"])) | st.none()
)
rules = st.builds(
    Rule,
    base=st.sampled_from(BASES),
    threshold=thresholds,
    quorum=quorums,
    tie=st.sampled_from(["fails", "chair"]),
)


@cache
def keys() -> tuple[Pki, dict[str, Keyed]]:
    """The same keys for every vote: making them is what takes time."""
    sitting = Sitting(members=MEMBERS)
    return sitting.pki, sitting.keys


@settings(max_examples=60)
@given(
    rule=rules,
    votes=st.lists(st.sampled_from(CHOICES), min_size=MEMBERS, max_size=MEMBERS),
    changed=st.lists(st.tuples(st.integers(0, MEMBERS - 1), st.sampled_from(CHOICES[:3])), max_size=5),
    present=st.sets(st.integers(0, MEMBERS - 1)),
)
def test_any_vote_is_proven_and_printed_as_counted(
    rule: Rule, votes: list[Choice | None], changed: list[tuple[int, Choice | None]], present: set[int]
) -> None:
    """Figures and outcome are one from the ledger to the page; the last valid choice of each is the printed one."""
    pki, known = keys()
    sitting = Sitting(
        members=MEMBERS, pki=pki, keys=dict(known), rule=rule, changes=True, without_quorum="Lý do"
    )
    sitting.present = tuple(sitting.ids[place] for place in sorted(present))
    sitting.announce()
    sitting.open()
    for place, choice in [*enumerate(votes), *changed]:
        if choice is not None:
            sitting.cast(sitting.ids[place], choice)
    sitting.close()
    sitting.count()
    sitting.declare()
    proven = proof.verify_statement(sitting.statement(), pki.anchors())
    assert {member: vote.choice for member, vote in proven.votes.items()} == sitting.choices
    assert proven_apart(sitting.statement(), pki.anchors()).votes == proven.votes
    words = minutes_words.words(proven, "hash", "https://plenary.example.vn/verify#hash")
    printed = [row[2] for row in words["votes"]]
    counts = proven.statement.decision.counts
    assert printed.count("Tán thành") == counts.approve
    assert printed.count("Không tán thành") == counts.reject
    assert printed.count("Không biểu quyết") == counts.abstain
    assert [row[1] for row in words["result"]][1:4] == [
        str(number) for number in (counts.approve, counts.reject, counts.abstain)
    ]
    carried = proven.statement.decision.outcome == "carried"
    assert carried == ("đã được thông qua" in words["sentence"])
