"""The sheets: what a spreadsheet set to Vietnamese reads of them is what was meant."""

import csv
import io
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.floor.turn_sheet import HEADER, SHEETS, like, render
from services.rules.floor.turn_log import log_of
from services.wire import EndItem, LaneRules, OpenLane, StartTurn, TurnLog, WriteOpinion
from tests.support.floor_record import RecordedSitting, play
from tests.support.floor_sitting import ITEM, MEETING, SECRETARY, TITLE, FloorSitting

BOM = b"\xef\xbb\xbf"
# Of the roll; who is not on it is named as certified.
NAMES = {"chair-1": "Hoàng Văn Thụ", "secretary-1": "Bùi Thị Xuân"}


# To the letter: `plenary audit` makes a sheet again and compares it. With another word here no sheet that was
# kept before is proven any more.
KEPT = """\
STT,Nội dung,Danh sách,Vai trò,Mã đại biểu,Họ và tên,Đoàn/Tổ,Ghế,Ý kiến,Mời lúc,Bắt đầu,Kết thúc,\
Được (giây),Dùng (giây),Quá giờ (giây),Được (mili giây),Dùng (mili giây),Quá giờ (mili giây),\
Trong đó thêm (giây),Đúng thứ tự,Người đến lượt,Lý do ngoài thứ tự,\
Mã người điều hành,Người điều hành
1,Dự án Luật Thử nghiệm,Phát biểu,,an,Nguyễn Thị Minh Khai,A,1,Tán thành,2027-01-15T15:00:00.000+07:00,\
2027-01-15T15:00:00.000+07:00,2027-01-15T15:00:42.500+07:00,60,43,0,60000,42500,0,0,có,,,chair-1,Hoàng Văn Thụ
2,Dự án Luật Thử nghiệm,Phát biểu,,chi,Lê Thị Hồng Gấm,B,3,–,2027-01-15T15:00:42.500+07:00,\
2027-01-15T15:00:42.500+07:00,2027-01-15T15:02:19.542+07:00,90,97,7,90000,97042,7042,30,không,\
Trần Văn Ơn,Đại biểu phải đi công tác,chair-1,Hoàng Văn Thụ
3,Dự án Luật Thử nghiệm,Phát biểu,,binh,Trần Văn Ơn,A,2,Không tán thành,2027-01-15T15:02:19.542+07:00,\
2027-01-15T15:02:19.542+07:00,2027-01-15T15:03:19.542+07:00,60,60,0,60000,60000,0,0,có,,,chair-1,Hoàng Văn Thụ
"""


@cache
def _played() -> RecordedSitting:
    return play(RecordedSitting())


@pytest.fixture
def log() -> TurnLog:
    """Of a sitting with all kinds of things in it."""
    return log_of(_played().lines)


def rows_of(sheet: bytes) -> list[dict[str, str]]:
    """The rows by column, as a program reads them."""
    return list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"), newline="")))


def renamed(log: TurnLog, name: str) -> TurnLog:
    """The log with another name in its first turn."""
    first, *others = log.turns
    turn = msgspec.structs.replace(first.turn, name=name)
    return msgspec.structs.replace(log, turns=(msgspec.structs.replace(first, turn=turn), *others))


def test_it_begins_with_a_byte_order_mark_and_is_utf_8(log: TurnLog) -> None:
    """Else a spreadsheet takes Vietnamese for something else. Lines end as RFC 4180 has it."""
    for sheet in (render(log, NAMES), *(made(log, NAMES) for made in SHEETS.values())):
        assert sheet.startswith(BOM)
        assert not sheet.startswith(BOM + BOM)
        assert sheet.endswith(b"\r\n")
    assert "Lê Thị Hồng Gấm" in render(log, NAMES).decode("utf-8-sig")
    assert render(log, NAMES) == render(log, NAMES)


