"""certificate.signed.json, minutes.signed.json: a statement signed by secretary and chair, under both the body's seal.

A JWS in the general serialisation (RFC 7515 section 7.2.1), each signature JAdES (ETSI TS 119 182-1, baseline): whose
certificate it is stands in the protected header (`x5c`, `x5t#S256`), when in `iat`; a time-stamp and what it takes to
validate it later in `etsiU`. A JWS signature covers nothing of its neighbours: so each header says by its `typ` as
what somebody signed and of which kind of paper, and the seal's names the digests of the two signatures before it,
whole, and of the sealed file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, get_args

import msgspec

from services.refusal import Refused
from services.rules import certified, jws, long_term, seal, time_stamp
from services.rules.credential import Anchors
from services.rules.long_term import LongTerm
from services.rules.proof_errors import CertificateMalformed, CountersignatureWrong
from services.rules.seal import SealHeader, Signable
from services.wire import PollDeclared, SignatureLevel, SignedFile, SignedPart, SigningRole, Statement

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
# The clocks of who signs and who stamps are not the same one.
SKEW_MS = 300_000


class SealingHeader(SealHeader, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The protected header of the seal: besides, the SHA-256 of the sealed file (certificate.json, minutes.json),
    and of each SignedPart before it."""

    certificate: str
    signatures: tuple[str, ...]


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


_files = msgspec.json.Decoder(SignedFile)
_headers: dict[bool, msgspec.json.Decoder[SealHeader]] = {
    False: msgspec.json.Decoder(SealHeader),
    True: msgspec.json.Decoder(SealingHeader),
}
_encoder = msgspec.json.Encoder()


# --- Written -----------------------------------------------------------------------------------------------------


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


def declared_by(statement: Statement) -> str:
    """The member whose act declared the result; of a statement that was proven before. Raises CertificateMalformed."""
    for line in reversed(statement.evidence.ledger.lines):
        if '"kind":"poll.declared"' in line:
            signer = jws.signer_of(msgspec.json.decode(line, type=PollDeclared).jws)
            holders = {one.thumbprint: one.member for one in statement.evidence.credentials}
            return holders[signer]
    raise CertificateMalformed(what="no declaration")


def signed_at_s(found: SignedPart) -> int:
    """When a person says they signed (seconds), of a signature that was verified before."""
    return header_of(found.protected).iat


def header_of(protected: str) -> SealHeader:
    """A person's protected header; nothing is verified here. Raises CountersignatureWrong, NotWellFormed."""
    try:
        return _headers[False].decode(jws.b64_decode(protected.encode()))
    except (msgspec.DecodeError, UnicodeError) as error:
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
        signatures=_digests(parts),
    )
    protected = jws.b64_encode(_encoder.encode(header)).decode()
    return protected, jws.sign_bytes(alg, key, signing_input(protected, statement))


def write(statement: bytes, parts: Sequence[SignedPart]) -> bytes:
    """The file."""
    return _encoder.encode(SignedFile(payload=jws.b64_encode(statement).decode(), signatures=tuple(parts)))


def archive(file: bytes, stamp: Callable[[bytes], bytes], support: long_term.Support) -> bytes:
    """The file under one more archive time-stamp, behind the seal's signature, which covers the others as they stand.
    `support`: see long_term.archived. Raises CertificateMalformed; CountersignatureWrong: nothing is there."""
    parts, _, payload = _take_apart(file)
    last = parts[-1]
    if last.header is None:
        raise CountersignatureWrong(role="seal", what="no time-stamp")
    header = long_term.archived(last.header, _before(payload, last), stamp, support)
    sealed = msgspec.structs.replace(last, header=header)
    return _encoder.encode(SignedFile(payload=payload.decode(), signatures=(*parts[:-1], sealed)))


def last_stamp(file: bytes) -> time_stamp.TimeStamp:
    """The last time-stamp behind the seal of a file that was verified before."""
    behind = _behind_seal(file)
    return (behind.stamp, *behind.archives)[-1]


