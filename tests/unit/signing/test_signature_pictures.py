"""Pictures of signatures and seals: however a plain PNG is written, it is one picture; all else is refused."""

import zlib

import pytest

from services.signing.countersigned import appearance, pictures, prepared, signed_pdf
from services.signing.countersigned.pdf_errors import PdfSignatureWrong, PictureNotTaken
from services.signing.countersigned.places import ROLES, Role, size
from tests.support import drawn_images
from tests.support.issued import usual
from tests.support.signed_edition import Edition

WIDTH, HEIGHT = 40, 24
KINDS = {0: 1, 2: 3, 4: 2, 6: 4}


def _written(rows: bytes, kind: int, *, width: int = WIDTH, height: int = HEIGHT, depth: int = 8) -> bytes:
    return drawn_images.png(rows, kind, width, height, depth)


def _row(place: int, step: int) -> bytes:
    return bytes((place * 7 + column * 3) % 256 for column in range(WIDTH * step))


def _filtered(kind: int, row: bytes, above: bytes, step: int) -> bytes:
    """A row as an encoder writes it (ISO/IEC 15948, section 9), independent of how ours reads it."""
    out = []
    for place, value in enumerate(row):
        left = row[place - step] if place >= step else 0
        up, corner = above[place], above[place - step] if place >= step else 0
        near = left + up - corner
        paeth = sorted((left, up, corner), key=lambda each: abs(near - each))[0]
        guess = (0, left, up, (left + up) >> 1, paeth)[kind]
        out.append((value - guess) % 256)
    return bytes((kind, *out))


def _png(colour: int, kind: int) -> bytes:
    step = KINDS[colour]
    rows, above = [], bytes(WIDTH * step)
    for place in range(HEIGHT):
        row = _row(place, step)
        rows.append(_filtered(kind, row, above, step))
        above = row
    return _written(b"".join(rows), colour)


@pytest.mark.parametrize("colour", [4, 6])
def test_all_filters_are_the_same_picture(colour: int) -> None:
    read = [pictures.read(_png(colour, kind)) for kind in range(5)]
    assert len({(each.colours, each.opacity) for each in read}) == 1
    colours, opacity = zlib.decompress(read[0].colours), zlib.decompress(read[0].opacity)
    assert (len(colours), len(opacity)) == (3 * WIDTH * HEIGHT, WIDTH * HEIGHT)
    first = _row(0, KINDS[colour])
    assert colours[:3] == (first[:1] * 3 if colour == 4 else first[:3])
    assert opacity[1] == {4: first[3], 6: first[7]}[colour]


PLAIN = _png(6, 0)
WRONG = {
    "nothing": b"",
    "another kind": b"GIF89a" + PLAIN,
    "cut off": PLAIN[:-20],
    "a wrong sum": PLAIN[:-30] + bytes([PLAIN[-30] ^ 1]) + PLAIN[-29:],
    "too few rows": _written(b"\0" * 100, 6),
    "too many rows": _written(b"\0" * (HEIGHT + 1) * (4 * WIDTH + 1), 6),
    "an unknown filter": _written(b"\x05" * HEIGHT * (4 * WIDTH + 1), 6),
    "a palette": _written(b"\0" * HEIGHT * (WIDTH + 1), 3),
    "no transparency": _png(2, 0),
    "grey, without transparency": _png(0, 0),
    "all opaque": _written((b"\0" + b"\x80\x80\x80\xff" * WIDTH) * HEIGHT, 6),
    "16 bits": _written(b"\0" * HEIGHT * (8 * WIDTH + 1), 6, depth=16),
    "too wide": _written(b"", 6, width=801),
    "no width": _written(b"", 6, width=0),
    "too large": PLAIN + b"\0" * 1_000_000,
}


@pytest.mark.parametrize("what", WRONG)
def test_anything_else_is_refused(what: str) -> None:
    with pytest.raises(PictureNotTaken):
        pictures.read(WRONG[what])


def test_a_signature_with_a_picture_is_as_good() -> None:
    edition = Edition(usual(), stamped=False, images=dict.fromkeys(ROLES, PLAIN)).finished()
    opened = signed_pdf.open_signed(edition.pdf, edition.trust, edition.trust)
    assert len(opened.signatories) == 3


@pytest.mark.parametrize("role", ROLES)
def test_what_is_drawn_is_strokes_within_the_field(role: Role) -> None:
    drawing = appearance.draw(role, "Nguyễn Thị 🗳 \u202e Phương Thảo (‰) \\ [x] #eval", 1_795_000_000, None)
    appearance.must_only_draw(drawing, role)
    assert b"BT" not in zlib.decompress(drawing).split()
    assert drawing == appearance.draw(
        role, "Nguyễn Thị 🗳 \u202e Phương Thảo (‰) \\ [x] #eval", 1_795_000_000, None
    )
    assert min(size(role)) > 70


@pytest.mark.parametrize(
    "lines",
    [
        b"BT /F1 12 Tf (x) Tj ET",
        b"/Other Do",
        b"q 1 0 0 1 0 0 cm /Im Do Q /GS gs",
        b"0 0 m 1e5 1 l S",
        b"BI ID EI",
        b"/OC /Hidden BDC EMC",
    ],
)
def test_what_is_no_drawing_is_not_believed(lines: bytes) -> None:
    for packed in (zlib.compress(lines), zlib.compress(b"q Q") + b"more", zlib.compress(b"q Q")[:-1]):
        with pytest.raises(PdfSignatureWrong):
            appearance.must_only_draw(packed, "chair")


def test_a_name_that_no_certificate_has_is_not_drawn() -> None:
    edition = Edition(usual(), stamped=False).laid_out()
    begun = prepared.prepare(
        edition.pdf, "secretary", edition.chain("secretary"), "Chủ tịch nước", edition.now
    )
    assert begun.name == "thu-ky"
