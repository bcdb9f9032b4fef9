"""certificate.signed.json, minutes.signed.json: a statement signed by secretary and chair, under both the body's seal.

A JWS in the general serialisation (RFC 7515 section 7.2.1), each signature JAdES (ETSI TS 119 182-1, baseline): whose
certificate it is stands in the protected header (`x5c`, `x5t#S256`), when in `iat`; a time-stamp and what it takes to
validate it later in `etsiU`. `countersigning` makes the signatures, `signed_file` the file; here all is checked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import msgspec

from services.refusal import Refused
from services.rules import certified, countersigning, jws, long_term, seal, signed_file, time_stamp
from services.rules.countersigning import MINUTES_TYPES, PLACES, ROLES, TYPES, Place, SealingHeader, Types
from services.rules.credential import Anchors
from services.rules.long_term import LongTerm
from services.rules.proof_errors import CertificateMalformed, CountersignatureWrong
from services.rules.seal import SealHeader, Signable
from services.wire import UNREADABLE, PollDeclared, SignatureLevel, SignedPart, Statement

# The clocks of who signs and who stamps are not the same one.
SKEW_MS = 300_000


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed as what, when by their own word (milliseconds), what stands behind it; `member` of the seal: ""."""

    place: Place
    member: str
    at: int
    chain: tuple[bytes, ...]
    behind: LongTerm | None


@dataclass(frozen=True, slots=True)
class Countersigned(Generic[Signable]):
    """What a certificate.signed.json or minutes.signed.json says once its signatures are good; the statement is for
    `proof` or `minutes` to check. `certificate`: the SHA-256 of the sealed file."""

    statement: Signable
    raw: bytes
    certificate: str
    signers: tuple[Signer, ...]

    @property
    def level(self) -> SignatureLevel:
        """What stands behind all of the signatures."""
        if not all(signer.behind for signer in self.signers):
            return "B-B"
        return "B-LTA" if self.archives else "B-LT"

    @property
    def archives(self) -> tuple[time_stamp.TimeStamp, ...]:
        """The archive time-stamps over all of the file, in their order."""
        behind = self.signers[-1].behind
        return behind.archives if behind else ()


_headers: dict[bool, msgspec.json.Decoder[SealHeader]] = {
    False: msgspec.json.Decoder(SealHeader),
    True: msgspec.json.Decoder(SealingHeader),
}
_encoder = msgspec.json.Encoder()


def declared_by(statement: Statement) -> str:
    """The member whose act declared the result; of a statement that was proven before. Raises CertificateMalformed."""
    for line in reversed(statement.evidence.ledger.lines):
        if '"kind":"poll.declared"' not in line:
            continue
        declared = msgspec.json.decode(line, type=PollDeclared)
        # Lines of other polls may stand there, by whomever.
        if declared.poll == statement.poll:
            holders = {one.thumbprint: one.member for one in statement.evidence.credentials}
            return holders[jws.signer_of(declared.jws)]
    raise CertificateMalformed(what="no declaration")


def paper_of(file: bytes) -> "Paper[Any]":
    """Which kind of paper a file says that it is, by its first signature; nothing is verified here. Raises
    CertificateMalformed, CountersignatureWrong."""
    parts, _, _ = signed_file.take_apart(file)
    typ = countersigning.header_of(parts[0].protected).typ
    for paper in PAPERS:
        if paper.types["secretary"] == typ:
            return paper
    raise CountersignatureWrong(role="secretary", what="typ")


def open_file(file: bytes, anchors: Anchors, authorities: Sequence[bytes] | None) -> Countersigned[Statement]:
    """What persons and the seal signed of a certificate (see `open_paper`)."""
    return open_paper(CERTIFICATE, file, anchors, authorities)


