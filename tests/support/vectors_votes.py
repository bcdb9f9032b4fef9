"""Vectors of counting: recorded votes and near ties on every rule profile, with the whole decision; and of text."""

from typing import Any

import msgspec

from services.rules.majority import decide
from services.rules.profiles import PROFILES, Profile
from services.wire import Body, Choice, Counts, PollDefinition

# Recorded: the roll, then approve, reject, abstain.
RECORDED: dict[str, tuple[int, tuple[int, int, int]]] = {
    "Quốc hội 10/12/2025: 448 of 473 took part": (473, (437, 3, 8)),
    "Quốc hội 11/6/2018: 432 of 494 took part": (494, (423, 8, 1)),
    "Quốc hội 28/11/2013, Hiến pháp: 488 of 498 took part": (498, (486, 0, 2)),
}
NEAR: dict[str, tuple[int, tuple[int, int, int]]] = {
    "27 to 28 of 60": (60, (27, 28, 0)),
    "214 to 214 of 435": (435, (214, 214, 0)),
    "175 to 174 of 350": (350, (175, 174, 0)),
}
CHAIR = "chu-toa"
_PERCENT = "percentages of those taking part instead of all: 448 is 94,71 % of 473"
_NEAR = "half computed with fractions, >= for >, or the wrong base"


def definition(profile: Profile) -> PollDefinition:
    """A question under a profile."""
    body = Body(
        id="co-quan", name="Cơ quan mẫu", noun=profile.noun, noun_en=profile.noun_en, profile=profile.id
    )
    return PollDefinition(
        origin="plenary.local/voting/ky-hop-12",
        meeting="ky-hop-12",
        id="bq-01",
        body=body,
        title="Luật Thử nghiệm",
        title_en="the Test Act",
        options=profile.options,
        rule=profile.rule,
        roll="R" * 43,
        presiding=CHAIR,
    )


def case(
    name: str,
    catches: str,
    profile: Profile,
    roll: int,
    votes: tuple[int, int, int],
    *,
    chair: Choice | None = None,
    present: tuple[int, int] | None = None,
    practice: bool = False,
) -> dict[str, Any]:
    """One vote and its decision; everybody who voted is present unless `present` (open, close) says otherwise."""
    there = present or (sum(votes), sum(votes))
    asked = msgspec.structs.replace(definition(profile), practice=practice)
    counts = Counts(approve=votes[0], reject=votes[1], abstain=votes[2])
    decision = decide(
        asked, counts, roll=roll, present_open=there[0], present_close=there[1], chair_choice=chair
    )
    figures = {
        "counts": counts,
        "roll": roll,
        "present_open": there[0],
        "present_close": there[1],
        "chair_choice": chair,
    }
    return {
        "name": name,
        "catches": catches,
        "definition": asked,
        "figures": figures,
        "decision": decision,
    }


def majority() -> dict[str, Any]:
    """majority.json."""
    cases = []
    for profile in PROFILES.values():
        for name, (roll, votes) in RECORDED.items():
            cases.append(case(f"{profile.id}: {name}", _PERCENT, profile, roll, votes))
        for name, (roll, votes) in NEAR.items():
            cases.append(case(f"{profile.id}: {name}", _NEAR, profile, roll, votes, chair="approve"))
    cases += _special()
    content = {
        "about": "What carries: from a definition and figures to the decision, to the letter of both sentences. Integers "
        "only; percentages have two decimals, rounded half up, and name their base.",
        "cases": cases,
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(content))
    return plain


def _special() -> list[dict[str, Any]]:
    ubnd, assembly, constitution, general = (
        PROFILES[name] for name in ("ubnd", "quoc-hoi", "quoc-hoi-hien-phap", "general-meeting")
    )
    return [
        case("exactly half of all", "more than half read as at least half", assembly, 498, (249, 0, 0)),
        case("one more than half", "the same, from the other side", assembly, 498, (250, 0, 0)),
        case("exactly two thirds", "at least two thirds read as more", constitution, 498, (332, 0, 0)),
        case("one less than two thirds", "two thirds rounded down", constitution, 498, (331, 0, 0)),
        case("two thirds of 473", "⌈946/3⌉ = 316 computed with floating point", constitution, 473, (316, 0, 0)),
        case("tie, chair in favour", "a tie rule that is not applied", ubnd, 28, (14, 14, 0), chair="approve"),
        case("tie, chair against", "a tie always taken for carried", ubnd, 28, (14, 14, 0), chair="reject"),
        case("tie, chair abstained", "a side made up for the chair", ubnd, 28, (13, 13, 2), chair="abstain"),
        case("tie, chair did not vote", "the same", ubnd, 28, (14, 14, 0)),
        case("nobody for, nobody against", "0 = 0 taken for a tie", ubnd, 28, (0, 0, 28), chair="abstain"),
        case("no quorum at close", "a result although too few were there", ubnd, 30, (19, 0, 0), chair="approve"),
        case("quorum exactly", "two thirds of 30 read as more than 20", ubnd, 30, (20, 0, 0), present=(19, 20)),
        case("nobody voted", "a division by zero", general, 10, (0, 0, 0), present=(10, 10)),
        case("all abstained", "abstentions left out of those taking part", general, 10, (0, 0, 10)),
        case("a practice vote", "a sentence that could be read out as a result", assembly, 473, (437, 3, 8), practice=True),
    ]  # fmt: skip


