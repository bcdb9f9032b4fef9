"""Words to a page: PDF/A-3a set by Typst, with the sealed file and its ledger attached. The same input, the same bytes.

Text from outside goes in as data, never as markup. A PDF/A may not hold a character without a glyph: one that no
embedded font has is shown by its number, as [U+1F5F3], and very long words get places where a line may break.
"""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Final

import segno
import typst

from services.rules import ledger_file
from services.wire import FloorStatement, MinutesStatement, Statement

STANDARD: Final = "a-3a"
# Latin with all Vietnamese, and what Typst's own Libertinus Serif surely has; anything else is tried first.
_PLAIN = re.compile(
    r"[\n\u0020-\u007e\u00a0-\u017f\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u2013-\u201d\u2026]*"
)
_LONGEST_WORD = 24
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD}}}(?=\S)")
_BREAK = "\u200b"
# What a reader may copy out, of letters that are surely there: shown without places to break.
_EXACT = frozenset({"checkpoint", "sha256", "url"})
_one_at_a_time = threading.Lock()
# Typst lets go of what so many pages in a row had no use for.
_KEPT_PAGES = 10


# What the foot of a page says to those who sign it: a note, and the command that checks it.
Signing = dict[str, str]
# Called when nothing is left to do but to wait for Typst, which does not hold Python's lock.
Meanwhile = Callable[[], object]


def nothing() -> None:
    """Nobody has anything to do meanwhile."""


@dataclass(frozen=True, slots=True)
class Template:
    """A page: its file beside this one, and the names of the words that it asks for."""

    file: str
    parts: tuple[str, ...]
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spelled:
    """The words of a page as Typst takes them, and where to verify it: of ten thousand names a fifth of what they were
    made of."""

    words: str
    url: str


def spell(words: dict[str, Any]) -> Spelled:
    """The words of a page; they have its hash (`sha256`) and where to verify it (`url`)."""
    shown = {name: value if name in _EXACT else _showable(value) for name, value in words.items()}
    return Spelled(json.dumps(shown, ensure_ascii=False), words["url"])


def typeset(
    template: Template,
    words: Spelled,
    issued: int,
    sealed: str,
    ledger: str,
    meanwhile: Meanwhile = nothing,
) -> bytes:
    """The unsealed page, dated `issued` (seconds)."""
    inputs = {
        "words": words.words,
        "issued": _date(issued),
        "file": sealed,
        "ledger": ledger,
        "qr": _qr(words.url),
    }
    meanwhile()
    return _compile(_source(template.file), issued, inputs)


def typeset_statement(
    template: Template,
    words: dict[str, Any],
    statement: Statement | FloorStatement | MinutesStatement,
    file: bytes,
    meanwhile: Meanwhile = nothing,
    signing: Signing | None = None,
) -> bytes:
    """The unsealed page of a statement, with its sealed `file` and its ledger attached; `signing`: with places for
    signatures at its foot. The same input gives the same bytes."""
    spelled = spell(words if signing is None else words | {"signing": signing})
    ledger = ledger_file.render(statement.evidence.ledger)
    return typeset(template, spelled, statement.issued_at // 1000, file.decode(), ledger.decode(), meanwhile)


def draw(source: bytes, inputs: dict[str, str]) -> bytes:
    """One page as a drawing (SVG): letters are outlines, so that it needs no font. Raises typst.TypstError."""
    with _one_at_a_time:
        drawn = _compiler().compile(input=source, format="svg", sys_inputs=inputs)
    if not isinstance(drawn, bytes):
        raise TypeError("one page expected")
    return drawn


def warm(template: Template) -> bytes:
    """Load fonts and the template by setting a page of nothing: the first paper need not wait for that."""
    blank: dict[str, Any] = dict.fromkeys(template.parts, "") | {name: [] for name in template.lists}
    return typeset(template, spell(blank | {"url": "warm"}), 0, "{}", "{}")


def let_go() -> None:
    """Make Typst forget what it has laid out. It keeps that for the next page, in case only little has changed; of ours
    all has: 35 MB each, among which it seeks in vain. It keeps what it was last given, too, unless it is given nothing.
    Takes 40 ms, another page at most 4 of them."""
    for _ in range(_KEPT_PAGES):
        with _one_at_a_time:
            _compiler().compile(input=b"", format="pdf", sys_inputs={})


def _compile(source: bytes, moment: int, inputs: dict[str, str]) -> bytes:
    """A PDF/A dated `moment` (seconds). Raises typst.TypstError."""
    # The compiler keeps what it has loaded between calls, and takes one call at a time.
    with _one_at_a_time:
        pdf = _compiler().compile(
            input=source, format="pdf", pdf_standards=STANDARD, timestamp=moment, sys_inputs=inputs
        )
    if not isinstance(pdf, bytes):
        raise TypeError("one PDF document expected")
    return pdf


def _qr(url: str) -> str:
    return segno.make(url, error="m", boost_error=False).svg_inline(border=2, scale=4)


@cache
def _compiler() -> typst.Compiler:
    # No font of the machine: the same page must come out everywhere.
    return typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False), ignore_system_fonts=True)


@cache
def _source(file: str) -> bytes:
    """The template, after what all pages share."""
    own = resources.files("services.signing")
    return own.joinpath("page.typ").read_bytes() + own.joinpath(file).read_bytes()


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d-%H-%M-%S")


def _showable(value: Any) -> Any:
    match value:
        case str():
            return showable(value)
        case list():
            return [_showable(each) for each in value]
        case dict():
            return {name: _showable(each) for name, each in value.items()}
        case _:
            return value


def showable(text: str) -> str:
    """Text from outside without a letter that no font has, and with places to break it."""
    if not _PLAIN.fullmatch(text):
        text = "".join(
            character if _has_glyph(character) else f"[U+{ord(character):04X}]" for character in text
        )
    return _LONG_WORD.sub(lambda word: word.group() + _BREAK, text) if len(text) > _LONGEST_WORD else text


@cache
def _has_glyph(character: str) -> bool:
    if _PLAIN.fullmatch(character):
        return True
    source = (
        b'#set document(title: "x", date: datetime(year: 2000, month: 1, day: 1))\n'
        b'#set text(font: ("Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern Math"))\n'
        b"#sys.inputs.character\n"
    )
    try:
        _compile(source, 0, {"character": character})
    except typst.TypstError:
        return False
    return True
