"""The body's seal on a PDF: one PAdES signature (ETSI EN 319 142-1, B-B) that certifies the document.

DocMDP P=2 (ISO 32000-2, 12.8.2.2): others may sign after the seal, nobody may change what it covers.
"""

import io

from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "CoQuan"
# Room for the signature itself and its attributes, beside the certificates.
_ROOM = 3000


class KeySigner(signers.Signer):
    """Signs with a P-256 key wherever it lies: all that is asked of it is `sign`, so a key on a token does."""

    def __init__(self, chain: tuple[bytes, ...], key: ec.EllipticCurvePrivateKey) -> None:
        """`chain` is DER, the certificate of `key` first, without the anchor."""
        issuers = [asn1.Certificate.load(der) for der in chain[1:]]
        super().__init__(
            signing_cert=asn1.Certificate.load(chain[0]),
            cert_registry=SimpleCertificateStore.from_certs(issuers),
        )
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The DER signature over `data`, by SHA-256."""
        if digest_algorithm != "sha256":
            raise ValueError(digest_algorithm)
        return self._key.sign(data, ec.ECDSA(SHA256()))


def seal(pdf: bytes, chain: tuple[bytes, ...], key: ec.EllipticCurvePrivateKey, reason: str) -> bytes:
    """The sealed document. `chain` is DER, the seal first, without the anchor; `reason`: what is sealed, in words.

    Must not be called in a running event loop: pyHanko starts one of its own.
    """
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        md_algorithm="sha256",
        reason=reason,
    )
    # Without a box it is invisible: PDF/A wants an appearance of every field that has one.
    sealing = signers.PdfSigner(metadata, KeySigner(chain, key), new_field_spec=SigFieldSpec(FIELD))
    room = 2 * (_ROOM + sum(map(len, chain)))
    sealed = sealing.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=room)
    return bytes(sealed.getvalue())
