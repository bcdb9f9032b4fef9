"""How a signed page looks (Decree 30/2020/NĐ-CP, Appendix I): drawn by two programs of others, measured in pixels."""

import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from services.signing.countersigned import appearance, pages
from services.signing.countersigned.acts import Image
from services.signing.countersigned.places import FIELDS, PERSON, RECTS, ROLES, SEAL, Role
from tests.support import drawn_images, minutes_edition
from tests.support.issued import usual
from tests.support.minutes_edition import MinutesEdition
from tests.support.signed_edition import Edition, finished
from tests.support.tools import needs, run

MM = 72 / 25.4
DPI = 72
# An edge is spread over a pixel or two, and a stroke has its width.
NEAR = 2.5
TRIAL = pages._NOTES["trial"]
Box = tuple[float, float, float, float]


@cache
def pictured() -> Edition:
    """Both persons and the body have pictures."""
    images: dict[Role, bytes] = dict.fromkeys(ROLES, drawn_images.signature())
    return Edition(usual(), images=images | {"seal": drawn_images.seal()}).finished()


@cache
def minutes_pictured() -> Edition:
    """The same of minutes."""
    images: dict[Role, bytes] = dict.fromkeys(ROLES, drawn_images.signature())
    return MinutesEdition(minutes_edition.issued(), images=images | {"seal": drawn_images.seal()}).finished()


PICTURED: dict[str, Callable[[], Edition]] = {"a certificate": pictured, "minutes": minutes_pictured}


@dataclass(frozen=True)
class Seen:
    """The last page as it was drawn: colours, and how many pixels make a point."""

    width: int
    height: int
    pixels: bytes = field(repr=False)

    def at(self, x: float, y: float) -> tuple[int, int, int]:
        """The colour at a place in points, from the lower left corner."""
        column, row = round(x * DPI / 72), round(self.height - y * DPI / 72)
        red, green, blue = self.pixels[3 * (row * self.width + column) :][:3]
        return red, green, blue

    def box(self, within: Box, is_it: Callable[[tuple[int, int, int]], bool]) -> Box:
        """The smallest box, in points, around all pixels of a kind in a part of the page."""
        left, bottom, right, top = (round(each * DPI / 72) for each in within)
        found = [
            (column, self.height - row)
            for row in range(self.height - top, self.height - bottom)
            for column in range(left, right)
            if is_it(tuple(self.pixels[3 * (row * self.width + column) :][:3]))  # type: ignore[arg-type]
        ]
        assert found, "nothing of that colour there"
        columns, rows = [each[0] for each in found], [each[1] for each in found]
        low, high = (min(columns), min(rows)), (max(columns) + 1, max(rows))
        return low[0] * 72 / DPI, low[1] * 72 / DPI, high[0] * 72 / DPI, high[1] * 72 / DPI


def is_blue(pixel: tuple[int, int, int]) -> bool:
    """More blue than anything else, by far."""
    red, green, blue = pixel
    return blue - 60 > max(red, green)


def is_black(pixel: tuple[int, int, int]) -> bool:
    """Dark, and of no colour."""
    return max(pixel) < 150 and max(pixel) - min(pixel) < 30


def is_red(pixel: tuple[int, int, int]) -> bool:
    """The same of red."""
    red, green, blue = pixel
    return red - 60 > max(green, blue)


def by_poppler(pdf: Path, last: str, out: Path) -> None:
    """pdftoppm."""
    run("pdftoppm", "-r", str(DPI), "-f", last, "-l", last, "-singlefile", str(pdf), str(out.with_suffix("")))


def by_mupdf(pdf: Path, last: str, out: Path) -> None:
    """mutool draw."""
    run("mutool", "draw", "-q", "-r", str(DPI), "-c", "rgb", "-o", str(out), str(pdf), last)


PROGRAMS = {"poppler": by_poppler, "MuPDF": by_mupdf}


def last_page(pdf: Path) -> str:
    """Its number."""
    (last,) = re.findall(r"^Pages: +(\d+)$", run("pdfinfo", str(pdf)), flags=re.MULTILINE)
    return str(last)


