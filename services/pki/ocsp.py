"""Answers about one certificate (OCSP, RFC 6960): what we ask, and which answers we believe."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from services.pki.errors import EvidenceRefused
from services.pki.lists import TOLERANCE_MS, must_be_strong
from services.rules.certified import NOT_WELL_FORMED, extension

NONCE_BYTES = 32  # RFC 9654


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose signature is good, about the certificate asked for. Times in milliseconds.

    `revoked`: when and why, or None. `fresh`: it repeats our nonce, so that it was made for this very question.
    """

    sha256: bytes
    this_update: int
    next_update: int
    produced_at: int
    revoked: tuple[int, str] | None
    fresh: bool


def question(certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes) -> bytes:
    """The request (DER) for one certificate."""
    # SHA-1 here only names the issuer, and many responders know no other name (RFC 5019 section 2.1.1).
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1())  # noqa: S303
    builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def responders_of(certificate: x509.Certificate) -> list[str]:
    """The addresses of responders that a certificate names."""
    access = extension(certificate, x509.AuthorityInformationAccess)
    return [
        each.access_location.value
        for each in access or ()
        if each.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(each.access_location, x509.UniformResourceIdentifier)
    ]


def read(
    der: bytes, certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes, at: int, oldest: int
) -> Answer:
    """What an answer says of the certificate at `at` (ms). Raises EvidenceRefused; also if it does not know it.

    An answer that does not repeat the nonce is one that was made before (RFC 5019): taken if it is at most `oldest`
    ms old. One with another nonce is a replay.
    """
    try:
        answer = ocsp.load_der_ocsp_response(der)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise EvidenceRefused(f"answer: {answer.response_status.name.lower()}")
        single = _single(answer, certificate, issuer)
        _must_be_signed(answer, issuer, at)
        fresh = _is_fresh(answer, nonce)
        found = _as_answer(der, answer, single, fresh)
    except (*NOT_WELL_FORMED, UnsupportedAlgorithm) as error:
        raise EvidenceRefused("answer: not well formed") from error
    _must_be_in_time(found, at, oldest)
    return found


