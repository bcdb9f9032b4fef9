"""The turn log as a page: what it shows is what was replayed, and no text from outside is anything but text."""

import io
import re
from pathlib import Path

import msgspec
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from services.rules.floor import record
from services.rules.floor.record import Replayed
from services.signing import turn_page, turn_words, typesetting
from services.wire import EndItem, EndTurn, OpenLane, RecordFloor
from tests.support.floor_record import NAMES, RULES, RecordedSitting, play
from tests.support.floor_sitting import CHAIR, ITEM, SECRETARY
from tests.support.pages import HOSTILE, tagged, text_of
from tests.support.tools import needs

URL = "https://bieuquyet.example.vn/verify#hash"


def replayed_of(sitting: RecordedSitting) -> Replayed:
    """What is proven of a sitting."""
    return record.verify_statement(sitting.statement(), sitting.pki.anchors())


def set_pages(replayed: Replayed, file: bytes = b'{"payload":""}') -> bytes:
    """The page of it."""
    words = turn_words.words(replayed, "hash", URL)
    return typesetting.typeset_statement(turn_page.TEMPLATE, words, replayed.statement, file)


def silent() -> RecordedSitting:
    """A floor on which nobody spoke."""
    sitting = RecordedSitting()
    sitting.chair(OpenLane, item=ITEM, lane="speech", rules=RULES, reason="Thử")
    sitting.chair(RecordFloor)
    return sitting


def long(turns: int) -> RecordedSitting:
    """Many turns in one lane."""
    members = {f"db{n:03}": f"Tổ {n % 7}" for n in range(turns)} | {CHAIR: "C"}
    sitting = RecordedSitting(members=members)
    sitting.chair(OpenLane, item=ITEM, lane="speech", rules=RULES, reason="Thử")
    for n in range(turns):
        sitting.ask(f"db{n:03}")
    for n in range(turns):
        turn = sitting.call(f"r-db{n:03}", begun=True)
        sitting.wait(10_000)
        sitting.chair(EndTurn, turn=turn)
    sitting.chair(EndItem, item=ITEM)
    sitting.chair(RecordFloor)
    return sitting


@needs("pdftotext")
def test_the_page_says_what_was_replayed(tmp_path: Path) -> None:
    """Turns, sums, overrides with who and why, the unreached, the opinions, the evidence."""
    sitting = play(RecordedSitting())
    replayed = replayed_of(sitting)
    said = text_of(set_pages(replayed), tmp_path)
    for part in (
        "NHẬT KÝ PHÁT BIỂU",
        "Độc lập – Tự do – Hạnh phúc",
        "theo thứ tự đăng ký",
        "1. Nguyễn Thị Minh Khai",
        "2. Lê Thị Hồng Gấm",
        "1:30,000 1:37,042 0:07,042",
        "ngoài thứ tự",
        "Thêm thời gian 30 giây",
        "Hoàng Văn Thụ",
        "Đại biểu phải đi công tác",
        "Phạm Ngũ Lão",
        "Đề nghị nêu rõ nguồn vốn.",
        "plenary verify turns.pdf",
        "Trang 1/",
    ):
        assert part in said, part
    squeezed = said.replace(" ", "")
    assert "(ngườiđếnlượt:" in squeezed
    for evidence in (replayed.floor.roll_sha256, replayed.statement.evidence.ledger.origin, "hash"):
        assert evidence.replace(" ", "") in squeezed


@needs("pdftotext")
def test_lists_without_anything_say_so(tmp_path: Path) -> None:
    """Nobody spoke, nobody wrote: five lists say there is nothing; the item stands in its own with no turn."""
    said = text_of(set_pages(replayed_of(silent())), tmp_path)
    assert said.count("Không có.") == 5
    assert "Số lượt phát biểu 0" in said


@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_place_for_text_takes_anything(hostile: str) -> None:
    """A speaker's name, whatever it is: the page comes out."""
    sitting = play(
        RecordedSitting(names={"chi": hostile[:500], "binh": hostile[:500], "dung": hostile[:500]})
    )
    assert set_pages(replayed_of(sitting)).startswith(b"%PDF-")


