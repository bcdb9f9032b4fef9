"""A time-stamp token as it lies in a PDF: of all in the file only the last is not covered by anything after it.

So beside what `services/rules/time_stamp` checks, each must be DER, with nothing in it that its own signature does not
cover but the certificates, and of these none that leads nowhere.
"""

from typing import Any

from asn1crypto import cms, parser, tsp

from services.rules import time_stamp
from services.rules.proof_errors import TimeStampWrong
from services.rules.time_stamp import TimeStamp


def read(token: bytes, over: bytes) -> TimeStamp:
    """The time-stamp over these bytes, plain; its authority is not believed yet. Raises TimeStampWrong."""
    stamp = time_stamp.read(token, over)
    signed = cms.ContentInfo.load(token)["content"]
    try:
        _must_be_plain(signed, signed["signer_infos"][0])
        written = _der(token)
    except ValueError as error:
        raise TimeStampWrong(what="not in DER") from error
    if written != token:
        raise TimeStampWrong(what="not in DER")
    if len(signed["certificates"]) != len(stamp.chain):
        raise TimeStampWrong(what="a certificate of no use")
    return stamp


def nonce_in(token: bytes) -> int | None:
    """Which request it answers, of a token that was read before."""
    stated = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    nonce: int | None = tsp.TSTInfo.load(stated.dump())["nonce"].native
    return nonce


def _must_be_plain(signed: Any, signer: Any) -> None:
    if len(signer["unsigned_attrs"]) or len(signed["crls"]):
        raise TimeStampWrong(what="something in it is not signed")
    if signed["version"].native != "v3" or signer["version"].native != "v1":
        raise TimeStampWrong(what="version")
    (algorithm,) = signed["digest_algorithms"]
    if algorithm.dump() != signer["digest_algorithm"].dump() or algorithm["parameters"].native is not None:
        raise TimeStampWrong(what="digest algorithms")
    _must_be_named(signer["signature_algorithm"], str(algorithm["algorithm"].native))


def _must_be_named(algorithm: Any, digest: str) -> None:
    """The algorithm, which no signature covers, is that of the signature: `rsaEncryption` names no digest."""
    name = str(algorithm["algorithm"].native)
    if name not in (f"{digest}_ecdsa", f"{digest}_rsa", "rsassa_pkcs1v15", "rsassa_pss"):
        raise TimeStampWrong(what=f"signature algorithm {name}")
    if name == "rsassa_pss" and algorithm.hash_algo != digest:
        raise TimeStampWrong(what="signature algorithm")


def _der(encoded: bytes) -> bytes:
    """The same values, each with its length in the one way of DER. Raises ValueError."""
    written, at = [], 0
    while at < len(encoded):
        size = parser.peek(encoded[at:])
        kind, method, tag, _, content, _ = parser.parse(encoded[at : at + size], strict=True)
        written.append(parser.emit(kind, method, tag, _der(content) if method else content))
        at += size
    return b"".join(written)