def archive_ends_at(file: bytes) -> int | None:
    """When the authority of the last archive time-stamp ends (milliseconds); None without one. Of a file that was
    verified before. Raises as `last_stamp`."""
    archives = _behind_seal(file).archives
    return archives[-1].ends_at if archives else None


def _behind_seal(file: bytes) -> LongTerm:
    parts, _, payload = _take_apart(file)
    last = parts[-1]
    if last.header is None:
        raise CountersignatureWrong(role="seal", what="no time-stamp")
    return long_term.read("seal", last.header, last.signature.encode(), None, _before(payload, last))


def _before(payload: bytes, part: SignedPart) -> bytes:
    """What an archive time-stamp is over, but for what is put beside the signature."""
    return b".".join((payload, part.protected.encode(), part.signature.encode(), b""))


def _digests(parts: Sequence[SignedPart]) -> tuple[str, ...]:
    return tuple(jws.digest(_encoder.encode(each)) for each in parts)


# --- Read --------------------------------------------------------------------------------------------------------


def is_signed_file(file: bytes) -> bool:
    """Whether it looks like one, from its end; nothing is verified here."""
    return file.startswith(b'{"payload":"') and file.endswith(b"}]}")


def paper_of(file: bytes) -> "Paper[Any]":
    """Which kind of paper a file says that it is, by its first signature; nothing is verified here. Raises
    CertificateMalformed, CountersignatureWrong."""
    parts, _, _ = _take_apart(file)
    typ = header_of(parts[0].protected).typ
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
    parts, raw, encoded = _take_apart(file)
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
    if header.signatures != _digests(parts[:-1]):
        raise CountersignatureWrong(role="seal", what="not over these signatures")
    return Countersigned(statement, raw, header.certificate, tuple(signers))


def _take_apart(file: bytes) -> tuple[tuple[SignedPart, ...], bytes, bytes]:
    """The parts, the statement's bytes, and these in base64url."""
    if len(file) > seal.LARGEST:
        raise CertificateMalformed(what="too large")
    try:
        found = _files.decode(file)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CertificateMalformed(what="not written as certificates are") from error
    if _encoder.encode(found) != file:
        raise CertificateMalformed(what="not written as certificates are")
    if len(found.signatures) != len(PLACES):
        raise CertificateMalformed(what="three signatures expected")
    encoded = found.payload.encode()
    return found.signatures, _decode(found.payload, "payload"), encoded


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
        if header.alg != algorithm_of(chain[0]):
            raise jws.AlgorithmWrong
        signature = _decode(found.signature, "signature")
        signed = found.protected.encode() + b"." + payload
        jws.verify_bytes(header.alg, certified.key_of(leaf), signature, signed)
        member = "" if place == "seal" else certified.member_of(leaf)[1]
    except (CountersignatureWrong, CertificateMalformed):
        raise
    except Refused as error:
        raise CountersignatureWrong(role=place, what=str(error.facts.get("what", error.code))) from error
    behind = None
    if found.header is not None:
        before = _before(payload, found) if place == "seal" else None
        behind = long_term.read(place, found.header, stamped_bytes(signature), authorities, before)
        long_term.must_validate(place, behind, anchors.path(chain))
        if behind.stamp.at + SKEW_MS < header.iat * 1000:
            raise CountersignatureWrong(role=place, what="stamped before it was signed")
    return Signer(place, member, header.iat * 1000, chain, behind)


def _header(types: Types, place: Place, found: SignedPart) -> SealHeader:
    raw = _decode(found.protected, "protected")
    try:
        header = _headers[place == "seal"].decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
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


def _decode(text: str, what: str) -> bytes:
    try:
        return jws.b64_decode(text.encode())
    except Refused as error:
        raise CertificateMalformed(what=f"base64url of {what}") from error


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
