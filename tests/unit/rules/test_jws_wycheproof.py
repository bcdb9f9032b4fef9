"""The signature check of JWS against files in Wycheproof's format: what is good is taken if JWS takes it, and no more.

Our own files (`tests/support/own_signatures.py`) are always read; `WYCHEPROOF` names a directory with more.
"""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.refusal import Refused
from services.rules import jws
from services.rules.jws import Header, Parts
from tests.support import own_signatures
from tests.support.wycheproof import KINDS, File, Group, files, key_of

FILES = list(files())
ALGORITHMS = {
    "EcdsaP1363Verify": "ES256",
    "EcdsaVerify": "ES256",
    "RsassaPkcs1Verify": "RS256",
    "RsassaPssVerify": "PS256",
    "EddsaVerify": "EdDSA",
}


def test_our_own_are_as_they_are_made() -> None:
    """What lies there is what is made, of every kind, good and bad."""
    made = own_signatures.files()
    for name, content in made.items():
        assert json.loads((own_signatures.DIRECTORY / f"{name}_own.json").read_text()) == content
    groups = [group for content in made.values() for group in content["testGroups"]]
    assert {group["type"] for group in groups} == KINDS
    results = [test["result"] for group in groups for test in group["tests"]]
    assert (len(results) > 200, set(results)) == (True, {"valid", "acceptable", "invalid"})


@pytest.mark.parametrize("file", FILES, ids=[each.name for each in FILES])
def test_file(file: File) -> None:
    """Every test of every group."""
    wrong = [
        (file.name, test["tcId"], test["comment"])
        for group in file.groups
        for test in group["tests"]
        if _is_judged(group, test) and _taken(group, test) != _must_be_taken(group, test)
    ]
    assert wrong == []


def _is_judged(group: Group, test: dict[str, Any]) -> bool:
    """What is bad in a group of another hash or salt may be good for JWS: it has ours."""
    return test["result"] == "valid" or (test["result"] == "invalid" and _is_ours(group))


def _taken(group: Group, test: dict[str, Any]) -> bool:
    try:
        if group["type"] == "JsonWebSignature":
            _read_message(group, test)
        else:
            _verify(group, test)
    except Refused:
        return False
    return True


def _verify(group: Group, test: dict[str, Any]) -> None:
    key, signature = key_of(group), bytes.fromhex(test["sig"])
    if group["type"] == "EcdsaVerify":
        raw = jws.raw_of_der(signature)
        # As what comes from a signing service or a token is brought into the one form that JWS takes.
        s = int.from_bytes(raw[32:])
        signature = raw[:32] + (min(s, jws.P256_ORDER - s) % (1 << 256)).to_bytes(32)
    header = Header(alg=ALGORITHMS[group["type"]], typ="", cty="", x5t_S256="", iat=0)
    jws.verify(Parts(header, b"", signature, bytes.fromhex(test["msg"])), key)


def _must_be_taken(group: Group, test: dict[str, Any]) -> bool:
    """Good, by an algorithm and a key of JWS as we take it, and of two twins the one with the lower s."""
    if test["result"] != "valid" or not _is_ours(group):
        return False
    if group["type"] == "JsonWebSignature":
        alg = _alg_of(test["jws"])
        return _is_low(_bytes(test["jws"].split(".")[2])) if alg == "ES256" else alg in ALGORITHMS.values()
    return group["type"] != "EcdsaP1363Verify" or _is_low(bytes.fromhex(test["sig"]))


def _is_low(signature: bytes) -> bool:
    return int.from_bytes(signature[32:]) <= jws.P256_ORDER // 2


def _is_ours(group: Group) -> bool:
    if group["type"] == "JsonWebSignature":
        return True
    if group.get("sha", "SHA-256") != "SHA-256":
        return False
    match key_of(group):
        case ec.EllipticCurvePublicKey() as key:
            return isinstance(key.curve, ec.SECP256R1)
        case rsa.RSAPublicKey() as key:
            pss = group.get("mgfSha", "SHA-256"), group.get("sLen", 32)
            return key.key_size >= jws.RSA_SMALLEST_BITS and pss == ("SHA-256", 32)
        case key:
            return isinstance(key, Ed25519PublicKey)


def _read_message(group: Group, test: dict[str, Any]) -> None:
    """As a person's message; one that is good and not of our form, by its three parts alone."""
    compact = test["jws"].encode() if isinstance(test["jws"], str) else b""
    key = _key_of_jwk(group.get("public") or {})
    if key is None:
        raise jws.AlgorithmWrong
    try:
        parts = jws.split(compact, "plenary-ballot+jws", "application/vnd.plenary.ballot+json", 1 << 20)
    except jws.NotWellFormed:
        if test["result"] == "invalid":
            raise
        first, second, third = compact.split(b".")
        header = Header(alg=_alg_of(test["jws"]), typ="", cty="", x5t_S256="", iat=0)
        parts = Parts(header, b"", jws.b64_decode(third), first + b"." + second)
    jws.verify(parts, key)


def _alg_of(compact: str) -> str:
    return str(json.loads(_bytes(compact.partition(".")[0])).get("alg"))


def _key_of_jwk(jwk: dict[str, str]) -> Any:
    def number(name: str) -> int:
        return int.from_bytes(_bytes(jwk[name]))

    match jwk.get("kty"), jwk.get("crv"):
        case "EC", "P-256":
            return ec.EllipticCurvePublicNumbers(number("x"), number("y"), ec.SECP256R1()).public_key()
        case "RSA", _:
            return rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
        case "OKP", "Ed25519":
            return Ed25519PublicKey.from_public_bytes(_bytes(jwk["x"]))
        case _:
            return None


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
