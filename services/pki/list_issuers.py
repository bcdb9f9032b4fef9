"""Whose a list is, for the path library: of who signed it, if an anchor vouches for them, and of nobody else.

pyhanko-certvalidator 0.33 settles on the issuer of a list without looking at signature or path when it meets that
issuer again while it validates the issuer's own path (its `_find_crl_issuer`), which an indirect list makes it do. So a
list in the issuer's name that anybody signed, or that goes with a certificate which somebody made up, would say that
nobody is revoked. And it knows a list again by its signature, which another list may carry as well. Whoever it settles
on is written down here, so here both are looked at.

It also looks for whoever stands above the issuer of a list, in the path, even if the issuer is the anchor itself, and
finds nobody unless the anchor has signed itself: lists of an anchor that another authority has certified were not
read at all. An `AnchoredPath` ends at its anchor (RFC 5280 section 6.3.3 f: the same one for the list).
"""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from asn1crypto import algos, crl, ocsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.errors import CRLValidationError
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import AlgorithmUsagePolicy
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.revinfo.archival import process_legacy_crl_input, process_legacy_ocsp_input
from pyhanko_certvalidator.revinfo.manager import RevinfoManager
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from services.rules.certified import NOT_WELL_FORMED, extension

# Certificates as asn1crypto read them, each with the bytes that it came in: it may write them otherwise.
Read = Sequence[tuple[asn1.Certificate, bytes]]


class AnchoredPath(ValidationPath):
    """A path above whose anchor nobody is looked for, whoever certified it; nor above that of any path made of it."""

    @classmethod
    def of(cls, path: ValidationPath) -> "AnchoredPath":
        """The same path."""
        certificates = list(path.iter_certs(include_root=False))
        return cls(path.trust_anchor, certificates[:-1], certificates[-1] if certificates else None)

    def truncate_to_issuer_and_append(self, cert: asn1.Certificate) -> "AnchoredPath":
        """The part of this path up to who issued a certificate, and that one; of the anchor's own, the anchor alone.
        Raises LookupError."""
        anchor = self.trust_anchor.authority
        if isinstance(anchor, AuthorityWithCert) and anchor.certificate.sha256 == cert.sha256:
            return AnchoredPath(self.trust_anchor, [], None)
        return AnchoredPath.of(super().truncate_to_issuer_and_append(cert))

    def truncate_to_and_append(self, cert: asn1.Certificate, new_leaf: asn1.Certificate) -> "AnchoredPath":
        """The part of this path up to a certificate, and a new leaf under it. Raises LookupError."""
        return AnchoredPath.of(super().truncate_to_and_append(cert, new_leaf))


class SignedLists(RevinfoManager):
    """What was fetched (DER), for one path."""

    def __init__(
        self,
        others: Read,
        anchors: Read,
        lists: Iterable[bytes],
        answers: Iterable[bytes],
        algorithms: AlgorithmUsagePolicy,
        moment: datetime,
    ) -> None:
        """`others`: the certificates among which issuers are looked for, beside the anchors."""
        super().__init__(
            CertificateRegistry.build([each for each, _ in others]),
            POEManager(),
            process_legacy_crl_input([crl.CertificateList.load(each, strict=True) for each in lists]),
            process_legacy_ocsp_input(filter(_speaks_once, map(_answer, answers))),
        )
        self._vouched_for = _vouched_for(anchors, others)
        self._algorithms = algorithms
        self._moment = moment
        self._settled: dict[bytes, asn1.Certificate] = {}

    def record_crl_issuer(self, certificate_list: crl.CertificateList, cert: asn1.Certificate) -> None:
        """Raise CRLValidationError unless this certificate's key signed the list, and an anchor vouches for it."""
        algorithm = certificate_list["signature_algorithm"]
        if not self._algorithms.signature_algorithm_allowed(algorithm, self._moment, cert.public_key):
            raise CRLValidationError("CRL signed by a weak key, or over a weak hash")
        signed, signature = certificate_list["tbs_cert_list"].dump(), certificate_list["signature"].native
        if id(cert) not in self._vouched_for or not _verifies(cert, algorithm, signature, signed):
            raise CRLValidationError("CRL signature could not be verified")
        self._settled[_digest(certificate_list)] = cert

    def check_crl_issuer(self, certificate_list: crl.CertificateList) -> asn1.Certificate | None:
        """Whose this very list is, if that was settled."""
        return self._settled.get(_digest(certificate_list))


def _answer(der: bytes) -> ocsp.OCSPResponse:
    return ocsp.OCSPResponse.load(der, strict=True)


def _speaks_once(answer: ocsp.OCSPResponse) -> bool:
    """Of several words in one answer the library takes the first about a certificate, whatever the next one says."""
    body = answer["response_bytes"]
    return body.native is None or len(body["response"].parsed["tbs_response_data"]["responses"]) <= 1


def _vouched_for(anchors: Read, others: Read) -> frozenset[int]:
    """Which of them (by identity) signatures of authorities lead to from an anchor."""
    found, waiting = _loaded(anchors), _loaded(others)
    while more := {key for key, each in waiting.items() if any(_issued(by, each) for by in found.values())}:
        found |= {key: waiting.pop(key) for key in more}
    return frozenset(found)


def _loaded(read: Read) -> dict[int, x509.Certificate]:
    found: dict[int, x509.Certificate] = {}
    for certificate, der in read:
        with suppress(*NOT_WELL_FORMED):
            found[id(certificate)] = x509.load_der_x509_certificate(der)
    return found


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        constraints = extension(issuer, x509.BasicConstraints)
        certificate.verify_directly_issued_by(issuer)
    except (*NOT_WELL_FORMED, InvalidSignature):
        return False
    return constraints is not None and constraints.ca


def _verifies(
    signer: asn1.Certificate, algorithm: algos.SignedDigestAlgorithm, signature: bytes, signed: bytes
) -> bool:
    try:
        DefaultSignatureValidator().validate_signature(signature, signed, signer.public_key, algorithm)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _digest(certificate_list: crl.CertificateList) -> bytes:
    return hashlib.sha256(certificate_list.dump()).digest()
