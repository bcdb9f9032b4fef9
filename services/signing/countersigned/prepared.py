"""What somebody is to sign: the document with a place for the signature, and the few bytes to be signed by their key.

Who signs keeps the key: a phone, a remote service, a token. What is prepared is plain bytes and can be finished in
another process, on another day; `reopen` has it back from the document alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.x509.oid import NameOID

from services.rules.certified import load_one
from services.signing.countersigned import appearance, cms_signature, pictures, revisions
from services.signing.countersigned.acts import Signature
from services.signing.countersigned.pdf_errors import PdfSignatureWrong
from services.signing.countersigned.places import Role

# Of a name in a certificate (services/signing/certificate_profile), in bytes.
_LONGEST_NAME = 64
# Beside the certificates: the signature and what is said of it, and a time-stamp of an authority with a long chain.
_ROOM = 14_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """`document`: the PDF, zeros where the signature will be; `byte_range`: what is signed of it (ISO 32000-2, 12.8.1);
    `digest`: the SHA-256 of that; `signed_attributes`: the DER whose SHA-256 the key signs; `chain`: the certificates
    (DER), the signer's first, without the anchor; `at`: when (seconds), as the document says."""

    document: bytes
    byte_range: tuple[int, int, int, int]
    digest: bytes
    signed_attributes: bytes
    chain: tuple[bytes, ...]
    role: Role
    name: str
    at: int


def prepare(
    pdf: bytes, role: Role, chain: Sequence[bytes], name: str, now_ms: int, image: bytes | None = None
) -> Prepared:
    """What the holder of `chain`'s first certificate signs in that role, next after what the PDF has been through.

    `name`: of the person, or of the body; `image`: their signature or its seal (PNG). Raises PdfChanged, PdfMalformed,
    PictureNotTaken, ChainMalformed, KeyNotTaken.
    """
    document, at = revisions.read(pdf), now_ms // 1000
    name = name if role == "seal" else shown_name(name, chain[0])
    picture = None if image is None else pictures.read(image)
    drawing = appearance.draw(role, name, at, picture)
    act = Signature(role, name, at, drawing, picture, _ROOM + sum(map(len, chain)))
    return reopen(revisions.add(document, act).pdf, chain)


def reopen(document: bytes, chain: Sequence[bytes]) -> Prepared:
    """What was prepared, from the document and the chain it was prepared for. Raises PdfChanged, PdfMalformed,
    PdfSignatureWrong."""
    found = revisions.read(document)
    act = found.acts[-1] if found.acts else None
    if not isinstance(act, Signature) or act.held:
        raise PdfSignatureWrong(who="?", what="nothing is prepared to be signed")
    start, end = found.written[-1].hole
    digest = sha256(revisions.covered(found, -1)).digest()
    attributes = cms_signature.attributes(digest, chain[0])
    return Prepared(
        document,
        (0, start, end, len(document) - end),
        digest,
        attributes,
        tuple(chain),
        act.role,
        act.name,
        act.at,
    )


def shown_name(name: str, certificate: bytes) -> str:
    """The name to be shown of a person: in full if the certificate, which has less room, begins so; else as there."""
    found = load_one(certificate).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    certified = str(found[0].value) if found else ""
    return (
        name
        if certified and name.encode()[:_LONGEST_NAME].decode(errors="ignore") == certified
        else certified
    )
