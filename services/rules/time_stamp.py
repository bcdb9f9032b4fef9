"""Time-stamps (RFC 3161, RFC 5816): over what, when, by whom; checked offline, as they lie in a signature.

Of a token everything is checked that it says itself: the imprint, the signed attributes, the authority's certificate in
it and the signature. Whether that authority is trusted is asked of anchors given for time, never of those for votes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from services.rules.certified import NOT_WELL_FORMED, extension, load_one
from services.rules.proof_errors import TimeStampWrong

LARGEST = 65_536
_HASHES: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """When (milliseconds), under which policy, and by whom: the authority's chain (DER), as far as the token has it."""

    at: int
    policy: str
    chain: tuple[bytes, ...]

    @property
    def ends_at(self) -> int:
        """When the first of its authority's certificates ends (milliseconds): from then on nobody need believe it."""
        ends = (load_one(der).not_valid_after_utc for der in self.chain)
        return int(min(ends).timestamp()) * 1000


def read(token: bytes, over: bytes) -> TimeStamp:
    """The time-stamp over these bytes; its authority is not believed yet. Raises TimeStampWrong."""
    try:
        signed, info, raw = _take_apart(token)
        _must_be_over(info["message_imprint"], over)
        signer = _the_signer(signed)
        chain = _chain(signed, signer)
        _must_be_signed(signer, raw, chain[0])
        at = int(info["gen_time"].native.timestamp() * 1000)
        policy = str(info["policy"].dotted)
    except TimeStampWrong:
        raise
    # A damaged token fails to be read in any way at all; whichever, it is the token that is damaged.
    except Exception as error:
        raise TimeStampWrong(what=f"not well formed: {type(error).__name__}") from error
    return TimeStamp(at, policy, tuple(each.public_bytes(Encoding.DER) for each in chain))


def must_be_trusted(stamp: TimeStamp, anchors: Sequence[bytes]) -> None:
    """Raise TimeStampWrong unless the chain leads to one of these anchors (DER), each good when it stamped."""
    path = [load_one(der) for der in stamp.chain]
    trusted = [load_one(der) for der in anchors]
    for each in path:
        if not each.not_valid_before_utc.timestamp() * 1000 <= stamp.at <= _ends(each):
            raise TimeStampWrong(what="the authority's certificate was not valid then")
    for certificate, issuer in pairwise(path):
        if not _is_issued_by(certificate, issuer):
            raise TimeStampWrong(what="the authority's chain")
    # The anchor may be in the token, or the last of it issued by the anchor, or a lone authority be the anchor itself.
    if path[-1] not in trusted and not any(_is_issued_by(path[-1], anchor) for anchor in trusted):
        raise TimeStampWrong(what="an authority for time that is not trusted here")


def _ends(certificate: x509.Certificate) -> float:
    return certificate.not_valid_after_utc.timestamp() * 1000 + 999


def _take_apart(token: bytes) -> tuple[Any, Any, bytes]:
    if len(token) > LARGEST:
        raise TimeStampWrong(what="too large")
    content = cms.ContentInfo.load(token, strict=True)
    if content["content_type"].native != "signed_data":
        raise TimeStampWrong(what="no signed data")
    signed = content["content"]
    wrapped = signed["encap_content_info"]
    if wrapped["content_type"].native != "tst_info":
        raise TimeStampWrong(what="no TSTInfo")
    raw: bytes = wrapped["content"].parsed.dump()
    return signed, tsp.TSTInfo.load(raw, strict=True), raw


def _must_be_over(imprint: Any, over: bytes) -> None:
    name = imprint["hash_algorithm"]["algorithm"].native
    if name not in _HASHES:
        raise TimeStampWrong(what=f"hash {name}")
    if hashlib.new(name, over).digest() != imprint["hashed_message"].native:
        raise TimeStampWrong(what="it is over something else")


