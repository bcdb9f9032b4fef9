"""Compact JWS, strictly: one way to write a message, every other way refused.

RFC 7515 (JWS), RFC 7518 (ES256 as raw r||s, RS256, PS256), RFC 8037 (EdDSA), ETSI TS 119 182-1 (JAdES B-B: `iat`,
`x5t#S256`). Verify the bytes as they came, then parse. The algorithm is pinned by the key that the certificate
holds; the header may only repeat it. Nothing in a message is ever a source of trust (no jku, jwk, x5u, x5c).
"""

import base64
import binascii
import hashlib
import json
from functools import cache
from typing import Annotated, Any, TypeGuard, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from services.refusal import Refused
from services.wire import UNREADABLE

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | Ed25519PublicKey
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | Ed25519PrivateKey

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
RSA_SMALLEST_BITS = 2048

T = TypeVar("T")


class NotWellFormed(Refused):
    """The signed message is not well formed: {what}."""

    code = "message_malformed"
    vi = "Bản tin đã ký không đúng khuôn dạng: {what}."


class SignatureWrong(Refused):
    """The signature does not belong to these bytes and this key."""

    code = "signature_wrong"
    vi = "Chữ ký số không khớp với nội dung hoặc với chứng thư số."


class AlgorithmWrong(Refused):
    """The algorithm named is not that of the enrolled key."""

    code = "algorithm_wrong"
    vi = "Thuật toán ký không phải thuật toán của chứng thư số đã đăng ký."


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The protected header of a message signed by a person, exactly (JAdES B-B; `sigT` is obsolete)."""

    alg: str
    typ: str
    cty: str
    x5t_S256: str = msgspec.field(name="x5t#S256")
    iat: Annotated[int, msgspec.Meta(ge=0, le=9_007_199_254_740_991)]


class Parts(msgspec.Struct, frozen=True, gc=False):
    """A compact JWS taken apart, not yet believed. `signed` is the signing input, `payload` the decoded bytes."""

    header: Header
    payload: bytes
    signature: bytes
    signed: bytes


_header_decoder = msgspec.json.Decoder(Header)
_encoder = msgspec.json.Encoder()


def split(compact: bytes, typ: str, cty: str, limit: int) -> Parts:
    """Take a compact JWS apart without believing it. Raises NotWellFormed."""
    if len(compact) > limit:
        raise NotWellFormed(what="too long")
    pieces = compact.split(b".")
    if len(pieces) != 3:
        raise NotWellFormed(what="three parts expected")
    raw_header = b64_decode(pieces[0])
    header = parse(raw_header, _header_decoder)
    if header.typ != typ or header.cty != cty:
        raise NotWellFormed(what="typ or cty")
    payload = b64_decode(pieces[1])
    signed = compact[: len(pieces[0]) + 1 + len(pieces[1])]
    return Parts(header, payload, b64_decode(pieces[2]), signed)


def signer_of(compact: str) -> str:
    """The thumbprint that a compact JWS names, of one that was found genuine before; nothing is verified here."""
    return _header_decoder.decode(b64_decode(compact.partition(".")[0].encode())).x5t_S256


def parse(raw: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Bytes to a message: known members only, each once, integers only. Raises NotWellFormed."""
    try:
        value = decoder.decode(raw)
    except UNREADABLE as error:
        raise NotWellFormed(what="JSON") from error
    # The form that our own clients write needs no second look; any other is read again for repeated members.
    if _encoder.encode(value) != raw:
        _must_have_single_members(raw)
    return value


def _must_have_single_members(raw: bytes) -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise NotWellFormed(what="a JSON member twice")
        return members

    def never(text: str) -> Any:
        raise NotWellFormed(what=f"not an integer: {text[:20]}")

    try:
        json.loads(raw.decode(), object_pairs_hook=once, parse_float=never, parse_constant=never)
    except (ValueError, RecursionError) as error:
        raise NotWellFormed(what="JSON") from error


