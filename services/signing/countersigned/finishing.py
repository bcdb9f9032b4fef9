"""From what was prepared and the signature that came back, to the signed PDF: B-B, B-T or B-LT (EN 319 142-1)."""

from collections.abc import Callable, Sequence

from services.signing.countersigned import cms_signature, long_term, prepared, revisions, tokens
from services.signing.countersigned.acts import Materials
from services.signing.countersigned.long_term import LongTerm
from services.signing.countersigned.prepared import Prepared
from services.signing.countersigned.stamping import TimeStamper
from services.signing.press_errors import PdfMalformed


def finish(
    begun: Prepared,
    signature: bytes,
    time_stamper: TimeStamper | None = None,
    validation: LongTerm | None = None,
) -> bytes:
    """The PDF, signed. `signature`: what the key made over the attributes (ECDSA in DER, or RSA PKCS #1 v1.5).

    With a `time_stamper` B-T; with `validation` too, which says that signer and authority were not revoked, B-LT. It
    should hold the anchors as well: other programs look there for who issued a revocation list.
    Raises PdfSignatureWrong, StamperAway, TimeStampWrong, PdfChanged, PdfMalformed.
    """
    if validation is not None and time_stamper is None:
        raise ValueError("validation data without a time to validate at")
    # 1. The signature first: nothing is asked of anybody for one that is not good.
    value = cms_signature.normal(signature, begun.chain[0], begun.role)
    cms_signature.verify(value, begun.digest, begun.chain[0], begun.role)
    # 2. When it was there, by somebody else's word.
    token = b""
    certificates = begun.chain
    if time_stamper is not None:
        token = time_stamper.stamp(value)
        certificates += tokens.read(token, value).chain
    # 3. Into its place, and beside it what it takes to validate it when all of them are gone.
    signed = _held(begun, cms_signature.write(begun.digest, begun.chain, value, token))
    if validation is None:
        return signed
    return long_term.keep(revisions.read(signed), Materials(certificates) + validation).pdf


def seal(
    pdf: bytes,
    chain: Sequence[bytes],
    sign: Callable[[bytes], bytes],
    name: str,
    now_ms: int,
    time_stamper: TimeStamper | None = None,
    validation: LongTerm | None = None,
    image: bytes | None = None,
) -> bytes:
    """The PDF under the body's seal. `chain` is DER, the seal first, without the anchor; `sign` makes its key's
    signature over bytes, with SHA-256; `name`: the body's; `image`: its seal (PNG). Raises as `prepare`, `finish`."""
    begun = prepared.prepare(pdf, "seal", chain, name, now_ms, image)
    return finish(begun, sign(begun.signed_attributes), time_stamper, validation)


def _held(begun: Prepared, held: bytes) -> bytes:
    """The document with the CMS in its place."""
    _, start, end, _ = begun.byte_range
    room = end - start - 2
    text = held.hex().upper().encode()
    if len(text) > room:
        raise PdfMalformed(what="no room for the signature")
    return b"".join((begun.document[: start + 1], text.ljust(room, b"0"), begun.document[end - 1 :]))