def test_a_turn_is_a_line(log: TurnLog) -> None:
    """Who, when, granted, used, over: in seconds for people, in milliseconds for sums."""
    first, second, third = rows_of(render(log, NAMES))
    assert list(first) == list(HEADER)
    assert (first["Họ và tên"], first["Đoàn/Tổ"], first["Ý kiến"], first["Danh sách"]) == (
        "Nguyễn Thị Minh Khai",
        "A",
        "Tán thành",
        "Phát biểu",
    )
    assert (second["Được (giây)"], second["Dùng (giây)"], second["Quá giờ (giây)"]) == ("90", "97", "7")
    assert (second["Dùng (mili giây)"], second["Quá giờ (mili giây)"]) == ("97042", "7042")
    assert (second["Trong đó thêm (giây)"], second["Đúng thứ tự"]) == ("30", "không")
    assert (second["Người đến lượt"], second["Lý do ngoài thứ tự"]) == (
        "Trần Văn Ơn",
        "Đại biểu phải đi công tác",
    )
    assert {(row["Mã người điều hành"], row["Người điều hành"]) for row in (first, second, third)} == {
        ("chair-1", "Hoàng Văn Thụ")
    }
    assert (third["Đúng thứ tự"], third["Người đến lượt"], third["Lý do ngoài thứ tự"]) == ("có", "", "")
    assert first["Kết thúc"] == "2027-01-15T15:00:42.500+07:00"


def test_a_sheet_that_was_kept_is_made_again_to_the_letter(log: TurnLog) -> None:
    """Years later, by whoever audits it."""
    assert render(log, NAMES) == BOM + KEPT.replace("\n", "\r\n").encode()


def test_no_number_has_a_dot_that_a_vietnamese_spreadsheet_takes_for_thousands(log: TurnLog) -> None:
    """Whole numbers only."""
    times = [name for name in HEADER if "giây" in name]
    assert len(times) == 7
    for row in rows_of(render(log, NAMES)):
        assert all(row[name].isdigit() for name in times)


