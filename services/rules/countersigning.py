"""One signature after the other to a countersigned file: what is signed, how it stands there (see `countersigned`).

A JWS signature covers nothing of its neighbours: so each header says by its `typ` as what somebody signed and of which
kind of paper, and the seal's names the digests of the two signatures before it, whole, and of the sealed file.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import msgspec

from services.rules import certified, jws, long_term, seal
from services.rules.long_term import LongTerm
from services.rules.proof_errors import CountersignatureWrong
from services.rules.seal import SealHeader
from services.wire import UNREADABLE, SignedPart, SigningRole

Place = Literal["secretary", "chair", "seal"]

ROLES: tuple[SigningRole, ...] = get_args(SigningRole)
PLACES: tuple[Place, ...] = (*ROLES, "seal")
Types = Mapping[Place, str]
TYPES: Types = {
    "secretary": "plenary-certificate-secretary+jws",
    "chair": "plenary-certificate-chair+jws",
    "seal": "plenary-certificate-signed+jws",
}
MINUTES_TYPES: Types = {
    "secretary": "plenary-minutes-secretary+jws",
    "chair": "plenary-minutes-chair+jws",
    "seal": "plenary-minutes-signed+jws",
}


class SealingHeader(SealHeader, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The protected header of the seal: besides, the SHA-256 of the sealed file (certificate.json, minutes.json),
    and of each SignedPart before it."""

    certificate: str
    signatures: tuple[str, ...]


_headers = msgspec.json.Decoder(SealHeader)
_encoder = msgspec.json.Encoder()


def prepare(role: SigningRole, chain: Sequence[bytes], now_s: int, types: Types = TYPES) -> str:
    """The protected header (base64url) of a person's signature to come; `chain` is DER, theirs first, no anchor.

    Raises AlgorithmWrong for a key that cannot sign a page too.
    """
    header = SealHeader(
        alg=algorithm_of(chain[0]),
        typ=types[role],
        cty=seal.CTY,
        x5t_S256=certified.thumbprint(chain[0]),
        x5c=tuple(map(jws.standard_b64, chain)),
        iat=now_s,
    )
    return jws.b64_encode(_encoder.encode(header)).decode()


def algorithm_of(der: bytes) -> str:
    """The one algorithm by which a certificate's key signs page and statement. Raises AlgorithmWrong."""
    alg = jws.algorithm_of(certified.public_key_of(der))[0]
    if alg not in ("ES256", "RS256"):
        raise jws.AlgorithmWrong
    return alg


def signing_input(protected: str, statement: bytes) -> bytes:
    """What is signed (RFC 7515 section 5.1)."""
    return protected.encode() + b"." + jws.b64_encode(statement)


def must_be_signed(protected: str, statement: bytes, signature: bytes, der: bytes) -> None:
    """Raise SignatureWrong unless the certificate's key signed this statement under this header."""
    key = certified.public_key_of(der)
    jws.verify_bytes(algorithm_of(der), key, signature, signing_input(protected, statement))


def must_sign_page(attributes: bytes, signature: bytes, der: bytes) -> None:
    """Raise SignatureWrong unless the certificate's key signed these attributes, `signature` being as CMS has it."""
    alg, key = algorithm_of(der), certified.public_key_of(der)
    if alg == "ES256":
        signature = jws.raw_of_der(signature)
    jws.verify_bytes(alg, key, signature, attributes)


def signed_at_s(found: SignedPart) -> int:
    """When a person says they signed (seconds), of a signature that was verified before."""
    return header_of(found.protected).iat


def header_of(protected: str) -> SealHeader:
    """A person's protected header; nothing is verified here. Raises CountersignatureWrong, NotWellFormed."""
    try:
        return _headers.decode(jws.b64_decode(protected.encode()))
    except UNREADABLE as error:
        raise CountersignatureWrong(role="person", what="protected header") from error


def chain_of(protected: str) -> tuple[bytes, ...]:
    """The chain (DER) in a person's protected header, of a signature that was prepared here."""
    return seal.chain_in(header_of(protected))


def members(parts: Sequence[SignedPart]) -> tuple[str, str]:
    """Who signed as secretary and as chair, of signatures that were verified before."""
    secretary, chair = (
        certified.member_of(certified.load_one(chain_of(each.protected)[0]))[1]
        for each in parts[: len(ROLES)]
    )
    return secretary, chair


def policies(parts: Sequence[SignedPart]) -> set[str]:
    """The policies under which they were stamped, of signatures that were verified before."""
    return {
        long_term.read("", each.header, each.signature.encode(), None).stamp.policy
        for each in parts
        if each.header is not None
    }


def stamped_bytes(signature: bytes) -> bytes:
    """What the time-stamp of a signature is over: its base64url (TS 119 182-1 clause 5.3.4)."""
    return jws.b64_encode(signature)


def part(protected: str, signature: bytes, behind: LongTerm | None) -> SignedPart:
    """One signature as it stands in the file."""
    return SignedPart(
        protected=protected,
        header=long_term.write(behind) if behind else None,
        signature=jws.b64_encode(signature).decode(),
    )


def seal_over(
    parts: Sequence[SignedPart],
    statement: bytes,
    certificate: str,
    chain: tuple[bytes, ...],
    key: jws.PrivateKey,
    now_s: int,
    types: Types = TYPES,
) -> tuple[str, bytes]:
    """The seal's protected header and signature, over the statement and the two signatures as they stand."""
    (alg, *_) = jws.algorithm_of(key.public_key())
    header = SealingHeader(
        alg=alg,
        typ=types["seal"],
        cty=seal.CTY,
        x5t_S256=certified.thumbprint(chain[0]),
        x5c=tuple(map(jws.standard_b64, chain)),
        iat=now_s,
        certificate=certificate,
        signatures=digests(parts),
    )
    protected = jws.b64_encode(_encoder.encode(header)).decode()
    return protected, jws.sign_bytes(alg, key, signing_input(protected, statement))


def digests(parts: Sequence[SignedPart]) -> tuple[str, ...]:
    """The SHA-256 of each signature as it stands in the file."""
    return tuple(jws.digest(_encoder.encode(each)) for each in parts)
