"""A link: our authority says which member it is whose key another authority vouches for. Pure.

Its holder signs what we ask, with that key; the code of an invite says who it is to be.
"""

import hashlib
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.refusal import Refused
from services.rules import jws, outside_evidence
from services.rules.certified import blocks, public_key_of, thumbprint
from services.rules.credential_errors import ChainMalformed
from services.signing.errors import LinkWrong
from services.signing.request import Request
from services.wire import LinkPayload

TYP, CTY, LIMIT = outside_evidence.TYP, outside_evidence.CTY, outside_evidence.LIMIT
# So long what was asked for may be brought; what a service signs is waited for no longer than is left to bring it.
ASKED_MS = 600_000
LONGEST_WAIT_MS = ASKED_MS - 60_000

_payloads = msgspec.json.Decoder(LinkPayload)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which certificate is to be linked, by whose invite, or by the word of a member and `beside` which credential of
    theirs. The chain is DER, leaf first."""

    chain: tuple[bytes, ...]
    invite: bytes
    body: str
    member: str
    audience: str
    beside: str = ""


def read_chain(pems: tuple[str, ...]) -> tuple[bytes, ...]:
    """The certificates, one in each text. Raises ChainMalformed, KeyNotTaken."""
    found: list[bytes] = []
    for pem in pems:
        # What people paste ends its lines in every way.
        ders = blocks((pem.replace("\r\n", "\n").strip() + "\n").encode())
        if len(ders) != 1:
            raise ChainMalformed(what="one certificate in each text")
        found += ders
    public_key_of(found[0])
    return tuple(found)


def payload(wanted: Wanted, asked_at: int) -> LinkPayload:
    """What the key is to sign."""
    return LinkPayload(
        audience=wanted.audience,
        body=wanted.body,
        member=wanted.member,
        certificate=thumbprint(wanted.chain[0]),
        invite=jws.b64_encode(wanted.invite).decode(),
        beside=wanted.beside,
        asked_at=asked_at,
    )


def must_be_proven(proof: str, wanted: Wanted, now: int) -> None:
    """Raise unless the key signed just what we asked, in time. Raises LinkWrong."""
    try:
        parts = jws.split(proof.encode(), TYP, CTY, LIMIT)
        jws.verify(parts, public_key_of(wanted.chain[0]))
        signed = jws.parse(parts.payload, _payloads)
    except Refused as refused:
        raise LinkWrong(what=refused.code) from refused
    if parts.header.x5t_S256 != signed.certificate or signed != payload(wanted, signed.asked_at):
        raise LinkWrong(what="another certificate, member, invite or house")
    if not now - ASKED_MS <= signed.asked_at <= now:
        raise LinkWrong(what="asked for too long ago")


def request_of(wanted: Wanted) -> Request:
    """The link as a request: its certificate tells one from another."""
    key = public_key_of(wanted.chain[0])
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Request(key, hashlib.sha256(wanted.chain[0]).digest(), hashlib.sha256(spki).digest(), linked=True)