@pytest.mark.parametrize(
    "name",
    [
        *("=1+1", "+84 912", "-2", "@SUM(A1)", " =1", "\u00a0-1", '"=1'),
        *('=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"),
        *("\uff1d1", "\uff0b84", "\uff0d2", "\uff20SUM(A1)"),
    ],
)
def test_no_cell_is_a_formula(log: TurnLog, name: str) -> None:
    """What a name would have a spreadsheet do, it shows instead."""
    first, *_ = rows_of(render(renamed(log, name), NAMES))
    assert first["Họ và tên"] == f"'{name}"


# What names and reasons can be made of, to be a cell of its own somewhere else.
_MEAN = st.text(alphabet="=+-@\uff1d;,\"' \n\u00a0ađ1", max_size=12)


@settings(max_examples=300)
@given(_MEAN, st.sampled_from(",;\t"))
def test_no_cell_is_a_formula_whatever_separates(said: str, separator: str) -> None:
    """A spreadsheet set to Vietnamese separates by semicolons, and a quote within a line is a letter to it."""
    log = renamed(log_of(_played().lines), said)
    for sheet in (render(log, NAMES), SHEETS["persons"](log, NAMES)):
        read = csv.reader(io.StringIO(sheet.decode("utf-8-sig"), newline=""), delimiter=separator)
        cells = [cell for row in read for cell in row]
        assert not [cell for cell in cells if cell.lstrip(' \u00a0"').startswith(tuple("=+-@\uff1d"))]


@settings(max_examples=300)
@given(_MEAN)
def test_all_that_was_said_is_in_its_cell(said: str) -> None:
    """Read as it was written, nothing is lost, and there are only apostrophes more."""
    first, second, *_ = rows_of(render(renamed(log_of(_played().lines), said), NAMES))
    assert first["Họ và tên"].replace("'", "") == said.replace("'", "")
    assert (first["STT"], second["STT"]) == ("1", "2")


def test_a_sheet_that_was_kept_before_is_known(log: TurnLog) -> None:
    """One from when a semicolon within a cell was thought to be of no account: as it was then, or as it is now."""
    old = renamed(log, 'Ông "Tư"; =1+1').turns
    named = msgspec.structs.replace(log, turns=old)
    now = render(named, NAMES)
    assert '"Ông ""Tư"";\' =1+1"'.encode() in now
    once = now.replace(b";' =1+1", b"; =1+1")
    assert like(once, named, NAMES) == once
    assert like(now, named, NAMES) == now
    for other in (once.replace(b"=1+1", b"=1+2"), b"", now + b"\r\n"):
        assert like(other, named, NAMES) == now


@pytest.mark.parametrize("name", ['Bà "Ba", tổ 1', "một\nhai", "a;b", "Ông 'Tư'", "Nguyễn Thị Ỷ"])
def test_whatever_is_in_a_name_stays_in_its_cell(log: TurnLog, name: str) -> None:
    """Quotes, commas, line ends."""
    first, second, *_ = rows_of(render(renamed(log, name), NAMES))
    assert (first["Họ và tên"], second["STT"]) == (name, "2")


def test_the_other_sheets_have_sums_overrides_and_who_was_not_reached(log: TurnLog) -> None:
    """One sheet for each list of the log."""
    sheets = {name: rows_of(made(log, NAMES)) for name, made in SHEETS.items()}
    assert [(row["Mã"], row["Dùng (mili giây)"]) for row in sheets["persons"]] == [
        ("an", "42500"),
        ("chi", "97042"),
        ("binh", "60000"),
    ]
    assert [(row["Tên"], row["Số lượt"]) for row in sheets["groups"]] == [("A", "2"), ("B", "1")]
    assert [row["Quá giờ (mili giây)"] for row in sheets["items"]] == ["7042"]
    assert [(row["Việc"], row["Lý do"]) for row in sheets["overrides"]] == [
        ("Mở danh sách", "Theo quy chế của kỳ họp"),
        ("Mời phát biểu", "Đại biểu phải đi công tác"),
        ("Thêm thời gian 30 giây", "Ý kiến liên quan trực tiếp"),
    ]
    assert {(row["Mã người quyết định"], row["Người quyết định"]) for row in sheets["overrides"]} == {
        ("chair-1", "Hoàng Văn Thụ")
    }
    assert [row["Họ và tên"] for row in sheets["unreached"]] == ["Phạm Ngũ Lão"]
    assert [row["Ý kiến"] for row in sheets["opinions"]] == ["Đồng ý.\nĐề nghị nêu rõ nguồn vốn."]


def test_an_item_in_which_nobody_spoke_has_its_title_in_every_sheet() -> None:
    """A clerk who invites those not reached to write needs the item's name, not its id."""
    sitting = FloorSitting(lanes={"speech": LaneRules(presence=False)})
    sitting.chair(
        OpenLane, item=ITEM, lane="speech", rules=LaneRules(presence=False, turn_s=60), reason="Gấp"
    )
    sitting.ask("an")
    sitting.chair(EndItem, item=ITEM)
    sitting.act("an", WriteOpinion(meeting=MEETING, item=ITEM, text="Đồng ý."))
    log = log_of(sitting.lines)
    for name in ("overrides", "unreached", "opinions"):
        assert [row["Nội dung"] for row in rows_of(SHEETS[name](log, NAMES))] == [TITLE]
    assert [(row["Mã"], row["Tên"], row["Số lượt"]) for row in rows_of(SHEETS["items"](log, NAMES))] == [
        (ITEM, TITLE, "0")
    ]


def test_an_empty_log_is_a_header(log: TurnLog) -> None:
    """Nobody spoke: the sheet says so by having no line."""
    empty = msgspec.structs.replace(log, turns=(), overrides=(), persons=())
    assert rows_of(render(empty, NAMES)) == []
    assert render(empty, NAMES).decode("utf-8-sig").startswith("STT,")


def test_who_presided_is_named_as_on_the_roll_else_as_certified() -> None:
    """A secretary stands on no roll: their certificate says who they are."""
    sitting = RecordedSitting()
    sitting.chair(OpenLane, by=SECRETARY, item=ITEM, lane="speech", rules=LaneRules(), reason="Gấp")
    sitting.ask("an")
    sitting.chair(StartTurn, by=SECRETARY, turn=sitting.call("r-an"))
    log, names = log_of(sitting.lines), sitting.actors()
    (override,) = rows_of(SHEETS["overrides"](log, names))
    assert (override["Mã người quyết định"], override["Người quyết định"]) == (SECRETARY, names[SECRETARY])
    (turn,) = rows_of(render(log, names))
    assert (turn["Mã người điều hành"], turn["Người điều hành"]) == ("chair-1", "Hoàng Văn Thụ")
    assert SECRETARY not in sitting.floor.roll


def test_who_is_known_to_nobody_has_an_id_and_no_name(log: TurnLog) -> None:
    """Nothing is made up."""
    assert {(row["Mã người điều hành"], row["Người điều hành"]) for row in rows_of(render(log, {}))} == {
        ("chair-1", "")
    }
