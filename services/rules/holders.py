"""The keys that evidence names, each believed only with a chain up to a trust anchor."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from services.refusal import Refused
from services.rules import certified, jws
from services.rules.ballot import Holder
from services.rules.bulk import Hands
from services.rules.credential import Anchors
from services.rules.credential_errors import ChainMalformed
from services.rules.proof_errors import CredentialWrong
from services.wire import Credential

_encoder = msgspec.json.Encoder()


def carried(member: str, thumbprint: str, chain: Sequence[bytes]) -> Credential:
    """A credential as evidence carries it; `chain`: DER, the leaf first."""
    return Credential(member=member, thumbprint=thumbprint, chain=tuple(map(jws.standard_b64, chain)))


@dataclass(frozen=True, slots=True)
class Found:
    """A holder whose chain was verified, and from when to when all above the leaf is valid, in milliseconds."""

    holder: Holder
    starts: int
    ends: int


# Credentials found good before under the same anchors, by the SHA-256 of the credential, and by body; whoever verifies
# one file has no use for it.
Known = dict[tuple[bytes, str], Found]


class _Checked(msgspec.Struct, frozen=True, gc=False):
    """What is Found, the key as SubjectPublicKeyInfo (DER): it can be carried from where the chain was verified."""

    thumbprint: str
    member: str
    key: bytes
    not_before: int
    not_after: int
    starts: int
    ends: int
    linked: bool


def read_holders(
    hands: Hands,
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
    names = [sha256(_encoder.encode(one)).digest() for one in credentials]
    new = [
        (name, one)
        for name, one in zip(names, credentials, strict=True)
        if not _is_good(kept.get((name, body)), at)
    ]
    checked = hands.think(new, lambda some: [_check(one, trusted, body, at) for _, one in some], _Checked)
    for (name, _), found in zip(new, checked, strict=True):
        kept[name, body] = _found(found)
    holders = {one.thumbprint: kept[name, body].holder for name, one in zip(names, credentials, strict=True)}
    if len(holders) != len(credentials):
        raise CredentialWrong(thumbprint="", member="", what="a certificate twice")
    return holders


def _is_good(found: Found | None, at: int) -> bool:
    """Whether a chain that was found good at some moment is good at this one."""
    if found is None:
        return False
    moment = _moment(at, found.holder.not_before, found.holder.not_after)
    return found.starts <= moment <= found.ends


def _moment(at: int, starts: int, ends: int) -> int:
    """A key enrolled while the poll was open is good from then on, so it is asked at its own beginning."""
    return min(max(at, starts), ends)


def _found(checked: _Checked) -> Found:
    key = certified.taken(load_der_public_key(checked.key))
    holder = Holder(
        checked.thumbprint, checked.member, key, checked.not_before, checked.not_after, checked.linked
    )
    return Found(holder, checked.starts, checked.ends)


def _check(one: Credential, trusted: Anchors, body: str, at: int) -> _Checked:
    try:
        chain = [certified.der_of(text) for text in one.chain]
        starts, ends = _times(chain)
        leaf = trusted.verify(chain, _moment(at, starts, ends), "person")
        above = trusted.span(chain)
        named = certified.member_of(leaf)
        key = certified.key_of(leaf).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except Refused as error:
        raise CredentialWrong(thumbprint=one.thumbprint, member=one.member, what=error.code) from error
    if certified.thumbprint(chain[0]) != one.thumbprint:
        raise CredentialWrong(thumbprint=one.thumbprint, member=one.member, what="thumbprint")
    if named != (body, one.member):
        raise CredentialWrong(thumbprint=one.thumbprint, member=one.member, what="it names another person")
    return _Checked(one.thumbprint, one.member, key, starts, ends, *above, certified.is_link(leaf))


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
