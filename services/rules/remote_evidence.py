"""What a signing service outside leaves behind, checked again years later with that service gone. No IO.

The signature itself says who signed what. The evidence says beside it how it came to be: which service, in which
transaction, with which code on the screens, and every answer of the service as it came. Those answers bear no
signature of the service: nothing proves that we did not write them ourselves, except that the last one brought the
signature.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from services.refusal import Refused
from services.rules import certified, jws, verification_code
from services.wire import UNREADABLE, RemoteEvidence

LARGEST = 2_097_152


class EvidenceWrong(Refused):
    """The evidence of the signing service does not show what it claims: {what}."""

    code = "remote_evidence_wrong"
    vi = "Bằng chứng của dịch vụ ký số không chứng minh được điều nêu ra: {what}."


_decoder = msgspec.json.Decoder(RemoteEvidence)
_encoder = msgspec.json.Encoder()


class _Alg(msgspec.Struct, frozen=True):
    alg: str


_algs = msgspec.json.Decoder(_Alg)


def write(evidence: RemoteEvidence) -> bytes:
    """The one way to write it down: its bytes may be hashed."""
    return _encoder.encode(evidence)


def write_all(evidences: Sequence[RemoteEvidence]) -> bytes:
    """The same of several signatures that were given at once: a list, and of one itself."""
    return write(evidences[0]) if len(evidences) == 1 else b"[" + b",".join(map(write, evidences)) + b"]"


def algorithm_in(signing_input: bytes) -> str:
    """The algorithm that the header of a JWS signing input names. Raises NotWellFormed."""
    header = jws.b64_decode(signing_input.partition(b".")[0])
    try:
        return _algs.decode(header).alg
    except UNREADABLE as error:
        raise jws.NotWellFormed(what="header") from error


def verify(raw: bytes, signing_input: bytes, certificate: bytes, alg: str = "") -> RemoteEvidence:
    """The evidence in these bytes, if it shows how this certificate's key (DER) came to sign this message; `alg`: by
    which algorithm, of what is no JWS.

    Raises NotWellFormed, EvidenceWrong, AlgorithmWrong, SignatureWrong, ChainMalformed, KeyNotTaken.
    """
    # 1. Size, strict parse, and the one way to write it.
    if len(raw) > LARGEST:
        raise EvidenceWrong(what="too long")
    evidence = jws.parse(raw, _decoder)
    if write(evidence) != raw:
        raise EvidenceWrong(what="not written in its one way")
    # 2. It is of this message, and the code that people compared is this message's.
    if evidence.input_sha256 != jws.digest(signing_input):
        raise EvidenceWrong(what="of another message")
    if evidence.verification_code != verification_code.of(signing_input):
        raise EvidenceWrong(what="another verification code")
    # 3. The key is the one asked for, whoever else certified it, and the signature its own, by the algorithm that the
    #    message names.
    key = certified.public_key_of(certificate)
    if not evidence.chain or certified.public_key_of(_decoded(evidence.chain[0])) != key:
        raise EvidenceWrong(what="another key")
    if evidence.alg != (alg or algorithm_in(signing_input)):
        raise EvidenceWrong(what="another algorithm")
    if evidence.alg not in jws.algorithm_of(key):
        raise jws.AlgorithmWrong
    jws.verify_bytes(evidence.alg, key, jws.b64_decode(evidence.signature.encode()), signing_input)
    # 4. The times are in order, and the signature came with the last answer.
    _must_have_brought_it(evidence)
    return evidence


def _must_have_brought_it(evidence: RemoteEvidence) -> None:
    times = [evidence.started_at, *(answer.at for answer in evidence.answers), evidence.done_at]
    if times != sorted(times):
        raise EvidenceWrong(what="times out of order")
    if not evidence.answers or not evidence.answered:
        raise EvidenceWrong(what="no answer with a signature")
    try:
        body = json.loads(_decoded(evidence.answers[-1].body))
    except (ValueError, RecursionError) as error:
        raise EvidenceWrong(what="the last answer is no JSON") from error
    if evidence.answered not in _texts(body):
        raise EvidenceWrong(what="the last answer brought another signature")


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, however it was escaped there."""
    left = [value]
    while left:
        match left.pop():
            case str() as text:
                yield text
            case list() as items:
                left.extend(items)
            case dict() as members:
                left.extend(members.values())
            case _:
                pass


def _decoded(text: str) -> bytes:
    try:
        return jws.standard_bytes(text)
    except ValueError as error:
        raise EvidenceWrong(what="base64") from error
