"""Certification requests: what is taken, and the reason of each that is not."""

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA224, SHA256, SHA384, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from services.refusal import Refused
from services.signing import request

Key = (
    ec.EllipticCurvePrivateKey
    | rsa.RSAPrivateKey
    | Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | dsa.DSAPrivateKey
)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Chủ tịch nước")])
# Made weak on purpose.
WEAK_RSA = rsa.generate_private_key(65537, 1024)  # noqa: S505
WEAK_DSA = dsa.generate_private_key(2048)


def signed(key: Key, algorithm: HashAlgorithm | None) -> x509.CertificateSigningRequest:
    """A request by this key."""
    return x509.CertificateSigningRequestBuilder().subject_name(NAME).sign(key, algorithm)  # type: ignore[arg-type]


def pem_of(der: bytes) -> str:
    """DER as a PEM request."""
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{text}-----END CERTIFICATE REQUEST-----\n"


def code(pem: str) -> str:
    """Why the request is refused; empty if it is not."""
    try:
        request.read(pem)
    except Refused as refused:
        return refused.code
    return ""


GOOD = signed(ec.generate_private_key(ec.SECP256R1()), SHA256())
GOOD_DER = GOOD.public_bytes(Encoding.DER)
GOOD_PEM = GOOD.public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), SHA256()),
        (rsa.generate_private_key(65537, 2048), SHA256()),
        (rsa.generate_private_key(65537, 4096), SHA384()),
        (Ed25519PrivateKey.generate(), None),
    ],
)
def test_keys_taken(key: Key, algorithm: HashAlgorithm | None) -> None:
    """P-256, RSA of 2048 to 4096 bits, and Ed25519 are taken, and the key read is the key that signed."""
    read = request.read(signed(key, algorithm).public_bytes(Encoding.PEM).decode())
    assert read.key == key.public_key()


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP384R1()), SHA256()),
        (ec.generate_private_key(ec.SECP256K1()), SHA256()),
        (WEAK_RSA, SHA256()),
        (rsa.generate_private_key(3, 2048), SHA256()),
        (rsa.generate_private_key(65537, 4104), SHA256()),
        (ed448.Ed448PrivateKey.generate(), None),
        (WEAK_DSA, SHA256()),
    ],
)
def test_keys_not_taken(key: Key, algorithm: HashAlgorithm | None) -> None:
    """Other curves and kinds, weak RSA keys and slow ones are refused."""
    assert code(signed(key, algorithm).public_bytes(Encoding.PEM).decode()) == "key_not_taken"


def test_weak_hash() -> None:
    """A proof by a short hash proves nothing."""
    weak = signed(ec.generate_private_key(ec.SECP256R1()), SHA224())
    assert code(weak.public_bytes(Encoding.PEM).decode()) == "csr_unproven"


def test_every_changed_bit() -> None:
    """A request with any bit changed is refused: the proof of possession is over the whole of it."""
    accepted = []
    for bit in range(8 * len(GOOD_DER)):
        changed = bytearray(GOOD_DER)
        changed[bit // 8] ^= 1 << bit % 8
        if not code(pem_of(bytes(changed))):
            accepted.append(bit)
    assert accepted == []


def test_signed_by_another() -> None:
    """Somebody else's public key under my signature is not mine to certify."""
    other = signed(ec.generate_private_key(ec.SECP256R1()), SHA256()).public_bytes(Encoding.DER)
    point = GOOD.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = other.index(b"\x00\x04") + 1
    assert code(pem_of(other[:theirs] + point + other[theirs + 65 :])) == "csr_unproven"


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "x" * 100,
        GOOD_PEM + GOOD_PEM,
        "# a comment\n" + GOOD_PEM,
        GOOD_PEM.replace("CERTIFICATE REQUEST", "CERTIFICATE"),
        GOOD_PEM.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"),
        GOOD_PEM[: len(GOOD_PEM) // 2],
        GOOD_PEM.replace("\n", ""),
        pem_of(GOOD_DER + b"\x00" * (4 - len(GOOD_DER) % 3)).replace("=", ""),
        GOOD_PEM + " " * request.LIMIT,
        pem_of(GOOD_DER + b"\x00"),
        pem_of(GOOD_DER[:-1]),
        pem_of(b"\x30\x80"),
        pem_of(b"\x30" * 3000),
        pem_of(b""),
        "-----BEGIN CERTIFICATE REQUEST-----\n====\n-----END CERTIFICATE REQUEST-----\n",
        GOOD_PEM.replace("-----BEGIN", "\u2010----BEGIN"),
    ],
)
def test_not_a_request(pem: str) -> None:
    """What is not exactly one PKCS#10 request in PEM is refused as malformed."""
    assert code(pem) == "csr_malformed"


def test_written_by_others() -> None:
    """Carriage returns, other columns and blank space around are how other programs write the same request."""
    one_line = base64.b64encode(GOOD_DER).decode()
    columns = "\n".join(one_line[start : start + 76] for start in range(0, len(one_line), 76))
    wide = f"-----BEGIN CERTIFICATE REQUEST-----\n{columns}\n-----END CERTIFICATE REQUEST-----"
    for text in (GOOD_PEM, GOOD_PEM.replace("\n", "\r\n"), f"\n {GOOD_PEM} \n", wide):
        assert request.read(text) == request.read(GOOD_PEM)


def test_hash_tells_requests_apart() -> None:
    """Two requests by one key are two requests for one key."""
    key = ec.generate_private_key(ec.SECP256R1())
    first, second = (request.read(signed(key, SHA256()).public_bytes(Encoding.PEM).decode()) for _ in "12")
    assert first.sha256 != second.sha256
    assert first.key_sha256 == second.key_sha256
