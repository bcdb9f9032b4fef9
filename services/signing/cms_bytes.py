"""The one spelling of the CMS of our signatures (RFC 5652, CAdES RFC 5126), to compare with the bytes in a PDF.

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
        again = write(signer_info["signed_attrs"], signer_info["signature"].native, chain)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise PdfChanged(what="signature not written as the press writes it") from error
    if not found.startswith(again) or found[len(again) :].strip(b"\0"):
        raise PdfChanged(what="signature not written as the press writes it")


def write(
    signed_attributes: cms.CMSAttributes, signature: bytes, chain: tuple[bytes, ...], token: bytes = b""
) -> bytes:
    """The CMS by the leaf of the chain (DER). `token`: the time-stamp over the signature (RFC 3161, appendix A)."""
    certificates = [asn1.Certificate.load(der) for der in chain]
    leaf = certificates[0]
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    identifier = cms.IssuerAndSerialNumber({"issuer": leaf.issuer, "serial_number": leaf.serial_number})
    algorithm = "sha256_rsa" if leaf.public_key.algorithm == "rsa" else "sha256_ecdsa"
    members = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": identifier}),
        "digest_algorithm": sha256,
        "signed_attrs": signed_attributes,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
        "signature": core.OctetString(signature),
    }
    if token:
        stamped = {"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]}
        members["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute(stamped)])
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms([sha256]),
            "encap_content_info": {"content_type": "data"},
            "certificates": certificates,
            "signer_infos": [cms.SignerInfo(members)],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())