def _single(
    answer: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> ocsp.OCSPSingleResponse:
    """What it says of the one certificate that was asked about (RFC 6960 section 4.2.1). Raises EvidenceRefused: which
    of two words about it counts nobody can tell, and of several certificates nobody asked (RFC 5019 section 2.2.1)."""
    found = list(answer.responses)
    about = [
        each for each in found if each.serial_number == certificate.serial_number and names(each, issuer)
    ]
    if len(about) > 1:
        raise EvidenceRefused("answer: speaks of it more than once")
    if not about:
        raise EvidenceRefused("answer: about another certificate")
    if len(found) > 1:
        raise EvidenceRefused("answer: about several certificates")
    if about[0].certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise EvidenceRefused("answer: the responder does not know it")
    return about[0]


def names(about: ocsp.OCSPRequest | ocsp.OCSPSingleResponse, issuer: x509.Certificate) -> bool:
    """Whether a question, or one answer, is about a certificate of this issuer."""
    try:
        algorithm = about.hash_algorithm
    except UnsupportedAlgorithm:
        # It is looked up only when it is asked for: a number that nobody has given to an algorithm.
        return False
    if not isinstance(algorithm, SHA1 | SHA256):
        return False
    name = _hash(algorithm, issuer.subject.public_bytes())
    return about.issuer_name_hash == name and about.issuer_key_hash == _hash(algorithm, _key_bits(issuer))


def _hash(algorithm: HashAlgorithm, content: bytes) -> bytes:
    return hashlib.new(algorithm.name, content, usedforsecurity=False).digest()


def _key_bits(certificate: x509.Certificate) -> bytes:
    """The BIT STRING of the public key, as key identifiers hash it (RFC 5280 section 4.2.1.2)."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return key.public_bytes_raw() if hasattr(key, "public_bytes_raw") else b""


def _must_be_signed(answer: ocsp.OCSPResponse, issuer: x509.Certificate, at: int) -> None:
    """By the issuer itself, or by one whom the issuer itself has made a responder. Raises EvidenceRefused."""
    signer = next(
        (each for each in (issuer, *answer.certificates) if _is_responder(answer, each)),
        None,
    )
    if signer is None:
        raise EvidenceRefused("answer: its signer's certificate is missing")
    if signer != issuer:
        _must_be_delegated(signer, issuer, at)
    _must_verify(answer, signer)


def _is_responder(answer: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if answer.responder_name is not None:
        return answer.responder_name == certificate.subject
    return answer.responder_key_hash == _hash(SHA1(), _key_bits(certificate))  # noqa: S303 - a name, no proof


def _must_be_delegated(signer: x509.Certificate, issuer: x509.Certificate, at: int) -> None:
    """RFC 6960 section 4.2.2.2: issued by the very issuer, for that use, and not itself to be asked about."""
    try:
        signer.verify_directly_issued_by(issuer)
    except (*NOT_WELL_FORMED, InvalidSignature) as error:
        raise EvidenceRefused("answer: its signer is a stranger") from error
    must_be_strong(issuer.public_key(), signer.signature_hash_algorithm)
    uses = extension(signer, x509.ExtendedKeyUsage)
    if uses is None or ExtendedKeyUsageOID.OCSP_SIGNING not in uses:
        raise EvidenceRefused("answer: its signer is no responder")
    usage = extension(signer, x509.KeyUsage)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise EvidenceRefused("answer: its signer's key signs no answers")
    # One that might itself be revoked would need an answer of its own, and so on.
    if extension(signer, x509.OCSPNoCheck) is None:
        raise EvidenceRefused("answer: its signer may itself be revoked")
    starts, ends = signer.not_valid_before_utc, signer.not_valid_after_utc
    if not _millis(starts) - TOLERANCE_MS <= at <= _millis(ends) + TOLERANCE_MS:
        raise EvidenceRefused("answer: its signer's certificate is not in time")


def _must_verify(answer: ocsp.OCSPResponse, signer: x509.Certificate) -> None:
    key, hashed = signer.public_key(), answer.signature_hash_algorithm
    must_be_strong(key, hashed)
    signed, signature = answer.tbs_response_bytes, answer.signature
    try:
        match key:
            case ec.EllipticCurvePublicKey() if hashed is not None:
                key.verify(signature, signed, ec.ECDSA(hashed))
            case rsa.RSAPublicKey() if hashed is not None:
                key.verify(signature, signed, padding.PKCS1v15(), hashed)
            case Ed25519PublicKey():
                key.verify(signature, signed)
            case _:
                raise EvidenceRefused("answer: key")
    except InvalidSignature as error:
        raise EvidenceRefused("answer: wrong signature") from error


def _is_fresh(answer: ocsp.OCSPResponse, nonce: bytes) -> bool:
    for each in answer.extensions:
        if isinstance(each.value, x509.OCSPNonce):
            if each.value.nonce != nonce:
                raise EvidenceRefused("answer: to another question")
            return True
        if each.critical:
            raise EvidenceRefused(f"answer: critical extension {each.oid.dotted_string}")
    return False


def _as_answer(der: bytes, answer: ocsp.OCSPResponse, single: ocsp.OCSPSingleResponse, fresh: bool) -> Answer:
    if any(each.critical for each in answer.single_extensions):
        raise EvidenceRefused("answer: critical extension of one answer")
    revoked = None
    if single.revocation_time_utc is not None:
        reason = single.revocation_reason
        revoked = _millis(single.revocation_time_utc), reason.value if reason else "unspecified"
    produced_at = _millis(answer.produced_at_utc)
    return Answer(
        hashlib.sha256(der).digest(),
        _millis(single.this_update_utc),
        # Left out: newer information is available all the time (RFC 6960 section 4.2.2.1).
        _millis(single.next_update_utc) if single.next_update_utc is not None else produced_at,
        produced_at,
        revoked,
        fresh,
    )


def _must_be_in_time(found: Answer, at: int, oldest: int) -> None:
    if at < max(found.this_update, found.produced_at) - TOLERANCE_MS:
        raise EvidenceRefused("answer: from the future")
    ends = min(found.next_update, found.this_update + oldest)
    if at > (ends if found.fresh else min(ends, found.produced_at + oldest)) + TOLERANCE_MS:
        raise EvidenceRefused("answer: too old")


def _millis(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
