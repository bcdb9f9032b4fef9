"""Presets of the bodies' rules of speaking, as data: which lists there are, who comes next, for how long.

A profile is copied into the first line of a floor's ledger, and the rules of a lane into the lane, so that a later
change here changes no floor that has begun. Each body may set its own; these are where to start, to be checked
against the rules in force. "Quoted": the words of the rule were seen, quoted by a site of law or a newspaper, not in
the gazette. "Recalled": not even that. "Chosen here": no rule was found, a figure was needed.
"""

from msgspec.structs import replace

from services.wire import FloorProfile, LaneRules

_MINUTE = 60

# Every lane keeps LaneRules' own caps on what makes a ledger longer and nobody speak (chosen here): ten withdrawals of
# a person, who may have thought better of it after each of ten speeches; ten changes of a request, a note written while
# one waits; ten written opinions, of which the last one stands. So nobody can add more than 141 lines to a list by
# themselves, and a phone in a loop is stopped within a second; the desk can still ask for whoever it hits.
# What all lanes here have in common. While a vote is open nobody else speaks (European Parliament, rule on voting:
# from a report); a body that talks on while it votes must say so. Limits are warned of, not enforced: every rule seen
# leaves it to the chair to stop a speaker.
_ANY = LaneRules(paused_by_vote=True)
# Interposed questions: a minute, as any question (chosen here).
_DEBATED = replace(_ANY, stances=("for", "against", "other"), interposed_s=_MINUTE)
# One minute: European Parliament, Rule 142 (4) of 2007, on procedural motions (quoted). Before all other lists, and not
# while a vote is open: the same Parliament (from a report). The Bundestag gives three minutes (§ 29 (4), quoted).
_POINT_OF_ORDER = replace(_ANY, turn_s=_MINUTE, interrupts=True, blocked_by_vote=True)
# NQ 102/2015/QH13 Đ.15 k.3 (quoted) and NQ 71/2022/QH15 Đ.17 (from a report): không quá 15 phút.
_PRESENTATION = replace(_ANY, turn_s=15 * _MINUTE, guests=True)
# Hỏi 1 phút, trả lời 3 phút: how the National Assembly does it since 2018 (reports; on its trial in 2018 and again of
# 2024: quoted). Who answers is called by the chair and asks for nothing.
_QUESTION = replace(_ANY, turn_s=_MINUTE, answer_s=3 * _MINUTE)

# NQ 71/2022/QH15 Đ.18 k.3 (quoted): first speech 7 minutes, second 3; debate 3 each; explanation 10. At most two
# speeches on one matter: NQ 102/2015/QH13 Đ.16 k.2 d (quoted), the rule before; that it stands in 71/2022 is recalled.
# What it counts are the speeches of 7 and of 3 minutes, which the same sentence goes on to limit: those of the list
# `speech`, of which an item has one. It knew no debate; 71/2022 gave that its own minutes, each time, and no number. So
# turns in other lists of the item do not count: who has spoken twice may still debate, explain, and speak to procedure.
# A second list of speeches on an item is not of these rules: to open one takes a reason, which the log shows.
# The order: as registered, the chair may call otherwise (102/2015 Đ.16 k.2 c, quoted; here with a reason).
# Đ.19 k.2 (quoted): in question time as registered, and who put the question debates first; two minutes are recalled
# (a draft of 2022 had one, committee members asked for two). A resolution of 2025 changed 71/2022: its title was seen,
# its minutes were not; the draft of May 2025 had 5 for the first speech. Check before use.
_NATIONAL_ASSEMBLY = {
    "speech": replace(_DEBATED, turn_s=7 * _MINUTE, second_s=3 * _MINUTE, turns_per_person=2),
    "debate": replace(_DEBATED, turn_s=3 * _MINUTE),
    "explanation": replace(_ANY, turn_s=10 * _MINUTE, guests=True),
    "presentation": _PRESENTATION,
    "question": _QUESTION,
    "question_debate": replace(
        _ANY, order="askers_first", turn_s=2 * _MINUTE, answer_s=3 * _MINUTE, interposed_s=_MINUTE
    ),
    "point_of_order": _POINT_OF_ORDER,
}

# What is no question of anybody's own law here: a list of each kind, with the National Assembly's minutes where it has
# some and a body has none. A debate here is that one, the reply to what somebody said; what Robert's Rules call debate,
# twice for each member, are the speeches.
_COMMON = {
    "debate": replace(_DEBATED, turn_s=3 * _MINUTE),
    "presentation": _PRESENTATION,
    "question": _QUESTION,
    "point_of_order": _POINT_OF_ORDER,
}