def text() -> dict[str, Any]:
    """text.json."""
    good = "good"
    bad = "text_unclean"
    cases = [
        ("Vietnamese in NFC", "letters refused for their marks", good, "Nghị quyết về chuyển đổi số", False),
        ("quotation marks, dash, section sign", "typography refused", good, "“Luật” – § 5 …", False),
        ("no-break space", "the one odd space that official texts use", good, "100\u00a0đại biểu", False),
        ("two lines", "line breaks where they are allowed", good, "Điều 1\nĐiều 2", True),
        ("Khmer, Chinese, Arabic", "other scripts refused", good, "ភាសា 中文 العربية", False),
        ("empty", "nothing to show is for the message's own limits", good, "", False),
        ("line break", "a title of two lines", bad, "Điều 1\nĐiều 2", False),
        ("Vietnamese in NFD", "words that look equal and are signed differently", bad, "Nghi\u0323 quye\u0302\u0301t", False),
        ("right-to-left override", "a title shown in another order than it is signed", bad, "Tán \u202ehnàht", False),
        ("isolate", "the same", bad, "Tán \u2066thành\u2069", False),
        ("zero-width space", "two titles that look equal", bad, "Tán\u200bthành", False),
        ("zero-width joiner", "the same", bad, "Tán\u200dthành", False),
        ("soft hyphen", "the same", bad, "Tán\u00adthành", False),
        ("byte order mark", "the same, from a file", bad, "\ufeffTán thành", False),
        ("null", "text that C programs cut", bad, "Tán\u0000thành", False),
        ("escape", "text that commands a terminal", bad, "Tán\u001b[2Jthành", False),
        ("tab", "columns where there are none", bad, "Tán\tthành", False),
        ("space in front", "names that look equal", bad, " Tán thành", False),
        ("space behind", "the same", bad, "Tán thành ", False),
        ("thin space", "the same", bad, "Tán\u2009thành", False),
        ("Hangul filler", "an empty text that is not empty", bad, "\u3164", False),
        ("Braille blank", "the same", bad, "\u2800", False),
        ("variation selector", "a letter that looks otherwise elsewhere", bad, "T\ufe00án", False),
        ("private use", "a letter that each font draws otherwise", bad, "T\ue000án", False),
        ("tag character", "an invisible message", bad, "Tán\U000e0041", False),
        ("line separator", "a line break that is none", bad, "Tán\u2028thành", True),
        ("carriage return", "the same", bad, "Tán\r\nthành", True),
        ("a face of Unicode 15", "a letter that older tables do not know", bad, "Tán thành \U0001fae8", False),
        ("a character of Unicode 15", "the same", bad, "Tán thành \U00031350", False),
        ("a letter of Unicode 16", "the same", bad, "Tán thành \ua7cb", False),
    ]  # fmt: skip
    return {
        "about": "Text from outside that voters will read. `result` is good or the code of the refusal; line breaks are "
        "allowed where `multiline` says so. `new`: the same for text that is newly said; proofs of what was said before "
        "ask for `result` alone.",
        "cases": [
            {
                "name": name,
                "catches": catches,
                "result": result,
                "new": new,
                "text": said,
                "multiline": multiline,
            }
            for name, catches, result, new, said, multiline in (
                *(
                    (name, catches, result, result, said, lines)
                    for name, catches, result, said, lines in cases
                ),
                *((name, catches, good, new, said, False) for name, catches, new, said in _marks(good, bad)),
            )
        ],
    }


def _marks(good: str, bad: str) -> list[tuple[str, str, str, str]]:
    """Texts in NFC with letters that bear several marks, for what is newly said."""
    return [
        ("five marks on a letter", "a letter that runs over the lines about it", bad, "Z\u0316\u0317\u0300\u0301\u0302"),
        ("ten, and the letter brings two of them", "a rule that knows composed letters as one", bad, "ế\u0300\u0303\u0304 Z"),
        ("marks between spacing marks", "a count that begins anew in the middle", bad,
         "က\u1036\u1037\u102b\u1036\u1037\u102b\u1036"),
        ("enclosing marks", "marks of another category", bad, "a\u20dd\u20de\u20e0\u20e2\u20e3"),
        ("a mark twice", "two marks that look like one", bad, "x\u0323\u0323"),
        ("a mark twice, once in the letter", "the same, composed", bad, "ḗ\u0301"),
        ("a mark in front", "a mark on what stands before the text", bad, "\u0335Tán thành"),
        ("polytonic Greek with a mark besides", "four marks refused", good, "ᾧ\u0323"),
        ("pointed Hebrew", "the same", good, "\u05d4\u05b7\u05e9\u05b8\u05bc\u05c1\u0591\u05de\u05b7\u05d9\u05b4\u05dd"),
        ("vowelled Arabic", "the same", good, "\u0627\u0644\u0644\u064e\u0651\u0670\u0647\u064f"),
        ("Burmese", "the same", good, "လျှို့ဝှက်"),
        ("Khmer", "the same", good, "ព្រះរាជាណាចក្រកម្ពុជា ស៊ីញ៉េ"),
        ("Lao", "the same", good, "ສາທາລະນະລັດ ຕູ້ ຫຼີ້ນ"),
        ("Thai", "the same", good, "ที่ประชุม น้ำ กตัญญุตา สิ้นสุด"),
        ("Cham", "the same", good, "ꨌꩌ ꨆꨴꨯꨱꩃ ꨚꨴꨭꩍ"),
        ("Hmong", "the same", good, "\U00016b1c\U00016b10\U00016b2c\U00016b30 \U0001e10c\U0001e130"),
        ("Devanagari", "the same", good, "राष्ट्रीय क़ानूनों में"),
    ]  # fmt: skip
