"""What kept lists and answers say of a path, looked at again: offline, and whoever asked is gone."""

from collections.abc import Sequence
from itertools import pairwise

from cryptography import x509
from cryptography.x509 import ocsp

from services.pki import judging
from services.pki.anchors import TrustAnchors
from services.pki.errors import EvidenceRefused
from services.pki.inquiry import OLDEST_ABOVE_MS
from services.pki.judging import Standing
from services.pki.lists import ListBeyondUs
from services.pki.paths import Evidence
from services.rules.certified import NOT_WELL_FORMED

_WORST = ("revoked", "unknown", "good")


def standing(
    path: Sequence[bytes], evidence: Sequence[bytes], anchors: TrustAnchors, at: int, purpose: str
) -> Standing:
    """The standing of a path (DER, leaf to anchor) at a time (ms) by these lists and answers: the worst of its
    certificates'; of who was not revoked, what speaks of the leaf."""
    found = [_one(each, issuer, evidence, at) for each, issuer in pairwise(path)]
    if any(each.kind == "unknown" for each in found) and not any(each.kind == "revoked" for each in found):
        lists = tuple(each for each in evidence if _is_list(each))
        answers = tuple(each for each in evidence if not _is_list(each))
        whole = judging.by_all(
            tuple(path[:-1]), anchors, at, purpose, OLDEST_ABOVE_MS, lists, Evidence(lists, answers)
        )
        found = [whole]
    worst = min(found, key=lambda each: _WORST.index(each.kind))
    return worst if worst.kind != "good" else found[0]


def _one(certificate: bytes, issuer: bytes, evidence: Sequence[bytes], at: int) -> Standing:
    why: list[str] = []
    for each in evidence:
        try:
            if _is_list(each):
                return judging.by_shown_list(each, certificate, issuer, at, OLDEST_ABOVE_MS)
            return judging.by_answer(each, certificate, issuer, _nonce_in(each), at, OLDEST_ABOVE_MS)
        except (EvidenceRefused, ListBeyondUs) as refused:
            why.append(str(refused))
    return Standing("unknown", "; ".join(why) or "nothing speaks of it")


def _is_list(der: bytes) -> bool:
    try:
        x509.load_der_x509_crl(der)
    except NOT_WELL_FORMED:
        return False
    return True


def _nonce_in(der: bytes) -> bytes:
    """The nonce that an answer repeats: who asked is gone, and compared it then."""
    try:
        found = ocsp.load_der_ocsp_response(der).extensions
    except (*NOT_WELL_FORMED, ValueError):
        return b""
    return next((each.value.nonce for each in found if isinstance(each.value, x509.OCSPNonce)), b"")
