"""A list of revoked certificates (CRL, RFC 5280 section 5) in parts: entries are written once and kept, and a list of
50,000 is put together in a few milliseconds. A builder that writes all of them each time holds Python's lock for 100.

Only this is written by hand: DER (X.690) of what our own lists have. Names and extensions come from the library.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from services.signing import certificate_profile as profile

_INTEGER, _BITS, _OCTETS, _OID, _ENUMERATED, _SEQUENCE = 0x02, 0x03, 0x04, 0x06, 0x0A, 0x30
_UTC_TIME, _GENERALIZED_TIME, _EXTENSIONS = 0x17, 0x18, 0xA0
# RFC 5758 section 3.2: ecdsa-with-SHA256, -SHA384, -SHA512.
_ALGORITHMS = {
    "sha256": "06082a8648ce3d040302",
    "sha384": "06082a8648ce3d040303",
    "sha512": "06082a8648ce3d040304",
}


@dataclass(frozen=True, slots=True)
class Revoked:
    """A revoked certificate: its serial number, when (milliseconds), our word for the reason."""

    serial: int
    at: int
    reason: str


def entry(revoked: Revoked) -> bytes:
    """The certificate's entry, DER."""
    return _tlv(
        _SEQUENCE, _number(_INTEGER, revoked.serial), _time(revoked.at), _EXTENSIONS_FOR[revoked.reason]
    )


def sign(
    issuer: x509.Certificate, key: ec.EllipticCurvePrivateKey, entries: Iterable[bytes], now: int
) -> bytes:
    """The issuer's list (DER) of these entries, or blocks of entries, signed now (milliseconds).

    The blocks are copied once: each copy of a large list holds Python's lock for a millisecond.
    """
    hashed = hash_for(key)
    algorithm = _tlv(_SEQUENCE, bytes.fromhex(_ALGORITHMS[hashed.name]))
    listed = list(entries)
    extensions = (
        _extension(profile.authority_key(issuer)),
        _extension(x509.CRLNumber(now)),
    )
    ends = int((profile.at(now) + profile.CRL_LIFE).timestamp()) * 1000
    signed = _element(
        _SEQUENCE,
        _number(_INTEGER, 1),
        algorithm,
        issuer.subject.public_bytes(),
        _time(now),
        _time(ends),
        # A list of nobody has no such member.
        *(_element(_SEQUENCE, *listed) if listed else ()),
        _tlv(_EXTENSIONS, _tlv(_SEQUENCE, *extensions)),
    )
    digest = hashlib.new(hashed.name)
    for part in signed:
        # Of large parts, without Python's lock.
        digest.update(part)
    signature = key.sign(digest.digest(), ec.ECDSA(Prehashed(hashed)))
    return b"".join(_element(_SEQUENCE, *signed, algorithm, _tlv(_BITS, b"\0", signature)))


def hash_for(key: ec.EllipticCurvePrivateKey) -> SHA256 | SHA384 | SHA512:
    """The hash that is as strong as the key."""
    return SHA256() if key.curve.key_size <= 256 else SHA384() if key.curve.key_size <= 384 else SHA512()


def _tlv(tag: int, *parts: bytes) -> bytes:
    return b"".join(_element(tag, *parts))


def _element(tag: int, *parts: bytes) -> list[bytes]:
    """An element in parts: tag and length, then what is in it."""
    size = sum(map(len, parts))
    if size < 0x80:
        return [bytes((tag, size)), *parts]
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return [bytes((tag, 0x80 | len(length))) + length, *parts]


def _number(tag: int, value: int) -> bytes:
    # One bit more than the number has: the first says that it is not negative.
    return _tlv(tag, value.to_bytes(value.bit_length() // 8 + 1))


def _time(at: int) -> bytes:
    """RFC 5280 section 5.1.2.4: with two digits of the year until 2049."""
    moment = profile.at(at)
    if moment.year < 2050:
        return _tlv(_UTC_TIME, f"{moment:%y%m%d%H%M%SZ}".encode())
    return _tlv(_GENERALIZED_TIME, f"{moment:%Y%m%d%H%M%SZ}".encode())


def _extension(value: x509.ExtensionType) -> bytes:
    named = value.oid.dotted_string.split(".")
    # id-ce, 2.5.29: two arcs in one byte, and no arc of ours is larger than 127.
    name = bytes((int(named[0]) * 40 + int(named[1]), *map(int, named[2:])))
    return _tlv(_SEQUENCE, _tlv(_OID, name), _tlv(_OCTETS, value.public_bytes()))


_EXTENSIONS_FOR = {
    reason: _tlv(_SEQUENCE, _extension(x509.CRLReason(flag))) for reason, flag in profile.REASONS.items()
}
