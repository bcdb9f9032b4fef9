"""The minutes: what they show is what was proven, and no text from outside is anything but text."""

import io
import re
from pathlib import Path

import msgspec
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from services.rules import jws, proof
from services.rules.proof import Proven
from services.signing import begun_words, minutes, minutes_words, recheck_words, typesetting
from services.wire import Quorum, Rule, Threshold
from tests.support.begun_plays import GOOD
from tests.support.evidence import HALF, Sitting, by_choice
from tests.support.pages import HOSTILE, tagged, text_of
from tests.support.recheck_plays import GOOD as RECHECKED
from tests.support.tools import needs

URL = "https://bieuquyet.example.vn/verify#hash"


def proven_of(sitting: Sitting) -> Proven:
    """What is proven of a sitting."""
    return proof.verify_statement(sitting.statement(), sitting.pki.anchors())


def small(**changed: object) -> Sitting:
    """Five members, all of whom vote."""
    sitting = Sitting(members=5, **changed)  # type: ignore[arg-type]
    return sitting.play(by_choice(sitting.ids, 3, 1, 1))


def set_pages(proven: Proven) -> bytes:
    """The minutes of it."""
    return minutes.typeset(proven, b'{"payload":""}', "hash", URL)


@needs("pdftotext")
def test_the_minutes_say_what_was_proven(tmp_path: Path) -> None:
    """Question, figures, sentence, transitions, every delegate, the evidence."""
    sitting = small(names={"db002": "Trần Thị Bưởi"})
    proven = proven_of(sitting)
    said = text_of(set_pages(proven), tmp_path)
    for part in (
        "BIÊN BẢN KẾT QUẢ BIỂU QUYẾT",
        "Độc lập – Tự do – Hạnh phúc",
        sitting.title,
        "Trần Thị Bưởi",
        "Tán thành: 3 ≥ 3 = ⌊5 × 1/2⌋ + 1",
        "Túc số: 5 ≥ 4 = ⌈5 × 2/3⌉",
        "60,00% của 5",
        "(+07:00)",
        "Trang 1/",
    ):
        assert part in said, part
    squeezed = said.replace(" ", "")
    for whole in (proven.statement.decision.sentence, proven.statement.decision.sentence_en):
        assert whole.replace(" ", "") in squeezed
    for evidence in (proven.statement.definition, proven.definition.roll, proven.run.checkpoint.origin):
        assert evidence.replace(" ", "") in squeezed


@needs("pdftotext")
def test_a_great_roll_stands_in_lines(tmp_path: Path) -> None:
    """Beyond 2,000 names there is no table; every name stands there with its choice and its line, in order."""
    words = minutes_words.words(proven_of(small()), "hash", URL)
    votes = [[f"{place}. Đại biểu {place}", "Tổ 1", "Tán thành", str(place + 7)] for place in range(1, 2_002)]
    spelled = typesetting.spell(words | {"votes": votes, "tall": [False] * 2_001})
    pdf = typesetting.typeset(minutes.TEMPLATE, spelled, 0, "{}", "{}")
    said = text_of(pdf, tmp_path)
    found = re.findall(r"([0-9]+)\. Đại biểu \1 \(Tổ 1\) +Tán thành · ([0-9]+)", said)
    assert sorted((int(place), int(line)) for place, line in found) == [(n, n + 7) for n in range(1, 2_002)]


@pytest.mark.parametrize("title", HOSTILE)
@needs("pdftotext")
def test_text_from_outside_is_only_text(title: str, tmp_path: Path) -> None:
    """Markup of Typst, PDF or HTML is shown as it is; what no font has is shown by its number."""
    words = minutes_words.words(proven_of(small()), "hash", URL) | {"title": title, "text": title}
    proven = proven_of(small())
    assert words["body"] == proven.statement.body.name
    sitting = small(text=title, without_quorum="")
    said = text_of(set_pages(proven_of(sitting)), tmp_path).replace(" ", "").replace("\u00a0", "")
    expected = "".join(
        character if typesetting._has_glyph(character) else f"[U+{ord(character):04X}]" for character in title
    )
    if not re.search("[\u0590-\u06ff]", title):  # poppler puts right-to-left text in its own order
        assert expected.replace(" ", "").replace("\u00a0", "") in said


