"""The sentence says what was computed, and every percentage names its base."""

import random
import re
from fractions import Fraction

import msgspec
import pytest

from services.rules.majority import decide
from services.rules.profiles import PROFILES
from services.rules.wording import percent
from services.wire import Choice, Counts, Decision, Option, OutcomeName
from tests.unit.rules.questions import decided, question

ENDINGS: dict[str, OutcomeName] = {
    "” đã được thông qua.": "carried",
    "” không được thông qua.": "rejected",
    "” chưa được quyết định vì không đủ số đại biểu Quốc hội theo quy định.": "no_quorum",
}
ENDINGS_EN: dict[str, OutcomeName] = {
    "” is carried.": "carried",
    "” is not carried.": "rejected",
    "” is not decided, because there was no quorum.": "no_quorum",
}


@pytest.mark.parametrize(
    ("count", "roll", "hundredths"),
    [
        (448, 473, 9471), (437, 473, 9239), (3, 473, 63), (8, 473, 169),
        (443, 473, 9366), (438, 473, 9260), (2, 473, 42),
        (432, 494, 8745), (423, 494, 8563), (8, 494, 162), (1, 494, 20),
        (486, 498, 9759), (486, 488, 9959), (1, 1, 10_000), (0, 9, 0), (1, 8, 1250), (1, 20_000, 1),
    ],
)  # fmt: skip
def test_percentages_as_published(count: int, roll: int, hundredths: int) -> None:
    """Published percentages of recorded votes come out to the second decimal; halves go up."""
    assert percent(count, roll) == hundredths


def test_communique_of_10_december_2025() -> None:
    """The vote 473/448/437/3/8 is read out in the words of the communiqué."""
    assert decided("quoc-hoi", 473, (437, 3, 8)).sentence == (
        "Kết quả biểu quyết: có 448 đại biểu tham gia biểu quyết (bằng 94,71% tổng số đại biểu Quốc hội); "
        "437 đại biểu tán thành (bằng 92,39% tổng số đại biểu Quốc hội), "
        "3 đại biểu không tán thành (bằng 0,63% tổng số đại biểu Quốc hội), "
        "8 đại biểu không biểu quyết (bằng 1,69% tổng số đại biểu Quốc hội). "
        "Cần ít nhất 237/473 đại biểu Quốc hội tán thành (quá nửa tổng số đại biểu Quốc hội). "
        "Như vậy, “Luật Thử nghiệm” đã được thông qua."
    )


def test_english_of_28_november_2013() -> None:
    """486 of 498 is 97.59% of all members, and is never shown as 99.59% of the voters."""
    sentence = decided("quoc-hoi-hien-phap", 498, (486, 0, 2)).sentence_en
    assert sentence == (
        "Result of the vote: 488 took part (97.99% of all members of the Council); "
        "486 in favour (97.59% of all members of the Council), 0 against (0.00% of all members of the Council), "
        "2 abstaining (0.40% of all members of the Council). "
        "Needed: at least 332 of 498 in favour (at least two thirds of all members of the Council). "
        "Accordingly, “Luật Thử nghiệm” is carried."
    )


def test_other_bases_are_named_beside_the_roll() -> None:
    """Where the threshold is of those taking part, both percentages stand there, each with its base."""
    sentence = decided("general-meeting", 60, (28, 27, 0)).sentence
    assert "28 đại biểu tán thành (bằng 46,67% tổng số đại biểu Quốc hội)" in sentence
    assert "Cần ít nhất 28/55" in sentence
    assert "số tán thành là 28, bằng 50,91% số đại biểu Quốc hội tham gia biểu quyết" in sentence


def test_tie_says_whose_side_decided() -> None:
    """A tie broken by the chair says so, and which side it was."""
    carried, lost = (decided("ubnd", 30, (10, 10, 9), chair=side) for side in ("approve", "reject"))
    assert "ý kiến biểu quyết của người chủ trì (tán thành)" in carried.sentence
    assert "ý kiến biểu quyết của người chủ trì (không tán thành)" in lost.sentence
    assert "ngang nhau" not in decided("ubnd", 30, (10, 10, 9)).sentence


def test_unoffered_choice_is_not_mentioned() -> None:
    """A poll without *không biểu quyết* does not report nobody choosing it, and never hides who did."""
    definition = question(PROFILES["quoc-hoi"].rule)
    options = (Option(choice="approve", label="Đồng ý"), Option(choice="reject", label="Không đồng ý"))
    two = msgspec.structs.replace(definition, options=options)
    counts = Counts(approve=3, reject=1, abstain=0)
    decision = decide(two, counts, roll=5, present_open=5, present_close=5, chair_choice=None)
    assert "không biểu quyết" not in decision.sentence
    assert "abstain" not in decision.sentence_en
    counted = Counts(approve=3, reject=1, abstain=1)
    decision = decide(two, counted, roll=5, present_open=5, present_close=5, chair_choice=None)
    assert "1 đại biểu không biểu quyết" in decision.sentence


