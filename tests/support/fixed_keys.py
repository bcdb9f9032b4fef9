"""TEST KEYS. Everybody knows them: they are good for vectors only, and no installation ever makes or takes them.

Fixed keys and deterministic signatures, so that vectors are the same bytes each time they are made. Signing here
shares no code with the product.
"""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# TEST KEY, RSA-2048: two primes.
_P = int(
    "e581200fc9bc412b698b9bc72f512912044f384d25e8acf3a1ef6734d2d5f76bbbafeb0252393af02b82aa1c7a766df3"
    "066f1fa615791d44cd4b8bb8c51f97d5f18caa83b3b2763dd42aa6618524cee51cee96cb802b66175c520260fa5d4657"
    "5e0f96011fda4bd7bf4cad652f2671e2e8c3212f2ca8eead3542ad85a9133a39",
    16,
)
_Q = int(
    "ce9c42be936efa637b018c11bd1ffb640cc59edf7b5b73c2d2f83c2083a70754a93c88235aed7d5b8020af2ea9828fdf"
    "9c0a9b5d5b0e69a0d7b942c910cd2023ef7aa0860ebf3bb5086a980fda69cc735c400e98a360eb90078fec5377e30671"
    "cc771c73f56978be2f42c100cdc599c9c78efda6483078d6e29380f3cd400fcb",
    16,
)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | Ed25519PrivateKey


def p256(label: str) -> ec.EllipticCurvePrivateKey:
    """The P-256 test key of a label."""
    scalar = int.from_bytes(hashlib.sha256(f"plenary test key {label}".encode()).digest()) % (ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def ed25519(label: str) -> Ed25519PrivateKey:
    """The Ed25519 test key of a label."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"plenary test key {label}".encode()).digest())


def rsa2048() -> rsa.RSAPrivateKey:
    """The RSA test key."""
    e = 65537
    d = pow(e, -1, (_P - 1) * (_Q - 1))
    dmp1, dmq1, iqmp = rsa.rsa_crt_dmp1(d, _P), rsa.rsa_crt_dmq1(d, _Q), rsa.rsa_crt_iqmp(_P, _Q)
    public = rsa.RSAPublicNumbers(e, _P * _Q)
    return rsa.RSAPrivateNumbers(_P, _Q, d, dmp1, dmq1, iqmp, public).private_key()


def b64(value: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def sign(alg: str, key: Any, signed: bytes) -> bytes:
    """A JWS signature, the same each time: RFC 6979 nonces with low s, and a salt for PSS that is made of the bytes."""
    if alg == "ES256":
        r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256(), deterministic_signing=True)))
        return raw_signature(r, min(s, ORDER - s))
    if alg == "RS256":
        return bytes(key.sign(signed, padding.PKCS1v15(), SHA256()))
    if alg == "PS256":
        return _pss(key, signed)
    return bytes(key.sign(signed))


def raw_signature(r: int, s: int) -> bytes:
    """An ECDSA signature as JWS wants it."""
    return r.to_bytes(32) + s.to_bytes(32)


def _pss(key: rsa.RSAPrivateKey, signed: bytes) -> bytes:
    """RFC 8017 section 9.1.1 with a salt of 32 bytes that depends on nothing but the message."""
    numbers, length = key.private_numbers(), 256
    hashed = hashlib.sha256(signed).digest()
    salt = hashlib.sha256(b"plenary test salt" + hashed).digest()
    seed = hashlib.sha256(bytes(8) + hashed + salt).digest()
    block = bytes(length - 32 - 32 - 2) + b"\x01" + salt
    masked = bytearray(left ^ right for left, right in zip(block, _mask(seed, len(block)), strict=True))
    masked[0] &= 0x7F
    encoded = int.from_bytes(bytes(masked) + seed + b"\xbc")
    return pow(encoded, numbers.d, numbers.public_numbers.n).to_bytes(length)


def _mask(seed: bytes, length: int) -> bytes:
    blocks = [hashlib.sha256(seed + number.to_bytes(4)).digest() for number in range(-(-length // 32))]
    return b"".join(blocks)[:length]


def public(key: Any) -> dict[str, Any]:
    """A public key as JWK and PEM."""
    shown = key.public_key()
    pem = shown.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return {"jwk": _jwk(shown), "pem": pem}


def _jwk(key: Any) -> dict[str, str]:
    if isinstance(key, ec.EllipticCurvePublicKey):
        numbers = key.public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": b64(numbers.x.to_bytes(32)),
            "y": b64(numbers.y.to_bytes(32)),
        }
    if isinstance(key, rsa.RSAPublicKey):
        modulus = key.public_numbers()
        return {"kty": "RSA", "n": b64(modulus.n.to_bytes(256)), "e": b64(modulus.e.to_bytes(3))}
    return {"kty": "OKP", "crv": "Ed25519", "x": b64(key.public_bytes_raw())}
