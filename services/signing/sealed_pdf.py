"""The check of a sealed PDF: every byte of it is sealed, the seal is trusted, and what is attached is what was sealed.

pyHanko validates the signature against the given anchors only. Beyond that, the few bytes which no PDF signature can
cover, those that hold the signature itself, must be exactly as our own seal writes them: a file has one spelling.
"""

import io
import logging
import re
from dataclasses import dataclass
from hashlib import sha256

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography.exceptions import InvalidSignature
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from services.refusal import Refused
from services.rules import certified, jws, ledger_file, seal
from services.rules.credential import Anchors, load_anchors
from services.rules.credential_errors import AnchorsMalformed
from services.signing import cms_bytes
from services.signing.press_errors import AttachmentWrong, PdfChanged, PdfMalformed, PdfSealWrong
from services.signing.seal import FIELD
from services.wire import Extract

# What is attached: the sealed file, and its ledger as a file of lines.
CERTIFICATE = ("certificate.json", "ledger.jsonl")
RECORD = ("turns.json", "floor.jsonl")
MINUTES = ("minutes.json", "ledger.jsonl")
_HOLE = re.compile(rb"/Contents (<[0-9A-F]+>)\n/ByteRange \[0 ([0-9]+) ([0-9]+) ([0-9]+)\] *\n")
# No page of ours has these: what acts by itself, hides or shows, or holds objects out of sight.
_NEVER = re.compile(rb"/(JavaScript|OpenAction|OCProperties|Launch|RichMedia|ObjStm|XRef|Encrypt|AcroForm)\b")
# What it says of a damaged file, it says as an error too; nobody needs it twice.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Attached:
    """What a sealed PDF carries: the names of the two files, the files byte for byte, and the seal's chain (DER)."""

    names: tuple[str, str]
    file: bytes
    ledger: bytes
    chain: tuple[bytes, ...]


def open_pdf(pdf: bytes, trust: bytes) -> Attached:
    """What is attached to a PDF whose seal is good. Raises PdfMalformed, PdfSealWrong, PdfChanged, AttachmentWrong.

    Must not be called in a running event loop: pyHanko starts one of its own.
    """
    try:
        # The bytes first, as bytes: only what a trusted seal signed is parsed at all. A reader of PDF can be kept at it
        # for ever, by a table of four thousand million entries.
        signed = _must_cover_all(pdf)
        _must_be_signed(signed, trust)
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        signature = _the_signature(reader)
        chain = _trusted_chain(signature, trust)
        cms_bytes.must_be_ours(signed, chain)
        _must_be_valid(signature, trust)
        names, file, ledger = _attachments(reader)
        _must_name(reader, file)
    except Refused:
        raise
    # A damaged file makes the reader fail in any way at all; whichever, it is the file that is damaged.
    except Exception as error:
        raise PdfMalformed(what=type(error).__name__) from error
    return Attached(names, file, ledger, chain)


def must_agree(attached: Attached, ledger: Extract) -> None:
    """Raise AttachmentWrong or PdfSealWrong unless the PDF carries the ledger that was proven, under the same seal."""
    must_carry(attached, ledger_file.render(ledger))


def must_carry(attached: Attached, ledger: bytes) -> None:
    """Raise AttachmentWrong or PdfSealWrong unless the PDF carries this ledger as a file, under the same seal."""
    if attached.ledger != ledger:
        raise AttachmentWrong(what=attached.names[1])
    if attached.chain != seal.chain_of(attached.file):
        raise PdfSealWrong(what=f"not the seal of {attached.names[0]}")


def _the_signature(reader: PdfFileReader) -> EmbeddedPdfSignature:
    signatures = reader.embedded_signatures
    if len(signatures) != 1 or signatures[0].field_name != FIELD:
        raise PdfSealWrong(what="one seal expected")
    signature: EmbeddedPdfSignature = signatures[0]
    return signature


def _must_cover_all(pdf: bytes) -> bytes:
    """The hole that holds the signature is all that it does not cover. Returns what is in it, as bytes."""
    holes = list(_HOLE.finditer(pdf, pdf.rfind(b"/Contents <")))
    if len(holes) != 1:
        raise PdfChanged(what="no seal as the press writes it")
    (hole,) = holes
    start, end, rest = int(hole[2]), int(hole[3]), int(hole[4])
    if (start, end) != hole.span(1) or end + rest != len(pdf) or len(hole[1]) % 2:
        raise PdfChanged(what="bytes outside the seal")
    signed = bytes.fromhex(hole[1][1:-1].decode())
    if cms_bytes.digest_in(signed) != sha256(pdf[:start] + pdf[end:]).digest():
        raise PdfChanged(what="digest")
    return signed


