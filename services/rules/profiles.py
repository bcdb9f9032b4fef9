"""Presets of the bodies we know, as data: what carries, who must be there, what the buttons say.

A profile is copied into the poll's signed definition when a poll is drafted, so that a later change here
changes no poll that was opened. Each body may set its own; these are where to start, to be checked against
the law in force. Sources were read at second hand, in reports;
"recalled" marks what was not even seen there.
"""

from services.rules.errors import ProfileUnknown
from services.wire import Id, Line, Message, Option, Quorum, Rule, Threshold, Title


class Profile(Message, frozen=True, kw_only=True):
    """A preset. `noun` names the body's members in results; `duration_s` is how long a poll stays open
    (seconds).
    """

    id: Id
    name: Title
    name_en: Line
    noun: Title
    noun_en: Line
    rule: Rule
    options: tuple[Option, ...]
    duration_s: int
    changes: bool


HALF = Threshold(numerator=1, denominator=2, strict=True)
TWO_THIRDS = Threshold(numerator=2, denominator=3, strict=False)

# The three answers of Vietnamese law: Luật Tổ chức chính quyền địa phương 2015 (77/2015/QH13) Đ.91 k.1
# (HĐND), Đ.117 k.1 (UBND); the same words in Nội quy kỳ họp Quốc hội (71/2022/QH15, Đ.20).
OPTIONS = (
    Option(choice="approve", label="Tán thành", label_en="Approve"),
    Option(choice="reject", label="Không tán thành", label_en="Against"),
    Option(choice="abstain", label="Không biểu quyết", label_en="Abstain"),
)
# 60 seconds in the hall, more where people must come to their phones first. No preset lets a vote be changed:
# portals of councils say that one cannot vote again after a vote was taken; a body may allow it in its own
# rules.
HALL_S = 60
ROOM_S = 120

