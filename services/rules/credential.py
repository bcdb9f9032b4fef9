"""Credentials: X.509 certificates of persons and of the seal, checked offline up to a given trust anchor.

RFC 5280 section 6.1, cut down to what we issue and what an authority above us may: names chain, signatures
verify, all are valid at the moment asked, issuers are authorities within their path length, and the leaf is made
for signing documents. What we do not understand and is critical is refused; what constrains names or policies always
is: RFC 5280 has it obeyed whether it is critical or not.

Why it is made by hand, and what proves that it takes nothing which a full validation refuses, says decision 0021.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from services.refusal import Refused
from services.rules import jws
from services.rules.certified import (
    ANY_POLICY,
    DOCUMENT_SIGNING,
    NOT_WELL_FORMED,
    SEAL_POLICY,
    asserts,
    blocks,
    extension,
    load_one,
    member_of,
    must_be_spelled,
    public_key_of,
    thumbprint,
    to_pem,
)
from services.rules.credential_errors import (
    AnchorsMalformed,
    ChainExpired,
    ChainMalformed,
    ChainNotYetValid,
    ChainUntrusted,
    ChainWrongUse,
)

__all__ = [
    "Anchors",
    "Purpose",
    "load",
    "load_anchors",
    "member_of",
    "public_key_of",
    "thumbprint",
    "to_pem",
    "verify_chain",
    "verify_chains",
]

Purpose = Literal["person", "seal"]

LONGEST_CHAIN = 5

_UNDERSTOOD = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.CertificatePolicies)
_USES = {DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION}
_HASHES = (SHA256, SHA384, SHA512)
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_NEVER: dict[type[x509.ExtensionType], str] = {
    x509.NameConstraints: "name constraints",
    x509.PolicyConstraints: "policy constraints",
}


@dataclass(frozen=True, slots=True)
class _Issuer:
    """An authority found good: valid from `starts` to `ends` (seconds), with `below` more authorities under it."""

    certificate: x509.Certificate
    starts: int
    ends: int
    below: int
    may_seal: bool


class Anchors:
    """Trust anchors, with the issuers already found good under them: each leaf costs one signature check.

    May be used from several threads. Remembers every issuer it was shown: make one per file, or per trust.pem.
    """

    def __init__(self, anchors: Iterable[bytes]) -> None:
        """Anchors as DER (see load_anchors). Raises ChainMalformed, ChainUntrusted, ChainWrongUse."""
        self._anchors = [_anchor(raw) for raw in anchors]
        self._known: dict[tuple[bytes, ...], _Issuer] = {}

    def verify(self, chain: Sequence[bytes], at: int, purpose: Purpose) -> x509.Certificate:
        """The leaf of a chain (DER; leaf first, without the anchor) that is good at `at` (milliseconds).

        Raises ChainMalformed, ChainUntrusted, ChainExpired, ChainNotYetValid, ChainWrongUse, NotAPerson,
        KeyNotTaken.
        """
        if not 0 < len(chain) <= LONGEST_CHAIN:
            raise ChainMalformed(what="length of the chain")
        leaf = load_one(chain[0])
        issuer = self._issuer_of(leaf, tuple(chain[1:]))
        _must_be_in_time(leaf, issuer, at // 1000)
        _must_be_sound(leaf)
        _must_sign(leaf)
        if purpose == "person":
            member_of(leaf)
        else:
            _must_be_a_seal(leaf, issuer)
        must_be_spelled(leaf)
        return leaf

    def seal_in(self, chain: Sequence[bytes]) -> x509.Certificate:
        """The leaf of a chain that leads up to an anchor and was issued as a seal; whether it is good, `verify` says.
        For who will not look at a file unless a seal signed it. Raises as `verify`."""
        if not 0 < len(chain) <= LONGEST_CHAIN:
            raise ChainMalformed(what="length of the chain")
        leaf = load_one(chain[0])
        _must_be_a_seal(leaf, self._issuer_of(leaf, tuple(chain[1:])))
        return leaf

    def span(self, chain: Sequence[bytes]) -> tuple[int, int]:
        """From when to when, in milliseconds, all above the leaf of a chain is valid that `verify` has taken."""
        above = tuple(chain[1:])
        issuer = self._authority(above) if above else self._issuer_of(load_one(chain[0]), above)
        return issuer.starts * 1000, issuer.ends * 1000 + 999

    def path(self, chain: Sequence[bytes]) -> tuple[x509.Certificate, ...]:
        """The certificates from the leaf of a chain that `verify` has taken up to and with its anchor."""
        found = tuple(map(load_one, chain))
        return (*found, self._issuer_of(found[-1], ()).certificate)

    def _issuer_of(self, certificate: x509.Certificate, above: tuple[bytes, ...]) -> _Issuer:
        for issuer in [self._authority(above)] if above else self._anchors:
            if _is_issued_by(certificate, issuer.certificate):
                return issuer
        raise ChainUntrusted(what="no issuer's name and signature fit")

    def _authority(self, chain: tuple[bytes, ...]) -> _Issuer:
        if chain not in self._known:
            certificate = load_one(chain[0])
            self._known[chain] = _as_issuer(certificate, self._issuer_of(certificate, chain[1:]))
        return self._known[chain]


def _must_be_a_seal(leaf: x509.Certificate, issuer: _Issuer) -> None:
    # Every enrolled person has a certificate under the same anchor: without this they could all seal results.
    if not (issuer.may_seal and asserts(leaf, SEAL_POLICY)):
        raise ChainWrongUse(what="not issued as a seal")


def verify_chain(
    chain: Sequence[bytes], anchors: Sequence[bytes], at: int, purpose: Purpose
) -> x509.Certificate:
    """The leaf of one chain, checked as `Anchors.verify` does."""
    return Anchors(anchors).verify(chain, at, purpose)


def verify_chains(
    chains: Iterable[Sequence[bytes]], anchors: Sequence[bytes], at: int, purpose: Purpose
) -> list[x509.Certificate]:
    """The leaves of many chains, each issuer checked once. Raises at the first that is not good."""
    trusted = Anchors(anchors)
    return [trusted.verify(chain, at, purpose) for chain in chains]


def load(chain: Sequence[bytes]) -> tuple[x509.Certificate, ...]:
    """Certificates from DER, well formed, not yet believed. Raises ChainMalformed."""
    return tuple(map(load_one, chain))


def load_anchors(pem: bytes) -> list[bytes]:
    """The anchors in a trust.pem, as DER: canonical PEM blocks (64 columns, no CRLF) and not a byte beside them.

    Each must be an authority signed by itself, and stand there once: so any changed byte of the file is noticed.
    Raises AnchorsMalformed.
    """
    try:
        anchors = blocks(pem)
        Anchors(anchors)
    except Refused as refused:
        raise AnchorsMalformed(what=refused.text_en) from refused
    if len(set(anchors)) != len(anchors):
        raise AnchorsMalformed(what="one twice")
    return anchors


def _anchor(der: bytes) -> _Issuer:
    certificate = load_one(der)
    if not _is_issued_by(certificate, certificate):
        raise ChainUntrusted(what="an anchor must be signed by itself")
    return _as_issuer(certificate, None)


def _as_issuer(certificate: x509.Certificate, above: _Issuer | None) -> _Issuer:
    """The authority under the one `above` it; None for an anchor."""
    _must_be_sound(certificate)
    constraints = extension(certificate, x509.BasicConstraints)
    usage = extension(certificate, x509.KeyUsage)
    if constraints is None or not constraints.ca or usage is None or not usage.key_cert_sign:
        raise ChainWrongUse(what="not an authority")
    starts, ends = _times(certificate)
    below = LONGEST_CHAIN if constraints.path_length is None else constraints.path_length
    if above is None:
        return _Issuer(certificate, starts, ends, below, may_seal=True)
    if above.below < 1:
        raise ChainWrongUse(what="path length")
    return _Issuer(
        certificate,
        max(starts, above.starts),
        min(ends, above.ends),
        min(below, above.below - 1),
        above.may_seal and (asserts(certificate, SEAL_POLICY) or asserts(certificate, ANY_POLICY)),
    )


def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Names chain and the signature verifies, with an algorithm and a key that are not weak."""
    # Of RSA's two paddings the one that the browsers' check knows, too.
    padded = certificate.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS
    if certificate.issuer != issuer.subject or padded:
        return False
    try:
        key = issuer.public_key()
        hashed = certificate.signature_hash_algorithm
        certificate.verify_directly_issued_by(issuer)
    except (*NOT_WELL_FORMED, InvalidSignature):
        return False
    match key:
        case Ed25519PublicKey():
            return True
        case ec.EllipticCurvePublicKey():
            return isinstance(key.curve, _CURVES) and isinstance(hashed, _HASHES)
        case rsa.RSAPublicKey():
            return key.key_size >= jws.RSA_SMALLEST_BITS and isinstance(hashed, _HASHES)
        case _:
            return False


