"""Sheets of people: what is read, and what is refused at which line."""

import time
import unicodedata
from typing import Literal

import pytest

from services.meeting import errors, membership, roll, sheet
from services.refusal import Refused
from services.wire import Member, RollEntry

PLAIN = "id,name,group,seat\nmai,Lê Thị Mai,Tổ 1,A1\nnam,Phạm Văn Nam,Tổ 2,A2\n"
EXPECTED = [
    RollEntry(member="mai", name="Lê Thị Mai", group="Tổ 1", seat="A1"),
    RollEntry(member="nam", name="Phạm Văn Nam", group="Tổ 2", seat="A2"),
]


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace("\n", "\r\n").encode("utf-8-sig"),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.rstrip().encode(),
        unicodedata.normalize("NFD", PLAIN).encode(),
        PLAIN.replace("id,name,group,seat", "Mã,Họ tên,Đoàn,Ghế").encode(),
        PLAIN.replace("id,name,group,seat", " MÃ ,HỌ  VÀ TÊN,tổ,Số ghế").encode(),
        PLAIN.replace("Lê Thị Mai", '" Lê Thị Mai "').encode(),
        (PLAIN + ",,,\n\n  ,,\n").encode(),
    ],
    ids=["plain", "bom", "semicolon", "crlf", "cr", "no-end", "nfd", "vi", "vi-case", "spaces", "empty-rows"],
)
def test_good(raw: bytes) -> None:
    """The same people come out of every way in which a spreadsheet writes them."""
    assert [one.entry for one in roll.from_sheet(raw)] == EXPECTED


def test_short_row() -> None:
    """A row without its last separators has empty cells there, as Excel writes it."""
    assert roll.from_sheet(b"id,name,group,seat\nmai,Mai\n")[0].entry == RollEntry(member="mai", name="Mai")


def test_quoted_separator() -> None:
    """A separator inside quotes belongs to the name."""
    assert roll.from_sheet(b'id,name\nmai,"Mai, ThS; TS"\n')[0].entry.name == "Mai, ThS; TS"


@pytest.mark.parametrize("prefix", ["attribute:", "Attribute : ", "thuộc tính:", "THUỘC TÍNH: "])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_attributes(prefix: str, form: Literal["NFC", "NFD"]) -> None:
    """Columns of attributes, in either language: those with a value, in the order of the columns."""
    text = f"id,{prefix}Dân tộc,name,{prefix}giới tính\nmai,Tày,Mai,nữ\nnam,,Nam,nam\nan,,An\n"
    raw = unicodedata.normalize(form, text).encode()
    expected = [{"Dân tộc": "Tày", "giới tính": "nữ"}, {"giới tính": "nam"}, {}]
    assert [one.entry.attributes for one in roll.from_sheet(raw)] == expected
    assert [list(one.entry.attributes) for one in roll.from_sheet(raw)] == [list(one) for one in expected]
    assert [one.member.attributes for one in membership.from_sheet(raw)] == expected


