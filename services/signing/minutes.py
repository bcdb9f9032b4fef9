"""The minutes (biên bản) as PDF/A-3a: words set by Typst, with certificate.json and ledger.jsonl attached.

Text from outside goes in as data, never as markup. A PDF/A may not hold a character without a glyph: one that no
embedded font has is shown by its number, as [U+1F5F3], and very long words get places where a line may break.
"""

import json
import re
import threading
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Final

import segno
import typst

from services.rules import ledger_file
from services.rules.proof import Proven
from services.signing import minutes_words

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


def typeset(proven: Proven, certificate: bytes, certificate_sha256: str, verify_url: str) -> bytes:
    """The unsealed minutes. The same input gives the same bytes."""
    words = minutes_words.words(proven, certificate_sha256, verify_url)
    shown = {name: value if name in _EXACT else _showable(value) for name, value in words.items()}
    issued = proven.statement.issued_at // 1000
    return _compile(
        _template(),
        issued,
        {
            "words": json.dumps(shown, ensure_ascii=False),
            "issued": _date(issued),
            "certificate": certificate.decode(),
            "ledger": ledger_file.render(proven.statement.evidence.ledger).decode(),
            "qr": _qr(verify_url),
        },
    )


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


def warm() -> bytes:
    """Load fonts and the template by setting minutes of nothing: the first certificate need not wait for that."""
    blank: dict[str, Any] = dict.fromkeys(minutes_words.PARTS, "") | {
        name: [] for name in minutes_words.LISTS
    }
    inputs = {"words": json.dumps(blank), "certificate": "{}", "ledger": "{}", "qr": _qr("warm")}
    return _compile(_template(), 0, inputs | {"issued": _date(0)})


def _qr(url: str) -> str:
    return segno.make(url, error="m", boost_error=False).svg_inline(border=2, scale=4)


@cache
def _compiler() -> typst.Compiler:
    # No font of the machine: the same minutes must come out everywhere.
    return typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False), ignore_system_fonts=True)


@cache
def _template() -> bytes:
    return resources.files("services.signing").joinpath("minutes.typ").read_bytes()


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d-%H-%M-%S")


def _showable(value: Any) -> Any:
    match value:
        case str():
            return _shown(value)
        case list():
            return [_showable(each) for each in value]
        case dict():
            return {name: _showable(each) for name, each in value.items()}
        case _:
            return value


def _shown(text: str) -> str:
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
