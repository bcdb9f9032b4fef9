"""A spreadsheet of people, read strictly: CSV as Excel, LibreOffice and Numbers write it, with or without BOM.

Comma or semicolon; headers in Vietnamese or English. Vietnamese text from a Mac is often decomposed (NFD), so every
cell is brought to NFC first; after that it must be clean, because these names are read out and printed. Every
refusal names the line, the header being line 1. A row shorter than the header is filled up with empty cells (Excel
leaves trailing separators out after 16 rows); rows without any text are passed over.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from services.meeting.errors import (
    CellWrong,
    ColumnMissing,
    ColumnTwice,
    ColumnUnknown,
    SheetMalformed,
    SheetNotText,
    SheetTooLong,
)
from services.rules.errors import TextUnclean
from services.rules.text import must_be_clean

ROWS_MOST = 10_000
Column = Literal["id", "name", "group", "seat", "title", "roles"]

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
LONGEST: dict[Column, int] = {"id": 64, "name": 500, "group": 500, "seat": 500, "title": 500, "roles": 500}

_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_EDGES = " \t\u00a0"


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the sheet: the line it began on, and its cells, empty where the sheet has nothing."""

    line: int
    cells: Mapping[Column, str]
    columns: Mapping[Column, str]

    def cell(self, column: Column) -> str:
        """The cell's text; empty if the sheet has no such column."""
        return self.cells.get(column, "")

    def header(self, column: Column) -> str:
        """The column as this sheet calls it."""
        return self.columns.get(column, column)


def read(raw: bytes) -> list[Row]:
    """The rows of a sheet with clean cells; ids well formed, names not empty.

    Raises SheetNotText, SheetMalformed, SheetTooLong, ColumnUnknown, ColumnTwice, ColumnMissing, CellWrong.
    """
    text = _decoded(raw)
    records = _records(text, _separator(text))
    line, header = next(records, (1, []))
    columns = _columns(line, header)
    rows: list[Row] = []
    for line, cells in records:
        if len(rows) == ROWS_MOST:
            raise SheetTooLong(line=line, most=ROWS_MOST)
        rows.append(_row(line, cells, columns))
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
    return unicodedata.normalize("NFC", cell.strip(_EDGES))


def _columns(line: int, header: list[str]) -> dict[Column, str]:
    """The sheet's columns in its order, each with the name that the sheet gives it."""
    columns: dict[Column, str] = {}
    for name in header:
        column = COLUMNS.get(" ".join(name.casefold().split()))
        if column is None:
            raise ColumnUnknown(line=line, column=ascii(name)[:80] if not name.isprintable() else name[:80])
        if column in columns:
            raise ColumnTwice(line=line, column=name)
        columns[column] = name
    for needed in ("id", "name"):
        if needed not in columns:
            raise ColumnMissing(line=line, column=needed)
    return columns


def _row(line: int, cells: list[str], columns: Mapping[Column, str]) -> Row:
    if len(cells) > len(columns):
        if any(cells[len(columns) :]):
            raise SheetMalformed(line=line, what=f"{len(cells)} cells under {len(columns)} columns")
        cells = cells[: len(columns)]
    filled = cells + [""] * (len(columns) - len(cells))
    row = Row(line, dict(zip(columns, filled, strict=True)), columns)
    for column, header in columns.items():
        must_be_cell(line, header, column, row.cell(column))
    return row


def must_be_cell(line: int, header: str, column: Column, text: str) -> None:
    """Raise CellWrong unless the text may stand in this column."""
    if column in ("id", "name") and not text:
        raise CellWrong(line=line, column=header, what="empty")
    if len(text) > LONGEST[column]:
        raise CellWrong(line=line, column=header, what=f"longer than {LONGEST[column]} characters")
    try:
        must_be_clean(text)
    except TextUnclean as error:
        what = f"character {error.facts['at']}: {error.facts['what']}"
        raise CellWrong(line=line, column=header, what=what) from error
    if column == "id" and not _ID.fullmatch(text):
        raise CellWrong(
            line=line, column=header, what="an id is 1 to 64 of A-Z a-z 0-9 . _ -, first a letter or digit"
        )