def _must_be_signed(signed: bytes, trust: bytes) -> None:
    """Raise PdfSealWrong unless a seal that leads up to an anchor made this CMS; when, is seen later."""
    content = cms.ContentInfo.load(signed)["content"]
    made = content["signer_infos"][0]
    try:
        leaf = Anchors(load_anchors(trust)).seal_in(cms_bytes.chain_in(content))
        attributes = made["signed_attrs"].untag().dump()
        cms_bytes.verify(certified.key_of(leaf), made["signature"].native, attributes)
    except AnchorsMalformed:
        raise
    except Refused as error:
        raise PdfSealWrong(what=error.code) from error
    except InvalidSignature as error:
        raise PdfSealWrong(what="signature") from error


def _trusted_chain(signature: EmbeddedPdfSignature, trust: bytes) -> tuple[bytes, ...]:
    """The certificates in the signature, from the seal up, by the same check as for the sealed file."""
    leaf = signature.signer_cert
    moment = signature.self_reported_timestamp
    if moment is None:
        raise PdfSealWrong(what="no time")
    issuers = {issuer.subject.dump(): issuer for issuer in signature.other_embedded_certs}
    chain = [leaf]
    while chain[-1].issuer.dump() in issuers:
        chain.append(issuers.pop(chain[-1].issuer.dump()))
    if issuers:
        raise PdfSealWrong(what="a certificate of no use")
    found = tuple(certificate.dump() for certificate in chain)
    try:
        Anchors(load_anchors(trust)).verify(found, int(moment.timestamp() * 1000), "seal")
    except AnchorsMalformed:
        raise
    except Refused as error:
        raise PdfSealWrong(what=error.code) from error
    return found


def _must_be_valid(signature: EmbeddedPdfSignature, trust: bytes) -> None:
    context = ValidationContext(
        trust_roots=[asn1.Certificate.load(der) for der in load_anchors(trust)],
        allow_fetching=False,
        moment=signature.self_reported_timestamp,
    )
    status = validate_pdf_signature(signature, context)
    if not status.intact:
        raise PdfChanged(what="digest")
    if not (status.valid and status.trusted):
        raise PdfSealWrong(what=status.summary()[:60])
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    untouched = status.modification_level in (None, ModificationLevel.NONE)
    if not (whole and untouched and status.bottom_line):
        raise PdfChanged(what="added to after the seal")


def attached_to(page: bytes) -> tuple[tuple[str, str], bytes, bytes]:
    """The names and bytes of the sealed file and its ledger, attached to a page as Typst sets it, which names the file
    by its hash; nothing of it is believed yet. Raises PdfMalformed, AttachmentWrong."""
    if _NEVER.search(page):
        raise PdfMalformed(what="a page that does more than show")
    try:
        reader = PdfFileReader(io.BytesIO(page), strict=True)
        names, file, ledger = _attachments(reader)
        _must_name(reader, file)
    except Refused:
        raise
    except Exception as error:
        raise PdfMalformed(what=type(error).__name__) from error
    return names, file, ledger


def _attachments(reader: PdfFileReader) -> tuple[tuple[str, str], bytes, bytes]:
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    found = {
        str(names[place]): bytes(names[place + 1]["/EF"]["/F"].data) for place in range(0, len(names), 2)
    }
    kinds = [kind for kind in (CERTIFICATE, RECORD, MINUTES) if found.keys() == set(kind)]
    if len(names) != 4 or not kinds:
        raise AttachmentWrong(what="two files of a certificate, a turn log or minutes expected")
    (kind,) = kinds
    return kind, found[kind[0]], found[kind[1]]


def _must_name(reader: PdfFileReader, file: bytes) -> None:
    """The document's own keyword is the hash that its QR code and footer show."""
    if str(reader.trailer_view["/Info"]["/Keywords"]) != jws.digest(file):
        raise AttachmentWrong(what="hash in the document")
