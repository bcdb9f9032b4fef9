"""What a file says was done next, taken at its word: `revisions` writes it again, and that must stand there."""

import re
from datetime import datetime
from typing import cast

from asn1crypto import parser

from services.signing.countersigned.acts import Act, Image, Materials, Signature, Stamp
from services.signing.countersigned.places import Role
from services.signing.minutes_words import HANOI
from services.signing.press_errors import PdfChanged

_SIGNED = re.compile(
    rb"\d+ 0 obj\n<</Type/Sig/[^<]*/Name<FEFF([0-9A-F]*)>/Reason<[0-9A-F]*>/M\(D:(\d{14})\+07'00'\)"
    rb"[^(]{0,200}?/Contents<([0-9A-F]*)>[^>]*>>\nendobj\n"
)
_STAMPED = re.compile(rb"\d+ 0 obj\n<</Type/DocTimeStamp/[^<]*/Contents<([0-9A-F]*)>")
_STREAM = re.compile(rb"(\d+) 0 obj\n<<([^\n]*)/Length (\d{1,10})>>stream\n")
_STORE = re.compile(
    rb"\d+ 0 obj\n<</Type/DSS(?:/Certs\[([^\]]*)\])?(?:/CRLs\[([^\]]*)\])?(?:/OCSPs\[([^\]]*)\])?>>"
)
_SIZE = re.compile(rb"/Width (\d{1,5})/Height (\d{1,5})/")


def read(pdf: bytes, at: int, role: str) -> Act:
    """The act whose increment begins at `at`; a signature is taken for that of `role`. Raises PdfChanged."""
    if signed := _SIGNED.match(pdf, at):
        return _signature(pdf, signed, role)
    if stamped := _STAMPED.match(pdf, at):
        raw = bytes.fromhex(stamped[1].decode())
        return Stamp(len(raw), _held(raw))
    streams, end = _streams(pdf, at)
    if (store := _STORE.match(pdf, end)) and streams:
        numbers = [[int(word) for word in (kind or b"").split()[::3]] for kind in store.groups()]
        new = [[each for each in kind if each in streams] for kind in numbers]
        # Each once: or a small file would say of a great one that it is kept a million times.
        if sum(map(len, new)) > len(streams):
            raise PdfChanged(what="not written as signed editions are")
        return Materials(*(tuple(streams[each][1] for each in kind) for kind in new))
    raise PdfChanged(what="something was added that nobody signs so")


def _signature(pdf: bytes, signed: re.Match[bytes], role: str) -> Signature:
    raw = bytes.fromhex(signed[3].decode())
    name = bytes.fromhex(signed[1].decode()).decode("utf-16-be")
    moment = datetime.strptime(signed[2].decode(), "%Y%m%d%H%M%S").replace(tzinfo=HANOI)
    (_, drawing), *pictures = _streams(pdf, signed.end())[0].values()
    image = None
    if pictures:
        (inside, colours), (_, opacity) = pictures
        found = _SIZE.search(inside)
        image = Image(int(found[1]), int(found[2]), colours, opacity) if found else None
    at = int(moment.timestamp())
    return Signature(cast(Role, role), name, at, drawing, image, len(raw), _held(raw))


def _streams(pdf: bytes, at: int) -> tuple[dict[int, tuple[bytes, bytes]], int]:
    """The streams from there on, by number: dictionary and content; and where the next object begins."""
    found: dict[int, tuple[bytes, bytes]] = {}
    while head := _STREAM.match(pdf, at):
        end = head.end() + int(head[3])
        found[int(head[1])] = head[2], pdf[head.end() : end]
        at = end + len(b"\nendstream\nendobj\n")
    return found, at


def _held(raw: bytes) -> bytes:
    """The DER value in front of the zeros."""
    if not raw.strip(b"\0"):
        return b""
    return raw[: parser.peek(raw)]
