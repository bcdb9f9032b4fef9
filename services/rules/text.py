"""Text from outside that voters will read: it must look like what it is.

A title that hides characters, or turns the reading direction, could show one question and sign another.
Refused: anything not in NFC (Unicode UAX #15), controls, format characters (bidirectional overrides and
isolates, zero-width and soft hyphens, tags), other invisible characters, odd spaces, and code points without
a meaning in Unicode 14.0, whatever the tables of who reads it: a text that is clean for one is clean for all, in
twenty years as today.

What is newly said must be legible besides: no heap of marks on one letter, which would run over the lines above and
below it, on the hall's screen as on paper. What was said before that was asked stays good, so proofs ask for clean
text alone.
"""

import unicodedata
from bisect import bisect_left, bisect_right

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
# What Unicode 14.0 (2021) has not assigned, the oldest tables of any Python that we run on: of each run how far from
# the end of the one before, and how much longer than one, in digits to the base 36.
_GAPS = """
oo 1 7 3 8 0 2 0 l 0 b2 0 13 1 1f 1 4 0 1k 7 s 3 7 a 7j 0 1p 1 2u d 1o 1 1e 1 g 0 t 1 2 0 c 4 w 0 3 5 6l
0 9 1 3 1 n 0 8 0 2 2 5 1 a 1 3 1 5 7 2 3 3 0 6 1 q 1 4 0 7 3 3 1 n 0 8 0 3 0 3 0 3 1 2 0 6 3 3 1 4 2 2
6 5 0 2 6 i 9 4 0 a 0 4 0 n 0 8 0 3 0 6 1 b 0 4 0 4 1 2 e 5 1 d 6 8 0 4 0 9 1 3 1 n 0 8 0 3 0 6 1 a 1 3
1 4 6 4 3 3 0 6 1 j 9 3 0 7 2 4 0 5 2 3 0 2 0 3 2 3 2 4 2 d 3 6 2 4 0 5 1 2 5 2 d m 4 e 0 4 0 o 0 h 1 a
0 4 0 5 6 3 0 4 1 2 1 5 1 b 6 n 0 4 0 o 0 b 0 6 1 a 0 4 0 5 6 3 5 3 0 5 1 b 0 3 c e 0 4 0 1g 0 4 0 7 3 h
1 r 0 4 0 j 2 p 0 a 0 2 1 8 2 2 3 7 0 2 0 9 5 b 1 4 b 1n 3 u 10 3 0 2 0 6 0 p 0 2 0 o 1 6 0 2 0 7 1 b 1
5 v 21 0 11 3 14 0 11 0 g 0 e 10 5j 0 2 4 2 1 ai 0 5 1 8 0 2 0 5 1 16 0 5 1 y 0 5 1 8 0 2 0 5 1 g 0 1m 0
5 1 1w 1 x 2 r 5 2f 1 7 1 im 2 2i 6 n 8 p 8 l b e 0 4 0 3 b 2n 1 b 5 b 5 r 5 2i 6 18 4 1z 9 w 0 d 3 d 3
2 2 17 1 6 a 19 3 r 5 c 2 1r 1 1u 0 u 1 c 5 b 5 f 1 w 1c 26 2 1c 0 39 7 1p 2 g 2 1p 6 18 1 c 7 18 4 ev 1
7 1 13 1 7 1 9 0 2 0 2 0 2 0 w 1 1i 0 g 0 f 1 7 0 k 1 4 0 a 0 2u 0 d 1 s 0 e 2 y e y e 3x 3 ig o c k 1ed
1 x 0 9q 4 1a 0 2 4 2 1 1l 6 3 d p 8 8 0 8 0 8 0 8 0 8 0 8 0 8 0 8 0 3j x r 0 2i b 5z p d 3 1t 0 2f 1 2w
4 18 0 2n 0 2d b 1c 0 mlq 2 1k 8 9p j 55 7 5o 4 3 0 2 0 6 n 1o 2 b 5 1l 7 1z 7 d 5 39 a v 2 27 0 c 3 y 0
1k 8 f 1 b 1 2w n t 9 7 1 7 1 7 8 8 0 8 0 1p 3 3j 1 b 5 8md b o 3 1e 3 6sv 1 2z 11 8 b 6 4 r 0 6 0 2 0 3
0 3 0 3i f ce 1 1j 6 2 v 17 5 1g 0 k 0 5 3 6 0 3s 1 2 0 5b 2 7 1 7 1 7 1 4 2 8 0 8 9 6 1 d 0 r 0 k 0 3 0
g 1 f x 3g 4 4 3 1a 2 2h 0 e 2 2 1a 1b 3l u 2 1e e t 3 11 8 v 4 18 4 v 0 12 3 f 15 4f 1 b 5 11 3 11 3 15
7 1h a d 0 g 0 8 0 3 0 c 0 g 0 8 0 3 1u 8o 8 n 9 9 n 7 0 17 0 a 1w 7 1 2 0 19 0 3 2 2 1 o 0 21 7 a 1b k
0 3 4 y 2 s 4 2 1r 1l 3 l 1 1f 0 3 4 9 0 4 0 u 1 4 3 b 6 a 6 1t v 14 3 d 8 1j 2 u 1 s 4 r 6 5 b 8 27 22
1i 1g c 1g 6 1b 7 b 85 w 0 17 0 4 1 3 25 15 7 17 l r 11 t j o 8 27 3 11 8 1x 9 2 1 q 6 b 5 1i 0 j 7 14 8
2p 0 l a j 0 19 1s 8 0 2 0 5 0 g 0 c 5 1o 4 b 5 5 0 9 1 3 1 n 0 8 0 3 0 6 0 b 1 3 1 4 1 2 5 2 4 8 1 8 2
6 3u 2l 0 6 t 21 7 b 4l 1j 1 13 x 1y a b 5 e i 1n 5 b 1h s 1 g 3 o 54 1p 2r 2c b 9 1 2 1 9 0 3 0 v 0 3 1
d 8 b 1x 9 1 1b 1 c q 21 7 2c c 22 7a a 0 1a 0 f 9 u 2 x 1 n 0 f 20 8 0 3 0 19 2 2 0 3 0 a 7 b 5 7 0 3 0
12 0 3 0 7 6 b 8l q 52 2 e 1f c po 2t 34 0 6 a 5h 217 2s c ts 0 a 346 g8 6ns fu 6 w 0 b 3 2a 0 b 5 v 1 7
9 1z 9 b 0 8 0 m 4 k j3 2k 2s 24 3 1m 6 i 1r 6 a 3 d 4qh 7 yf 15 a 6w6 5 0 8 0 3 0 84 18 4 g 5 7 b1 1s3
30 4 e 2 a 6 b 1 9 3mj 1b 1 o 8 39 1n 6v 9 14 1 5f k 1z 49 l b 2g 8 q 3q 2e 0 20 0 3 1 2 1 3 1 5 0 d 0 2
0 8 0 1u 0 5 1 9 0 8 0 t 0 5 0 6 0 2 2 8 0 9h 1 85 1 jj e 6 0 g un w 68 8 0 i 1 8 0 3 0 6 5w 1a 2 f 1 b
3 3 8v w g 1n 4 2 yn 8 0 5 0 3 0 g 0 5i 1 h 14 25 3 b 3 3 ls 1x 23 1q 5d 5 0 s 0 3 0 2 1 2 0 b 0 5 0 2 0
2 5 2 3 2 0 2 0 2 0 4 0 3 0 2 1 2 0 2 0 2 0 2 0 2 0 3 0 2 1 5 0 8 0 5 0 5 0 2 0 b 0 i 4 4 0 6 0 i 1f 3
7h 19 3 2t b g 1 g 0 g 0 12 9 4v 1j u c 19 3 a 6 3 d 7 49 rd 4 h 2 e 2 39 b 2i 6 d 3 2 e d 3 1l 7 b 5 15
7 v 1 3 25 9h b f 1 6 2 6 2 8 8 u 2 c 4 7 9 b 5 9 7 8 8 44 0 1k 10 b sl wyp v 37e 6 67 1 4g3 d 5rm 2e6
f3 15t 3t8 fcfp 2 t 2p 3j 6p 1e6n 1ekf 1 1ekf 1
"""
# UTS #39 section 5.4, "Optional Detection": no more than four nonspacing marks in a row, and none twice; in NFD. The
# thirty of stream-safe text (UAX #15) bound what a normalizer must keep, not what can be read: thirty accents are as
# high as six lines. Four do for Vietnamese (2), polytonic Greek (3), pointed Hebrew (4), Burmese (4); none of 73,000
# names of CLDR, in a hundred languages, has more than three.
_MARKS = ("Mn", "Me")
_MARKS_MOST = 4


def _runs() -> list[tuple[int, int]]:
    """First and last of what was not assigned."""
    found, last = list[tuple[int, int]](), 0
    numbers = (int(each, 36) for each in _GAPS.split())
    for gap, more in zip(numbers, numbers, strict=True):
        first, last = last + gap, last + gap + more
        found.append((first, last))
    return found


_FIRST, _LAST = zip(*_runs(), strict=True)


def is_assigned(character: str) -> bool:
    """Whether Unicode 14.0 has a meaning for it."""
    run = bisect_right(_FIRST, ord(character)) - 1
    return run < 0 or ord(character) > _LAST[run]


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
    if not is_assigned(character):
        what = _REFUSED["Cn"]
    elif character in _INVISIBLE:
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
