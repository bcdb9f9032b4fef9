"""Incremental updates of a PDF (ISO 32000-2, 7.5.6), in one spelling: objects, cross-reference table, trailer.

Written by hand and not by a library, for the spelling is what a stranger checks in twenty years: the same objects after
the same bytes are always the same file (`docs/decisions/0013-signed-edition.md`).
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from services.signing.press_errors import PdfMalformed

_TRAILER = re.compile(
    rb"trailer\n<</Size (\d{1,10})/Root (\d{1,10}) 0 R/Info (\d{1,10}) 0 R"
    rb"/ID\[(\([!-'*-\[\]-~]+\))\([!-'*-\[\]-~]+\)\]>>\n"
    rb"startxref\n(\d{1,10})\n%%EOF\n?"
)
_TABLE, _ENTRY = re.compile(rb"xref\n0 \d{1,10}\n"), re.compile(rb"(\d{10}) 00000 n")


@dataclass(frozen=True, slots=True)
class Base:
    """A PDF as Typst writes it, ended by a line feed: what an increment must know of it.

    `size`: one more than the last object's number; `last`: where its cross-reference table is; `identifier`: the first
    part of its ID as it is spelled; `catalog` and `page` (the last one): the inside of their dictionaries.
    """

    pdf: bytes
    size: int
    root: int
    info: int
    identifier: bytes
    last: int
    catalog: bytes
    page_number: int
    page: bytes


@dataclass(frozen=True, slots=True)
class Grown:
    """A base with increments after it. `size` and `last` as in Base."""

    base: Base
    pdf: bytes
    size: int
    last: int


def base_of(pdf: bytes) -> Base:
    """What Typst wrote. Raises PdfMalformed for what it did not."""
    pdf = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    trailer = _TRAILER.fullmatch(pdf, pdf.rfind(b"trailer\n"))
    if trailer is None:
        raise PdfMalformed(what="trailer")
    size, root, info, last = (int(trailer[each]) for each in (1, 2, 3, 5))
    catalog = _inside(pdf, last, root)
    kids = re.search(rb"/Kids\[[^\]]*?(\d{1,10}) 0 R\]", _inside(pdf, last, _reference(catalog, b"Pages")))
    if kids is None:
        raise PdfMalformed(what="pages")
    page = int(kids[1])
    return Base(pdf, size, root, info, trailer[4], last, catalog, page, _inside(pdf, last, page))


def grown(base: Base) -> Grown:
    """A base with nothing after it yet."""
    return Grown(base, base.pdf, base.size, base.last)


def add(before: Grown, objects: dict[int, bytes]) -> Grown:
    """One increment that writes these objects, by number, in the order given."""
    written, places, at = [], {}, len(before.pdf)
    for number, inside in objects.items():
        written.append(b"%d 0 obj\n%s\nendobj\n" % (number, inside))
        places[number] = at
        at += len(written[-1])
    size = max(before.size, *(number + 1 for number in objects))
    base = before.base
    end = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[%s<%s>]/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        *(size, base.root, base.info, base.identifier, _mark(before.pdf), before.last, at),
    )
    return Grown(base, b"".join((before.pdf, *written, _table(places), end)), size, at)


def stream(inside: bytes, content: bytes) -> bytes:
    """A stream object: its dictionary's members besides the length, and what it holds."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (inside, len(content), content)


def text(value: str) -> bytes:
    """A text string: UTF-16 with its mark, in hexadecimal (7.9.2.2)."""
    return b"<FEFF" + value.encode("utf-16-be").hex().upper().encode() + b">"


def references(numbers: tuple[int, ...]) -> bytes:
    """An array of references."""
    return b"[" + b" ".join(b"%d 0 R" % number for number in numbers) + b"]"


def _table(places: dict[int, int]) -> bytes:
    lines = [b"xref\n"]
    for _, run in groupby(enumerate(sorted(places)), lambda each: each[1] - each[0]):
        numbers = [number for _, number in run]
        lines.append(b"%d %d\n" % (numbers[0], len(numbers)))
        lines += [b"%010d 00000 n \n" % places[number] for number in numbers]
    return b"".join(lines)


def _mark(pdf: bytes) -> bytes:
    """The second part of the ID, of what was there before: of its end, where the ID before stands. It is no seal."""
    return sha256(pdf[-4096:]).hexdigest()[:32].upper().encode()


def _inside(pdf: bytes, table: int, number: int) -> bytes:
    """What stands between << and >> of an object that the base's only cross-reference table has."""
    head = _TABLE.match(pdf, table)
    entry = _ENTRY.match(pdf, head.end() + 20 * number) if head else None
    place = int(entry[1]) if entry else len(pdf)
    found = re.compile(rb"%d 0 obj\n<<(.*?)>>\nendobj\n" % number, re.DOTALL).match(pdf, place)
    if found is None:
        raise PdfMalformed(what=f"object {number}")
    return found[1]


def _reference(inside: bytes, name: bytes) -> int:
    found = re.search(rb"/%s (\d{1,10}) 0 R" % name, inside)
    if found is None:
        raise PdfMalformed(what=name.decode())
    return int(found[1])
