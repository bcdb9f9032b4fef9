"""A signed PDF is a page and what was done to it, act by act; `read` finds the acts in a file and nothing else.

Each act is one increment, written here and in one way only. To read is to write again: from what a file says was done,
the file must come out the same to the last byte. So nothing can be added to it, hidden in it, or moved about.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.refusal import Refused
from services.signing.countersigned import act_reader, increments
from services.signing.countersigned.acts import Act, Image, Materials, Signature, Stamp
from services.signing.countersigned.increments import Grown, references, stream, text
from services.signing.countersigned.places import FIELDS, RECTS, ROLES, TITLES, Rect, reasons, size
from services.signing.minutes_words import HANOI
from services.signing.press_errors import PdfChanged, PdfMalformed

MARK = b"% Plenary signed edition 1\n"
_RANGE = b"/ByteRange[" + b" " * 40 + b"]"
# Three signatures, and an archive renewed each year for a hundred years; each act read is the whole file copied once.
MOST_ACTS = 250
_NOWHERE: Rect = (0, 0, 0, 0)
# ISO 32000-2, 12.8.2.2: P=2, nothing but filling in of forms, which signing is, and time-stamps.
_CERTIFIES = (
    b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 2/V/1.2>>>>]"
)


@dataclass(frozen=True, slots=True)
class Written:
    """An act in the file: the bytes it does not cover, where its signature is (for materials, no bytes), and where its
    increment ends."""

    act: Act
    hole: tuple[int, int]
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A page with fields, and what was done to it since. Numbers are of objects: of the form, of all fields, of the
    signature that certifies, of the store of materials and of what is in it, by kind."""

    grown: Grown
    form: int
    fields: tuple[int, ...]
    certifier: int = 0
    store: int = 0
    stored: tuple[tuple[int, ...], ...] = ((), (), ())
    materials: Materials = field(default_factory=Materials)
    written: tuple[Written, ...] = ()

    @property
    def pdf(self) -> bytes:
        """The file."""
        return self.grown.pdf

    @property
    def page(self) -> bytes:
        """The page that all sign, as Typst set it."""
        return self.grown.base.pdf.removesuffix(MARK)

    @property
    def acts(self) -> tuple[Act, ...]:
        """What was done, in order."""
        return tuple(each.act for each in self.written)


def begin(page: bytes) -> Document:
    """A page as Typst set it, with the three empty fields. Raises PdfMalformed."""
    base = increments.base_of(page)
    if b"/Annots" in base.page:
        raise PdfMalformed(what="annotations on the last page")
    grown = increments.grown(replace(base, pdf=base.pdf + MARK))
    form, blank = base.size, base.size + 4
    document = Document(grown, form, (form + 1, form + 2, form + 3))
    objects = {base.root: _catalog(document), base.page_number: _page(document), form: _form(document)}
    for role, number in zip(ROLES, document.fields, strict=True):
        objects[number] = _field(document, FIELDS[role], RECTS[role], blank, TITLES[role])
    objects[blank] = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<<>>", b"")
    return replace(document, grown=increments.add(grown, objects))


def add(document: Document, act: Act) -> Document:
    """The document with one act more. Raises PdfChanged for one that may not be the next."""
    match act:
        case Signature():
            return _sign(document, act)
        case Materials():
            return _keep(document, act)
        case Stamp():
            return _stamp(document, act)


def read(pdf: bytes) -> Document:
    """The acts in a file, which must be written as `add` writes them. Raises PdfMalformed, PdfChanged."""
    page, mark, _ = pdf.partition(b"%%EOF\n" + MARK)
    if not mark:
        raise PdfChanged(what="not a signed edition")
    document = begin(page + b"%%EOF\n")
    try:
        while len(document.pdf) < len(pdf) and len(document.written) < MOST_ACTS:
            act = act_reader.read(pdf, len(document.pdf), _next_role(document))
            document = add(document, act)
            if not pdf.startswith(document.pdf[document.written[-1].hole[0] :], document.written[-1].hole[0]):
                break
    except Refused:
        raise
    # Whatever cannot be made of what was found: it is not what stands in the file.
    except Exception as error:
        raise PdfChanged(what="not written as signed editions are") from error
    if document.pdf != pdf:
        raise PdfChanged(what="not written as signed editions are")
    return document


def covered(document: Document, place: int) -> bytes:
    """What the signature or stamp at that place covers: all up to the end of its increment but the place it is in."""
    written = document.written[place]
    (start, end), pdf = written.hole, memoryview(document.pdf)
    return b"".join((pdf[:start], pdf[end : written.end]))


def _next_role(document: Document) -> str:
    signed = sum(isinstance(act, Signature) for act in document.acts)
    return ROLES[signed] if signed < len(ROLES) else ""