def _must_be_in_time(leaf: x509.Certificate, issuer: _Issuer, at_s: int) -> None:
    starts, ends = _times(leaf)
    if at_s < max(starts, issuer.starts):
        raise ChainNotYetValid
    if at_s > min(ends, issuer.ends):
        raise ChainExpired


def _times(certificate: x509.Certificate) -> tuple[int, int]:
    starts, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return int(starts.timestamp()), int(ends.timestamp())


def _must_be_sound(certificate: x509.Certificate) -> None:
    """Nothing critical that we do not understand, and made for signing documents if it says for what."""
    for each in certificate.extensions:
        kind = type(each.value)
        if each.critical and kind not in _UNDERSTOOD:
            raise ChainWrongUse(what=f"critical extension {each.oid.dotted_string}")
        if kind in _NEVER:
            raise ChainWrongUse(what=_NEVER[kind])
    uses = extension(certificate, x509.ExtendedKeyUsage)
    if uses is not None and _USES.isdisjoint(uses):
        raise ChainWrongUse(what="extended key usage")


def _must_sign(leaf: x509.Certificate) -> None:
    constraints, usage = extension(leaf, x509.BasicConstraints), extension(leaf, x509.KeyUsage)
    if constraints is not None and constraints.ca:
        raise ChainWrongUse(what="an authority")
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise ChainWrongUse(what="key usage")
