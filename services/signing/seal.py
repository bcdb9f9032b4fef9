"""The body's seal on a PDF: one PAdES signature (ETSI EN 319 142-1, B-B) that certifies the document.

DocMDP P=2 (ISO 32000-2, 12.8.2.2): others may sign after the seal, nobody may change what it covers.
"""

import io

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "CoQuan"
# Room for the signature itself and its attributes, beside the certificates.
_ROOM = 3000


def seal(pdf: bytes, chain: tuple[bytes, ...], key: ec.EllipticCurvePrivateKey, reason: str) -> bytes:
    """The sealed document. `chain` is DER, the seal first, without the anchor; `reason`: what is sealed, in words.

    Must not be called in a running event loop: pyHanko starts one of its own.
    """
    issuers = [asn1.Certificate.load(der) for der in chain[1:]]
    signer = signers.SimpleSigner(
        signing_cert=asn1.Certificate.load(chain[0]),
        signing_key=_as_asn1(key),
        cert_registry=SimpleCertificateStore.from_certs(issuers),
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        md_algorithm="sha256",
        reason=reason,
    )
    # Without a box it is invisible: PDF/A wants an appearance of every field that has one.
    sealing = signers.PdfSigner(metadata, signer, new_field_spec=SigFieldSpec(FIELD))
    room = 2 * (_ROOM + sum(map(len, chain)))
    sealed = sealing.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=room)
    return bytes(sealed.getvalue())


def _as_asn1(key: ec.EllipticCurvePrivateKey) -> asn1_keys.PrivateKeyInfo:
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return asn1_keys.PrivateKeyInfo.load(der)
