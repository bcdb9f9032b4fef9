"""Rows of votes are set with the height of one line: only where everything in them surely fits into one line."""

import json
import random
import re
from importlib import resources
from typing import Any

import pytest
import typst

from services.rules import proof
from services.signing import minutes_words
from services.signing.minutes_words import BROADER, CHOSEN, KNOWN, LETTER, NAME, PLACE
from tests.support.evidence import Sitting, by_choice

LETTERS = [chr(code) for code in range(0x20, 0x1EFA) if KNOWN.fullmatch(chr(code))]
TEMPLATE = resources.files("services.signing").joinpath("minutes.typ").read_text()


def measured(expression: str, given: object = None) -> Any:
    """What Typst makes of an expression, in the letters of the rows of votes."""
    source = (
        '#set text(lang: "vi", font: "Libertinus Serif", size: 9pt)\n#set table(stroke: 0.4pt, inset: 4pt)\n'
        f"#let given = json(bytes(sys.inputs.given))\n#context [#metadata({expression}) <found>]"
    )
    compiler = typst.Compiler(
        input=source.encode(),
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
        sys_inputs={"given": json.dumps(given)},
    )
    return json.loads(compiler.query("<found>", field="value", one=True))


def widths(texts: list[str]) -> list[float]:
    """In em."""
    return list(measured("given.map(each => measure(each).width / 9pt)", texts))


def test_no_letter_is_wider_than_is_said() -> None:
    """Each between two others, as it stands in a word."""
    assert len(LETTERS) > 180
    within = zip(LETTERS, widths([f"n{letter}n" for letter in LETTERS]), strict=True)
    (around,) = widths(["nn"])
    for letter, width in within:
        broad = letter.isupper() or letter in "mw"
        assert width - around <= LETTER + BROADER * broad, letter


def test_what_is_said_to_fit_fits() -> None:
    """Words of any letters, with all that their neighbours do to them."""
    dice = random.Random(9)
    texts = ["".join(dice.choices(LETTERS, k=dice.randint(1, 40))) for _ in range(3000)]
    fitting = [text for text in texts if minutes_words.fits(text, NAME)]
    assert 500 < len(fitting) < 2900
    assert max(widths(fitting)) <= NAME


def test_the_columns_hold_what_is_said() -> None:
    """Between the insets; the last two hold all that may stand in them, a ledger's last line too."""
    found = re.search(r"\((\d+\.\d)mm, (\d+\.\d)mm, (\d+)mm, (\d+)mm\), part", TEMPLATE)
    assert found
    names, places, choices, lines = ((float(each) / 25.4 * 72 - 8) / 9 for each in found.groups())
    assert (names >= NAME, places >= PLACE) == (True, True)
    assert max(widths([*CHOSEN.values(), "Không tham gia"])) < choices
    assert max(widths(["888888888", "–"])) < lines


def test_the_height_is_that_of_one_line() -> None:
    """As it comes out where it is not given, whatever stands above and below the letters."""
    found = re.search(r"auto } else { (\d+\.\d+)pt }", TEMPLATE)
    assert found
    for text in ("a", "Ẩgỵ"):
        height = measured("measure(table(columns: 1, given)).height / 1pt", text)
        assert height == pytest.approx(float(found[1]))


@pytest.mark.parametrize(
    ("name", "is_tall"),
    [
        ("Nguyễn Thị Hằng", False),
        ("Nguyễn Thị Hằng Nga Mai Lan Phương Anh", True),
        ("NGUYỄN THỊ MINH KHAI HOA", True),
        ("Nguye\u0302\u0303n", True),
        ("中文", True),
        ("Nguyễn\nThị", True),
    ],
)
def test_what_may_not_fit_is_set_as_high_as_it_must_be(name: str, is_tall: bool) -> None:
    """Long names, capitals, letters that we do not know the width of."""
    sitting = Sitting(members=2, names={"db002": name})
    proven = proof.verify_statement(
        sitting.play(by_choice(sitting.ids, 1, 0, 0)).statement(), sitting.pki.anchors()
    )
    words = minutes_words.words(proven, "hash", "https://plenary.example.vn")
    assert words["tall"] == [False, is_tall]
