"""The sentence that is read out, in the wording of official communiqués; every percentage names its base.

The form follows what is read in Quốc hội, e.g. on 10/12/2025: 448 taking part (94,71% of all deputies), 437
in favour (92,39%), 3 against (0,63%), 8 not voting (1,69%), all of 473 and not of 448. Percentages have two
decimals, rounded half up, in integers. The screen, the read-out, the PDF and other programs all take this one
text.
"""

from services.wire import Base, Choice, Decision, OutcomeName, PollDefinition, QuorumCheck, Threshold

_CHOSEN: dict[Choice, tuple[str, str]] = {
    "approve": ("tán thành", "in favour"),
    "reject": ("không tán thành", "against"),
    "abstain": ("không biểu quyết", "abstaining"),
}
# After the full noun (đại biểu Quốc hội) has been said once, communiqués go on with its head alone.
_HEADS = ("đại biểu", "thành viên", "cổ đông", "đảng viên", "hội viên", "ủy viên")


def percent(count: int, whole: int) -> int:
    """Hundredths of a percent, rounded half up: 437 of 473 is 9239. `whole` is at least 1."""
    return (20_000 * count + whole) // (2 * whole)


def sentence(definition: PollDefinition, decision: Decision) -> str:
    """The result in Vietnamese."""
    noun = definition.body.noun
    head = next((head for head in _HEADS if noun.startswith(head + " ")), noun)
    voters = decision.participating
    took_part = f"có {voters} {head} tham gia biểu quyết ({_of_roll(voters, decision, noun)})"
    choices = ", ".join(
        f"{number} {head} {_CHOSEN[choice][0]} ({_of_roll(number, decision, noun)})"
        for choice, number in _chosen(definition, decision)
    )
    parts = [
        "BIỂU QUYẾT THỬ." if definition.practice else "",
        f"Kết quả biểu quyết: {took_part}; {choices}.",
        _quorum(decision.quorum_close, definition, decision.roll),
        _demand(definition.rule.threshold, decision, noun),
        _tie(decision),
        f"Như vậy, {_quoted(definition.title)} {_outcome(decision.outcome, noun)}.",
    ]
    return " ".join(part for part in parts if part)


def sentence_en(definition: PollDefinition, decision: Decision) -> str:
    """The result in English."""
    noun = definition.body.noun_en or "members"
    voters = decision.participating
    took_part = f"{voters} took part ({_of_roll_en(voters, decision, noun)})"
    choices = ", ".join(
        f"{number} {_CHOSEN[choice][1]} ({_of_roll_en(number, decision, noun)})"
        for choice, number in _chosen(definition, decision)
    )
    parts = [
        "PRACTICE VOTE." if definition.practice else "",
        f"Result of the vote: {took_part}; {choices}.",
        _quorum_en(decision.quorum_close, definition, decision.roll),
        _demand_en(definition.rule.threshold, decision, noun),
        _tie_en(decision),
        f"Accordingly, {_quoted(definition.title_en or definition.title)} {_OUTCOMES_EN[decision.outcome]}.",
    ]
    return " ".join(part for part in parts if part)


def base_name(base: Base, noun: str) -> str:
    """What a threshold is a fraction of, in Vietnamese: tổng số đại biểu Quốc hội, số cổ đông có mặt, …"""
    names: dict[Base, str] = {
        "roll": f"tổng số {noun}",
        "present": f"số {noun} có mặt",
        "participating": f"số {noun} tham gia biểu quyết",
        "for_and_against": f"số {noun} tán thành và không tán thành",
    }
    return names[base]


def base_name_en(base: Base, noun: str) -> str:
    """What a threshold is a fraction of, in English."""
    names: dict[Base, str] = {
        "roll": f"all {noun}",
        "present": f"the {noun} present",
        "participating": f"the {noun} taking part",
        "for_and_against": f"the {noun} voting for or against",
    }
    return names[base]


def _chosen(definition: PollDefinition, decision: Decision) -> list[tuple[Choice, int]]:
    """Choices offered (or chosen all the same), in the order of the communiqués."""
    counts = decision.counts
    numbers: list[tuple[Choice, int]] = [
        ("approve", counts.approve),
        ("reject", counts.reject),
        ("abstain", counts.abstain),
    ]
    offered = {option.choice for option in definition.options}
    return [(choice, number) for choice, number in numbers if number or choice in offered]


def _of_roll(count: int, decision: Decision, noun: str) -> str:
    return f"bằng {_percent_vi(count, decision.roll)} {base_name('roll', noun)}"


def _of_roll_en(count: int, decision: Decision, noun: str) -> str:
    return f"{_percent_en(count, decision.roll)} of {base_name_en('roll', noun)}"


