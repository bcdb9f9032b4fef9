"""Shadow attacks (Mainka and others 2021): a page that was prepared for another one, signed in earnest by all three.

Before they sign it, something is hidden in it; afterwards an update brings it to light. As it was signed it is good: it
shows what was signed. `SHADOWS` has for each kind how the page is prepared, and what is done to the file afterwards.
"""

import re
import zlib
from collections.abc import Callable

from services.signing.countersigned import revisions
from tests.support.issued import usual
from tests.support.signed_edition import Edition

Prepare = Callable[[bytes], bytes]
Reveal = Callable[[bytes], bytes]

_TRAILER = re.compile(rb"trailer\n<</Size \d+(.*?)>>\nstartxref\n\d+\n%%EOF\n", re.DOTALL)
# What the attacker wants to be seen: the page struck out.
_LIE = b"1 0 0 RG 20 w 50 50 m 550 800 l S 550 50 m 50 800 l S"


def _objects(page: bytes) -> dict[int, bytes]:
    """The inside of each object, by its number; of a page as Typst writes it."""
    table = int(page[page.rindex(b"startxref\n") + 10 :].split(b"\n")[0])
    places = [int(each) for each in re.findall(rb"(\d{10}) 00000 n", page[table:])]
    found = {}
    for place, end in zip(places, [*places[1:], table], strict=True):
        head, _, rest = page[place:end].partition(b" 0 obj\n")
        found[int(head)] = rest[: rest.rindex(b"\nendobj")]
    return found


def _written(page: bytes, objects: dict[int, bytes], hidden: bytes = b"") -> bytes:
    """The page with these objects, as Typst would have written it; `hidden`: what its table does not lead to."""
    trailer = _TRAILER.search(page if page.endswith(b"\n") else page + b"\n", page.rindex(b"trailer\n"))
    assert trailer is not None
    out = page[: page.index(b"1 0 obj\n")]
    places = []
    for number in sorted(objects):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n\n" % (number, objects[number])
    out += hidden
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f\r\n" % size + b"".join(
        b"%010d 00000 n\r\n" % each for each in places
    )
    return out + table + b"trailer\n<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer[1], len(out))


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)


def _first_page(objects: dict[int, bytes]) -> int:
    return next(number for number, inside in sorted(objects.items()) if inside.startswith(b"<</Type/Page/"))


def _with_contents(inside: bytes, *numbers: int) -> bytes:
    said = b"/Contents[%s]" % b" ".join(b"%d 0 R" % each for each in numbers)
    return re.sub(rb"/Contents \d+ 0 R", said, inside)


def _contents(inside: bytes) -> int:
    found = re.search(rb"/Contents (\d+) 0 R", inside)
    assert found is not None
    return int(found[1])


# --- Hide: a lie lies under a cover, which is taken away ------------------------------------------------------------


def _hide(page: bytes) -> bytes:
    objects = _objects(page)
    number, size = _first_page(objects), len(objects) + 1
    objects[size] = _stream(_LIE)
    objects[size + 1] = _stream(b"1 g 0 0 600 850 re f")
    shown = _contents(objects[number])
    objects[number] = _with_contents(objects[number], size, size + 1, shown)
    return _written(page, objects)


def _uncover(pdf: bytes) -> bytes:
    """Cover and truth are empty from now on."""
    objects = _objects(revisions.read(pdf).page)
    listed = re.search(rb"/Contents\[\d+ 0 R (\d+) 0 R (\d+) 0 R\]", objects[_first_page(objects)])
    assert listed is not None
    return _updated(pdf, {int(number): _stream(b"") for number in listed.groups()})


# --- Replace: what is shown is drawn by something that can be exchanged ---------------------------------------------


def _replace(page: bytes) -> bytes:
    """The fonts of the page: nothing needs to be prepared."""
    return page


def _other_font(pdf: bytes) -> bytes:
    """Each font's program is another's: the same letters say something else."""
    objects = _objects(revisions.read(pdf).page)
    fonts = [number for number, inside in objects.items() if b"/Type/Font/Subtype/Type0" in inside]
    return _updated(pdf, {one: objects[other] for one, other in zip(fonts, reversed(fonts), strict=True)})


# --- Hide and replace: a second page that nothing leads to ----------------------------------------------------------


def _hide_and_replace(page: bytes) -> bytes:
    """The first page once more, with a lie on it, under its own number."""
    objects = _objects(page)
    number, size = _first_page(objects), len(objects) + 1
    objects[size] = _stream(_LIE)
    lie = b"%d 0 obj\n%s\nendobj\n\n" % (number, _with_contents(objects[number], size))
    return _written(page, objects, lie)


def _other_page(pdf: bytes) -> bytes:
    """Nothing is added but a table: the first page's number leads to what lay there all the time."""
    page = revisions.read(pdf).page
    number = _first_page(_objects(page))
    place = page.rindex(b"\n%d 0 obj\n" % number) + 1
    return _ended(pdf, b"xref\n%d 1\n%010d 00000 n \n" % (number, place), len(pdf))


def _updated(pdf: bytes, objects: dict[int, bytes]) -> bytes:
    table, out = b"xref\n", pdf
    for number, inside in sorted(objects.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, inside)
    return _ended(out, table, len(out))


def _ended(pdf: bytes, table: bytes, at: int) -> bytes:
    """With a table and a trailer as the last one, over the one before."""
    trailer = pdf[pdf.rindex(b"trailer\n") : pdf.rindex(b"startxref")]
    last = int(pdf[pdf.rindex(b"startxref\n") + 10 :].split(b"\n")[0])
    trailer = re.sub(rb"/Prev \d+", b"/Prev %d" % last, trailer)
    return pdf + table + trailer + b"startxref\n%d\n%%%%EOF\n" % at


SHADOWS: dict[str, tuple[Prepare, Reveal]] = {
    "hide": (_hide, _uncover),
    "replace": (_replace, _other_font),
    "hide and replace": (_hide_and_replace, _other_page),
}


def signed(prepare: Prepare) -> Edition:
    """The page so prepared, signed by all three in earnest and archived."""
    edition = Edition(usual())
    page = revisions.read(edition.laid_out().pdf).page
    edition.pdf = revisions.begin(prepare(page)).pdf
    return edition.sign("secretary").sign("chair").sign("seal").archived()
