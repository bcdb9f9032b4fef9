"""A spreadsheet of people, read strictly: CSV as Excel, LibreOffice and Numbers write it, with or without BOM.

Comma or semicolon; headers in Vietnamese or English; a column `attribute:<name>` or `thuộc tính:<name>` holds what else
is said of the persons, as many as there are. Vietnamese text from a Mac is often decomposed (NFD), so every
cell is brought to NFC first; after that it must be clean, because these names are read out and printed. Every
refusal names the line, the header being line 1. A row shorter than the header is filled up with empty cells (Excel
leaves trailing separators out after 16 rows); rows without any text are passed over.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.meeting.errors import (
    CellEmpty,
    CellTooLong,
    CellWrong,
    ColumnMissing,
    ColumnTwice,
    ColumnUnknown,
    IdWrong,
    SheetMalformed,
    SheetNotText,
    SheetTooLong,
)
from services.rules.errors import TextUnclean
from services.rules.text import must_be_legible, must_not_be_heaped

ROWS_MOST = 10_000
ATTRIBUTES_MOST = 20
Column = Literal["id", "name", "group", "seat", "title", "roles", "attribute"]

COLUMNS: dict[str, Column] = {
    "id": "id",
    "mã": "id",
    "mã đại biểu": "id",
    "name": "name",
    "full name": "name",
    "họ tên": "name",
    "họ và tên": "name",
    "group": "group",
    "tổ": "group",
    "đoàn": "group",
    "seat": "seat",
    "ghế": "seat",
    "số ghế": "seat",
    "title": "title",
    "chức vụ": "title",
    "roles": "roles",
    "role": "roles",
    "vai trò": "roles",
}
LONGEST: dict[Column, int] = {
    "id": 64,
    "name": 500,
    "group": 500,
    "seat": 500,
    "title": 500,
    "roles": 500,
    "attribute": 200,
}
LONGEST_ATTRIBUTE_NAME = 64

_ATTRIBUTE = re.compile(r"(?:attribute|thuộc +tính) *: *(.*)", re.IGNORECASE | re.DOTALL)
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_EDGES = " \t\u00a0"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: what it holds, as this sheet calls it, and of which attribute if it holds one."""

    column: Column
    header: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the sheet: the line it began on, and its cells, empty where the sheet has nothing.

    `attributes`: those that are not empty, in the order of the columns.
    """

    line: int
    cells: Mapping[Column, str]
    headers: Mapping[Column, str]
    attributes: dict[str, str]

    def cell(self, column: Column) -> str:
        """The cell's text; empty if the sheet has no such column."""
        return self.cells.get(column, "")

    def header(self, column: Column) -> str:
        """The column as this sheet calls it."""
        return self.headers.get(column, column)


def read(raw: bytes) -> list[Row]:
    """The rows of a sheet with clean cells; ids well formed, names not empty.

    Raises SheetNotText, SheetMalformed, SheetTooLong, ColumnUnknown, ColumnTwice, ColumnMissing, CellWrong.
    """
    text = _decoded(raw)
    records = _records(text, _separator(text))
    line, header = next(records, (1, []))
    headings = _headings(line, header)
    rows: list[Row] = []
    for line, cells in records:
        if len(rows) == ROWS_MOST:
            raise SheetTooLong(line=line, most=ROWS_MOST)
        rows.append(_row(line, cells, headings))
    return rows


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetNotText(line=raw.count(b"\n", 0, error.start) + 1) from error


def _separator(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    return ";" if header.count(";") > header.count(",") else ","


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold any text, each with the line that it began on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    began = 1
    try:
        for record in reader:
            cells = [_composed(cell) for cell in record]
            if any(cells):
                yield began, cells
            began = reader.line_num + 1
    except csv.Error as error:
        raise SheetMalformed(line=began, what=str(error)) from error


def _composed(cell: str) -> str:
    """The cell in NFC; one that heaps marks upon each other as no script does stays as it is, to be refused: to put
    marks in order takes the square of their number."""
    text = cell.strip(_EDGES)
    try:
        must_not_be_heaped(text)
    except TextUnclean:
        return text
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _headings(line: int, header: list[str]) -> list[Heading]:
    """The sheet's columns in its order."""
    headings = [_heading(line, name) for name in header]
    _must_be_once(line, headings)
    for needed in ("id", "name"):
        if all(one.column != needed for one in headings):
            raise ColumnMissing(line=line, column=needed)
    return headings


def _heading(line: int, name: str) -> Heading:
    attribute = _ATTRIBUTE.fullmatch(name)
    if attribute is not None:
        return Heading("attribute", _shown(name), attribute[1])
    column = COLUMNS.get(" ".join(name.casefold().split()))
    if column is None:
        raise ColumnUnknown(line=line, column=_shown(name))
    return Heading(column, name)


def _shown(name: str) -> str:
    return name[:80] if name.isprintable() else ascii(name)[:80]


def _must_be_once(line: int, headings: Iterable[Heading]) -> None:
    """Each column, and each attribute, stands once, however its name is written; attributes have proper names."""
    seen: set[tuple[str, str]] = set()
    for one in headings:
        if one.column == "attribute":
            _must_be_text(line, one.header, one.attribute, LONGEST_ATTRIBUTE_NAME, needed=True)
        key = one.column, one.attribute.casefold()
        if key in seen:
            raise ColumnTwice(line=line, column=one.header)
        seen.add(key)
        if sum(column == "attribute" for column, _ in seen) > ATTRIBUTES_MOST:
            raise CellWrong(line=line, column=one.header, what=f"more than {ATTRIBUTES_MOST} attributes")


def _row(line: int, cells: list[str], headings: Sequence[Heading]) -> Row:
    if len(cells) > len(headings):
        if any(cells[len(headings) :]):
            raise SheetMalformed(line=line, what=f"{len(cells)} cells under {len(headings)} columns")
        cells = cells[: len(headings)]
    filled = list(zip(headings, cells + [""] * (len(headings) - len(cells)), strict=True))
    for one, text in filled:
        must_be_cell(line, one.header, one.column, text)
    return Row(
        line,
        cells={one.column: text for one, text in filled if not one.attribute},
        headers={one.column: one.header for one in headings if not one.attribute},
        attributes={one.attribute: text for one, text in filled if one.attribute and text},
    )


def must_be_attributes(line: int, attributes: Mapping[str, str]) -> None:
    """Raise ColumnTwice or CellWrong unless a person of a JSON list may have these attributes."""
    _must_be_once(line, [Heading("attribute", _shown(f"attribute:{name}"), name) for name in attributes])
    for name, text in attributes.items():
        must_be_cell(line, f"attribute:{name}", "attribute", text)


def must_be_cell(line: int, header: str, column: Column, text: str) -> None:
    """Raise CellWrong, or what it is in particular (CellEmpty, CellTooLong, IdWrong) unless the text may stand."""
    _must_be_text(line, header, text, LONGEST[column], needed=column in ("id", "name"))
    if column == "id" and not _ID.fullmatch(text):
        raise IdWrong(line=line, column=header)


def _must_be_text(line: int, header: str, text: str, longest: int, *, needed: bool) -> None:
    if needed and not text:
        raise CellEmpty(line=line, column=header)
    if len(text) > longest:
        raise CellTooLong(line=line, column=header, most=longest)
    try:
        must_be_legible(text)
    except TextUnclean as error:
        what = f"character {error.facts['at']}: {error.facts['what']}"
        raise CellWrong(line=line, column=header, what=what) from error
