"""certificate.signed.json, minutes.signed.json as bytes: the one way to write them, taken apart; a time-stamp more.

What the signatures are worth, `countersigned` tells.
"""

from collections.abc import Callable, Sequence

import msgspec

from services.refusal import Refused
from services.rules import jws, long_term, seal, time_stamp
from services.rules.countersigning import PLACES
from services.rules.long_term import LongTerm
from services.rules.proof_errors import CertificateMalformed, CountersignatureWrong
from services.wire import UNREADABLE, SignedFile, SignedPart, UnprotectedHeader

_files = msgspec.json.Decoder(SignedFile)
_encoder = msgspec.json.Encoder()


def write(statement: bytes, parts: Sequence[SignedPart]) -> bytes:
    """The file."""
    return _encoder.encode(SignedFile(payload=jws.b64_encode(statement).decode(), signatures=tuple(parts)))


def is_one(file: bytes) -> bool:
    """Whether it looks like one, from its end; nothing is verified here."""
    return file.startswith(b'{"payload":"') and file.endswith(b"}]}")


def take_apart(file: bytes) -> tuple[tuple[SignedPart, ...], bytes, bytes]:
    """The parts, the statement's bytes, and these in base64url."""
    if len(file) > seal.LARGEST:
        raise CertificateMalformed(what="too large")
    try:
        found = _files.decode(file)
    except UNREADABLE as error:
        raise CertificateMalformed(what="not written as certificates are") from error
    if _encoder.encode(found) != file:
        raise CertificateMalformed(what="not written as certificates are")
    if len(found.signatures) != len(PLACES):
        raise CertificateMalformed(what="three signatures expected")
    encoded = found.payload.encode()
    return found.signatures, decode(found.payload, "payload"), encoded


def archive(file: bytes, stamp: Callable[[bytes], bytes], support: long_term.Support) -> bytes:
    """The file under one more archive time-stamp, behind the seal's signature, which covers the others as they stand.
    `support`: see long_term.archived. Raises CertificateMalformed; CountersignatureWrong: nothing is there."""
    parts, _, payload = take_apart(file)
    last = parts[-1]
    header = long_term.archived(_stamped(last), before(payload, last), stamp, support)
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
    parts, _, payload = take_apart(file)
    last = parts[-1]
    return long_term.read("seal", _stamped(last), last.signature.encode(), None, before(payload, last))


def _stamped(part: SignedPart) -> UnprotectedHeader:
    if part.header is None:
        raise CountersignatureWrong(role="seal", what="no time-stamp")
    return part.header


def before(payload: bytes, part: SignedPart) -> bytes:
    """What an archive time-stamp is over, but for what is put beside the signature."""
    return b".".join((payload, part.protected.encode(), part.signature.encode(), b""))


def decode(text: str, what: str) -> bytes:
    """Bytes of the file that travel in base64url. Raises CertificateMalformed."""
    try:
        return jws.b64_decode(text.encode())
    except Refused as error:
        raise CertificateMalformed(what=f"base64url of {what}") from error