def _percent_vi(count: int, whole: int) -> str:
    whole_percent, hundredths = divmod(percent(count, whole), 100)
    return f"{whole_percent},{hundredths:02d}%"


def _percent_en(count: int, whole: int) -> str:
    whole_percent, hundredths = divmod(percent(count, whole), 100)
    return f"{whole_percent}.{hundredths:02d}%"


def _quorum(check: QuorumCheck | None, definition: PollDefinition, roll: int) -> str:
    if check is None or definition.rule.quorum is None:
        return ""
    noun = definition.body.noun
    there = "có mặt" if definition.rule.quorum.counted == "present" else "tham gia biểu quyết"
    share = f"bằng {_percent_vi(check.counted, roll)} {base_name('roll', noun)}"
    met = "đủ" if check.met else "không đủ"
    return f"Số {noun} {there} là {check.counted}/{roll} ({share}), cần có ít nhất {check.needed}: {met}."


def _quorum_en(check: QuorumCheck | None, definition: PollDefinition, roll: int) -> str:
    if check is None or definition.rule.quorum is None:
        return ""
    noun = definition.body.noun_en or "members"
    there = "present" if definition.rule.quorum.counted == "present" else "taking part"
    share = f"{_percent_en(check.counted, roll)} of {base_name_en('roll', noun)}"
    met = "met" if check.met else "not met"
    return f"Quorum: {check.counted} of {roll} {there} ({share}), at least {check.needed} needed: {met}."


def _demand(threshold: Threshold, decision: Decision, noun: str) -> str:
    name = base_name(decision.base, noun)
    text = f"Cần ít nhất {_out_of(decision, '/')} {noun} tán thành ({_fraction(threshold)} {name})"
    if decision.base == "roll" or not decision.base_count:
        return text + "."
    approvals = decision.counts.approve
    return f"{text}; số tán thành là {approvals}, bằng {_percent_vi(approvals, decision.base_count)} {name}."


def _demand_en(threshold: Threshold, decision: Decision, noun: str) -> str:
    name = base_name_en(decision.base, noun)
    text = f"Needed: at least {_out_of(decision, ' of ')} in favour ({_fraction_en(threshold)} {name})"
    if decision.base == "roll" or not decision.base_count:
        return text + "."
    approvals = decision.counts.approve
    return f"{text}; in favour are {approvals}, {_percent_en(approvals, decision.base_count)} of {name}."


def _out_of(decision: Decision, between: str) -> str:
    # With nobody in the base one approval is still needed, and "1/0" would be no number.
    return f"{decision.needed}{between}{decision.base_count}" if decision.base_count else str(decision.needed)


def _fraction(threshold: Threshold) -> str:
    match (threshold.numerator, threshold.denominator, threshold.strict):
        case (1, 2, True):
            return "quá nửa"
        case (2, 3, False):
            return "ít nhất hai phần ba"
        case (numerator, denominator, strict):
            return f"{'trên' if strict else 'ít nhất'} {numerator}/{denominator}"


def _fraction_en(threshold: Threshold) -> str:
    match (threshold.numerator, threshold.denominator, threshold.strict):
        case (1, 2, True):
            return "more than half of"
        case (2, 3, False):
            return "at least two thirds of"
        case (numerator, denominator, strict):
            return f"{'more than' if strict else 'at least'} {numerator}/{denominator} of"


def _tie(decision: Decision) -> str:
    if not decision.tie_broken_by:
        return ""
    side = "tán thành" if decision.outcome == "carried" else "không tán thành"
    return (
        "Số tán thành và số không tán thành ngang nhau; theo quy định, quyết định theo ý kiến biểu quyết "
        f"của người chủ trì ({side})."
    )


def _tie_en(decision: Decision) -> str:
    if not decision.tie_broken_by:
        return ""
    side = "in favour" if decision.outcome == "carried" else "against"
    return f"Votes for and against are equal; by the rule, the side of the presiding chair ({side}) decides."


def _quoted(title: str) -> str:
    """In Vietnamese quotes; those within become single ones, so that a title cannot end its own quotation."""
    return "“" + title.replace("“", "‘").replace("”", "’") + "”"


def _outcome(outcome: OutcomeName, noun: str) -> str:
    match outcome:
        case "carried":
            return "đã được thông qua"
        case "rejected":
            return "không được thông qua"
        case "no_quorum":
            return f"chưa được quyết định vì không đủ số {noun} theo quy định"


_OUTCOMES_EN: dict[OutcomeName, str] = {
    "carried": "is carried",
    "rejected": "is not carried",
    "no_quorum": "is not decided, because there was no quorum",
}
