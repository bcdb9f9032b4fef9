"""Signatures in the format of Wycheproof's files (google/wycheproof, C2SP/wycheproof), made here: edge cases that each
reader of signatures has once got wrong. `python -m tests.support.own_signatures` writes `tests/data/wycheproof/`.

Made by arithmetic, not by the code that is tested; from the fixed keys, so that they are the same bytes each time.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support import fixed_keys
from tests.support.fixed_keys import ORDER, b64, raw_signature

DIRECTORY = Path(__file__).parents[1] / "data" / "wycheproof"
SAID = b"123400"
_BIG = 2**256 - 1
_ED_ORDER = 2**252 + 27742317777372353535851937790883648493
# DigestInfo of SHA-256 and of SHA-1, and the first without its NULL (RFC 8017 section 9.2).
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
_SHA1 = bytes.fromhex("3021300906052b0e03021a05000414")
_NO_NULL = bytes.fromhex("302f300b06096086480165030402010420")

Case = tuple[str, bytes, bytes, str]


def files() -> dict[str, dict[str, Any]]:
    """Every file by its name."""
    return {
        "ecdsa_secp256r1_sha256_p1363": _file("ECDSA", _p1363()),
        "ecdsa_secp256r1_sha256": _file("ECDSA", _der()),
        "rsa_signature_2048_sha256": _file("RSASSA-PKCS1-v1_5", _pkcs1()),
        "rsa_pss_2048_sha256_mgf1": _file("RSASSA-PSS", _pss()),
        "ed25519": _file("EDDSA", _ed25519()),
        "json_web_signature": _file("JSON Web Crypto", _jws()),
    }


def _file(algorithm: str, groups: Iterable[dict[str, Any]]) -> dict[str, Any]:
    numbered, number = list(groups), 0
    for group in numbered:
        for test in group["tests"]:
            number += 1
            test["tcId"] = number
    return {"algorithm": algorithm, "numberOfTests": number, "testGroups": numbered}


def _group(kind: str, key: Any, cases: Iterable[Case], **more: Any) -> dict[str, Any]:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    tests = [
        {"comment": comment, "msg": said.hex(), "sig": signature.hex(), "result": result}
        for comment, said, signature, result in cases
    ]
    return {"type": kind, **more, "publicKeyDer": der.hex(), "tests": tests}


# --- ECDSA ------------------------------------------------------------------------------------------------


def _number(said: bytes) -> int:
    return int.from_bytes(hashlib.sha256(said).digest())


def _point(nonce: int) -> int:
    """`r` of a nonce."""
    return ec.derive_private_key(nonce, ec.SECP256R1()).public_key().public_numbers().x % ORDER


def _pair(secret: int, said: bytes, nonce: int) -> tuple[int, int]:
    return _signed(secret, _number(said), nonce)


def _signed(secret: int, number: int, nonce: int) -> tuple[int, int]:
    r = _point(nonce)
    s = pow(nonce, -1, ORDER) * (number + r * secret) % ORDER
    return r, min(s, ORDER - s)


def _short(secret: int, which: int) -> tuple[bytes, int, int]:
    """A message and its signature, the first byte of whose r (0) or s (1) is zero."""
    for nonce in range(2, 20_000):
        pair = _pair(secret, SAID, nonce)
        if pair[which] < 1 << 248:
            return SAID, *pair
    raise AssertionError("none in so many")


def _p1363() -> Iterator[dict[str, Any]]:
    kind: dict[str, Any] = {"sha": "SHA-256", "publicKey": {"curve": "secp256r1"}}
    key = fixed_keys.p256("wycheproof")
    secret = key.private_numbers().private_value
    r, s = _pair(secret, SAID, 12_345)
    good = raw_signature(r, s)
    cases: list[Case] = [
        ("good", SAID, good, "valid"),
        ("the same with the higher s", SAID, raw_signature(r, ORDER - s), "valid"),
        ("of nothing", b"", raw_signature(*_pair(secret, b"", 777)), "valid"),
        ("of another message", b"123401", good, "invalid"),
        ("r and s changed places", SAID, raw_signature(s, r), "invalid"),
        ("s + n", SAID, raw_signature(r, (s + ORDER) & _BIG), "invalid"),
        ("DER", SAID, _sequence(_integer(r), _integer(s)), "invalid"),
        *(
            (f"{length} bytes", SAID, (good + bytes(99))[:length], "invalid")
            for length in (0, 1, 32, 63, 65, 128)
        ),
        ("a zero before both", SAID, b"\0" + good[:32] + b"\0" + good[32:], "invalid"),
    ]
    edges = {"0": 0, "1": 1, "n - 1": ORDER - 1, "n": ORDER, "n + 1": ORDER + 1, "2^256 - 1": _BIG}
    cases += [
        (f"r = {r_name}, s = {s_name}", SAID, raw_signature(r_edge, s_edge), "invalid")
        for r_name, r_edge in edges.items()
        for s_name, s_edge in edges.items()
    ]
    cases += [(f"r = {name}", SAID, raw_signature(edge, s), "invalid") for name, edge in edges.items()]
    cases += [(f"s = {name}", SAID, raw_signature(r, edge), "invalid") for name, edge in edges.items()]
    for which, name in enumerate("rs"):
        said, short_r, short_s = _short(secret, which)
        raw = raw_signature(short_r, short_s)
        cut = raw[1:] if which == 0 else raw[:32] + raw[33:]
        cases += [
            (f"{name} begins with a zero", said, raw, "valid"),
            (f"{name} without the zero that it begins with", said, cut, "invalid"),
        ]
    yield _group("EcdsaP1363Verify", key, cases, **kind)
    yield _group("EcdsaP1363Verify", *_half(), **kind)
    # Good for who takes any hash; ES256 has one.
    wide = int.from_bytes(hashlib.sha512(SAID).digest()[:32])
    other = [("over SHA-512", SAID, raw_signature(*_signed(secret, wide, 12_345)), "valid")]
    yield _group("EcdsaP1363Verify", key, other, **kind | {"sha": "SHA-512"})


def _half() -> tuple[Any, list[Case]]:
    """A key under which a signature has the highest s that is low; its twin has the lowest that is high."""
    nonce, s = 54_321, ORDER // 2
    r = _point(nonce)
    secret = (s * nonce - _number(SAID)) * pow(r, -1, ORDER) % ORDER
    key = ec.derive_private_key(secret, ec.SECP256R1())
    return key, [
        ("s = (n - 1) / 2", SAID, raw_signature(r, s), "valid"),
        ("s = (n + 1) / 2", SAID, raw_signature(r, s + 1), "valid"),
    ]


def _der() -> Iterator[dict[str, Any]]:
    key = fixed_keys.p256("wycheproof")
    secret = key.private_numbers().private_value
    r, s = _pair(secret, SAID, 12_345)
    one, two = _integer(r), _integer(s)
    good = _sequence(one, two)
    wide = b"\x02" + bytes([len(one) - 1]) + b"\0" + one[2:]
    said, short_r, short_s = _short(secret, 0)
    cases: list[Case] = [
        ("good", SAID, good, "valid"),
        ("r begins with a zero", said, _sequence(_integer(short_r), _integer(short_s)), "valid"),
        ("of another message", b"123401", good, "invalid"),
        ("length in two bytes", SAID, b"\x30\x81" + good[1:], "invalid"),
        ("length in three bytes", SAID, b"\x30\x82\0" + good[1:], "invalid"),
        ("length that is not said", SAID, b"\x30\x80" + one + two + b"\0\0", "invalid"),
        ("length one more", SAID, bytes([0x30, good[1] + 1]) + good[2:], "invalid"),
        ("length one less", SAID, bytes([0x30, good[1] - 1]) + good[2:], "invalid"),
        ("a zero more in r", SAID, _sequence(wide, two), "invalid"),
        ("a byte behind", SAID, good + b"\0", "invalid"),
        ("a byte more within", SAID, _sequence(one, two, b"\0"), "invalid"),
        ("a third number", SAID, _sequence(one, two, _integer(1)), "invalid"),
        ("without s", SAID, _sequence(one), "invalid"),
        ("r is negative", SAID, _sequence(_integer(r - 2**256), two), "invalid"),
        ("r + n", SAID, _sequence(_integer(r + ORDER), two), "invalid"),
        ("s + n", SAID, _sequence(one, _integer(s + ORDER)), "invalid"),
        ("s - n", SAID, _sequence(one, _integer(s - ORDER)), "invalid"),
        ("r = 0", SAID, _sequence(_integer(0), two), "invalid"),
        ("s = 0", SAID, _sequence(one, _integer(0)), "invalid"),
        ("r = n", SAID, _sequence(_integer(ORDER), two), "invalid"),
        ("s = n", SAID, _sequence(one, _integer(ORDER)), "invalid"),
        ("r = 2^256", SAID, _sequence(_integer(2**256), two), "invalid"),
        ("bit strings", SAID, _sequence(b"\x03" + one[1:], b"\x03" + two[1:]), "invalid"),
        ("a set", SAID, b"\x31" + good[1:], "invalid"),
        ("an empty sequence", SAID, b"\x30\0", "invalid"),
        ("nothing", SAID, b"", "invalid"),
        ("raw", SAID, raw_signature(r, s), "invalid"),
    ]
    cases += [(f"cut to {length}", SAID, good[:length], "invalid") for length in (1, 2, 30, len(good) - 1)]
    more: dict[str, Any] = {"sha": "SHA-256", "publicKey": {"curve": "secp256r1"}}
    yield _group("EcdsaVerify", key, cases, **more)


def _integer(value: int) -> bytes:
    content = value.to_bytes(value.bit_length() // 8 + 1, signed=True)
    return bytes([2, len(content)]) + content


def _sequence(*parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes([0x30, len(content)]) + content


# --- RSA --------------------------------------------------------------------------------------------------


def _raised(encoded: bytes) -> bytes:
    """The signature of which this block is what comes out."""
    numbers = fixed_keys.rsa2048().private_numbers()
    return pow(int.from_bytes(encoded), numbers.d, numbers.public_numbers.n).to_bytes(256)


def _block(info: bytes, *, kind: int = 1, filled: int = 0xFF, behind: bytes = b"") -> bytes:
    fill = bytes([filled]) * (256 - 3 - len(info) - len(behind))
    return bytes([0, kind]) + fill + b"\0" + info + behind


def _pkcs1() -> Iterator[dict[str, Any]]:
    key = fixed_keys.rsa2048()
    modulus = key.public_key().public_numbers().n
    hashed, other = hashlib.sha256(SAID).digest(), hashlib.sha1(SAID, usedforsecurity=False).digest()
    info = _SHA256 + hashed
    good = _raised(_block(info))
    number = int.from_bytes(good)
    cases: list[Case] = [
        ("good", SAID, good, "valid"),
        ("of nothing", b"", _raised(_block(_SHA256 + hashlib.sha256(b"").digest())), "valid"),
        ("without the NULL", SAID, _raised(_block(_NO_NULL + hashed)), "acceptable"),
        ("of another message", b"123401", good, "invalid"),
        ("SHA-1", SAID, _raised(_block(_SHA1 + other)), "invalid"),
        ("the digest alone", SAID, _raised(_block(hashed)), "invalid"),
        ("the digest cut", SAID, _raised(_block(info[:-1])), "invalid"),
        ("garbage behind the digest", SAID, _raised(_block(info, behind=bytes(8))), "invalid"),
        (
            "little filling, much garbage",
            SAID,
            _raised(b"\0\1" + b"\xff" * 8 + b"\0" + info + bytes(194)),
            "invalid",
        ),
        ("filled with zeros", SAID, _raised(_block(info, filled=0)), "invalid"),
        ("filled as when encrypted", SAID, _raised(_block(info, kind=2)), "invalid"),
        ("block type 0", SAID, _raised(_block(info, kind=0)), "invalid"),
        ("no zero before the digest", SAID, _raised(b"\0\1" + b"\xff" * (254 - len(info)) + info), "invalid"),
        ("BER length within", SAID, _raised(_block(b"\x30\x81" + info[1:])), "invalid"),
        ("PSS", SAID, fixed_keys.sign("PS256", key, SAID), "invalid"),
        ("a zero before", SAID, b"\0" + good, "invalid"),
        ("a zero behind", SAID, good + b"\0", "invalid"),
        ("cut", SAID, good[:-1], "invalid"),
        ("s + n, in a byte more", SAID, (number + modulus).to_bytes(257), "invalid"),
        ("n - s", SAID, (modulus - number).to_bytes(256), "invalid"),
    ]
    small = {"0": 0, "1": 1, "2": 2, "n - 1": modulus - 1, "n": modulus, "n + 1": modulus + 1}
    cases += [(name, SAID, value.to_bytes(256), "invalid") for name, value in small.items()]
    cases.append(("nothing", SAID, b"", "invalid"))
    yield _group("RsassaPkcs1Verify", key, cases, sha="SHA-256", keySize=2048)


def _pss() -> Iterator[dict[str, Any]]:
    key = fixed_keys.rsa2048()
    modulus = key.public_key().public_numbers().n
    good = fixed_keys.sign("PS256", key, SAID)
    numbers = key.public_key().public_numbers()
    encoded = pow(int.from_bytes(good), numbers.e, modulus).to_bytes(256)
    cases: list[Case] = [
        ("good", SAID, good, "valid"),
        ("of nothing", b"", fixed_keys.sign("PS256", key, b""), "valid"),
        ("of another message", b"123401", good, "invalid"),
        ("PKCS#1 v1.5", SAID, fixed_keys.sign("RS256", key, SAID), "invalid"),
        ("another trailer", SAID, _raised(encoded[:-1] + b"\xcc"), "invalid"),
        ("the first bit set", SAID, _raised(bytes([encoded[0] | 0x80]) + encoded[1:]), "invalid"),
        ("another digest", SAID, _raised(encoded[:-2] + bytes([encoded[-2] ^ 1]) + encoded[-1:]), "invalid"),
        ("another filling", SAID, _raised(encoded[:9] + bytes([encoded[9] ^ 1]) + encoded[10:]), "invalid"),
        ("another salt", SAID, _raised(encoded[:200] + bytes([encoded[200] ^ 1]) + encoded[201:]), "invalid"),
        ("a zero before", SAID, b"\0" + good, "invalid"),
        ("cut", SAID, good[:-1], "invalid"),
        ("s + n, in a byte more", SAID, (int.from_bytes(good) + modulus).to_bytes(257), "invalid"),
        ("0", SAID, bytes(256), "invalid"),
        ("1", SAID, (1).to_bytes(256), "invalid"),
        ("n - 1", SAID, (modulus - 1).to_bytes(256), "invalid"),
        ("nothing", SAID, b"", "invalid"),
    ]
    more: dict[str, Any] = {"sha": "SHA-256", "mgf": "MGF1", "mgfSha": "SHA-256", "keySize": 2048}
    yield _group("RsassaPssVerify", key, cases, **more, sLen=32)
    # Good for who takes a salt of any length; JWS does not (RFC 7518 section 3.5).
    unsalted = [("without a salt", SAID, _raised(_encoded(b"")), "valid")]
    yield _group("RsassaPssVerify", key, unsalted, **more, sLen=0)
    short = [("a salt of 20 bytes", SAID, _raised(_encoded(bytes(20))), "valid")]
    yield _group("RsassaPssVerify", key, short, **more, sLen=20)


def _encoded(salt: bytes) -> bytes:
    """RFC 8017 section 9.1.1, with any salt."""
    seed = hashlib.sha256(bytes(8) + hashlib.sha256(SAID).digest() + salt).digest()
    block = bytes(256 - 32 - len(salt) - 2) + b"\1" + salt
    mask = b"".join(hashlib.sha256(seed + number.to_bytes(4)).digest() for number in range(8))[: len(block)]
    masked = bytearray(left ^ right for left, right in zip(block, mask, strict=True))
    masked[0] &= 0x7F
    return bytes(masked) + seed + b"\xbc"


# --- Ed25519 and JWS --------------------------------------------------------------------------------------


def _ed25519() -> Iterator[dict[str, Any]]:
    key = fixed_keys.ed25519("wycheproof")
    good = key.sign(SAID)
    r, s = good[:32], int.from_bytes(good[32:], "little")
    cases: list[Case] = [
        ("good", SAID, good, "valid"),
        ("of nothing", b"", key.sign(b""), "valid"),
        ("of another message", b"123401", good, "invalid"),
        ("s + L", SAID, r + (s + _ED_ORDER).to_bytes(32, "little"), "invalid"),
        ("L - s", SAID, r + (_ED_ORDER - s).to_bytes(32, "little"), "invalid"),
        ("s = 0", SAID, r + bytes(32), "invalid"),
        ("s = L", SAID, r + _ED_ORDER.to_bytes(32, "little"), "invalid"),
        ("s = 2^256 - 1", SAID, r + b"\xff" * 32, "invalid"),
        ("R = 0", SAID, bytes(32) + good[32:], "invalid"),
        ("R = 1", SAID, b"\1" + bytes(31) + good[32:], "invalid"),
        ("R = p", SAID, (2**255 - 19).to_bytes(32, "little") + good[32:], "invalid"),
        ("the sign of R turned", SAID, good[:31] + bytes([good[31] ^ 0x80]) + good[32:], "invalid"),
        ("all zeros", SAID, bytes(64), "invalid"),
        *((f"{length} bytes", SAID, (good + bytes(9))[:length], "invalid") for length in (0, 32, 63, 65)),
    ]
    yield _group("EddsaVerify", key, cases, publicKey={"curve": "edwards25519"})


def _jws() -> Iterator[dict[str, Any]]:
    keys: dict[str, Any] = {
        "ES256": fixed_keys.p256("wycheproof"),
        "RS256": fixed_keys.rsa2048(),
        "PS256": fixed_keys.rsa2048(),
        "EdDSA": fixed_keys.ed25519("wycheproof"),
    }
    for alg, key in keys.items():
        yield {
            "type": "JsonWebSignature",
            "comment": alg,
            "public": fixed_keys.public(key)["jwk"],
            "tests": [
                {"comment": comment, "jws": jws, "result": result}
                for comment, jws, result in _messages(alg, key)
            ],
        }


def _messages(alg: str, key: Any) -> Iterator[tuple[str, str, str]]:
    def header(said: str, **more: object) -> str:
        members = {"alg": said, "typ": "plenary-ballot+jws", "cty": "application/vnd.plenary.ballot+json"}
        return b64(
            json.dumps(members | {"x5t#S256": "A" * 43, "iat": 1} | more, separators=(",", ":")).encode()
        )

    def signed(head: str, body: str) -> str:
        return f"{head}.{body}.{b64(fixed_keys.sign(alg, key, f'{head}.{body}'.encode()))}"

    body = b64(b'{"v":1}')
    good = signed(header(alg), body)
    first, second, third = good.split(".")
    yield "good", good, "valid"
    for other in ("none", "HS256", "ES384", "RS512", alg.lower()):
        yield f"alg {other}", signed(header(other), body), "invalid"
    yield "no signature", f"{first}.{second}.", "invalid"
    yield "two parts", f"{first}.{second}", "invalid"
    yield "four parts", f"{good}.", "invalid"
    yield "another payload", f"{first}.{b64(b'{}')}.{third}", "invalid"
    yield "another header", f"{header(alg, iat=2)}.{second}.{third}", "invalid"
    yield "padded", f"{good}=", "invalid"
    yield "a line behind", f"{good}\n", "invalid"
    yield "in the other alphabet", f"{first}.{second}.{third[:-4]}++//", "invalid"
    yield "critical and unheard of", signed(header(alg, crit=["x"], x=1), body), "invalid"
    yield "a key of its own", signed(header(alg, jwk=fixed_keys.public(key)["jwk"]), body), "invalid"
    yield "payload as it is", signed(header(alg, b64=False, crit=["b64"]), body), "invalid"


def main() -> None:
    """Write the files."""
    for name, content in files().items():
        text = json.dumps(content, indent=1) + "\n"
        (DIRECTORY / f"{name}_own.json").write_text(text)


if __name__ == "__main__":
    main()