BAD: list[tuple[str, bytes, type[Refused], dict[str, object]]] = [
    ("nothing", b"", errors.ColumnMissing, {"line": 1, "column": "id"}),
    ("only a bom", b"\xef\xbb\xbf", errors.ColumnMissing, {"line": 1, "column": "id"}),
    ("latin-1", "id,name\nmai,Mai\nnam,Phạm".encode()[:-1] + b"\xe9", errors.SheetNotText, {"line": 3}),
    ("utf-16", "id,name\nmai,Mai".encode("utf-16"), errors.SheetNotText, {"line": 1}),
    ("surrogate", b"id,name\nmai,\xed\xa0\x80", errors.SheetNotText, {"line": 2}),
    ("overlong", b"id,name\nmai,\xc0\xaf", errors.SheetNotText, {"line": 2}),
    ("no header", b"mai,Mai\n", errors.ColumnUnknown, {"line": 1, "column": "mai"}),
    ("unknown column", b"\nid,name,phone\n", errors.ColumnUnknown, {"line": 2, "column": "phone"}),
    ("hidden column", "id,name,se\u200bat\n".encode(), errors.ColumnUnknown, {"column": "'se\\u200bat'"}),
    ("column twice", "id,name,tổ,đoàn\n".encode(), errors.ColumnTwice, {"line": 1, "column": "đoàn"}),
    (
        "attribute twice",
        "id,name,attribute:Khối,thuộc tính: khối\n".encode(),
        errors.ColumnTwice,
        {"line": 1, "column": "thuộc tính: khối"},
    ),
    ("attribute of no name", b"id,name,attribute: \n", errors.CellEmpty, {"line": 1, "column": "attribute:"}),
    ("attribute too long", b"id,name,attribute:" + b"k" * 65, errors.CellTooLong, {"line": 1}),
    (
        "attribute of a bell",
        b"id,name,attribute:k\x07\n",
        errors.CellWrong,
        {"line": 1, "column": "'attribute:k\\x07'"},
    ),
    (
        "attributes beyond twenty",
        ("id,name," + ",".join(f"attribute:{number}" for number in range(21))).encode(),
        errors.CellWrong,
        {"line": 1, "column": "attribute:20"},
    ),
    (
        "value too long",
        b"id,name,attribute:k\nmai,Mai," + b"v" * 201,
        errors.CellWrong,
        {"line": 2, "column": "attribute:k"},
    ),
    (
        "value of a bell",
        b"id,name,attribute:k\nmai,Mai,v\x07v\n",
        errors.CellWrong,
        {"line": 2, "column": "attribute:k"},
    ),
    ("no name column", b"id,seat\n", errors.ColumnMissing, {"line": 1, "column": "name"}),
    ("tabs", b"id\tname\n", errors.ColumnUnknown, {"line": 1}),
    ("empty id", b"id,name\n,Mai\n", errors.CellEmpty, {"line": 2, "column": "id"}),
    ("empty name", b"id,name\nmai,\n", errors.CellEmpty, {"line": 2, "column": "name"}),
    (
        "name of spaces",
        "id,Họ tên\nmai,\u00a0 \n".encode(),
        errors.CellEmpty,
        {"line": 2, "column": "Họ tên"},
    ),
    ("id with space", b"id,name\nle mai,Mai\n", errors.IdWrong, {"line": 2, "column": "id"}),
    ("id with slash", b"id,name\n../x,Mai\n", errors.IdWrong, {"line": 2, "column": "id"}),
    ("id of a dot", b"id,name\n.,Mai\n", errors.IdWrong, {"line": 2, "column": "id"}),
    ("id too long", b"id,name\n" + b"m" * 65 + b",Mai\n", errors.CellTooLong, {"line": 2, "column": "id"}),
    ("other digits", "id,name\n１２,Mai\n".encode(), errors.IdWrong, {"line": 2, "column": "id"}),
    ("name too long", b"id,name\nmai," + b"M" * 501, errors.CellTooLong, {"line": 2, "column": "name"}),
    ("right to left", "id,name\nmai,M\u202eai\n".encode(), errors.CellWrong, {"line": 2, "column": "name"}),
    ("zero width", "id,name\nmai,M\u200bai\n".encode(), errors.CellWrong, {"line": 2, "column": "name"}),
    ("bom inside", "id,name\nmai,M\ufeffai\n".encode(), errors.CellWrong, {"line": 2, "column": "name"}),
    ("nul", b"id,name\nmai,M\0ai\n", errors.CellWrong, {"line": 2, "column": "name"}),
    ("escape", b"id,name\nmai,M\x1b[1mai\n", errors.CellWrong, {"line": 2, "column": "name"}),
    ("line break", b'id,name\nmai,"M\nai"\n', errors.CellWrong, {"line": 2, "column": "name"}),
    ("after a break", b'id,name,seat\nmai,Mai,"A\n1"\n', errors.CellWrong, {"line": 2, "column": "seat"}),
    ("private use", "id,name\nmai,\ue000\n".encode(), errors.CellWrong, {"line": 2, "column": "name"}),
    ("one cell more", b"id,name\nmai,Mai,x\n", errors.SheetMalformed, {"line": 2}),
    ("open quote", b'id,name\nmai,"Mai\nnam,Nam\n', errors.SheetMalformed, {"line": 2}),
    ("text after quote", b'id,name\nmai,"Mai"x\n', errors.SheetMalformed, {"line": 2}),
    ("huge cell", b"id,name\nmai," + b"M" * 200_000, errors.SheetMalformed, {"line": 2}),
    ("id twice", b"id,name\n\nmai,Mai\nnam,N\nmai,M\n", errors.MemberTwice, {"line": 5, "first": 3}),
    (
        "seat twice",
        b"id,name,seat\nmai,M,A1\nnam,N,A1\n",
        errors.SeatTwice,
        {"line": 3, "first": 2, "seat": "A1"},
    ),
]


