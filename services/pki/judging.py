"""What evidence says of one certificate. Done in the examiner's process, which remembers the lists it has read."""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography import x509

from services.pki import demands, lists, ocsp, paths
from services.pki.anchors import TrustAnchors
from services.pki.errors import ChainRevoked, EvidenceRefused
from services.pki.paths import Evidence, Path
from services.refusal import Refused
from services.rules.certified import NOT_WELL_FORMED

# Of 50,000 entries each, some 10 MB.
MOST_LISTS = 24
_read: OrderedDict[tuple[bytes, bytes], lists.RevocationList] = OrderedDict()


class ListUnread(Exception):
    """This list was not shown to this process, or is forgotten: show it first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one certificate, times in milliseconds. `why`: the reason it was revoked, or why unknown.

    `ends`: what says so is good until then. `evidence`: the SHA-256 of each list or answer that says so.
    """

    kind: Literal["good", "revoked", "unknown"]
    why: str = ""
    revoked_at: int = 0
    this_update: int = 0
    produced_at: int = 0
    ends: int = 0
    evidence: tuple[bytes, ...] = ()


def prove(chain: tuple[bytes, ...], anchors: TrustAnchors, at: int, purpose: str) -> Path:
    """The path alone (see paths.build)."""
    return asyncio.run(paths.build(chain, anchors, at, demands.BY_NAME[purpose]))


def show(der: bytes, issuer: bytes) -> None:
    """Read a list and remember it. Raises EvidenceRefused, ListBeyondUs."""
    key = hashlib.sha256(der).digest(), issuer
    if key not in _read:
        _read[key] = lists.read(der, x509.load_der_x509_certificate(issuer))
        if len(_read) > MOST_LISTS:
            _read.popitem(last=False)


def by_list(sha256: bytes, certificate: bytes, issuer: bytes, at: int, oldest: int) -> Standing:
    """What a list that was shown says. Raises ListUnread, EvidenceRefused."""
    told = _read.get((sha256, issuer))
    if told is None:
        raise ListUnread
    _read.move_to_end((sha256, issuer))
    asked = x509.load_der_x509_certificate(certificate)
    lists.must_speak_of(told, asked, at, oldest)
    ends = min(told.next_update, told.this_update + oldest)
    revoked = told.revoked.get(asked.serial_number)
    return _standing(revoked, told.this_update, told.this_update, ends, told.sha256)


def by_shown_list(der: bytes, certificate: bytes, issuer: bytes, at: int, oldest: int) -> Standing:
    """The same of a list that comes along. Raises EvidenceRefused, ListBeyondUs."""
    show(der, issuer)
    return by_list(hashlib.sha256(der).digest(), certificate, issuer, at, oldest)


def by_answer(der: bytes, certificate: bytes, issuer: bytes, nonce: bytes, at: int, oldest: int) -> Standing:
    """What an answer says. Raises EvidenceRefused."""
    asked, above = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
    told = ocsp.read(der, asked, above, nonce, at, oldest)
    # An answer to our own question without a next one is true now, and is asked for again when that runs out.
    return _standing(told.revoked, told.this_update, told.produced_at, max(told.next_update, at), told.sha256)


def by_all(
    chain: tuple[bytes, ...],
    anchors: TrustAnchors,
    at: int,
    purpose: str,
    oldest: int,
    leaf: tuple[bytes, ...],
    above: Evidence,
) -> Standing:
    """What the path library makes of all that was fetched for a path: it knows lists of every form.

    `leaf`: the lists that the leaf's certificate names, of which those older than `oldest` ms are left out.
    """
    recent = tuple(each for each in leaf if _this_update(each) + oldest >= at)
    evidence = Evidence((*recent, *above.lists), above.answers)
    told = min(map(_this_update, recent), default=0)
    digests = tuple(hashlib.sha256(each).digest() for each in (*evidence.lists, *evidence.answers))
    try:
        asyncio.run(paths.validate(chain, anchors, at, demands.BY_NAME[purpose], evidence))
    except ChainRevoked as refused:
        since = datetime.strptime(str(refused.facts["when"]), "%Y-%m-%d %H:%M:%SZ").replace(tzinfo=UTC)
        when = int(since.timestamp()) * 1000
        return Standing("revoked", str(refused.facts["reason"]), when, told, told, at, digests)
    except Refused as refused:
        return Standing("unknown", refused.text_en)
    return Standing("good", this_update=told, produced_at=told, ends=at, evidence=digests)


def _this_update(der: bytes) -> int:
    try:
        return int(x509.load_der_x509_crl(der).last_update_utc.timestamp()) * 1000
    except NOT_WELL_FORMED:
        return 0


def asked_of(certificate: bytes, issuer: bytes, nonce: bytes) -> tuple[list[str], bytes, list[str]]:
    """Where answers and lists about a certificate are to be had, and the question for the first.

    Raises EvidenceRefused for what cannot be asked about.
    """
    try:
        asked, above = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
        return ocsp.responders_of(asked), ocsp.question(asked, above, nonce), lists.places_of(asked)
    except NOT_WELL_FORMED as error:
        raise EvidenceRefused("certificate: its addresses are not well formed") from error


def _standing(
    revoked: tuple[int, str] | None, this_update: int, produced_at: int, ends: int, sha256: bytes
) -> Standing:
    when, why = revoked or (0, "")
    return Standing(
        "good" if revoked is None else "revoked", why, when, this_update, produced_at, ends, (sha256,)
    )