def open_paper(
    paper: "Paper[Signable]", file: bytes, anchors: Anchors, authorities: Sequence[bytes] | None
) -> Countersigned[Signable]:
    """What persons and the seal signed, each up to a trust anchor. `authorities`: anchors (DER) for time; None: whose
    time-stamps they are is not asked, and what they say of time is the word of whoever made the file.

    Raises CertificateMalformed, CountersignatureWrong, SealWrong, TimeStampWrong, ValidationWrong.
    """
    # 1. The file: one way to write it, three signatures in their order.
    parts, raw, encoded = signed_file.take_apart(file)
    statement = paper.kind.read(raw)
    # 2. Each signature: header, chain up to an anchor, signature; then what stands behind it.
    signers = [
        _read(paper.types, place, each, encoded, anchors, authorities)
        for place, each in zip(PLACES, parts, strict=True)
    ]
    # 3. Two persons of the body, one after the other, then the seal over both as they stand.
    _must_be_two_of(statement, signers)
    _must_follow(statement, signers)
    header = _sealing_header(parts[-1])
    if header.signatures != countersigning.digests(parts[:-1]):
        raise CountersignatureWrong(role="seal", what="not over these signatures")
    return Countersigned(statement, raw, header.certificate, tuple(signers))


def _read(
    types: Types,
    place: Place,
    found: SignedPart,
    payload: bytes,
    anchors: Anchors,
    authorities: Sequence[bytes] | None,
) -> Signer:
    """One signer. What is wrong with a chain, a header or a signature is said with the signer's place."""
    try:
        header = _header(types, place, found)
        chain = seal.chain_in(header)
        leaf = anchors.verify(chain, header.iat * 1000, "seal" if place == "seal" else "person")
        if header.alg != countersigning.algorithm_of(chain[0]):
            raise jws.AlgorithmWrong
        signature = signed_file.decode(found.signature, "signature")
        signed = found.protected.encode() + b"." + payload
        jws.verify_bytes(header.alg, certified.key_of(leaf), signature, signed)
        member = "" if place == "seal" else certified.member_of(leaf)[1]
    except (CountersignatureWrong, CertificateMalformed):
        raise
    except Refused as error:
        raise CountersignatureWrong(role=place, what=str(error.facts.get("what", error.code))) from error
    behind = None
    if found.header is not None:
        before = signed_file.before(payload, found) if place == "seal" else None
        behind = long_term.read(
            place, found.header, countersigning.stamped_bytes(signature), authorities, before
        )
        long_term.must_validate(place, behind, anchors.path(chain))
        if behind.stamp.at + SKEW_MS < header.iat * 1000:
            raise CountersignatureWrong(role=place, what="stamped before it was signed")
    return Signer(place, member, header.iat * 1000, chain, behind)


def _header(types: Types, place: Place, found: SignedPart) -> SealHeader:
    raw = signed_file.decode(found.protected, "protected")
    try:
        header = _headers[place == "seal"].decode(raw)
    except UNREADABLE as error:
        raise CountersignatureWrong(role=place, what="protected header") from error
    if _encoder.encode(header) != raw or header.cty != seal.CTY or header.iat < 0:
        raise CountersignatureWrong(role=place, what="protected header")
    if header.typ != types[place]:
        raise CountersignatureWrong(role=place, what="typ")
    return header


def _sealing_header(found: SignedPart) -> SealingHeader:
    return msgspec.json.decode(jws.b64_decode(found.protected.encode()), type=SealingHeader)


def _must_be_two_of(statement: Signable, signers: Sequence[Signer]) -> None:
    persons = signers[: len(ROLES)]
    for signer in persons:
        body, _ = certified.member_of(certified.load_one(signer.chain[0]))
        if body != statement.body.id:
            raise CountersignatureWrong(role=signer.place, what="of another body")
    if len({signer.member for signer in persons}) != len(persons):
        raise CountersignatureWrong(role="chair", what="the same person twice")


def _must_follow(statement: Signable, signers: Sequence[Signer]) -> None:
    moments = [statement.issued_at // 1000 * 1000, *(signer.at for signer in signers)]
    for signer, before in zip(signers, moments, strict=False):
        if signer.at < before:
            raise CountersignatureWrong(role=signer.place, what="signed before what it follows")


@dataclass(frozen=True, slots=True)
class Paper(Generic[Signable]):
    """A kind of paper that persons sign: the name of its sealed file, how that is read, the `typ` of each signature (so
    that none on one kind can pass for one on another), and who is to sign as chair: the member, or "" for any chair."""

    file: str
    kind: seal.Kind[Signable]
    types: Types
    presiding: Callable[[Signable], str]


CERTIFICATE = Paper("certificate.json", seal.CERTIFICATE, TYPES, declared_by)
MINUTES = Paper("minutes.json", seal.MINUTES, MINUTES_TYPES, lambda statement: statement.presiding)
PAPERS: tuple[Paper[Any], ...] = (CERTIFICATE, MINUTES)
