"""The signature check of JWS against NIST's and Bernstein's own vectors: FIPS 186-3 (RSA, ECDSA), Ed25519."""

from collections.abc import Iterator
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.rules import jws

ROOT = Path(cryptography_vectors.__file__).parent / "asymmetric"
Case = dict[str, str]


def _cases(name: str) -> Iterator[Case]:
    """Each block of a response file, with what stood before it: sections, moduli, keys."""
    known: Case = {}
    for line in (ROOT / name).read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]\r\n ")
            known = {"section": section}
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            known[key.strip()] = value.strip()
            if key.strip() == "Result":
                yield dict(known)


def _taken(alg: str, key: jws.PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        jws.verify_bytes(alg, key, signature, message)
    except jws.SignatureWrong:
        return False
    return True


def _rsa(case: Case) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(int(case["e"], 16), int(case["n"], 16)).public_key()


@pytest.mark.parametrize("bits", [2048, 3072])
def test_rsa_pkcs1(bits: int) -> None:
    """RS256: what NIST says passes passes; a message, key, signature or padding that was changed does not."""
    found = [
        case
        for case in _cases("RSA/FIPS_186-2/SigVer15_186-3.rsp")
        if case["section"] == f"mod = {bits}" and case["SHAAlg"] == "SHA256"
    ]
    results = set()
    for case in found:
        passes = case["Result"].startswith("P")
        signature = bytes.fromhex(case["S"])
        assert _taken("RS256", _rsa(case), signature, bytes.fromhex(case["Msg"])) == passes, case["Result"]
        results.add(case["Result"][:4])
    assert len(results) >= 5


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_rsa_pss_with_another_salt(bits: int) -> None:
    """PS256 has a salt as long as the hash (RFC 7518 section 3.5): NIST's of ten bytes are refused, good ones too."""
    found = [
        case
        for case in _cases("RSA/FIPS_186-2/SigVerPSS_186-3.rsp")
        if case["section"] == f"mod = {bits}" and case["SHAAlg"] == "SHA256"
    ]
    assert any(case["Result"].startswith("P") for case in found)
    for case in found:
        assert not _taken("PS256", _rsa(case), bytes.fromhex(case["S"]), bytes.fromhex(case["Msg"]))


def test_ecdsa() -> None:
    """ES256: passes as NIST says, with the lower s; with the higher never."""
    found = [case for case in _cases("ECDSA/FIPS_186-3/SigVer.rsp") if case["section"] == "P-256,SHA-256"]
    assert {case["Result"][0] for case in found} == {"P", "F"}
    for case in found:
        numbers = ec.EllipticCurvePublicNumbers(int(case["Qx"], 16), int(case["Qy"], 16), ec.SECP256R1())
        key, message = numbers.public_key(), bytes.fromhex(case["Msg"])
        r, s = int(case["R"], 16), int(case["S"], 16)
        low, high = sorted((s, jws.P256_ORDER - s))
        passes = case["Result"].startswith("P")
        assert _taken("ES256", key, r.to_bytes(32) + low.to_bytes(32), message) == passes, case["Result"]
        assert not _taken("ES256", key, r.to_bytes(32) + high.to_bytes(32), message)


def test_ed25519() -> None:
    """EdDSA: all 1,024 of the reference implementation's, and none with a bit of the message turned."""
    lines = (ROOT / "Ed25519" / "sign.input").read_text().splitlines()
    assert len(lines) == 1024
    for line in lines:
        _, public, said, signed = line.split(":")[:4]
        key, message = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)), bytes.fromhex(said)
        signature = bytes.fromhex(signed)[:64]
        assert _taken("EdDSA", key, signature, message)
        assert not _taken(
            "EdDSA", key, signature, message[:-1] + bytes([message[-1] ^ 1]) if message else b"x"
        )