@needs("pdftotext")
def test_a_long_log_is_whole(tmp_path: Path) -> None:
    """More turns than are set at one time: the first, the last, and the one at the cut."""
    said = text_of(set_pages(replayed_of(long(260))), tmp_path)
    for place in (1, 250, 251, 260):
        assert f"{place}. Ông db{place - 1:03}" in said


def test_the_same_input_gives_the_same_bytes() -> None:
    """Whoever has the statement can set the pages again and compare."""
    replayed = replayed_of(play(RecordedSitting()))
    assert set_pages(replayed) == set_pages(replayed)


def test_it_is_pdf_a_3a_tagged_in_vietnamese() -> None:
    """Part 3, conformance A, a language, tables with header cells, a figure with alternative text."""
    reader = PdfFileReader(io.BytesIO(set_pages(replayed_of(play(RecordedSitting())))))
    metadata = reader.root["/Metadata"].data.decode()
    assert re.search(r"pdfaid:part[>=\"]+3", metadata)
    assert re.search(r"pdfaid:conformance[>=\"]+A", metadata)
    assert reader.root["/Lang"].startswith("vi")
    tags, alternatives = tagged(reader.root["/StructTreeRoot"])
    assert {"/Table", "/TH", "/TD", "/H1", "/H2", "/Figure"} <= tags
    assert f"Mã QR dẫn tới {URL}" in alternatives


def test_typst_finds_nothing_that_pdf_ua_forbids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Headings in order, alternative texts, a title: set for PDF/UA-1 the same pages come out."""
    monkeypatch.setattr(typesetting, "STANDARD", ["a-3a", "ua-1"])
    for sitting in (play(RecordedSitting()), silent()):
        assert set_pages(replayed_of(sitting)).startswith(b"%PDF-")


def test_the_press_is_warmed_by_all_that_the_template_asks_for() -> None:
    """A page of nothing names exactly the parts that a turn log has."""
    words = turn_words.words(replayed_of(silent()), "hash", URL)
    assert set(words) == {*turn_words.PARTS, *turn_words.LISTS}
    assert typesetting.warm(turn_page.TEMPLATE).startswith(b"%PDF-")


def test_who_acted_is_named_as_on_the_roll_else_as_certified() -> None:
    """The page names a person, not only a login."""
    sitting = RecordedSitting()
    sitting.chair(OpenLane, by=SECRETARY, item=ITEM, lane="speech", rules=RULES, reason="Thử")
    sitting.chair(EndItem, by=CHAIR, item=ITEM, reason="Hết giờ")
    sitting.chair(RecordFloor)
    first, second = turn_words.words(replayed_of(sitting), "hash", URL)["overrides"]
    assert first[2:5] == ["Dự án Luật Thử nghiệm: Phát biểu", f"{SECRETARY} ({SECRETARY})", "Thử"]
    assert second[1:5] == [
        "Kết thúc nội dung",
        "Dự án Luật Thử nghiệm",
        f"{NAMES[CHAIR]} ({CHAIR})",
        "Hết giờ",
    ]


def test_spans_and_moments_are_those_of_viet_nam() -> None:
    """Minutes and seconds, thousandths after a comma; seven hours east of Greenwich."""
    assert [turn_words.span(each) for each in (0, 61_042, 3_600_000)] == ["0:00,000", "1:01,042", "60:00,000"]
    assert turn_words.moment(1_385_604_303_120) == "09:05:03,120 28/11/2013"


def test_attachments_are_byte_for_byte_what_was_given() -> None:
    """turns.json and floor.jsonl, as data of the document."""
    file = msgspec.json.encode({"payload": "ậ" * 1000})
    pdf = set_pages(replayed_of(play(RecordedSitting())), file)
    names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    assert sorted([str(names[0]), str(names[2])]) == ["floor.jsonl", "turns.json"]
    kept = {str(names[place]): names[place + 1]["/EF"]["/F"].data for place in (0, 2)}
    assert kept["turns.json"] == file
