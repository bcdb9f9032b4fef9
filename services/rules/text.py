"""Text from outside that voters will read: it must look like what it is.

A title that hides characters, or turns the reading direction, could show one question and sign another.
Refused: anything not in NFC (Unicode UAX #15), controls, format characters (bidirectional overrides and
isolates, zero-width and soft hyphens, tags), other invisible characters, odd spaces, and code points without
a meaning in this Python's Unicode tables.

What is newly said must be legible besides: no heap of marks on one letter, which would run over the lines above and
below it, on the hall's screen as on paper. What was said before that was asked stays good, so proofs ask for clean
text alone.
"""

import unicodedata
from bisect import bisect_left

from services.rules.errors import TextUnclean

# Invisible (Default_Ignorable_Code_Point, Unicode DerivedCoreProperties.txt) though letters or marks by
# category; the Braille blank is not in that list and is as empty to the eye.
_INVISIBLE = frozenset(
    chr(point)
    for run in (
        range(0x034F, 0x0350),
        range(0x115F, 0x1161),
        range(0x17B4, 0x17B6),
        range(0x180B, 0x1810),
        range(0x2800, 0x2801),
        range(0x3164, 0x3165),
        range(0xFE00, 0xFE10),
        range(0xFFA0, 0xFFA1),
        range(0xE0100, 0xE01F0),
    )
    for point in run
)
_REFUSED = {
    "Cc": "a control character",
    "Cf": "an invisible format character",
    "Cs": "a lone surrogate",
    "Co": "a private character",
    "Cn": "an unassigned character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
_SPACES = " \u00a0"
# UTS #39 section 5.4, "Optional Detection": no more than four nonspacing marks in a row, and none twice; in NFD. The
# thirty of stream-safe text (UAX #15) bound what a normalizer must keep, not what can be read: thirty accents are as
# high as six lines. Four do for Vietnamese (2), polytonic Greek (3), pointed Hebrew (4), Burmese (4); none of 73,000
# names of CLDR, in a hundred languages, has more than three.
_MARKS = ("Mn", "Me")
_MARKS_MOST = 4


def must_be_clean(text: str, *, place: str = "text", multiline: bool = False) -> None:
    """Raise TextUnclean unless `text` may be shown to voters; `place` names it in the refusal (a field, a
    line).

    Newlines (U+000A) are allowed only with `multiline`.
    """
    if text.strip() != text:
        at = 1 if text[:1].isspace() else len(text)
        raise TextUnclean(place=place, at=at, what="a space at the edge")
    if text.isascii() and text.isprintable():
        return
    for at, character in enumerate(text, start=1):
        if not (multiline and character == "\n"):
            _must_be_visible(character, place, at)
    _must_be_composed(text, place)


def must_be_legible(text: str, *, place: str = "text", multiline: bool = False) -> None:
    """Raise TextUnclean unless `text`, newly said, is clean and keeps to its own line."""
    must_not_be_heaped(text, place=place)
    must_be_clean(text, place=place, multiline=multiline)


def must_not_be_heaped(text: str, *, place: str = "text") -> None:
    """Raise TextUnclean if a letter of `text`, in whatever normal form, bears more marks than any script needs, or a
    mark has no letter to bear it.

    Spacing marks (Mc) have room of their own: they neither count nor begin to count anew.
    """
    if text.isascii():
        return
    if unicodedata.category(text[0]).startswith("M"):
        raise TextUnclean(place=place, at=1, what="a mark without a letter")
    borne: list[str] = []
    for at, character in enumerate(text, start=1):
        for piece in unicodedata.normalize("NFD", character):
            category = unicodedata.category(piece)
            if category in _MARKS:
                if len(borne) == _MARKS_MOST:
                    raise TextUnclean(place=place, at=at, what=f"more than {_MARKS_MOST} marks on one letter")
                if piece in borne:
                    raise TextUnclean(place=place, at=at, what="the same mark twice on one letter")
                borne.append(piece)
            elif category != "Mc":
                borne.clear()


def _must_be_visible(character: str, place: str, at: int) -> None:
    category = unicodedata.category(character)
    what = _REFUSED.get(category)
    if character in _INVISIBLE:
        what = "an invisible character"
    elif category == "Zs" and character not in _SPACES:
        what = "an unusual space"
    if what is not None:
        raise TextUnclean(place=place, at=at, what=f"{what} (U+{ord(character):04X})")


def _must_be_composed(text: str, place: str) -> None:
    # Asked before it is made: to put marks in order takes the square of their number, a second for 20,000 of them.
    if unicodedata.is_normalized("NFC", text):
        return
    # Any beginning of composed text is composed: of the shortest that is not, all but the end is in order.
    ends = range(1, len(text) + 1)
    end = ends[bisect_left(ends, True, key=lambda end: not unicodedata.is_normalized("NFC", text[:end]))]
    pairs = enumerate(zip(text[:end], unicodedata.normalize("NFC", text[:end]), strict=False), start=1)
    at = next((at for at, (ours, theirs) in pairs if ours != theirs), end)
    raise TextUnclean(place=place, at=at, what="not in Unicode normal form C")