_ALL = (
    # Hiến pháp 2013 Đ.85: luật, nghị quyết phải được quá nửa tổng số đại biểu Quốc hội biểu quyết tán thành.
    # The base is all deputies, present or not. No quorum of a sitting was found in a source: none is invented
    # here.
    Profile(
        id="quoc-hoi",
        name="Quốc hội: luật, nghị quyết",
        name_en="National Assembly: laws and resolutions",
        noun="đại biểu Quốc hội",
        noun_en="members of the National Assembly",
        rule=Rule(base="roll", threshold=HALF),
        options=OPTIONS,
        duration_s=HALL_S,
        changes=False,
    ),
    # Hiến pháp 2013 Đ.85: làm Hiến pháp, sửa đổi Hiến pháp, rút ngắn hoặc kéo dài nhiệm kỳ của Quốc hội, bãi
    # nhiệm đại biểu Quốc hội phải được ít nhất hai phần ba tổng số đại biểu Quốc hội biểu quyết tán thành
    # (the dismissal, and Đ.120 k.4: recalled).
    Profile(
        id="quoc-hoi-hien-phap",
        name="Quốc hội: Hiến pháp, nhiệm kỳ, bãi nhiệm đại biểu",
        name_en="National Assembly: Constitution, its term, dismissal of a member",
        noun="đại biểu Quốc hội",
        noun_en="members of the National Assembly",
        rule=Rule(base="roll", threshold=TWO_THIRDS),
        options=OPTIONS,
        duration_s=HALL_S,
        changes=False,
    ),
    # Luật 77/2015/QH13 Đ.91 k.3: nghị quyết được thông qua khi có quá nửa tổng số đại biểu HĐND biểu quyết
    # tán thành. Luật 72/2025/QH15 (16/6/2025) took its place: its article on voting was not seen; check
    # before use. Quorum of two thirds: recalled from the law of 2003, not seen in a law in force; check.
    Profile(
        id="hdnd",
        name="Hội đồng nhân dân: nghị quyết",
        name_en="People's Council: resolutions",
        noun="đại biểu Hội đồng nhân dân",
        noun_en="members of the People's Council",
        rule=Rule(base="roll", threshold=HALF, quorum=Quorum(threshold=TWO_THIRDS)),
        options=OPTIONS,
        duration_s=HALL_S,
        changes=False,
    ),
    # Same article: riêng nghị quyết về bãi nhiệm đại biểu HĐND … ít nhất hai phần ba tổng số đại biểu HĐND.
    Profile(
        id="hdnd-bai-nhiem",
        name="Hội đồng nhân dân: bãi nhiệm đại biểu",
        name_en="People's Council: dismissal of a member",
        noun="đại biểu Hội đồng nhân dân",
        noun_en="members of the People's Council",
        rule=Rule(base="roll", threshold=TWO_THIRDS, quorum=Quorum(threshold=TWO_THIRDS)),
        options=OPTIONS,
        duration_s=HALL_S,
        changes=False,
    ),
    # Luật 77/2015/QH13 Đ.114 (phiên họp có ít nhất hai phần ba tổng số thành viên), Đ.117 (quá nửa tổng số
    # thành viên; ngang nhau: theo Chủ tịch: k.3, recalled). In Luật 72/2025/QH15 the articles were not
    # seen; check. The chair's side is the presiding person's: where a deputy presides, the body must say
    # whose side it is.
    Profile(
        id="ubnd",
        name="Ủy ban nhân dân: quyết định tại phiên họp",
        name_en="People's Committee: decisions at a sitting",
        noun="thành viên Ủy ban nhân dân",
        noun_en="members of the People's Committee",
        rule=Rule(base="roll", threshold=HALF, quorum=Quorum(threshold=TWO_THIRDS), tie="chair"),
        options=OPTIONS,
        duration_s=ROOM_S,
        changes=False,
    ),
    # Luật Tổ chức Chính phủ 2015 (76/2015/QH13) Đ.46: ít nhất hai phần ba tổng số thành viên; quá nửa tổng
    # số; ngang nhau: theo ý kiến mà Thủ tướng đã biểu quyết. A law of 2025 (63/2025/QH15, recalled) took its
    # place; check.
    Profile(
        id="chinh-phu",
        name="Chính phủ: nghị quyết tại phiên họp",
        name_en="Government: decisions at a sitting",
        noun="thành viên Chính phủ",
        noun_en="members of the Government",
        rule=Rule(base="roll", threshold=HALF, quorum=Quorum(threshold=TWO_THIRDS), tie="chair"),
        options=OPTIONS,
        duration_s=ROOM_S,
        changes=False,
    ),
    # Điều lệ Đảng Đ.9 (recalled): có giá trị thi hành khi có hơn một nửa số thành viên trong cơ quan đó tán
    # thành. The roll must be frozen as Quy định 24-QĐ/TW (2021) mục 9.3 counts: those officially summoned,
    # less those absent throughout where it says so; candidate members are not on it. A cell of 22 with 20
    # official members: roll 20.
    Profile(
        id="cap-uy",
        name="Cấp ủy, chi bộ: nghị quyết, quyết định",
        name_en="Party committee or cell: decisions",
        noun="thành viên",
        noun_en="members of the body",
        rule=Rule(base="roll", threshold=HALF),
        options=OPTIONS,
        duration_s=ROOM_S,
        changes=False,
    ),
    # Luật Doanh nghiệp 2020 (59/2020/QH14), recalled: Đ.145 k.1, a meeting needs over 50 % of all votes;
    # Đ.148 k.2, over 50 % of the votes of those attending, since Luật 03/2022/QH15 of those "tham dự và biểu
    # quyết": taking part. Here one member has one vote; votes by shares are another format. The charter may
    # ask for more (Đ.148 k.1: 65 %).
    Profile(
        id="general-meeting",
        name="Đại hội, hội nghị: nghị quyết",
        name_en="General meeting: resolutions",
        noun="đại biểu",
        noun_en="members",
        rule=Rule(base="participating", threshold=HALF, quorum=Quorum(threshold=HALF)),
        options=OPTIONS,
        duration_s=ROOM_S,
        changes=False,
    ),
    # House of Commons divisions, and the European Parliament: only votes for and against count, a tie does
    # not carry (in the Commons the Speaker, who else does not vote, decides by convention). The Commons'
    # quorum of forty in a division (Standing Order 41, recalled) is a number, no fraction: not modelled.
    Profile(
        id="for-and-against",
        name="Chỉ tính phiếu tán thành và không tán thành",
        name_en="Votes for and against only",
        noun="đại biểu",
        noun_en="members",
        rule=Rule(base="for_and_against", threshold=HALF),
        options=OPTIONS,
        duration_s=600,
        changes=False,
    ),
)

PROFILES: dict[str, Profile] = {profile.id: profile for profile in _ALL}


def profile(name: str) -> Profile:
    """The preset of that id. Raises ProfileUnknown."""
    try:
        return PROFILES[name]
    except KeyError as error:
        raise ProfileUnknown(profile=name) from error
