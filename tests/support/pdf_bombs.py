"""Small files that would keep a reader at it for ever, fill its memory, or make it fail in a way of its own."""

import re
from collections.abc import Callable
from hashlib import sha256

from asn1crypto import cms

from services.signing.countersigned.revisions import MARK
from tests.support.signed_edition import Edition

Bomb = Callable[[Edition], bytes]
_HOLE = re.compile(rb"/Contents (<[0-9A-F]+>)\n/ByteRange (\[[^\]]*\] *)\n")


def _resealed(edition: Edition, objects: bytes, start: int | None = None) -> bytes:
    """The sealed PDF with more before its end, the true certificate and digest, as anybody writes it who cannot sign.
    `start`: where tables are said to begin, if not here."""
    pdf = edition.issued.printed.pdf
    *_, hole = _HOLE.finditer(pdf)
    before, behind = pdf[: hole.start(1)], pdf[hole.end() : pdf.rindex(b"startxref")]
    place = hole.end(2) - len(b"\n") + 1 + len(behind) + 1
    end = objects + b"startxref\n%d\n%%%%EOF\n" % (place if start is None else start)
    length = len(hole[2]) + len(b"\n/ByteRange \n") + len(behind) + len(end)
    ranges = b"[0 %d %d %d]" % (hole.start(1), hole.end(1), length)
    rest = b"\n/ByteRange " + ranges.ljust(len(hole[2])) + b"\n" + behind + end
    old = bytes.fromhex(hole[1][1:-1].decode())
    attributes = cms.ContentInfo.load(old)["content"]["signer_infos"][0]["signed_attrs"]
    (digest,) = [each["values"][0].native for each in attributes if each["type"].native == "message_digest"]
    signed = old.replace(digest, sha256(before + rest).digest())
    return before + b"<" + signed.hex().upper().encode() + b">" + rest


def _table(trailer: bytes, count: bytes = b"1") -> bytes:
    return b"xref\n0 " + count + b"\n0000000000 65535 f \ntrailer\n<<" + trailer + b">>\n"


def _paged(pattern: bytes, change: bytes) -> Bomb:
    """The page of the signed edition changed before its mark."""

    def bomb(edition: Edition) -> bytes:
        page, mark, acts = edition.pdf.partition(MARK)
        changed, times = re.subn(pattern, lambda _: change, page)
        assert times
        return changed + mark + acts

    return bomb


def _kept_often(edition: Edition) -> bytes:
    """What is kept names one great stream half a million times."""
    content = b"x" * 3_000_000
    kept = b"900 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n" % (len(content), content)
    named = b" ".join([b"900 0 R"] * 500_000)
    return edition.pdf + kept + b"901 0 obj\n<</Type/DSS/Certs[" + named + b"]>>\nendobj\n"


_NO_WIDTH = (
    b"900 0 obj\n<</Type/XRef/Size 10/W[0 0 0]/Index[0 4294967295]/Root 1 0 R/Length 0>>\n"
    b"stream\n\nendstream\nendobj\n"
)
# Each with the code by which it is refused.
BOMBS: dict[str, tuple[str, Bomb]] = {
    "entries without width": ("pdf_seal_wrong", lambda it: _resealed(it, _NO_WIDTH)),
    "four thousand million entries": (
        "pdf_seal_wrong",
        lambda it: _resealed(it, _table(b"/Size 4294967295/Root 1 0 R", b"4294967295")),
    ),
    "arrays in arrays": (
        "pdf_seal_wrong",
        lambda it: _resealed(it, _table(b"/Size 1/Root " + b"[" * 200_000 + b"]" * 200_000)),
    ),
    "tables at the start": ("pdf_seal_wrong", lambda it: _resealed(it, b"", 0)),
    "a size of many digits": (
        "pdf_malformed",
        _paged(rb"/Size \d+/Root", b"/Size " + b"1" * 5_000 + b"/Root"),
    ),
    "a start of many digits": ("pdf_malformed", _paged(rb"startxref\n\d+", b"startxref\n" + b"1" * 5_000)),
    "a root of many digits": ("pdf_malformed", _paged(rb"/Root \d+", b"/Root 99999999999999999999")),
    "a root far away": ("pdf_malformed", _paged(rb"/Root \d+", b"/Root 4294967296")),
    "kids of many digits": ("pdf_malformed", _paged(rb"/Kids\[", b"/Kids[" + b"1" * 500_000 + b" ")),
    "kept half a million times": ("pdf_changed", _kept_often),
}
