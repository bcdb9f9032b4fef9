"""A certification request (PKCS#10, RFC 2986) in PEM, read strictly. Only its key counts: who it is for is not
what it says but who was invited."""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.rules import jws
from services.rules.certified import NOT_WELL_FORMED, is_canonical, key_of
from services.signing.errors import PossessionUnproven, RequestMalformed

LIMIT = 8192
_PEM = re.compile(
    r"\s*-----BEGIN CERTIFICATE REQUEST-----\r?\n"
    r"((?:[A-Za-z0-9+/=]{1,76}\r?\n)+)"
    r"-----END CERTIFICATE REQUEST-----\s*"
)
_HASHES = (SHA256, SHA384, SHA512)


@dataclass(frozen=True, slots=True)
class Request:
    """A key whose possession is proven. `sha256` tells one request from another, `key_sha256` one key. `linked`:
    another authority certified it, too."""

    key: jws.PublicKey
    sha256: bytes
    key_sha256: bytes
    linked: bool = False


def read(pem: str) -> Request:
    """The request in this text. Raises RequestMalformed, PossessionUnproven, KeyNotTaken."""
    der = _der(pem)
    try:
        request = x509.load_der_x509_csr(der)
    except NOT_WELL_FORMED as error:
        raise RequestMalformed(what="PKCS#10") from error
    if not is_canonical(request, der):
        raise RequestMalformed(what="not in its one encoding")
    key = key_of(request)
    _must_prove_possession(request, key)
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Request(key, hashlib.sha256(der).digest(), hashlib.sha256(spki).digest())


def _der(pem: str) -> bytes:
    if len(pem) > LIMIT:
        raise RequestMalformed(what=f"longer than {LIMIT}")
    found = _PEM.fullmatch(pem)
    if found is None:
        raise RequestMalformed(what="one PEM block expected")
    try:
        return base64.b64decode("".join(found[1].split()), validate=True)
    except ValueError as error:
        raise RequestMalformed(what="base64") from error


def _must_prove_possession(request: x509.CertificateSigningRequest, key: jws.PublicKey) -> None:
    try:
        hashed = request.signature_hash_algorithm
        proven = request.is_signature_valid
    except NOT_WELL_FORMED as error:
        raise PossessionUnproven from error
    strong = isinstance(key, Ed25519PublicKey) or isinstance(hashed, _HASHES)
    if not (proven and strong):
        raise PossessionUnproven
