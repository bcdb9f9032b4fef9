"""The one spelling of the CMS of our signatures (RFC 5652, CAdES RFC 5126), to compare with the bytes in a PDF.

A signature does not cover the structure around it. So that structure is made again from its parts, all of them known
or signed, and must come out the same to the last byte; what is left of its place must be zeros.
"""

from typing import Any

from asn1crypto import algos, cms, core, parser
from asn1crypto import x509 as asn1
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from services.signing.press_errors import PdfChanged

_DATA, _SIGNED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"


def digest_in(found: bytes) -> bytes:
    """The document digest that the signature says it signs. Raises PdfChanged."""
    try:
        info = cms.ContentInfo.load(found)
        attributes = info["content"]["signer_infos"][0]["signed_attrs"]
        (digest,) = [one["values"][0].native for one in attributes if one["type"].native == "message_digest"]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise PdfChanged(what="signature not written as the press writes it") from error
    return bytes(digest)


def chain_in(content: Any) -> tuple[bytes, ...]:
    """The certificates (DER) in a SignedData, from the signer's up; DER has them in an order of its own. What leads
    nowhere is left out. Fails in any way at all where it is not well formed."""
    named = content["signer_infos"][0]["sid"].chosen
    certificates = [each.chosen for each in content["certificates"]]
    (leaf,) = [
        each
        for each in certificates
        if each.serial_number == named["serial_number"].native
        and each.issuer.dump() == named["issuer"].dump()
    ]
    left = {each.subject.dump(): each for each in certificates if each is not leaf}
    chain = [leaf]
    while above := left.pop(chain[-1].issuer.dump(), None):
        chain.append(above)
    return tuple(each.dump() for each in chain)


def verify(key: object, signature: bytes, signed: bytes) -> None:
    """Raise InvalidSignature unless this key, P-256 or RSA, signed these bytes by SHA-256."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), SHA256())
    else:
        raise InvalidSignature


def must_be_ours(found: bytes, chain: tuple[bytes, ...]) -> None:
    """Raise PdfChanged unless `found` is a CMS by this seal as ours are written, then zeros only."""
    try:
        info = cms.ContentInfo.load(found)
        signer_info = info["content"]["signer_infos"][0]
        again = write(signer_info["signed_attrs"].untag().dump(), signer_info["signature"].native, chain)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise PdfChanged(what="signature not written as the press writes it") from error
    if not found.startswith(again) or found[len(again) :].strip(b"\0"):
        raise PdfChanged(what="signature not written as the press writes it")


def write(attributes: bytes, signature: bytes, chain: tuple[bytes, ...], token: bytes = b"") -> bytes:
    """The CMS by the leaf of the chain (DER). `attributes`: what is signed, a SET in DER; `token`: the time-stamp over
    the signature (RFC 3161, appendix A).

    Put together from encoded parts: asn1crypto writes a tree of its objects anew at each level, for whole seconds.
    """
    leaf = asn1.Certificate.load(chain[0])
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
    identifier = cms.IssuerAndSerialNumber(
        {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
    ).dump()
    algorithm = "sha256_rsa" if leaf.public_key.algorithm == "rsa" else "sha256_ecdsa"
    version = core.Integer(1).dump()
    signer = [
        version,
        identifier,
        sha256,
        b"\xa0" + attributes[1:],
        algos.SignedDigestAlgorithm({"algorithm": algorithm}).dump(),
        core.OctetString(signature).dump(),
    ]
    if token:
        signer.append(_tagged(1, attribute("1.2.840.113549.1.9.16.2.14", token)))
    content = sequence(core.ObjectIdentifier(_DATA).dump())
    certificates = _tagged(0, *sorted(chain))
    signed = sequence(version, a_set(sha256), content, certificates, a_set(sequence(*signer)))
    return sequence(core.ObjectIdentifier(_SIGNED).dump(), _tagged(0, signed))


def attribute(kind: str, value: bytes) -> bytes:
    """An attribute of one value (DER), by its object identifier."""
    return sequence(core.ObjectIdentifier(kind).dump(), a_set(value))


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of encoded parts."""
    return bytes(parser.emit(0, 1, 16, b"".join(parts)))


def a_set(*parts: bytes) -> bytes:
    """A SET OF encoded parts, in the order that DER wants."""
    return bytes(parser.emit(0, 1, 17, b"".join(sorted(parts))))


def _tagged(tag: int, *parts: bytes) -> bytes:
    return bytes(parser.emit(2, 1, tag, b"".join(parts)))
