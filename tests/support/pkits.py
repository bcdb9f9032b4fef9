"""NIST's Public Key Interoperability Test Suite (PKITS 1.0.1), from its signed messages: certificates and lists of each
test travel in the message named after it, and the name says whether the path is good.

Section 4.8, and some tests of 4.10 and 4.12, are about the inputs of path validation; `SETTINGS` has those, as the
suite's document gives them, with what is expected of each.
"""

import email
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cryptography_vectors
from asn1crypto import cms, core, parser, x509

from services.pki.paths import Evidence, Inputs

DATA = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"

_1, _2, _3, _6 = (f"2.16.840.1.101.3.2.1.48.{number}" for number in (1, 2, 3, 6))


def _inputs(*policies: str, explicit: bool = False, mapping: bool = True, anything: bool = True) -> Inputs:
    return Inputs(frozenset(policies), explicit, not mapping, not anything)


_DEFAULT = _inputs()
_EXPLICIT = _inputs(explicit=True)

# The test's name, and of each run its inputs and whether the path is good under them.
SETTINGS: dict[str, list[tuple[Inputs, bool]]] = {
    "AllCertificatesSamePolicyTest1": [
        (_DEFAULT, True),
        (_EXPLICIT, True),
        (_inputs(_1, explicit=True), True),
        (_inputs(_2, explicit=True), False),
        (_inputs(_2), True),
        (_inputs(_1, _2, explicit=True), True),
    ],
    "AllCertificatesNoPoliciesTest2": [(_DEFAULT, True), (_EXPLICIT, False)],
    "DifferentPoliciesTest3": [
        (_DEFAULT, True),
        (_EXPLICIT, False),
        (_inputs(_1, _2, explicit=True), False),
    ],
    "DifferentPoliciesTest4": [(_DEFAULT, False)],
    "DifferentPoliciesTest5": [(_DEFAULT, False)],
    "OverlappingPoliciesTest6": [
        (_DEFAULT, True),
        (_inputs(_1), True),
        (_inputs(_2), False),
        (_inputs(_2, explicit=True), False),
    ],
    "DifferentPoliciesTest7": [(_DEFAULT, False)],
    "DifferentPoliciesTest8": [(_DEFAULT, False)],
    "DifferentPoliciesTest9": [(_DEFAULT, False)],
    "AllCertificatesSamePoliciesTest10": [(_DEFAULT, True), (_inputs(_1), True), (_inputs(_2), True)],
    "AllCertificatesAnyPolicyTest11": [(_DEFAULT, True), (_inputs(_1), True)],
    "DifferentPoliciesTest12": [(_DEFAULT, False)],
    "AllCertificatesSamePoliciesTest13": [
        (_DEFAULT, True),
        (_inputs(_1), True),
        (_inputs(_2), True),
        (_inputs(_3), True),
        (_inputs(_1, _2), True),
    ],
    "AnyPolicyTest14": [
        (_DEFAULT, True),
        (_inputs(_1), True),
        (_inputs(_1, _2), True),
        (_inputs(_2), False),
    ],
    **{f"UserNoticeQualifierTest{number}": [(_DEFAULT, True)] for number in range(15, 20)},
    "CPSPointerQualifierTest20": [(_DEFAULT, True)],
    "ValidPolicyMappingTest1": [
        (_DEFAULT, True),
        (_inputs(_1), True),
        (_inputs(_2), False),
        (_inputs(mapping=False), False),
        (_inputs(_1, mapping=False), False),
    ],
    "InvalidPolicyMappingTest2": [(_DEFAULT, False), (_inputs(mapping=False), False)],
    "ValidPolicyMappingTest3": [(_DEFAULT, True), (_inputs(_1), False), (_inputs(_2), True)],
    "ValidPolicyMappingTest5": [(_DEFAULT, True), (_inputs(_1), True), (_inputs(_6), False)],
    "ValidPolicyMappingTest6": [(_DEFAULT, True), (_inputs(_1), True), (_inputs(_6), False)],
    "ValidPolicyMappingTest12": [(_DEFAULT, True), (_inputs(_1), True), (_inputs(_2), True)],
    "inhibitAnyPolicyTest3": [(_DEFAULT, True), (_inputs(anything=False), False)],
}


@dataclass(frozen=True)
class Case:
    """One run of one test: the chain from the leaf, the lists given, the inputs, and whether the path is good."""

    name: str
    run: int
    inputs: Inputs
    good: bool


def cases() -> Iterator[Case]:
    """All runs of all tests."""
    for file in sorted((DATA / "smime").glob("Signed*.eml")):
        name = file.stem.removeprefix("Signed")
        runs = SETTINGS.get(name, [(_DEFAULT, name.startswith("Valid"))])
        yield from (Case(name, run, inputs, good) for run, (inputs, good) in enumerate(runs))


@cache
def anchor() -> bytes:
    """The suite's trust anchor."""
    return (DATA / "certs" / "TrustAnchorRootCertificate.crt").read_bytes()


@cache
def message(name: str) -> tuple[tuple[bytes, ...], Evidence]:
    """The chain, leaf first, and the lists in the message of a test."""
    parsed = email.message_from_bytes((DATA / "smime" / f"Signed{name}.eml").read_bytes())
    part = next(each for each in parsed.walk() if "pkcs7" in each.get_content_type())
    signed = cms.ContentInfo.load(part.get_payload(decode=True))["content"]
    signer = signed["signer_infos"][0]["sid"].chosen
    found = [_as_sent(each.chosen) for each in signed["certificates"]]
    lists = [_as_sent(each.chosen) for each in signed["crls"]]
    leaf = next(each for each in found if _is_of(x509.Certificate.load(each), signer))
    return (leaf, *(each for each in found if each != leaf)), Evidence(tuple(lists))


def _as_sent(sequence: core.Sequence) -> bytes:
    # Not dump: asn1crypto writes some bit strings anew, and otherwise.
    sent: bytes = parser.emit(0, 1, 16, sequence.contents)
    return sent


def _is_of(certificate: x509.Certificate, signer: cms.IssuerAndSerialNumber) -> bool:
    same: bool = certificate.issuer == signer["issuer"]
    return same and certificate.serial_number == signer["serial_number"].native
