"""One signature of the signed edition as CMS: CAdES as PAdES has it (ETSI EN 319 142-1, B-B), in one spelling.

Three attributes are signed and no more: that it is data, its digest, and by which certificate. The time stands in the
PDF, which PAdES wants. Of an ECDSA signature only the twin with the lower s is written, so that there is one.
"""

from dataclasses import dataclass
from hashlib import sha256

from asn1crypto import cms, core
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from services.refusal import Refused
from services.rules.certified import public_key_of
from services.rules.jws import P256_ORDER, PublicKey
from services.signing import cms_bytes
from services.signing.countersigned.pdf_errors import PdfSignatureWrong

_DATA = "1.2.840.113549.1.7.1"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"


@dataclass(frozen=True, slots=True)
class Held:
    """What a CMS says: the digest of the document, the signature value, the certificates (DER) from the signer's up,
    and the time-stamp token over the value (DER), if there is one."""

    digest: bytes
    signature: bytes
    chain: tuple[bytes, ...]
    token: bytes


def attributes(digest: bytes, certificate: bytes) -> bytes:
    """What is signed, as DER: over the document's SHA-256, by this certificate (DER)."""
    named = cms_bytes.sequence(core.OctetString(sha256(certificate).digest()).dump())
    return cms_bytes.a_set(
        cms_bytes.attribute(_CONTENT_TYPE, core.ObjectIdentifier(_DATA).dump()),
        cms_bytes.attribute(_MESSAGE_DIGEST, core.OctetString(digest).dump()),
        cms_bytes.attribute(_SIGNING_CERTIFICATE, cms_bytes.sequence(cms_bytes.sequence(named))),
    )


def write(digest: bytes, chain: tuple[bytes, ...], signature: bytes, token: bytes = b"") -> bytes:
    """The CMS (DER)."""
    return cms_bytes.write(attributes(digest, chain[0]), signature, chain, token)


def read(held: bytes, who: str) -> Held:
    """A CMS that is written as `write` writes it; nothing is verified. Raises PdfSignatureWrong."""
    try:
        content = cms.ContentInfo.load(held)["content"]
        info = content["signer_infos"][0]
        chain = cms_bytes.chain_in(content)
        unsigned = info["unsigned_attrs"]
        token = bytes(unsigned[0]["values"][0].dump()) if len(unsigned) else b""
        found = Held(cms_bytes.digest_in(held), bytes(info["signature"].native), chain, token)
        again = write(found.digest, chain, found.signature, token)
    except Refused as error:
        raise PdfSignatureWrong(who=who, what="CMS") from error
    # asn1crypto parses lazily and fails in many ways; whichever, it is not ours.
    except Exception as error:
        raise PdfSignatureWrong(who=who, what="CMS") from error
    if again != held:
        raise PdfSignatureWrong(who=who, what="not written as signatures are")
    return found


def normal(signature: bytes, certificate: bytes, who: str) -> bytes:
    """The one form of a signature value: of ECDSA's two the one with the lower s. Raises PdfSignatureWrong."""
    if not isinstance(_key(certificate, who), ec.EllipticCurvePublicKey):
        return signature
    try:
        r, s = decode_dss_signature(signature)
    except ValueError as error:
        raise PdfSignatureWrong(who=who, what="not DER") from error
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def verify(signature: bytes, digest: bytes, certificate: bytes, who: str) -> None:
    """Raise PdfSignatureWrong unless the certificate's key signed this digest, and it is written in its one form."""
    key, signed = _key(certificate, who), attributes(digest, certificate)
    try:
        cms_bytes.verify(key, signature, signed)
    except (InvalidSignature, ValueError) as error:
        raise PdfSignatureWrong(who=who, what="signature") from error
    if normal(signature, certificate, who) != signature:
        raise PdfSignatureWrong(who=who, what="not written as signatures are")


def imprint(signature: bytes) -> bytes:
    """What a time-stamp over a signature is of: the SHA-256 of its value."""
    return sha256(signature).digest()


def _key(certificate: bytes, who: str) -> PublicKey:
    key = public_key_of(certificate)
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise PdfSignatureWrong(who=who, what="neither P-256 nor RSA")
    return key