@pytest.mark.parametrize(
    "title",
    [
        "100% %s %(x)d",
        "{title} {0} {noun!r}",
        "\\1 \\g<0>",
        "về “tín dụng”",
        "A” đã được thông qua. Như vậy, “B",
        "<b>&amp;",
    ],
)
def test_titles_are_only_text(title: str) -> None:
    """No title is taken for a pattern, nor can one end its own quotation and add an outcome."""
    definition = question(PROFILES["quoc-hoi"].rule, title)
    counts = Counts(approve=1, reject=4, abstain=0)
    decision = decide(definition, counts, roll=5, present_open=5, present_close=5, chair_choice=None)
    shown = title.replace("“", "‘").replace("”", "’")
    assert decision.sentence.endswith(f"Như vậy, “{shown}” không được thông qua.")
    assert decision.sentence.count("”") == decision.sentence_en.count("”") == 1


def test_sentence_equals_outcome_for_thousands_of_tallies() -> None:
    """In 4,500 random votes on all profiles both sentences end in the outcome and hold its numbers."""
    dice = random.Random(2022_02_03)
    outcomes: set[tuple[str, str]] = set()
    for name in PROFILES:
        for _ in range(500):
            decision = _random_vote(dice, name)
            assert _ending(decision.sentence, ENDINGS) == decision.outcome
            assert _ending(decision.sentence_en, ENDINGS_EN) == decision.outcome
            _must_hold_numbers(decision)
            outcomes.add((name, decision.outcome))
    assert {outcome for _, outcome in outcomes} == {"carried", "rejected", "no_quorum"}
    assert {name for name, outcome in outcomes if outcome == "carried"} == set(PROFILES)


def _random_vote(dice: random.Random, name: str) -> Decision:
    roll = dice.choice([1, 2, 3, 20, 60, 350, 435, 473, 500])
    present = dice.randint(0, roll) if dice.random() < 0.3 else roll - dice.randint(0, roll // 5)
    cuts = sorted(dice.randint(0, present) for _ in range(2))
    approve, reject = (cuts[0], cuts[1] - cuts[0]) if dice.random() < 0.4 else (present - cuts[0], cuts[0])
    if dice.random() < 0.2:
        approve = reject = min(approve, reject)
    voted: list[Choice] = [choice for choice, n in (("approve", approve), ("reject", reject)) if n]  # type: ignore[misc]
    chair = dice.choice([None, *voted])
    return decided(name, roll, (approve, reject, present - approve - reject), chair, present)


def _ending(sentence: str, endings: dict[str, OutcomeName]) -> OutcomeName:
    found = [outcome for ending, outcome in endings.items() if sentence.endswith(ending)]
    assert len(found) == 1, sentence
    return found[0]


def _must_hold_numbers(decision: Decision) -> None:
    counts = decision.counts
    numbers = [decision.participating, counts.approve, counts.reject, counts.abstain]
    found = re.findall(r"(\d+) đại biểu [^()]+\(bằng (\d+),(\d\d)% tổng số", decision.sentence)
    assert [int(count) for count, _, _ in found] == numbers
    for count, whole, decimals in found:
        # Half up: what is printed is at most half a hundredth above the exact share, and less than that below.
        exact = Fraction(int(count), decision.roll) * 10_000
        assert Fraction(-1, 2) <= exact - int(whole + decimals) < Fraction(1, 2)
    found_en = re.findall(
        r"(\d+) (?:took part|in favour|against|abstaining) \(([\d.]+)% of all", decision.sentence_en
    )
    assert [int(count) for count, _ in found_en] == numbers
    assert [share.replace(".", "") for _, share in found_en] == [
        whole + decimals for _, whole, decimals in found
    ]


def test_a_practice_vote_says_so_first_in_both_languages() -> None:
    """Nobody who reads it out can leave out what it was; the rest is as in earnest."""
    earnest = question(PROFILES["quoc-hoi"].rule)
    practice = msgspec.structs.replace(earnest, practice=True)
    counts = Counts(approve=437, reject=3, abstain=8)
    said, real = (
        decide(asked, counts, roll=473, present_open=448, present_close=448, chair_choice=None)
        for asked in (practice, earnest)
    )
    assert said.sentence == f"BIỂU QUYẾT THỬ. {real.sentence}"
    assert said.sentence_en == f"PRACTICE VOTE. {real.sentence_en}"