@pytest.mark.parametrize("place", ["names", "text", "reason"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_place_for_text_takes_anything(place: str, hostile: str) -> None:
    """A member's name, the question, a reason: whatever it is, the minutes come out."""
    sitting = Sitting(
        members=5,
        names={"db002": hostile[:500]} if place == "names" else {},
        text=hostile if place == "text" else "",
        without_quorum=hostile[:500] if place == "reason" else "",
    )
    if place == "reason":
        sitting.present = ("db001",)
    sitting.play(by_choice(sitting.ids, 5, 0, 0))
    assert set_pages(proven_of(sitting)).startswith(b"%PDF-")


def test_a_title_in_every_length_up_to_the_longest() -> None:
    """500 letters of Vietnamese still fit."""
    assert set_pages(proven_of(small(title="Nghị quyết về việc " * 26 + "ấy"))).startswith(b"%PDF-")


def test_the_same_input_gives_the_same_bytes() -> None:
    """Whoever has the statement can set the pages again and compare."""
    proven = proven_of(small())
    assert set_pages(proven) == set_pages(proven)


def test_it_is_pdf_a_3a_tagged_in_vietnamese() -> None:
    """Part 3, conformance A, a language, tables with header cells, a figure with alternative text."""
    reader = PdfFileReader(io.BytesIO(set_pages(proven_of(small()))))
    metadata = reader.root["/Metadata"].data.decode()
    assert re.search(r"pdfaid:part[>=\"]+3", metadata)
    assert re.search(r"pdfaid:conformance[>=\"]+A", metadata)
    assert reader.root["/Lang"].startswith("vi")
    assert reader.root["/MarkInfo"]["/Marked"]
    tags, alternatives = tagged(reader.root["/StructTreeRoot"])
    assert {"/Table", "/TH", "/TD", "/H1", "/H2", "/Figure"} <= tags
    assert f"Mã QR dẫn tới {URL}" in alternatives


def test_typst_finds_nothing_that_pdf_ua_forbids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Headings in order, alternative texts, a title: set for PDF/UA-1 the same pages come out."""
    monkeypatch.setattr(typesetting, "STANDARD", ["a-3a", "ua-1"])
    assert set_pages(proven_of(small())).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule(base="roll", threshold=HALF), "nhiều hơn 1/2 tổng số đại biểu Hội đồng nhân dân."),
        (
            Rule(
                base="participating",
                threshold=Threshold(numerator=2, denominator=3, strict=False),
                quorum=Quorum(threshold=HALF, counted="participating"),
                tie="chair",
            ),
            "ít nhất bằng 2/3 số đại biểu Hội đồng nhân dân tham gia biểu quyết. Cần nhiều hơn 1/2 tổng số "
            "đại biểu Hội đồng nhân dân tham gia biểu quyết. Khi số tán thành và không tán thành ngang nhau, "
            "quyết định theo phía chủ tọa đã biểu quyết.",
        ),
    ],
)
def test_the_rule_is_told_in_words(rule: Rule, said: str) -> None:
    """Base, threshold, quorum and tie, as they are in the signed question."""
    assert minutes_words.rule_in_words(rule, "đại biểu Hội đồng nhân dân").endswith(said)


def test_who_did_not_vote_and_why_it_was_opened_without_quorum_are_printed() -> None:
    """The absent stand in the list as such; the reason stands where the chair signed it."""
    sitting = Sitting(members=5, without_quorum="Kỳ họp bất thường")
    sitting.present = ("db001", "db002")
    words = minutes_words.words(proven_of(sitting.play(by_choice(sitting.ids, 4, 0, 0))), "hash", URL)
    assert words["without_quorum"] == "Kỳ họp bất thường"
    assert words["votes"][4][2:] == ["Không tham gia", "–"]
    assert words["votes"][0][2:] == ["Tán thành", "5"]
    assert words["presence"][0][3].startswith("KHÔNG ĐỦ")


def test_every_transition_is_printed_with_actor_time_and_reason() -> None:
    """Held, resumed, extended, closed by the clock: each with who, when, why."""
    sitting = Sitting(members=5, duration_s=60)
    sitting.announce()
    sitting.open()
    sitting.cast_all(by_choice(sitting.ids, 5, 0, 0))
    sitting.hold()
    sitting.resume()
    sitting.extend(30)
    sitting.tick(100)
    sitting.close()
    sitting.count()
    sitting.declare()
    steps = minutes_words.words(proven_of(sitting), "hash", URL)["steps"]
    assert [step[0] for step in steps] == [
        "Công bố nội dung",
        "Mở biểu quyết",
        "Tạm dừng",
        "Tiếp tục",
        "Gia hạn",
        "Đóng biểu quyết",
        "Công bố kết quả",
    ]
    assert steps[2][3] == "Mất điện"
    assert steps[4][3] == "thêm 30 giây; Đại biểu xin thêm thời gian"
    assert steps[5][2] == "Đồng hồ hệ thống (hết thời gian)"


def test_a_chair_who_is_not_on_the_roll_is_named_as_certified() -> None:
    """The minutes name a person, not a login."""
    sitting = Sitting(members=5)
    sitting.keys["chu-toa"] = sitting.pki.person("chu-toa")
    sitting.presiding = "chu-toa"
    sitting.definition = sitting.define()
    words = minutes_words.words(proven_of(sitting.play(by_choice(sitting.ids, 5, 0, 0))), "hash", URL)
    assert words["chair"] == "chu-toa"
    assert {step[2] for step in words["steps"]} == {"chu-toa (chu-toa)"}


def test_the_press_is_warmed_by_all_that_the_template_asks_for() -> None:
    """Minutes of nothing name exactly the parts that minutes of a vote have."""
    words = minutes_words.words(proven_of(small()), "hash", URL)
    assert set(words) == {*minutes_words.PARTS, *minutes_words.LISTS}
    assert typesetting.warm(minutes.TEMPLATE).startswith(b"%PDF-")


def test_times_are_those_of_viet_nam() -> None:
    """Seven hours east of Greenwich, milliseconds and all."""
    assert minutes_words.clock(1_385_604_303_120) == "09:05:03,120 ngày 28/11/2013 (+07:00)"


def test_attachments_are_byte_for_byte_what_was_given() -> None:
    """certificate.json and ledger.jsonl, as data of the document."""
    sitting = small()
    certificate = msgspec.json.encode({"payload": "ậ" * 1000})
    pdf = minutes.typeset(proven_of(sitting), certificate, jws.digest(certificate), URL)
    names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    assert [str(names[0]), str(names[2])] == ["certificate.json", "ledger.jsonl"]
    assert names[1]["/EF"]["/F"].data == certificate
    assert str(names[1]["/AFRelationship"]) == "/Data"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("begun and signed in time", "1: nhận trước khi kết thúc 1, trong thời gian chờ 0"),
        (
            "begun before the deadline, signed within the grace",
            "2: nhận trước khi kết thúc 0, trong thời gian chờ 2",
        ),
        (
            "lapsed, begun anew, lapsed while held",
            "3: nhận trước khi kết thúc 1, trong thời gian chờ 0, đại biểu từ chối ký 1,"
            " hết hạn tại dịch vụ ký số 1",
        ),
        (
            "begun, and cut off when the grace was over",
            "1: nhận trước khi kết thúc 0, trong thời gian chờ 0, chưa ký xong khi chốt 1",
        ),
    ],
)
def test_what_became_of_ballots_with_signing_services_is_said(name: str, said: str) -> None:
    """How many were sent, came before the end and within the grace, and what became of the others."""
    assert begun_words.facts(begun_of(name)) == [
        ["Phiếu ký qua dịch vụ ký số", f"Gửi ký {said}"],
        ["Thời gian chờ chữ ký", "tối đa 30 giây sau khi kết thúc"],
    ]


def begun_of(name: str) -> Proven:
    """What is proven of a play by its name."""
    play = next(play for play in GOOD if play.name == name)
    return proven_of(play.play(lambda **more: Sitting(members=3, **more)))


@needs("pdftotext")
def test_it_is_printed_where_a_signing_service_was_asked_and_nowhere_else(tmp_path: Path) -> None:
    """Most minutes need no such line."""
    printed = text_of(set_pages(begun_of("begun before the end, signed within the grace")), tmp_path)
    assert "tối đa 30 giây sau khi kết thúc" in printed
    assert "dịch vụ ký số" not in text_of(set_pages(proven_of(small())), tmp_path)
    assert begun_words.facts(begun_of("begun, and no grace granted"))[1][1] == "không có"


def rechecked_of(name: str) -> Proven:
    """What is proven of a play with certificates of other authorities."""
    play = next(play for play in RECHECKED if play.name == name)
    return proven_of(play.play(lambda **more: Sitting(members=3, **more)))


@needs("pdftotext")
def test_what_was_found_of_other_authorities_is_printed(tmp_path: Path) -> None:
    """In figures, behind the choice of whom it is about, and with the evidence; nowhere else a word of it."""
    proven = rechecked_of("revoked before the ballot: not counted")
    assert recheck_words.facts(proven)[0][1].startswith(
        "Tra cứu lại sau khi chốt phiếu: 2; đã bị thu hồi trước khi bỏ phiếu: 1 (không tính)"
    )
    (note,) = recheck_words.notes(proven)
    assert note[0] == "(1) Nguyễn Thị Hằng db001"
    assert note[2] == "Không tính"
    printed = text_of(set_pages(proven), tmp_path)
    assert "Không tính (1)" in printed
    assert "keyCompromise" in printed
    assert note[3][:20] in printed.replace("\n", "").replace(" ", "")
    assert "tổ chức chứng thực khác" not in text_of(set_pages(proven_of(small())), tmp_path)


def test_what_is_said_of_the_unknown_is_what_the_question_says() -> None:
    """Counted and marked, or not counted; of a changed vote the earlier one counts."""
    counted = rechecked_of("unknown, and nothing said: counted")
    assert recheck_words.facts(counted)[0][1].endswith(
        "chưa rõ trạng thái: 1 (vẫn tính, theo nội dung biểu quyết đã ký)"
    )
    assert minutes_words.words(counted, "hash", URL)["votes"][0][2] == "Tán thành (2)"
    excluded = rechecked_of("unknown, and said to be excluded")
    assert minutes_words.words(excluded, "hash", URL)["votes"][1][2:] == ["Không tính (2)", "–"]
    changed = rechecked_of("a vote changed after the revocation: the earlier one counts")
    assert recheck_words.notes(changed)[0][2] == "Không tính; tính phiếu trước đó"
    assert minutes_words.words(changed, "hash", URL)["votes"][0][2] == "Tán thành (1)"
