# mypy: disable-error-code="no-untyped-call"
"""More attacks on a signed PDF: what signatures say that they cover, tables and ends of file, what is beside the page.

Ranges and holes as in the attacks on signature wrapping and universal forgery (Mladenov and others 2019), tables and
object streams as writers of other programs use them, and editions passed off as what they are not.
"""

import re
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from services.signing.countersigned import revisions
from tests.support.pdf_attacks import Attack, updating
from tests.support.signed_edition import Edition

_RANGE = re.compile(rb"/ByteRange\[0 (\d+) (\d+) (\d+) *\]")
_TABLE = re.compile(rb"\n(\d{10}) 00000 n \n")
Range = tuple[int, int, int, int]


# --- Ranges ---------------------------------------------------------------------------------------------------------


def _ranged(change: Callable[[int, int, int, int], bytes], which: int = -1) -> Attack:
    """The range of one of the signatures, said otherwise."""

    def attack(edition: Edition) -> bytes:
        found = list(_RANGE.finditer(edition.pdf))[which]
        start, end, rest = (int(each) for each in found.groups())
        said = b"/ByteRange[%-40b]" % change(start, end, rest, len(edition.pdf))
        return edition.pdf[: found.start()] + said + edition.pdf[found.end() :]

    return attack


def _moved_hole(edition: Edition) -> bytes:
    """The chair's signature stands elsewhere, zeros where it stood, and its range says so."""
    pdf, (start, end) = edition.pdf, revisions.read(edition.pdf).written[2].hole
    held = pdf[start:end]
    moved = pdf[:start] + b"<" + b"0" * (end - start - 2) + b">" + pdf[end:]
    last = moved.rindex(b"startxref")
    said = b"/ByteRange[%-40b]" % b"0 %d %d %d" % (last, last + len(held), len(pdf) - last)
    place = _RANGE.search(moved, end)
    assert place is not None
    return moved[: place.start()] + said + moved[place.end() : last] + held + moved[last:]


# --- Ends, tables, streams of objects -------------------------------------------------------------------------------


def _last_table(pdf: bytes) -> int:
    return int(pdf[pdf.rindex(b"startxref\n") + 10 :].split(b"\n")[0])


def _points_elsewhere(edition: Edition) -> bytes:
    """The last table leads to another object than the one it was written for."""
    table = _last_table(edition.pdf)
    entry = _TABLE.search(edition.pdf, table)
    assert entry is not None
    return edition.pdf[: entry.start(1)] + b"%010d" % 15 + edition.pdf[entry.end(1) :]


def _started_before(edition: Edition) -> bytes:
    """Who reads from the end finds the page as it was before anybody signed."""
    begun = revisions.begin(revisions.read(edition.pdf).page).pdf
    last = edition.pdf.rindex(b"startxref\n") + 10
    said = b"%d" % _last_table(begun)
    return (
        edition.pdf[:last]
        + said.rjust(len(edition.pdf[last:].split(b"\n")[0]), b"0")
        + edition.pdf[last + 6 :]
    )


def _goes_round(edition: Edition) -> bytes:
    """A table that names itself as the one before."""
    at = edition.pdf.rindex(b"/Prev ") + 6
    end = edition.pdf.index(b">>", at)
    return edition.pdf[:at] + b"%d" % _last_table(edition.pdf) + edition.pdf[end:]


def _freed(edition: Edition) -> bytes:
    """One more table, in which the chair's field is free."""
    document = revisions.read(edition.pdf)
    number, size = document.fields[1], document.grown.size
    table = b"xref\n%d 1\n0000000000 65535 f \n" % number
    root, before = document.grown.base.root, document.grown.last
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (size, root, before)
    return edition.pdf + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(edition.pdf)


