"""What a person looks at before they sign a certificate, or minutes: is what is to be signed this page and this
statement, and no more than that? The same check is made in the browser (`web/src/rules/`); whoever prepared it is not
believed.
"""

import re
import zlib
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, TypeVar

from services.refusal import Refused
from services.rules import countersigned, countersigning, jws
from services.rules.proof_errors import PreparationWrong
from services.wire import SignaturePrepared

M = TypeVar("M")

# What the time of signing may differ from the clock of who signs.
SKEW_S = 600
LARGEST_PAGE = 400_000_000

# The signed attributes of RFC 5652, in DER, in the order of DER: content type `data`; the digest of the message; the
# signer's certificate by its SHA-256 (RFC 5035). Nothing else may be signed along.
_CONTENT_TYPE = bytes.fromhex("301806092a864886f70d010903310b06092a864886f70d010701")
_DIGEST = bytes.fromhex("302f06092a864886f70d01090431220420")
_CERTIFICATE = bytes.fromhex("3037060b2a864886f70d010910022f31283026302430220420")
_HOLE = re.compile(rb"<0+>")


def attributes(digest: bytes, certificate: bytes) -> bytes:
    """What is signed of a page with this SHA-256, by the key of this certificate (DER)."""
    members = _CONTENT_TYPE + _DIGEST + digest + _CERTIFICATE + sha256(certificate).digest()
    return bytes([0x31, 0x81, len(members)]) + members


def must_be_to_sign(
    prepared: SignaturePrepared,
    page: bytes,
    file: bytes,
    chain: tuple[bytes, ...],
    now_s: int,
    paper: countersigned.Paper[Any] = countersigned.CERTIFICATE,
) -> bytes:
    """The attributes to be signed of the page. `file`: certificate.json or minutes.json, proven before; `chain`: the
    signer's (DER).

    Raises PreparationWrong.
    """
    # 1. The page that was announced, with the very certificate in it that was proven.
    if len(page) > LARGEST_PAGE or jws.digest(page) != prepared.page:
        raise PreparationWrong(what="another page")
    if attached(page, paper.file) != file:
        raise PreparationWrong(what="another certificate is attached")
    # 2. All of it is signed but the one hole for the signature.
    start, before, after, rest = prepared.byte_range
    hole = page[before:after]
    if start != 0 or after + rest != len(page) or not _HOLE.fullmatch(hole):
        raise PreparationWrong(what="not the whole page is signed")
    # 3. The attributes are those of this page and this certificate, and nothing else.
    wanted = attributes(sha256(page[:before] + page[after:]).digest(), chain[0])
    if jws.b64_encode(wanted).decode() != prepared.attributes:
        raise PreparationWrong(what="attributes")
    # 4. The header of the statement's signature is the one for this place, by this key, now.
    _must_be_header(prepared, chain, now_s, paper.types)
    return wanted


def attached(page: bytes, name: str) -> bytes:
    """A file attached to a page as our pages attach them, found without reading the rest. Raises PreparationWrong."""
    quoted = re.escape(name).encode()
    filespec = rb"/Type/Filespec/F\(" + quoted + rb"\)/UF\(" + quoted + rb"\)/EF<</F (\d{1,9}) 0 R"
    number = _only(re.findall(filespec, page), name)
    stream = (
        rb"\n"
        + number
        + rb" 0 obj\s*<</Length (\d{1,9})/Type/EmbeddedFile/Filter/FlateDecode[^\n]*>>\s*stream\n"
    )
    found = _only(list(re.finditer(stream, page)), name)
    machine = zlib.decompressobj()
    try:
        content = machine.decompress(page[found.end() : found.end() + int(found[1])], LARGEST_PAGE)
    except zlib.error as error:
        raise PreparationWrong(what=name) from error
    if not machine.eof:
        raise PreparationWrong(what=name)
    return content


def _must_be_header(
    prepared: SignaturePrepared, chain: tuple[bytes, ...], now_s: int, types: countersigning.Types
) -> None:
    try:
        at_s = countersigning.header_of(prepared.protected).iat
        expected = countersigning.prepare(prepared.role, chain, at_s, types)
    except Refused as error:
        raise PreparationWrong(what="header") from error
    if expected != prepared.protected:
        raise PreparationWrong(what="header")
    if abs(at_s - now_s) > SKEW_S:
        raise PreparationWrong(what="time")


def _only(found: Sequence[M], name: str) -> M:
    if len(found) != 1:
        raise PreparationWrong(what=name)
    return found[0]
