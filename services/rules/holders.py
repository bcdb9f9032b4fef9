"""The keys that evidence names, each believed only with a chain up to a trust anchor."""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from cryptography import x509

from services.refusal import Refused
from services.rules import bulk, certified
from services.rules.ballot import Holder
from services.rules.credential import Anchors
from services.rules.credential_errors import ChainMalformed
from services.rules.proof_errors import CredentialWrong
from services.wire import Credential

# Credentials found good before under the same anchors, by body and day; whoever verifies one file has no use for it.
Known = dict[tuple[Credential, str, int], Holder]
_DAY = 86_400_000


def read_holders(
    pool: ThreadPoolExecutor,
    credentials: Sequence[Credential],
    trusted: Anchors,
    *,
    body: str,
    at: int,
    known: Known | None = None,
) -> dict[str, Holder]:
    """Holders by thumbprint. `at`: when the poll was opened, in milliseconds; whether a key was valid when it
    signed is for its use to ask (`ballot.must_be_valid`). Raises CredentialWrong."""
    kept: Known = {} if known is None else known

    def read(one: Credential) -> Holder:
        key = one, body, at // _DAY
        if key not in kept:
            kept[key] = _read(one, trusted, body=body, at=at)
        return kept[key]

    found = bulk.in_chunks(pool, credentials, lambda some: [read(one) for one in some])
    holders = {holder.thumbprint: holder for holder in found}
    if len(holders) != len(found):
        raise CredentialWrong(thumbprint="", member="", what="a certificate twice")
    return holders


def _read(one: Credential, trusted: Anchors, *, body: str, at: int) -> Holder:
    try:
        chain = [_der(text) for text in one.chain]
        starts, ends = _times(chain)
        # A key enrolled while the poll was open is good from then on, so it is asked at its own beginning.
        leaf = trusted.verify(chain, min(max(at, starts), ends), "person")
        named = certified.member_of(leaf)
        key = certified.key_of(leaf)
    except Refused as error:
        raise CredentialWrong(thumbprint=one.thumbprint, member=one.member, what=error.code) from error
    if certified.thumbprint(chain[0]) != one.thumbprint:
        raise CredentialWrong(thumbprint=one.thumbprint, member=one.member, what="thumbprint")
    if named != (body, one.member):
        raise CredentialWrong(thumbprint=one.thumbprint, member=one.member, what="it names another person")
    return Holder(one.thumbprint, one.member, key, starts, ends)


def _times(chain: Sequence[bytes]) -> tuple[int, int]:
    """When a whole chain is valid, in milliseconds; the last second counts in full."""
    if not chain:
        raise ChainMalformed(what="empty")
    starts, ends = _valid(chain[0])
    for issuer in chain[1:]:
        issuer_starts, issuer_ends = _issuer_valid(issuer)
        starts, ends = max(starts, issuer_starts), min(ends, issuer_ends)
    return starts, ends


def _valid(der: bytes) -> tuple[int, int]:
    try:
        certificate = x509.load_der_x509_certificate(der)
        starts, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (ValueError, x509.InvalidVersion) as error:
        raise ChainMalformed(what="X.509") from error
    return int(starts.timestamp()) * 1000, int(ends.timestamp()) * 1000 + 999


_issuer_valid = lru_cache(maxsize=64)(_valid)


def _der(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ChainMalformed(what="base64") from error
