"""certificate.json, turns.json, minutes.json: a flattened JWS by the body's seal over a statement, in its one spelling.

RFC 7515 section 7.2.2; ETSI TS 119 182-1 (JAdES B-B: `iat`, `x5t#S256`, here with the chain in `x5c`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from services.refusal import Refused
from services.rules import certified, jws
from services.rules.credential import Anchors
from services.rules.proof_errors import CertificateMalformed, SealWrong
from services.wire import UNREADABLE, CertificateFile, FloorStatement, MinutesStatement, Statement

S = TypeVar("S", Statement, FloorStatement, MinutesStatement)
# Of these, what persons sign.
Signable = TypeVar("Signable", Statement, MinutesStatement)

TYP = "plenary-certificate+jws"
MINUTES_TYP = "plenary-minutes+jws"
CTY = "application/json"
# A statement of 100,000 ballots, each with a certificate of its own, is about 300 MB in base64.
LARGEST = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Kind(Generic[S]):
    """What may be sealed: the `typ` of its header, and how its exact bytes are read (raising a refusal)."""

    typ: str
    read: Callable[[bytes], S]


class SealHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The protected header, exactly. `x5c`: the seal's chain (base64 DER), without the trust anchor."""

    alg: str
    typ: str
    cty: str
    x5t_S256: str = msgspec.field(name="x5t#S256")
    x5c: tuple[str, ...]
    iat: int


_headers = msgspec.json.Decoder(SealHeader)
_encoder = msgspec.json.Encoder()
_FRAME = [
    *(b"{", b"payload", b":"),
    *(b",", b"protected", b":"),
    *(b",", b"signature", b":"),
    b"}",
]


def sign(
    statement: bytes, chain: tuple[bytes, ...], key: jws.PrivateKey, now_s: int, typ: str = TYP
) -> bytes:
    """The sealed file over these statement bytes; `chain` is DER, the seal first, without the anchor."""
    (alg, *_) = jws.algorithm_of(key.public_key())
    header = SealHeader(
        alg=alg,
        typ=typ,
        cty=CTY,
        x5t_S256=certified.thumbprint(chain[0]),
        x5c=tuple(map(jws.standard_b64, chain)),
        iat=now_s,
    )
    protected, payload = jws.b64_encode(_encoder.encode(header)), jws.b64_encode(statement)
    signature = jws.b64_encode(jws.sign_bytes(alg, key, protected + b"." + payload))
    return _encoder.encode(
        CertificateFile(payload=payload.decode(), protected=protected.decode(), signature=signature.decode())
    )


def open_file(file: bytes, anchors: Anchors, kind: Kind[S]) -> tuple[S, bytes, tuple[bytes, ...]]:
    """The statement that a trusted seal signed, its exact bytes, and the seal's chain (DER).

    Raises CertificateMalformed, SealWrong. What the statement claims is for `proof` to check.
    """
    # 1. The file: one way to write it.
    payload, protected, signed = _take_apart(file)
    raw_header, raw_statement = _decode(protected, "protected"), _decode(payload, "payload")
    header = _read_header(raw_header)
    if header.typ != kind.typ:
        raise SealWrong(what="typ")
    # 2. The seal's certificate, up to a trust anchor, valid when it says it signed.
    chain = chain_in(header)
    leaf = _trusted(chain, anchors, header.iat * 1000)
    # 3. The signature over the bytes as they are.
    try:
        if header.alg not in jws.algorithm_of(leaf):
            raise SealWrong(what="alg")
        signature = _decode(signed, "signature")
        jws.verify_bytes(header.alg, leaf, signature, protected + b"." + payload)
    except (jws.AlgorithmWrong, jws.SignatureWrong) as error:
        raise SealWrong(what=error.code) from error
    # 4. Only now what they say.
    statement = kind.read(raw_statement)
    if statement.issued_at // 1000 != header.iat:
        raise SealWrong(what="iat")
    return statement, raw_statement, chain


def typ_of(file: bytes) -> str:
    """What kind of file its protected header says it is; nothing is verified here. Raises as `open_file`."""
    _, protected, _ = _take_apart(file)
    return _read_header(_decode(protected, "protected")).typ


def signed_at_s(file: bytes) -> int:
    """When the seal says it signed certificate.json (seconds); nothing is verified here. Raises as `open_file`."""
    _, protected, _ = _take_apart(file)
    return _read_header(_decode(protected, "protected")).iat


def chain_of(file: bytes) -> tuple[bytes, ...]:
    """The seal's chain (DER) in certificate.json. Raises as `open_file`."""
    _, protected, _ = _take_apart(file)
    return chain_in(_read_header(_decode(protected, "protected")))


def _take_apart(file: bytes) -> tuple[bytes, bytes, bytes]:
    """Payload, protected header and signature as they stand, in base64url; that they are is for `_decode` to find."""
    if len(file) > LARGEST:
        raise CertificateMalformed(what="too large")
    # A CertificateFile of three texts without quotes is written in this way and no other; a hundred megabytes need
    # not be parsed and written again to see it.
    pieces = file.split(b'"', 13)
    texts = pieces[3:12:4]
    if [*pieces[:3], *pieces[4:7], *pieces[8:11], *pieces[12:]] != _FRAME:
        raise CertificateMalformed(what="not written as certificates are")
    return texts[0], texts[1], texts[2]


def _decode(text: bytes, what: str) -> bytes:
    try:
        return jws.b64_decode(text)
    except Refused as error:
        raise CertificateMalformed(what=f"base64url of {what}") from error


def _read_header(raw: bytes) -> SealHeader:
    try:
        header = _headers.decode(raw)
    except UNREADABLE as error:
        raise SealWrong(what="protected header") from error
    if _encoder.encode(header) != raw or header.cty != CTY or header.iat < 0:
        raise SealWrong(what="protected header")
    return header


def chain_in(header: SealHeader) -> tuple[bytes, ...]:
    """The chain (DER) that a header carries, its first certificate the one it names. Raises SealWrong."""
    try:
        chain = tuple(map(certified.der_of, header.x5c))
    except Refused as error:
        raise SealWrong(what="x5c") from error
    if not chain or certified.thumbprint(chain[0]) != header.x5t_S256:
        raise SealWrong(what="x5t#S256")
    return chain


def _trusted(chain: tuple[bytes, ...], anchors: Anchors, at: int) -> jws.PublicKey:
    try:
        return certified.key_of(anchors.verify(chain, at, "seal"))
    except Refused as error:
        raise SealWrong(what=error.code) from error


def _reader(of: type[S]) -> Callable[[bytes], S]:
    """Reads statements of one kind, written as we write them."""
    decoder = msgspec.json.Decoder(of)

    def read(raw: bytes) -> S:
        try:
            statement = decoder.decode(raw)
        except UNREADABLE as error:
            raise CertificateMalformed(what="statement") from error
        if _encoder.encode(statement) != raw:
            raise CertificateMalformed(what="statement not written as statements are")
        return statement

    return read


CERTIFICATE = Kind(TYP, _reader(Statement))
MINUTES = Kind(MINUTES_TYP, _reader(MinutesStatement))