def _sign(document: Document, act: Signature) -> Document:
    if act.role != _next_role(document):
        raise PdfChanged(what=f"no signature expected of {act.role}")
    place = ROLES.index(act.role)
    number, drawn = document.grown.size, document.grown.size + 1
    moment = datetime.fromtimestamp(act.at, HANOI)
    said = b"/Name%s/Reason%s/M(D:%s+07'00')%s" % (
        text(act.name),
        text(reasons(document.page)[act.role]),
        f"{moment:%Y%m%d%H%M%S}".encode(),
        _CERTIFIES if place == 0 else b"",
    )
    objects = {number: _held(b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached" + said, act)}
    objects |= _appearance(act, drawn)
    signed = b"/V %d 0 R" % number
    objects[document.fields[place]] = _field(
        document, FIELDS[act.role], RECTS[act.role], drawn, TITLES[act.role], signed
    )
    if place == 0:
        document = replace(document, certifier=number)
        objects[document.grown.base.root] = _catalog(document)
    return _filled(document, act, objects)


def _keep(document: Document, act: Materials) -> Document:
    if not act or act.without(document.materials) != act:
        raise PdfChanged(what="materials that are there")
    objects: dict[int, bytes] = {}
    number, stored = document.grown.size, []
    for kind, known in zip(act.kinds, document.stored, strict=True):
        fresh = tuple(range(number, number + len(kind)))
        objects |= {at: stream(b"", content) for at, content in zip(fresh, kind, strict=True)}
        stored.append(known + fresh)
        number += len(kind)
    first = not document.store
    document = replace(document, store=document.store or number, stored=tuple(stored))
    names = (b"/Certs", b"/CRLs", b"/OCSPs")
    lists = (name + references(numbers) for name, numbers in zip(names, stored, strict=True) if numbers)
    objects[document.store] = b"<</Type/DSS%s>>" % b"".join(lists)
    if first:
        objects[document.grown.base.root] = _catalog(document)
    grown = increments.add(document.grown, objects)
    written = (*document.written, Written(act, (at := len(document.pdf), at), len(grown.pdf)))
    return replace(document, grown=grown, materials=document.materials + act, written=written)


def _stamp(document: Document, act: Stamp) -> Document:
    if _next_role(document):
        raise PdfChanged(what="an archive time-stamp before the seal")
    number, widget = document.grown.size, document.grown.size + 1
    document = replace(document, fields=(*document.fields, widget))
    name = f"{len(document.fields) - len(ROLES)}-LuuTru"
    blank, value = document.form + 4, b"/V %d 0 R" % number
    objects = {
        number: _held(b"/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161", act),
        widget: _field(document, name, _NOWHERE, blank, "Dấu thời gian lưu trữ", value),
        document.form: _form(document),
        document.grown.base.page_number: _page(document),
    }
    return _filled(document, act, objects)


def _filled(document: Document, act: Signature | Stamp, objects: dict[int, bytes]) -> Document:
    """The increment, once it is known how long it is: what its signature covers stands in itself."""
    before = len(document.pdf)
    grown = increments.add(document.grown, objects)
    start = grown.pdf.index(b"/Contents<", before) + len(b"/Contents")
    end = start + 2 * act.room + 2
    covered = b"0 %d %d %d" % (start, end, len(grown.pdf) - end)
    place = grown.pdf.index(_RANGE, end)
    ranged = (grown.pdf[:place], b"/ByteRange[%-40b]" % covered, grown.pdf[place + len(_RANGE) :])
    pdf = b"".join(ranged)
    written = (*document.written, Written(act, (start, end), len(pdf)))
    return replace(document, grown=replace(grown, pdf=pdf), written=written)


def _held(said: bytes, act: Signature | Stamp) -> bytes:
    if len(act.held) > act.room:
        raise PdfMalformed(what="no room for the signature")
    return b"<<%s/Contents<%s>%s>>" % (said, act.held.ljust(act.room, b"\0").hex().upper().encode(), _RANGE)


def _appearance(act: Signature, number: int) -> dict[int, bytes]:
    width, height = size(act.role)
    used = b"/XObject<</Im %d 0 R>>" % (number + 1) if act.image else b""
    inside = b"/Type/XObject/Subtype/Form/BBox[0 0 %g %g]/Resources<<%s>>" % (width, height, used)
    objects = {number: stream(inside + b"/Filter/FlateDecode", act.drawing)}
    if act.image:
        objects[number + 1] = _picture(act.image, b"RGB/SMask %d 0 R" % (number + 2), act.image.colours)
        objects[number + 2] = _picture(act.image, b"Gray", act.image.opacity)
    return objects


def _picture(image: Image, colours: bytes, content: bytes) -> bytes:
    inside = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/Device%s" % (
        *(image.width, image.height, colours),
    )
    return stream(inside + b"/Filter/FlateDecode", content)


def _catalog(document: Document) -> bytes:
    certifies = b"/Perms<</DocMDP %d 0 R>>" % document.certifier if document.certifier else b""
    store = b"/DSS %d 0 R" % document.store if document.store else b""
    inside = document.grown.base.catalog
    return b"<<%s/AcroForm %d 0 R%s%s>>" % (inside, document.form, certifies, store)


def _page(document: Document) -> bytes:
    return b"<<%s/Annots%s>>" % (document.grown.base.page, references(document.fields))


def _form(document: Document) -> bytes:
    return b"<</Fields%s/SigFlags 3>>" % references(document.fields)


def _field(document: Document, name: str, rect: Rect, drawn: int, said: str, value: bytes = b"") -> bytes:
    # 132: printed, and locked in its place.
    return (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/TU%s/Rect[%g %g %g %g]/F 132/P %d 0 R/AP<</N %d 0 R>>%s>>"
        % (*(name.encode(), text(said), *rect, document.grown.base.page_number, drawn, value),)
    )