def _the_signer(signed: Any) -> Any:
    if len(signed["signer_infos"]) != 1:
        raise TimeStampWrong(what="one signature expected")
    return signed["signer_infos"][0]


def _chain(signed: Any, signer: Any) -> list[x509.Certificate]:
    """The authority that signed, and those of the token's certificates that lead upwards from it."""
    given = [load_one(one.chosen.dump()) for one in signed["certificates"]]
    wanted = signer["sid"].chosen
    chain = [
        one
        for one in given
        if one.serial_number == wanted["serial_number"].native
        and one.issuer.public_bytes() == wanted["issuer"].chosen.dump()
    ]
    if len(chain) != 1:
        raise TimeStampWrong(what="no certificate of the authority")
    left = [one for one in given if one != chain[0]]
    while (above := next((one for one in left if _is_issued_by(chain[-1], one)), None)) is not None:
        left.remove(above)
        chain.append(above)
    _must_stamp(chain[0])
    return chain


def _must_stamp(certificate: x509.Certificate) -> None:
    """RFC 3161 section 2.3: for time-stamps, for nothing else, and critically so."""
    uses = [each for each in certificate.extensions if type(each.value) is x509.ExtendedKeyUsage]
    if not uses or not uses[0].critical or list(uses[0].value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TimeStampWrong(what="a certificate that is not for time-stamps")


def _must_be_signed(signer: Any, raw: bytes, certificate: x509.Certificate) -> None:
    digest = signer["digest_algorithm"]["algorithm"].native
    if digest not in _HASHES:
        raise TimeStampWrong(what=f"hash {digest}")
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    if len(attributes) != len(signer["signed_attrs"]):
        raise TimeStampWrong(what="an attribute twice")
    if [one.native for one in attributes["content_type"]] != ["tst_info"]:
        raise TimeStampWrong(what="content type")
    if [one.native for one in attributes["message_digest"]] != [hashlib.new(digest, raw).digest()]:
        raise TimeStampWrong(what="message digest")
    _must_name(attributes, certificate)
    signed = signer["signed_attrs"].untag().dump()
    try:
        _verify(certificate, signer, _HASHES[digest](), signed)
    except InvalidSignature as error:
        raise TimeStampWrong(what="signature") from error


def _must_name(attributes: dict[str, Any], certificate: x509.Certificate) -> None:
    """The signed attribute that names the certificate (RFC 2634, RFC 5035): nobody can put another in its place."""
    der = certificate.public_bytes(Encoding.DER)
    if "signing_certificate_v2" in attributes:
        one = attributes["signing_certificate_v2"][0]["certs"][0]
        name = one["hash_algorithm"]["algorithm"].native
        found = name in _HASHES and hashlib.new(name, der).digest() == one["cert_hash"].native
    else:
        one = attributes["signing_certificate"][0]["certs"][0]
        # RFC 3161 has SHA-1 here, and nothing else; the signature itself covers the certificate's name and number.
        found = hashlib.sha1(der, usedforsecurity=False).digest() == one["cert_hash"].native
    if not found:
        raise TimeStampWrong(what="another certificate is named")


def _verify(certificate: x509.Certificate, signer: Any, hashed: hashes.HashAlgorithm, signed: bytes) -> None:
    key, signature = certificate.public_key(), signer["signature"].native
    algorithm = signer["signature_algorithm"]
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(hashed))
    elif isinstance(key, rsa.RSAPublicKey):
        scheme: padding.AsymmetricPadding = padding.PKCS1v15()
        if algorithm.signature_algo == "rsassa_pss":
            scheme = padding.PSS(mgf=padding.MGF1(hashed), salt_length=padding.PSS.AUTO)
        key.verify(signature, signed, scheme, hashed)
    else:
        raise TimeStampWrong(what="kind of key")


def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    constraints = extension(issuer, x509.BasicConstraints)
    if certificate.issuer != issuer.subject or constraints is None or not constraints.ca:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (*NOT_WELL_FORMED, InvalidSignature):
        return False
    return True