def seen(edition: Edition, directory: Path, program: str = "poppler") -> Seen:
    """The last page of an edition, drawn."""
    path, out = directory / "signed.pdf", directory / "seen.ppm"
    path.write_bytes(edition.pdf)
    PROGRAMS[program](path, last_page(path), out)
    kind, size, _, pixels = out.read_bytes().split(b"\n", 3)
    assert kind == b"P6"
    width, height = map(int, size.split())
    return Seen(width, height, pixels)


@needs("pdftoppm", "pdfinfo", "mutool")
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("paper", PICTURED)
def test_a_person_is_blue_and_centred(paper: str, program: str, tmp_path: Path) -> None:
    """Between title and name, over the whole width that a signature has; nothing of it is outside its field."""
    page = seen(PICTURED[paper](), tmp_path, program)
    for role in ("secretary", "chair"):
        left, bottom, right, top = RECTS[role]
        picture = top - PERSON[1] * MM
        drawn = page.box((left, picture, right, top), is_blue)
        assert (drawn[0] + drawn[2]) / 2 == pytest.approx((left + right) / 2, abs=NEAR)
        assert drawn[2] - drawn[0] == pytest.approx(PERSON[0] * MM, abs=NEAR)
        assert drawn[3] <= top
        # The name below it, in black, centred as well.
        name = page.box((left, bottom, right, picture - 3), is_black)
        assert (name[0] + name[2]) / 2 == pytest.approx((left + right) / 2, abs=NEAR)
        assert name[3] < drawn[1]


@needs("pdftoppm", "pdfinfo", "mutool")
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("paper", PICTURED)
def test_the_seal_is_red_over_the_left_third_of_the_chairs_signature(
    paper: str, program: str, tmp_path: Path
) -> None:
    """34 mm wide and high, on the chair's signature, which shines through where the seal has nothing."""
    page = seen(PICTURED[paper](), tmp_path, program)
    left, _, _, top = RECTS["seal"]
    within = (left - 20, top - SEAL * MM - 5, left + SEAL * MM + 20, top + 20)
    seal = page.box(within, is_red)
    assert seal[2] - seal[0] == pytest.approx(SEAL * MM, abs=NEAR)
    assert seal[3] - seal[1] == pytest.approx(SEAL * MM, abs=NEAR)
    chair = page.box(RECTS["chair"], is_blue)
    assert (seal[2] - chair[0]) / (chair[2] - chair[0]) == pytest.approx(1 / 3, abs=0.02)
    # It lies above what it covers: its dot is red. And it hides nothing else: there is blue within it.
    middle = (seal[0] + seal[2]) / 2, (seal[1] + seal[3]) / 2
    assert is_red(page.at(*middle))
    within = (chair[0] + 5, chair[1], seal[2] - 8, chair[3])
    assert page.box(within, is_blue)
    # The secretary's signature has none of it.
    with pytest.raises(AssertionError, match="nothing of that colour"):
        page.box(RECTS["secretary"], is_red)


@needs("pdftoppm", "pdfinfo", "mutool")
@pytest.mark.parametrize("program", PROGRAMS)
def test_without_pictures_names_are_drawn_where_they_would_be(program: str, tmp_path: Path) -> None:
    """Names in blue, a ring in red that says that it is no picture of the seal."""
    page = seen(finished(), tmp_path, program)
    for role in ("secretary", "chair"):
        left, _, right, top = RECTS[role]
        drawn = page.box((left, top - PERSON[1] * MM, right, top), is_blue)
        assert (drawn[0] + drawn[2]) / 2 == pytest.approx((left + right) / 2, abs=NEAR)
    left, _, _, top = RECTS["seal"]
    ring = page.box((left - 20, top - SEAL * MM - 5, left + SEAL * MM, top + 20), is_red)
    assert ring[2] - ring[0] == pytest.approx(SEAL * MM, abs=NEAR)


# --- What it says ----------------------------------------------------------------------------------------------------


def strokes_of(edition: Edition, role: Role) -> list[bytes]:
    """The letters of a field, each as the outline that it is drawn by, in their order."""
    form = PdfFileReader(io.BytesIO(edition.pdf), strict=True).root["/AcroForm"]
    (field,) = [each.get_object() for each in form["/Fields"] if each.get_object()["/T"] == FIELDS[role]]
    return letters(field["/AP"]["/N"].data)


