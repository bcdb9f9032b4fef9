"""The verification code, the texts that apps show, and signatures brought into the form of JWS."""

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.rules import jws, verification_code
from services.signing.remote.errors import RemoteMalformed, RemoteSignatureForeign
from services.signing.remote.normalised import from_base64, signature_of
from services.signing.remote.shown_text import shortened, unaccented
from tests.support import proto
from tests.support.fake_signers import Signer, high, signer, signing_input

VECTORS = json.loads((proto.ROOT / "proto" / "vectors" / "verification-codes.json").read_text())
HASH = hashlib.sha256(signing_input()).digest()


def public(who: Signer) -> jws.PublicKey:
    return who.key.public_key()


@given(some.binary())
def test_code_is_four_digits_of_the_hash_of_the_hash(message: bytes) -> None:
    """Reckoned by another road: the last four hexadecimal digits, as a number, without its thousands of ten."""
    last = hashlib.sha256(hashlib.sha256(message).digest()).hexdigest()[-4:]
    assert verification_code.of(message) == str(int(last, 16) + 100_000)[-4:]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: f"{case['name']} {case['code']}")
def test_codes_of_the_vectors(case: dict[str, str]) -> None:
    """The same file that the browser's rules are held to."""
    assert verification_code.of(case["input"].encode()) == case["code"], case["catches"]


def test_codes_keep_their_zeros() -> None:
    """Among a thousand messages some codes begin with zero."""
    codes = [verification_code.of(str(each).encode()) for each in range(1000)]
    assert {len(code) for code in codes} == {4}
    assert any(code.startswith("0") for code in codes)


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_each_form_becomes_one_that_verifies(kind: str) -> None:
    """Raw, DER and CMS without attributes of the same signature are the same to a verifier of JWS."""
    who = signer("an", kind)
    alg = "RS256" if kind == "rsa" else "ES256"
    made = who.signs(HASH)
    for form, answered in (("raw" if kind == "rsa" else "der", made), ("cms", who.cms(HASH))):
        found, signature = signature_of(public(who), answered, "vnpt")
        assert found == form
        jws.verify_bytes(alg, public(who), signature, signing_input())


def test_high_s_becomes_low() -> None:
    """A service that does not care which of two signatures it gives, gives ours."""
    who = signer("an", "p256")
    form, signature = signature_of(public(who), high(who.signs(HASH)), "csc")
    assert form == "der"
    jws.verify_bytes("ES256", public(who), signature, signing_input())
    raw = signature[:32] + (jws.P256_ORDER - int.from_bytes(signature[32:])).to_bytes(32)
    assert signature_of(public(who), raw, "csc") == ("raw", signature)


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_signature_over_attributes_is_none_of_our_hash(kind: str) -> None:
    """It verifies in CMS, and says nothing about a JWS."""
    who = signer("an", kind)
    with pytest.raises(RemoteSignatureForeign, match="signed attributes"):
        signature_of(public(who), who.cms(HASH, attributes=True), "vnpt")


@pytest.mark.parametrize("kind", ["rsa", "p256"])
@given(some.binary(max_size=400))
def test_anything_else_is_refused(kind: str, answered: bytes) -> None:
    """Never another exception, and what comes out has the one length."""
    key = public(signer("an", kind))
    try:
        _, signature = signature_of(key, answered, "vnpt")
    except RemoteSignatureForeign:
        return
    assert len(signature) == (256 if kind == "rsa" else 64)


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_lengths_are_exact(kind: str) -> None:
    """A byte too many or too few is another thing."""
    who = signer("an", kind)
    made = who.signs(HASH)
    for changed in (made[1:], b"\0" + made, made + b"\0"):
        with pytest.raises(RemoteSignatureForeign):
            signature_of(public(who), changed, "vnpt")


def test_base64_with_line_breaks() -> None:
    """As Java's MIME encoder writes it, and with a break behind; nothing else is passed over."""
    value = bytes(range(256))
    assert from_base64(base64.encodebytes(value).decode().replace("\n", "\r\n"), "mysign") == value
    for bad in ("A", "AB", "A-_B", "AAA=\0", "x" * 70_000):
        with pytest.raises(RemoteMalformed):
            from_base64(bad, "mysign")


def test_texts_for_apps() -> None:
    """Vietnamese without marks; what is cut off is seen."""
    assert unaccented("Không tán thành – Đồng ý?") == "Khong tan thanh Dong y"
    assert shortened("Nghị quyết", 10) == "Nghị quyết"
    assert shortened("Nghị quyết về", 10) == "Nghị quyế…"
