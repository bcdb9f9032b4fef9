"""The one spelling of our seal's CMS (RFC 5652, CAdES RFC 5126), to compare with the bytes in a PDF.

A signature does not cover the structure around it. So that structure is made again from its parts, all of them known
or signed, and must come out the same to the last byte; what is left of its place must be zeros.
"""

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1

from services.signing.press_errors import PdfChanged


def digest_in(found: bytes) -> bytes:
    """The document digest that the signature says it signs. Raises PdfChanged."""
    try:
        info = cms.ContentInfo.load(found)
        attributes = info["content"]["signer_infos"][0]["signed_attrs"]
        (digest,) = [one["values"][0].native for one in attributes if one["type"].native == "message_digest"]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise PdfChanged(what="signature not written as the press writes it") from error
    return bytes(digest)


def must_be_ours(found: bytes, chain: tuple[bytes, ...]) -> None:
    """Raise PdfChanged unless `found` is a CMS by this seal as ours are written, then zeros only."""
    try:
        info = cms.ContentInfo.load(found)
        signer_info = info["content"]["signer_infos"][0]
        again = _made_again(signer_info["signed_attrs"], signer_info["signature"].native, chain)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise PdfChanged(what="signature not written as the press writes it") from error
    if not found.startswith(again) or found[len(again) :].strip(b"\0"):
        raise PdfChanged(what="signature not written as the press writes it")


def _made_again(signed_attributes: cms.CMSAttributes, signature: bytes, chain: tuple[bytes, ...]) -> bytes:
    certificates = [asn1.Certificate.load(der) for der in chain]
    seal = certificates[0]
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    identifier = cms.IssuerAndSerialNumber({"issuer": seal.issuer, "serial_number": seal.serial_number})
    signer_info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": identifier}),
            "digest_algorithm": sha256,
            "signed_attrs": signed_attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": core.OctetString(signature),
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms([sha256]),
            "encap_content_info": {"content_type": "data"},
            "certificates": certificates,
            "signer_infos": [signer_info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())