def letters(content: bytes) -> list[bytes]:
    """Areas that are filled, without their colour."""
    return [line.partition(b" rg ")[2] for line in content.split(b"\n") if b" rg " in line]


def alphabet(role: Role, image: bytes | None) -> dict[bytes, str]:
    """How each letter of a time is drawn in such a field: out of a name that has all of them."""
    name = "0123456789-T:+"
    held = None if image is None else Image(1, 1, b"", b"")
    drawn = letters(zlib.decompress(appearance.draw(role, name, 0, held)))
    # The name stands right before the time, or before the words that lead to it.
    between = len("Thờigianký:") if role == "seal" else 0
    end = len(drawn) - len("1970-01-01T07:00:00+07:00") - between
    if role != "seal":
        # Below it the name stands once more.
        end -= len(name)
    return dict(zip(drawn[end - len(name) : end], name, strict=True))


@pytest.mark.parametrize("made", [finished, pictured, minutes_pictured])
def test_the_seal_says_when_in_iso_8601_by_the_clock_of_hanoi(made: Callable[[], Edition]) -> None:
    """Read off the outlines: letters that nobody can select are still letters."""
    edition = made()
    known = alphabet("seal", edition.images.get("seal"))
    said = "".join(known.get(each, "?") for each in strokes_of(edition, "seal"))
    assert re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$", said)
    assert said.endswith(moment_of(edition, "seal"))


def test_a_person_without_a_picture_says_when_too() -> None:
    """Under the name."""
    edition = finished()
    known = alphabet("secretary", None)
    for role in ("secretary", "chair"):
        said = "".join(known.get(each, "?") for each in strokes_of(edition, role))
        assert moment_of(edition, role) in said


def moment_of(edition: Edition, role: Role) -> str:
    """When the signature says that it was made (ISO 32000-2, 7.9.4), as ISO 8601 writes it."""
    said = [
        each.sig_object["/M"]
        for each in PdfFileReader(io.BytesIO(edition.pdf), strict=True).embedded_signatures
        if each.field_name == FIELDS[role]
    ]
    year, month, day, *clock = re.findall(r"\d\d", str(said[0])[4:16])
    assert str(said[0]).endswith("+07'00'")
    return f"20{year}-{month}-{day}T{':'.join(clock)}+07:00"


STAMPED: dict[str, tuple[Callable[[], Edition], bool]] = {
    "a certificate, for trial": (finished, True),
    "minutes, for trial": (minutes_edition.finished, True),
    "a certificate": (lambda: Edition(usual(), note="given").laid_out(), False),
    "minutes": (lambda: MinutesEdition(minutes_edition.issued(), note="given").laid_out(), False),
}


@needs("pdftotext", "pdfinfo")
@pytest.mark.parametrize("what", STAMPED)
def test_pages_stamped_for_trial_say_so(what: str, tmp_path: Path) -> None:
    """The whole sentence, on the page that is signed; and none of it where a given authority stamps."""
    edition, told = STAMPED[what]
    path = tmp_path / "page.pdf"
    path.write_bytes(edition().pdf)
    last = last_page(path)
    said = " ".join(run("pdftotext", "-f", last, "-l", last, str(path), "-").split())
    assert (TRIAL in said) == told
    assert ("THỬ NGHIỆM" in said) == told


@needs("pdftotext", "pdftoppm", "pdfinfo")
def test_that_sentence_is_to_be_seen(tmp_path: Path) -> None:
    """Dark on white, within the page, under no picture."""
    page = seen(pictured(), tmp_path)
    path = tmp_path / "signed.pdf"
    said = run("pdftotext", "-bbox", "-f", last_page(path), "-l", last_page(path), str(path), "-")
    words = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', said
    )
    found = [tuple(map(float, each[:4])) for each in words if each[4] in ("THỬ", "NGHIỆM:")]
    assert len(found) == 2
    height = page.height * 72 / DPI
    for left, top, right, bottom in found:
        dark = page.box((left, height - bottom, right, height - top), is_black)
        assert dark[2] - dark[0] > 0.8 * (right - left)