@pytest.mark.parametrize(("raw", "refusal", "facts"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad(raw: bytes, refusal: type[Refused], facts: dict[str, object]) -> None:
    """A bad sheet is refused with its line."""
    with pytest.raises(refusal) as refused:
        roll.from_sheet(raw)
    assert facts.items() <= refused.value.facts.items()
    assert "{" not in refused.value.text + refused.value.text_en


def test_twice_by_composition() -> None:
    """Two seats that differ only in how their letters are composed are the same seat."""
    raw = "id,name,seat\nmai,M,Đ-Ế1\nnam,N,{}\n".format(unicodedata.normalize("NFD", "Đ-Ế1")).encode()
    with pytest.raises(errors.SeatTwice):
        roll.from_sheet(raw)


@pytest.mark.parametrize(
    "heap", ["\u0301" * 25_000 + "\u0316" * 25_000, "\u0f73" * 25_000], ids=["halves", "two-in-one"]
)
@pytest.mark.parametrize("row", ["id,name{}\nmai,Mai\n", "id,name\nmai,a{}\n"], ids=["header", "cell"])
def test_marks_without_end_hold_up_nobody(row: str, heap: str) -> None:
    """A cell of 50,000 marks in a wrong order is refused as too long, or its column as unknown, and not put in order
    first: that takes seconds, in which nobody else would be answered."""
    began = time.thread_time()
    with pytest.raises((errors.CellTooLong, errors.ColumnUnknown)):
        sheet.read(row.format(heap).encode())
    assert time.thread_time() - began < 1


def test_many_marks() -> None:
    """As many marks as scripts have are put in order; more upon each other are refused where they stand."""
    ordered, wrong = "a\u0316\u0301", "a\u0301\u0316"
    assert sheet.read(f"id,name\nmai,{wrong}\n".encode())[0].cells["name"] == unicodedata.normalize(
        "NFC", ordered
    )
    for heap in (
        "\u0301" * 20 + "\u0316" * 20,
        "\u0301\u0302\u0303\u0304\u0316",
        "\u0302\u0301\u0316\u0323\u0303",
    ):
        with pytest.raises(errors.CellWrong, match="mark"):
            sheet.read(f"id,name\nmai,a{heap}\n".encode())


def test_too_many_rows() -> None:
    """Ten thousand people are read; one more is refused at their line."""
    rows = [f"m{number},Mai\n" for number in range(10_001)]
    assert len(sheet.read(("id,name\n" + "".join(rows[:-1])).encode())) == 10_000
    with pytest.raises(errors.SheetTooLong) as refused:
        sheet.read(("id,name\n" + "".join(rows)).encode())
    assert refused.value.facts == {"line": 10_002, "most": 10_000}


def test_roll_gives_no_role() -> None:
    """The columns of titles and roles are known to the roll, and give nobody a role."""
    named = roll.from_sheet("id,name,chức vụ,vai trò\nmai,Mai,Bí thư,thư ký\n".encode())
    assert roll.newcomers(named, {}) == [Member(id="mai", name="Mai", title="Bí thư", roles=("delegate",))]


def test_roles_in_words() -> None:
    """Roles are understood in Vietnamese and English, several to a cell."""
    raw = 'id,name,vai trò\na,A,"Thư ký; chủ tọa"\nb,B,Chủ toạ\nc,C,delegate/observer\nd,D,\n'.encode()
    assert [one.roles for one in membership.from_sheet(raw)] == [
        ("secretary", "chair"),
        ("chair",),
        ("delegate", "observer"),
        None,
    ]


def test_role_unknown() -> None:
    """A role that there is not is refused with line and column."""
    with pytest.raises(errors.RoleUnknown) as refused:
        membership.from_sheet("id,name,vai trò\na,A,vua\n".encode())
    assert refused.value.facts == {"line": 2, "column": "vai trò", "word": "vua"}


def test_operator_not_granted() -> None:
    """Nobody becomes operator by a sheet or by a list."""
    with pytest.raises(errors.RoleNotGranted):
        membership.from_sheet(b"id,name,roles\na,A,operator\n")
    with pytest.raises(errors.RoleNotGranted):
        membership.from_members([Member(id="a", name="A", roles=("delegate", "operator"))])