def b64_decode(text: bytes) -> bytes:
    """Base64url without padding, canonical: one text for each value. Raises NotWellFormed."""
    try:
        value = binascii.a2b_base64(text.translate(_FROM_URL) + b"=" * (-len(text) % 4), strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise NotWellFormed(what="base64url") from error
    # Four characters are three bytes, and the other way round; only the last two or three leave bits unused, which
    # must be zero.
    left = len(text) % 4
    if left and b64_encode(value[1 - left :]) != text[-left:]:
        raise NotWellFormed(what="base64url")
    return value


def b64_encode(value: bytes) -> bytes:
    """Base64url without padding (RFC 7515 section 2)."""
    return binascii.b2a_base64(value, newline=False).rstrip(b"=").translate(_TO_URL)


# '+', '/' and '=' are of another alphabet: they become what no alphabet has.
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/!!!")
_TO_URL = bytes.maketrans(b"+/", b"-_")


def digest(value: bytes) -> str:
    """SHA-256, base64url without padding: 43 characters."""
    return b64_encode(hashlib.sha256(value).digest()).decode()


def algorithm_of(key: PublicKey) -> tuple[str, ...]:
    """The algorithm names a key may sign with. Raises AlgorithmWrong for keys that we do not take."""
    if _is_ec(key) and key.curve.name == "secp256r1":
        return ("ES256",)
    if _is_rsa(key) and key.key_size >= RSA_SMALLEST_BITS:
        return ("RS256", "PS256")
    if _is_ed25519(key):
        return ("EdDSA",)
    raise AlgorithmWrong


# The kinds are abstract classes, slow to ask; the concrete ones are few.
_is_kind = cache(issubclass)


def _is_ec(key: PublicKey) -> TypeGuard[ec.EllipticCurvePublicKey]:
    return _is_kind(type(key), ec.EllipticCurvePublicKey)


def _is_rsa(key: PublicKey) -> TypeGuard[rsa.RSAPublicKey]:
    return _is_kind(type(key), rsa.RSAPublicKey)


def _is_ed25519(key: PublicKey) -> TypeGuard[Ed25519PublicKey]:
    return _is_kind(type(key), Ed25519PublicKey)


def verify(parts: Parts, key: PublicKey) -> None:
    """Raise unless the key made this signature, by its own algorithm. Raises AlgorithmWrong, SignatureWrong."""
    if parts.header.alg not in algorithm_of(key):
        raise AlgorithmWrong
    verify_bytes(parts.header.alg, key, parts.signature, parts.signed)


def verify_bytes(alg: str, key: PublicKey, signature: bytes, signed: bytes) -> None:
    """Raise AlgorithmWrong or SignatureWrong unless the signature is the key's over `signed`."""
    try:
        if _is_ec(key):
            key.verify(der_of_raw(signature), signed, _ECDSA)
        elif _is_rsa(key):
            key.verify(signature, signed, _PSS if alg == "PS256" else _PKCS1, _SHA256)
        elif _is_ed25519(key):
            key.verify(signature, signed)
        else:
            raise AlgorithmWrong
    except (InvalidSignature, ValueError) as error:
        raise SignatureWrong from error


_SHA256 = SHA256()
_ECDSA = ec.ECDSA(_SHA256)
_PKCS1 = padding.PKCS1v15()
_PSS = padding.PSS(mgf=padding.MGF1(_SHA256), salt_length=32)


def der_of_raw(signature: bytes) -> bytes:
    """An ECDSA signature of JWS (r||s) as CMS has it (DER). Raises SignatureWrong."""
    # A half/half split without a length check accepts forged lengths (Wycheproof); high s has a twin (malleable).
    if len(signature) != 64:
        raise SignatureWrong
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if not (0 < r < P256_ORDER and 0 < s <= P256_ORDER // 2):
        raise SignatureWrong
    return encode_dss_signature(r, s)


def raw_of_der(signature: bytes) -> bytes:
    """An ECDSA signature as CMS has it (DER) in the form of JWS (r||s). Raises SignatureWrong unless it is DER."""
    try:
        r, s = decode_dss_signature(signature)
        raw = r.to_bytes(32) + s.to_bytes(32)
    except (ValueError, OverflowError) as error:
        raise SignatureWrong from error
    if encode_dss_signature(r, s) != signature:
        raise SignatureWrong
    return raw


def sign_bytes(alg: str, key: PrivateKey, signed: bytes) -> bytes:
    """A signature in JWS form: raw r||s with low s for ES256."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(signed, _ECDSA))
        return r.to_bytes(32) + min(s, P256_ORDER - s).to_bytes(32)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(signed, _PSS if alg == "PS256" else _PKCS1, _SHA256)
    return key.sign(signed)


def compact(header: msgspec.Struct, payload: bytes, key: PrivateKey, alg: str) -> str:
    """A signed compact JWS over exactly these payload bytes."""
    signed = b64_encode(_encoder.encode(header)) + b"." + b64_encode(payload)
    return (signed + b"." + b64_encode(sign_bytes(alg, key, signed))).decode()


def standard_b64(value: bytes) -> str:
    """Base64 with padding, as in x5c and PEM."""
    return base64.b64encode(value).decode()


def standard_bytes(text: str) -> bytes:
    """The bytes of base64 with padding (RFC 4648 section 4), in its one spelling. Raises ValueError."""
    value = base64.b64decode(text, validate=True)
    # Bits that belong to no byte must be zero: of four characters in the place of the last one, b64decode takes each.
    if standard_b64(value) != text:
        raise ValueError("another spelling")
    return value
