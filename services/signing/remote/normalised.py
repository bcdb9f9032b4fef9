"""What a service calls a signature, as JWS wants it (RFC 7518): raw r‖s with low s, or RSA of the modulus' length.

Services differ: ECDSA comes as DER or raw; RSA raw (PKCS#1 v1.5 or PSS over the hash that was given) or wrapped in CMS
SignedData (RFC 5652, PKCS#7). A CMS with signed attributes is refused: there the signature is over the attributes and
not over our hash (section 5.4), so that no JWS can be made of it. What comes out of here is not yet believed.
"""

import base64
from collections.abc import Sequence
from typing import Literal

from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from services.rules import certified, jws
from services.signing.remote.errors import RemoteMalformed, RemoteSignatureForeign

Form = Literal["raw", "der", "cms"]
LONGEST = 65_536
# A leaf, those above it, and some to spare.
MOST_CERTIFICATES = 8


def from_base64(text: str, provider: str) -> bytes:
    """Base64 as services write it: with padding, broken into lines or not. Raises RemoteMalformed."""
    if len(text) > LONGEST:
        raise RemoteMalformed(provider=provider, what="too long")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise RemoteMalformed(provider=provider, what="base64") from error


def chain_of(certificates: Sequence[str], provider: str) -> tuple[bytes, ...]:
    """Certificates (base64 DER, leaf first) as DER. Raises RemoteMalformed, and what `certified.load_one` raises."""
    if not 1 <= len(certificates) <= MOST_CERTIFICATES:
        raise RemoteMalformed(provider=provider, what="number of certificates")
    chain = tuple(from_base64(each, provider) for each in certificates)
    certified.load_one(chain[0])
    return chain


def signature_of(key: jws.PublicKey, answered: bytes, provider: str) -> tuple[Form, bytes]:
    """The form of what was answered, and the signature in it. Raises RemoteSignatureForeign."""
    if isinstance(key, rsa.RSAPublicKey):
        if len(answered) == (key.key_size + 7) // 8:
            return "raw", answered
        inner = _in_cms(answered, provider)
        if len(inner) != (key.key_size + 7) // 8:
            raise RemoteSignatureForeign(provider=provider, what="length")
        return "cms", inner
    if isinstance(key, ec.EllipticCurvePublicKey):
        if len(answered) == 64:
            return "raw", _low(int.from_bytes(answered[:32]), int.from_bytes(answered[32:]), provider)
        try:
            return "der", _from_der(answered, provider)
        except ValueError:
            return "cms", _from_der_in_cms(answered, provider)
    raise RemoteSignatureForeign(provider=provider, what="kind of key")


def _from_der(answered: bytes, provider: str) -> bytes:
    r, s = decode_dss_signature(answered)
    # One way to write it: no other encoding of the same two numbers.
    if encode_dss_signature(r, s) != answered:
        raise RemoteSignatureForeign(provider=provider, what="not DER")
    return _low(r, s, provider)


def _from_der_in_cms(answered: bytes, provider: str) -> bytes:
    try:
        return _from_der(_in_cms(answered, provider), provider)
    except ValueError as error:
        raise RemoteSignatureForeign(provider=provider, what="not DER") from error


def _low(r: int, s: int, provider: str) -> bytes:
    """Of the two signatures that ECDSA takes for one, the one with the smaller s; services do not care which."""
    if not (0 < r < jws.P256_ORDER and 0 < s < jws.P256_ORDER):
        raise RemoteSignatureForeign(provider=provider, what="out of range")
    return r.to_bytes(32) + min(s, jws.P256_ORDER - s).to_bytes(32)


def _in_cms(answered: bytes, provider: str) -> bytes:
    """The signature value of the one signer of a SignedData without signed attributes."""
    try:
        info = cms.ContentInfo.load(answered, strict=True)
        if info["content_type"].native != "signed_data":
            raise RemoteSignatureForeign(provider=provider, what="not SignedData")
        (signer,) = info["content"]["signer_infos"]
        attributes = signer["signed_attrs"].native
        digest = signer["digest_algorithm"]["algorithm"].native
        value = signer["signature"].native
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise RemoteSignatureForeign(provider=provider, what="neither a signature nor CMS") from error
    if attributes:
        raise RemoteSignatureForeign(provider=provider, what="CMS over signed attributes")
    if digest != "sha256":
        raise RemoteSignatureForeign(provider=provider, what="CMS with another hash")
    return bytes(value)
