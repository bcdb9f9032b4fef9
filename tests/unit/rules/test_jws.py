"""The algorithm is pinned by the kind of the key; a key of a kind or strength we do not take has none."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.rules import jws


@pytest.mark.parametrize(
    ("key", "algorithms"),
    [
        (ec.generate_private_key(ec.SECP256R1()), ("ES256",)),
        (rsa.generate_private_key(65537, 2048), ("RS256", "PS256")),
        (Ed25519PrivateKey.generate(), ("EdDSA",)),
    ],
)
def test_each_key_verifies_by_its_own_algorithms(key: jws.PrivateKey, algorithms: tuple[str, ...]) -> None:
    """What it signed is its own, and nothing else is."""
    assert jws.algorithm_of(key.public_key()) == algorithms
    for alg in algorithms:
        signature = jws.sign_bytes(alg, key, b"said")
        jws.verify_bytes(alg, key.public_key(), signature, b"said")
        with pytest.raises(jws.SignatureWrong):
            jws.verify_bytes(alg, key.public_key(), signature, b"not said")


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256K1())]
)
def test_another_curve_has_no_algorithm(key: ec.EllipticCurvePrivateKey) -> None:
    """P-256 and no other."""
    with pytest.raises(jws.AlgorithmWrong):
        jws.algorithm_of(key.public_key())


def test_another_kind_of_key_is_refused() -> None:
    """Ed448 has the same methods as Ed25519: it is not taken for one, not even of a signature of its own."""
    private = ed448.Ed448PrivateKey.generate()
    key: Any = private.public_key()
    with pytest.raises(jws.AlgorithmWrong):
        jws.algorithm_of(key)
    with pytest.raises(jws.AlgorithmWrong):
        jws.verify_bytes("EdDSA", key, private.sign(b"said"), b"said")
