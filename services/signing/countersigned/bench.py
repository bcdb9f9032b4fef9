"""The heavy work on a signed edition, in the print shop's process: functions of plain values (see `printing`).

Nothing here waits for the network: where a time-stamp is wanted that was not given, the answer is what it is wanted
over, and whoever asked comes again with the token. So the press never stands still for an authority that is away.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from services.refusal import Refused
from services.rules import countersigned, countersigning, jws, signed_file, time_stamp
from services.rules.credential import Anchors, load_anchors
from services.rules.minutes import Minuted
from services.rules.proof import Proven
from services.signing import printing, proving
from services.signing.countersigned import (
    cms_signature,
    finishing,
    long_term,
    pages,
    prepared,
    revisions,
    signed_pdf,
)
from services.signing.countersigned.acts import Materials, Stamp
from services.signing.countersigned.pages import Stamps
from services.signing.countersigned.steps import PAPERS, Edition, Ready, Sealed, SignedPaper
from services.signing.proving import Spoiled
from services.wire import SignedPart, SigningRole

P = ParamSpec("P")
T = TypeVar("T")
# Tokens (DER) by the SHA-256 of what they are over.
Tokens = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A time-stamp over these bytes is wanted; come again with it."""

    over: bytes


class _Missing(Exception):
    def __init__(self, over: bytes) -> None:
        super().__init__()
        self.over = over


class _Given:
    """A stamper that has what it was given (see stamping.TimeStamper)."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def stamp(self, over: bytes) -> bytes:
        token = self._tokens.get(jws.digest(over))
        if token is None:
            raise _Missing(over)
        return token


def _answering(do: Callable[P, T]) -> Callable[P, T | Spoiled | Wanted]:
    """A refusal cannot be carried to another process: its code and text can."""

    @wraps(do)
    def answer(*given: P.args, **named: P.kwargs) -> T | Spoiled | Wanted:
        try:
            return do(*given, **named)
        except _Missing as missing:
            return Wanted(missing.over)
        except Refused as refused:
            return Spoiled(refused.code, refused.text_en)

    return answer


@_answering
def lay_out(sealed: Sealed, stamps: Stamps) -> bytes:
    """The page that all sign, with empty places."""
    url = f"{printing.materials().public_url}/verify#{sealed.sha256}"
    return pages.lay_out(_proven(sealed.statement), sealed.file, sealed.sha256, url, stamps)


@_answering
def presiding_of(kind: SignedPaper, statement: bytes) -> str:
    """The member who is to sign as chair, by a statement that was proven before."""
    paper = PAPERS[kind]
    return paper.presiding(paper.kind.read(statement))


@_answering
def must_be_signed(
    heads: tuple[bytes, str], statement: bytes, der: bytes, signatures: tuple[bytes, bytes]
) -> None:
    """Raise unless the certificate's key signed page and statement. `heads`: the page's signed attributes, the
    statement's protected header."""
    (attributes, protected), (page, of_statement) = heads, signatures
    countersigning.must_sign_page(attributes, page, der)
    countersigning.must_be_signed(protected, statement, of_statement, der)


@_answering
def prepare(
    page: bytes, role: SigningRole, chain: tuple[bytes, ...], name: str, now: int, image: bytes | None
) -> Ready:
    """The page with this person's signature begun; `image`: a picture of it (PNG)."""
    begun = prepared.prepare(page, role, chain, name, now, image)
    return Ready(begun.document, begun.byte_range, begun.signed_attributes)


@_answering
def begin_seal(page: bytes, statement: bytes, now: int, image: bytes | None) -> tuple[bytes, bytes]:
    """The page with the seal of the statement's body begun, and the seal's signature; `image`: the seal's (PNG)."""
    chain, key = printing.materials().chain, printing.sealing_key()
    body = _proven(statement).statement.body
    begun = prepared.prepare(page, "seal", chain, body.name, now, image)
    signature = key.sign(begun.signed_attributes, ec.ECDSA(SHA256()))
    return begun.document, cms_signature.normal(signature, chain[0], "seal")


@_answering
def finish(
    document: bytes,
    chain: tuple[bytes, ...] | None,
    signature: bytes,
    tokens: Tokens,
    support: Materials | None,
) -> bytes:
    """The page with a signature in its place. No `chain`: the seal's. No `support`: nothing stands behind it."""
    begun = prepared.reopen(document, chain or printing.materials().chain)
    return finishing.finish(begun, signature, _Given(tokens) if support else None, support)


@_answering
def archive(pdf: bytes, tokens: Tokens) -> bytes:
    """The page under an archive time-stamp."""
    return long_term.archive(pdf, _Given(tokens))


@_answering
def renew(pdf: bytes, tokens: Tokens, support: Materials) -> bytes:
    """The page under one more archive time-stamp."""
    return long_term.renew(pdf, _Given(tokens), support)


@_answering
def last_authority(pdf: bytes) -> tuple[bytes, ...]:
    """The chain (DER) of who put the last archive time-stamp on the page."""
    document = revisions.read(pdf)
    places = [place for place, act in enumerate(document.acts) if isinstance(act, Stamp)]
    act = document.acts[places[-1]]
    if not isinstance(act, Stamp):
        raise TypeError("no archive time-stamp")
    return time_stamp.read(act.held, revisions.covered(document, places[-1])).chain


@_answering
def seal_file(parts: Sequence[SignedPart], sealed: Sealed, at_s: int) -> tuple[str, bytes]:
    """The seal's protected header and signature over the statement and the persons' signatures."""
    chain, key = printing.materials().chain, printing.sealing_key()
    return countersigning.seal_over(
        parts, sealed.statement, sealed.sha256, chain, key, at_s, sealed.paper.types
    )


@_answering
def write(sealed: Sealed, parts: Sequence[SignedPart]) -> bytes:
    """certificate.signed.json, minutes.signed.json."""
    return signed_file.write(sealed.statement, parts)


@_answering
def archive_file(file: bytes, tokens: Tokens, support: Materials) -> bytes:
    """certificate.signed.json under one more archive time-stamp."""
    return signed_file.archive(file, _Given(tokens).stamp, (support.certificates, support.crls))


@_answering
def last_file_authority(file: bytes) -> tuple[bytes, ...]:
    """The chain (DER) of who put the last time-stamp behind the seal of the file."""
    return signed_file.last_stamp(file).chain


@_answering
def check(sealed: Sealed, edition: Edition, time_trust: bytes) -> None:
    """Raise unless a stranger would find both files good, and of this certificate. `time_trust`: anchors (PEM)."""
    trust = printing.materials().trust
    time_anchors = load_anchors(time_trust) if time_trust else []
    found = countersigned.open_paper(sealed.paper, edition.json, Anchors(load_anchors(trust)), time_anchors)
    if (found.raw, found.certificate) != (sealed.statement, sealed.sha256):
        raise RuntimeError("what was signed is not what was sealed")
    opened = signed_pdf.open_signed(edition.pdf, trust, time_trust or trust)
    if (opened.names[0], opened.file, opened.ledger) != (sealed.paper.file, sealed.file, sealed.ledger):
        raise RuntimeError("what is attached is not what was sealed")


def _proven(statement: bytes) -> Proven | Minuted:
    """What the statement of a certificate or of minutes says, proven in this process."""
    proven = proving.proven(statement)
    if not isinstance(proven, Proven | Minuted):
        raise TypeError("no paper that persons sign")
    return proven