def _object_stream(edition: Edition) -> bytes:
    """The catalog anew, out of sight in a stream of objects, found by a stream of cross-references."""
    document = revisions.read(edition.pdf)
    pdf, base, size = edition.pdf, document.grown.base, document.grown.size
    catalog = b"<<%s>>" % base.catalog
    held = b"%d 0 %s" % (base.root, catalog)
    first = held.index(b"<<")
    at = len(pdf)
    packed = b"%d 0 obj\n<</Type/ObjStm/N 1/First %d/Length %d>>stream\n%s\nendstream\nendobj\n" % (
        *(size, first, len(held), held),
    )
    table_at = at + len(packed)
    rows = b"".join(
        row[0].to_bytes(1) + row[1].to_bytes(4) + row[2].to_bytes(2)
        for row in ((2, size, 0), (1, at, 0), (1, table_at, 0))
    )
    index = b"[%d 1 %d 2]" % (base.root, size)
    said = b"/Type/XRef/W[1 4 2]/Index%s/Size %d/Root %d 0 R/Prev %d/Length %d" % (
        *(index, size + 2, base.root, document.grown.last, len(rows)),
    )
    table = b"%d 0 obj\n<<%s>>stream\n%s\nendstream\nendobj\n" % (size + 1, said, rows)
    return pdf + packed + table + b"startxref\n%d\n%%%%EOF\n" % table_at


# --- Beside the page ------------------------------------------------------------------------------------------------


def _other_metadata(writer: IncrementalPdfFileWriter) -> None:
    metadata = writer.root["/Metadata"]
    metadata._data = metadata.data.replace(b"certificate", b"certifikate")
    metadata._encoded_data = None
    writer.update_container(metadata)


def _script(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    held = generic.ArrayObject([pdf_string("a"), writer.add_object(generic.DictionaryObject(action))])
    names = writer.root["/Names"]
    names["/JavaScript"] = generic.DictionaryObject({pdf_name("/Names"): held})
    writer.update_root()


def _link(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/URI"), pdf_name("/URI"): pdf_string("https://example.vn")}
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Link"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
            pdf_name("/A"): generic.DictionaryObject(action),
        }
    )
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)