_ALL = (
    FloorProfile(
        id="quoc-hoi",
        name="Quốc hội: phiên họp toàn thể",
        name_en="National Assembly: plenary sitting",
        source="Nội quy kỳ họp Quốc hội: Nghị quyết 71/2022/QH15 Đ.17, Đ.18 k.3, Đ.19 k.2; Nghị quyết 102/2015/QH13"
        " Đ.15 k.3, Đ.16 k.2 (không quá hai lần về cùng một nội dung; tranh luận, giải trình tính riêng). Hỏi 1 phút,"
        " trả lời 3 phút: cách tiến hành từ năm 2018. Tranh luận khi chất vấn 2 phút: chưa đối chiếu được. Nội quy đã"
        " được sửa đổi năm 2025: cần đối chiếu trước khi dùng.",
        lanes=_NATIONAL_ASSEMBLY,
    ),
    # Each council has its own regulation of its sessions, now after the models NQ 103/2025 and 104/2025 (titles seen,
    # their minutes not). Luật 87/2015/QH13 has question time for councils too (recalled).
    FloorProfile(
        id="hdnd",
        name="Hội đồng nhân dân: kỳ họp",
        name_en="People's Council: session",
        source="Lấy theo Nội quy kỳ họp Quốc hội (Nghị quyết 71/2022/QH15). Mỗi Hội đồng nhân dân có nội quy kỳ họp"
        " riêng, quy chế mẫu là Nghị quyết 103/2025 và 104/2025: cần đối chiếu và thay số phút cho đúng nội quy của"
        " mình.",
        lanes=_NATIONAL_ASSEMBLY,
    ),
    # Their working regulations (NĐ 39/2022/NĐ-CP for the Government, one of each committee) were seen by title only.
    # The chair leads the discussion; five minutes: chosen here.
    FloorProfile(
        id="ubnd",
        name="Chính phủ, Ủy ban nhân dân: phiên họp",
        name_en="Government, People's Committee: sitting",
        source="Chưa thấy quy định về số phút phát biểu trong quy chế làm việc (Nghị định 39/2022/NĐ-CP của Chính phủ,"
        " quy chế của từng Ủy ban nhân dân): 5 phút là mức tạm đặt; trình bày 15 phút, hỏi 1 phút, trả lời 3 phút lấy"
        " theo Nội quy kỳ họp Quốc hội. Cần thay theo quy chế của cơ quan.",
        lanes={"speech": replace(_DEBATED, turn_s=5 * _MINUTE), **_COMMON},
    ),
    # Điều lệ Đảng Đ.9: before a vote every member may say their opinion (from a report). So nobody speaks again while
    # somebody waits who has not spoken. Five minutes: chosen here.
    FloorProfile(
        id="cap-uy",
        name="Cấp ủy, chi bộ: hội nghị, sinh hoạt",
        name_en="Party committee or cell: meeting",
        source="Điều lệ Đảng Đ.9: trước khi biểu quyết, mỗi thành viên được phát biểu ý kiến của mình; vì vậy người"
        " chưa phát biểu được mời trước. Không có quy định số phút: 5 phút là mức tạm đặt. Cần thay theo quy chế làm"
        " việc của cấp ủy.",
        lanes={"speech": replace(_DEBATED, order="fewest_turns", turn_s=5 * _MINUTE), **_COMMON},
    ),
    # Robert's Rules of Order (1915) § 42 (quoted): twice to the same question on the same day, ten minutes each; no
    # second speech while anybody wishes to speak who has not. Companies' law leaves it to the chair (recalled).
    FloorProfile(
        id="general-meeting",
        name="Đại hội, hội nghị: thảo luận",
        name_en="General meeting: discussion",
        source="Robert's Rules of Order (1915) § 42: mỗi người phát biểu không quá hai lần về một nội dung, mỗi lần"
        " không quá 10 phút; không phát biểu lần thứ hai khi còn người chưa phát biểu. Cần thay theo quy chế đại hội.",
        lanes={
            "speech": replace(_DEBATED, order="fewest_turns", turn_s=10 * _MINUTE, turns_per_person=2),
            **_COMMON,
        },
    ),
    # The same, and "if the chair knows on which side they will speak" the sides come by turns: Robert, Parliamentary
    # Practice, p. 13 (the sentence was seen in part); Geschäftsordnung des Deutschen Bundestages § 28 (1) (quoted).
    FloorProfile(
        id="for-and-against",
        name="Phát biểu luân phiên tán thành, không tán thành",
        name_en="For and against by turns",
        source="Robert's Rules of Order (1915) § 42 về số lần và số phút; luân phiên hai phía: Geschäftsordnung des"
        " Deutschen Bundestages § 28 k.1 (Rede und Gegenrede).",
        lanes={
            "speech": replace(_DEBATED, order="alternating", turn_s=10 * _MINUTE, turns_per_person=2),
            **_COMMON,
            "debate": replace(_DEBATED, order="alternating", turn_s=3 * _MINUTE),
        },
    ),
)

FLOOR_PROFILES: dict[str, FloorProfile] = {profile.id: profile for profile in _ALL}

# Voting's presets (`services/rules/profiles.py`) whose bodies speak by the rules of another name.
_SPEAK_AS = {"quoc-hoi-hien-phap": "quoc-hoi", "hdnd-bai-nhiem": "hdnd", "chinh-phu": "ubnd"}


def floor_profile_of(body_profile: str) -> FloorProfile:
    """The preset for a body that votes by this profile; the general meeting's for one not known here."""
    named = _SPEAK_AS.get(body_profile, body_profile)
    return FLOOR_PROFILES.get(named, FLOOR_PROFILES["general-meeting"])
