# mypy: disable-error-code="no-untyped-call"
"""Attacks on a signed PDF, each a function from the genuine edition to the attacker's file.

What others found to fool readers: incremental saving, universal forgery and wrapping (Mladenov and others 2019), shadow
attacks (2021), attacks on certified documents (2021), and what somebody with a key of ours could try besides.
"""

import io
import re
from collections.abc import Callable
from dataclasses import replace

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from services.signing.countersigned import increments, long_term, revisions, trial_authority
from services.signing.countersigned.acts import Materials, Stamp
from services.signing.countersigned.trial_authority import TrialStamper
from tests.support.signed_edition import Edition

Attack = Callable[[Edition], bytes]
Change = Callable[[IncrementalPdfFileWriter], None]

_END = b"%%EOF\n"


def updated(pdf: bytes, change: Change) -> bytes:
    """A well-made incremental update, by somebody else's program."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _fields(writer: IncrementalPdfFileWriter) -> dict[str, generic.DictionaryObject]:
    return {str(ref.get_object()["/T"]): ref.get_object() for ref in writer.root["/AcroForm"]["/Fields"]}


def updating(change: Change) -> Attack:
    """An attack that is such an update of the genuine edition."""
    return lambda edition: updated(edition.pdf, change)


def _first_page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    page: generic.DictionaryObject = writer.root["/Pages"]["/Kids"][0]
    return page


def _annotate(writer: IncrementalPdfFileWriter) -> None:
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 500, 400, 600))),
            pdf_name("/Contents"): pdf_string("Không được thông qua"),
            pdf_name("/DA"): pdf_string("/Helv 24 Tf"),
        }
    )
    page = _first_page(writer)
    page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)


def _draw_over(writer: IncrementalPdfFileWriter) -> None:
    page = _first_page(writer)
    over = writer.add_object(generic.StreamObject(stream_data=b"1 g 0 0 600 850 re f"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), over])
    writer.update_container(page)


def _other_page(writer: IncrementalPdfFileWriter) -> None:
    page = _first_page(writer)
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 600 850 re f"))
    writer.update_container(page)


def _other_pages(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"] = generic.ArrayObject(list(pages["/Kids"])[1:])
    pages["/Count"] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)


def _reason(writer: IncrementalPdfFileWriter) -> None:
    signature = _fields(writer)["ChuToa"]["/V"]
    signature["/Reason"] = pdf_string("Chủ tọa không đồng ý")
    writer.update_container(signature)


def _name(writer: IncrementalPdfFileWriter) -> None:
    signature = _fields(writer)["ChuToa"]["/V"]
    signature["/Name"] = pdf_string("Người khác")
    writer.update_container(signature)


def _look(writer: IncrementalPdfFileWriter) -> None:
    field = _fields(writer)["ChuToa"]
    form = generic.StreamObject(stream_data=b"0 0 100 100 re f")
    form["/Type"], form["/Subtype"] = pdf_name("/XObject"), pdf_name("/Form")
    form["/BBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 100)))
    field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(form)})
    writer.update_container(field)


def _unsign(writer: IncrementalPdfFileWriter) -> None:
    field = _fields(writer)["ChuToa"]
    del field["/V"]
    writer.update_container(field)


def _take_field_away(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.ArrayObject(
        [ref for ref in form["/Fields"] if str(ref.get_object()["/T"]) != "ChuToa"]
    )
    writer.update_container(form)


def _rename(writer: IncrementalPdfFileWriter) -> None:
    field = _fields(writer)["ChuToa"]
    field["/T"] = pdf_string("ThuKy2")
    writer.update_container(field)


def _swap_attachment(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    file = names[1].get_object()["/EF"]["/F"]
    file._data, file._encoded_data = b'{"payload":""}', None
    writer.update_container(file)


def _move(writer: IncrementalPdfFileWriter) -> None:
    field = _fields(writer)["ThuKy"]
    field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 0, 0)))
    writer.update_container(field)


def _loosen(writer: IncrementalPdfFileWriter) -> None:
    signature = _fields(writer)["ThuKy"]["/V"]
    signature["/Reference"][0]["/TransformParams"]["/P"] = generic.NumberObject(3)
    writer.update_container(signature)


def _uncertify(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/Perms"]
    writer.update_root()


def _act(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.root["/OpenAction"] = generic.DictionaryObject(action)
    writer.update_root()


def _empty_update(writer: IncrementalPdfFileWriter) -> None:
    writer.update_root()


# --- By bytes ----------------------------------------------------------------------------------------------------


def _spans(pdf: bytes) -> list[tuple[int, int]]:
    """Where the hexadecimal of each signature is, between < and >."""
    return [found.span(1) for found in re.finditer(rb"/Contents<([0-9A-F]+)>/ByteRange", pdf)]


def _at(pdf: bytes, start: int, end: int, text: bytes) -> bytes:
    return pdf[:start] + text + pdf[end:]


def _ranges(edition: Edition, text: bytes, which: int = 1) -> bytes:
    found = list(re.finditer(rb"/ByteRange\[([^\]]*)\]", edition.pdf))[which]
    return _at(edition.pdf, *found.span(1), text.ljust(40))


def _zeros(edition: Edition) -> bytes:
    start, end = _spans(edition.pdf)[1]
    return _at(edition.pdf, start, end, b"0" * (end - start))


def _no_contents(edition: Edition) -> bytes:
    start, end = _spans(edition.pdf)[1]
    return _at(edition.pdf, start - 10, end + 1, b"")


def _hidden_in_the_hole(edition: Edition) -> bytes:
    _, end = _spans(edition.pdf)[-1]
    return _at(edition.pdf, end - 8, end, b"DEADBEEF")


def _lower_case(edition: Edition) -> bytes:
    start, end = _spans(edition.pdf)[-1]
    return _at(edition.pdf, start, end, edition.pdf[start:end].lower())


def _another_twice(edition: Edition) -> bytes:
    """The secretary's signature once more, in the chair's place."""
    (first, last), (start, end) = _spans(edition.pdf)[:2]
    held = edition.pdf[first:last].rstrip(b"0")
    return _at(edition.pdf, start, end, held.ljust(end - start, b"0"))


def _wrapped(edition: Edition) -> bytes:
    """Something between the covered parts, the second of them moved away and found again by its range."""
    pdf = edition.pdf
    _, end = _spans(pdf)[-1]
    inserted = b"1 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\n"
    moved = _at(pdf, end + 1, end + 1, inserted)
    last = list(re.finditer(rb"/ByteRange\[(\d+) (\d+) (\d+) (\d+) *\]", moved))[-1]
    numbers = [int(each) for each in last.groups()]
    numbers[2] += len(inserted)
    return _at(moved, last.start(), last.end(), b"/ByteRange[%-40b]" % b"%d %d %d %d" % tuple(numbers))


def _swapped_acts(edition: Edition) -> bytes:
    """The increments of secretary and chair in the other order."""
    ends = [each.end for each in revisions.read(edition.pdf).written]
    page = revisions.begin(revisions.read(edition.pdf).page).pdf
    one, two = edition.pdf[len(page) : ends[1]], edition.pdf[ends[1] : ends[3]]
    return page + two + one + edition.pdf[ends[3] :]


def _without(edition: Edition, *gone: int) -> bytes:
    """Some acts taken out, the rest moved together."""
    written = revisions.read(edition.pdf).written
    start, kept = len(revisions.begin(revisions.read(edition.pdf).page).pdf), []
    for place, each in enumerate(written):
        if place not in gone:
            kept.append(edition.pdf[start : each.end])
        start = each.end
    return edition.pdf[: len(revisions.begin(revisions.read(edition.pdf).page).pdf)] + b"".join(kept)


def _cut_after(edition: Edition, act: int) -> bytes:
    return edition.pdf[: revisions.read(edition.pdf).written[act].end]


# --- With our own hand: as our own writer writes it ------------------------------------------------------------------


def _stranger_stamps(edition: Edition) -> bytes:
    stranger = TrialStamper(trial_authority.found(edition.now), lambda: edition.now)
    return long_term.archive(edition.pdf, stranger)


def _garbage_kept(edition: Edition, garbage: Materials) -> bytes:
    """Under a genuine time-stamp, which anybody can get."""
    assert edition.stamper is not None
    return long_term.renew(edition.pdf, edition.stamper, garbage)


def _kept_and_not_stamped(edition: Edition) -> bytes:
    stranger = trial_authority.found(edition.now)
    return revisions.add(revisions.read(edition.pdf), stranger.materials(edition.now)).pdf


def _empty_stamp(edition: Edition) -> bytes:
    return revisions.add(revisions.read(edition.pdf), Stamp(12_000)).pdf


def _stamp_of_before(edition: Edition) -> bytes:
    """The archive time-stamp that is there, once more."""
    document = revisions.read(edition.pdf)
    stamp = document.acts[-1]
    assert isinstance(stamp, Stamp)
    return revisions.add(document, replace(stamp)).pdf


def _second_chair(edition: Edition) -> bytes:
    """One more field and signature, as a tool of others adds them."""
    document = revisions.read(edition.pdf)
    start, end = document.written[2].hole
    held = edition.pdf[start + 1 : end - 1]
    number = document.grown.size
    field = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(ChuToa2)/Rect[0 0 0 0]/F 132/V %d 0 R>>" % number
    sig = (
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Contents<%s>/ByteRange[0 1 2 3]>>"
        % held
    )
    form = b"<</Fields%s/SigFlags 3>>" % increments.references((*document.fields, number + 1))
    objects = {number: sig, number + 1: field, document.form: form}
    return increments.add(document.grown, objects).pdf


ATTACKS: dict[str, Attack] = {
    "annotation": updating(_annotate),
    "drawn over": updating(_draw_over),
    "page replaced": updating(_other_page),
    "page taken away": updating(_other_pages),
    "reason replaced": updating(_reason),
    "name replaced": updating(_name),
    "appearance replaced": updating(_look),
    "signature removed": updating(_unsign),
    "field removed": updating(_take_field_away),
    "field renamed": updating(_rename),
    "field moved": updating(_move),
    "attachment swapped": updating(_swap_attachment),
    "P=2 loosened": updating(_loosen),
    "certification removed": updating(_uncertify),
    "an action": updating(_act),
    "an update of nothing": updating(_empty_update),
    "P=2 loosened in place": lambda edition: edition.pdf.replace(b"/P 2/V/1.2", b"/P 3/V/1.2"),
    "bytes after the end": lambda edition: edition.pdf + b"\n",
    "an object after the end": lambda edition: edition.pdf + b"1 0 obj\n<</Type/Pages>>\nendobj\n",
    "an object and an end": lambda edition: edition.pdf + b"1 0 obj\n<</Type/Pages>>\nendobj\n" + _END,
    "the file twice": lambda edition: edition.pdf + edition.pdf,
    "bytes before the start": lambda edition: b"%PDF-1.7\n" + edition.pdf,
    "contents of zeros": _zeros,
    "no contents": _no_contents,
    "range of nothing": lambda edition: _ranges(edition, b"0 0 0 0"),
    "no range": lambda edition: _ranges(edition, b""),
    "negative range": lambda edition: _ranges(edition, b"0 -1 -1 10"),
    "whole range": lambda edition: _ranges(edition, b"0 %d 0 0" % len(edition.pdf)),
    "archive's range": lambda edition: _ranges(edition, b"0 10 20 30", -1),
    "hidden in the hole": _hidden_in_the_hole,
    "lower case": _lower_case,
    "another signature twice": _another_twice,
    "wrapped": _wrapped,
    "order changed": _swapped_acts,
    "chair left out": lambda edition: _without(edition, 2, 3),
    "secretary left out": lambda edition: _without(edition, 0, 1),
    "seal left out": lambda edition: _without(edition, 4, 5),
    "materials left out": lambda edition: _without(edition, 3),
    "cut after the secretary": lambda edition: _cut_after(edition, 1),
    "cut after the chair": lambda edition: _cut_after(edition, 3),
    "cut after the seal": lambda edition: _cut_after(edition, 4),
    "cut before the archive": lambda edition: _cut_after(edition, 5),
    "a stranger's archive": _stranger_stamps,
    "no archive's archive": _empty_stamp,
    "an archive twice": _stamp_of_before,
    "a certificate kept that is none": lambda edition: _garbage_kept(edition, Materials((b"garbage",))),
    "a stranger's certificate kept": lambda edition: _garbage_kept(
        edition, Materials((trial_authority.found(edition.now).certificate,))
    ),
    "a list kept that is none": lambda edition: _garbage_kept(edition, Materials(crls=(b"garbage",))),
    "a stranger's list kept": lambda edition: _garbage_kept(
        edition, Materials(crls=trial_authority.found(edition.now).materials(edition.now).crls)
    ),
    "an answer kept that is none": lambda edition: _garbage_kept(edition, Materials(ocsps=(b"garbage",))),
    "materials after the archive": _kept_and_not_stamped,
    "a second chair": _second_chair,
}