def _form_of_others(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/XFA"] = writer.add_object(generic.StreamObject(stream_data=b"<xdp/>"))
    writer.update_container(form)


def _file_renamed(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    for key in ("/F", "/UF"):
        names[1].get_object()[key] = pdf_string("nghi-quyet.json")
    writer.update_container(names[1].get_object())


def _name_renamed(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Names"]["/EmbeddedFiles"]["/Names"][0] = pdf_string("nghi-quyet.json")
    writer.update_root()


def _one_more_file(writer: IncrementalPdfFileWriter) -> None:
    file = generic.DictionaryObject(
        {pdf_name("/F"): writer.add_object(generic.StreamObject(stream_data=b"{}"))}
    )
    spec = {
        pdf_name("/Type"): pdf_name("/Filespec"),
        pdf_name("/F"): pdf_string("z.json"),
        pdf_name("/EF"): file,
    }
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    names += [pdf_string("z.json"), writer.add_object(generic.DictionaryObject(spec))]
    writer.update_root()


def _cropped(writer: IncrementalPdfFileWriter) -> None:
    """The foot of the last page is out of sight, and with it what it says of trials."""
    page = writer.root["/Pages"]["/Kids"][-1]
    page["/CropBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 120, 595, 842)))
    writer.update_container(page)


def _covered(writer: IncrementalPdfFileWriter) -> None:
    """White over what the last page says of trials."""
    page = writer.root["/Pages"]["/Kids"][-1]
    over = writer.add_object(generic.StreamObject(stream_data=b"1 g 80 60 220 40 re f"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), over])
    writer.update_container(page)


def _in_place(edition: Edition, old: bytes, new: bytes) -> bytes:
    """Other bytes, as many, where they first stand."""
    assert len(old) == len(new)
    assert old in edition.pdf
    return edition.pdf.replace(old, new, 1)


def _reason_in_place(edition: Edition) -> bytes:
    said = "Chủ tọa ký".encode("utf-16-be").hex().upper().encode()
    return _in_place(edition, said, "Chủ tọa no".encode("utf-16-be").hex().upper().encode())


def _misspelt(edition: Edition) -> bytes:
    """In the names of the authority that stamped for trial, wherever they stand: in tokens, in what is kept."""
    old, new = ("THỬ NGHIỆM".encode(), "THƯ NGHIỆM".encode())
    pdf = edition.pdf
    for one, other in (
        (old, new.ljust(len(old))),
        (old.hex().upper().encode(), new.ljust(len(old)).hex().upper().encode()),
    ):
        pdf = pdf.replace(one, other)
    assert pdf != edition.pdf
    return pdf


# --- Passed off as another ------------------------------------------------------------------------------------------


def _sealed_as_signed(edition: Edition) -> bytes:
    """The sealed edition, said to be the signed one."""
    return edition.issued.printed.pdf + revisions.MARK


def _acts_behind_the_sealed(edition: Edition) -> bytes:
    """What all three did to the page of the signed edition, behind the sealed one."""
    begun = revisions.begin(revisions.read(edition.pdf).page).pdf
    return edition.issued.printed.pdf + revisions.MARK + edition.pdf[len(begun) :]


def _signed_as_sealed(edition: Edition) -> bytes:
    """The signed edition, no longer said to be one."""
    return edition.pdf.replace(revisions.MARK, b"%" * (len(revisions.MARK) - 1) + b"\n", 1)


def _page_as_sealed(edition: Edition) -> bytes:
    """The page that all signed, without any signature."""
    return revisions.read(edition.pdf).page


GAMES: dict[str, Attack] = {
    "gap moved": _moved_hole,
    "gap widened": _ranged(lambda start, end, rest, _: b"0 %d %d %d" % (start - 50, end + 50, rest - 50)),
    "gap narrowed": _ranged(lambda start, end, rest, _: b"0 %d %d %d" % (start + 1, end - 1, rest + 1)),
    "gap shifted": _ranged(lambda start, end, rest, _: b"0 %d %d %d" % (start + 2, end + 2, rest - 2)),
    "ranges overlap": _ranged(
        lambda start, _, rest, size: b"0 %d %d %d" % (start, start - 99, size - start + 99)
    ),
    "ranges in the other order": _ranged(lambda start, end, rest, _: b"%d %d 0 %d" % (end, rest, start)),
    "a third range": _ranged(
        lambda start, end, rest, _: b"0 %d %d 9 %d %d" % (start, end, end + 9, rest - 9)
    ),
    "a range below nought": _ranged(lambda start, end, rest, _: b"-9 %d %d %d" % (start + 9, end, rest)),
    "a length below nought": _ranged(lambda start, end, *_: b"0 %d %d -1" % (start, end)),
    "past the end": _ranged(lambda start, end, rest, _: b"0 %d %d %d" % (start, end, rest + 100)),
    "far past the end": _ranged(lambda start, end, *_: b"0 %d %d %d" % (start, end, 2**63)),
    "short of the end": _ranged(lambda start, end, rest, _: b"0 %d %d %d" % (start, end, rest - 1)),
    "a range with fractions": _ranged(lambda start, end, rest, _: b"0 %d.0 %d.0 %d.0" % (start, end, rest)),
    "not from the start": _ranged(lambda start, end, rest, _: b"1 %d %d %d" % (start - 1, end, rest)),
    "the secretary's range on the chair": lambda edition: _range_of_another(edition),
    "two ends": lambda edition: edition.pdf + b"%%EOF\n",
    "two ends and a table": lambda edition: edition.pdf + edition.pdf[edition.pdf.rindex(b"startxref") :],
    "no end": lambda edition: edition.pdf.removesuffix(b"%%EOF\n"),
    "an end in the middle": lambda edition: edition.pdf.replace(b"/Type/DSS", b"%%EOF\n   "[:9], 1),
    "a table that points elsewhere": _points_elsewhere,
    "a start before the signatures": _started_before,
    "tables that go round": _goes_round,
    "the chair's field freed": _freed,
    "objects in a stream": _object_stream,
    "metadata changed": updating(_other_metadata),
    "metadata changed in place": lambda edition: _in_place(edition, b"<pdf:Keywords>", b"<pdf:keywords>"),
    "a script": updating(_script),
    "a link over all": updating(_link),
    "a form of other programs": updating(_form_of_others),
    "attached file renamed": updating(_file_renamed),
    "its name renamed": updating(_name_renamed),
    "attached file renamed in place": lambda edition: _in_place(
        edition, b"/UF(ledger.jsonl)", b"/UF(ledger.jsonx)"
    ),
    "one more file": updating(_one_more_file),
    "reason replaced in place": _reason_in_place,
    "THỬ NGHIỆM cut off": updating(_cropped),
    "THỬ NGHIỆM covered": updating(_covered),
    "THỬ NGHIỆM misspelt": _misspelt,
    "sealed as signed": _sealed_as_signed,
    "acts behind the sealed": _acts_behind_the_sealed,
    "signed as sealed": _signed_as_sealed,
    "page as sealed": _page_as_sealed,
}


def _range_of_another(edition: Edition) -> bytes:
    first, second = list(_RANGE.finditer(edition.pdf))[:2]
    return edition.pdf[: second.start()] + first[0] + edition.pdf[second.end() :]
