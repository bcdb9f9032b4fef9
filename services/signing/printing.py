"""What happens to a statement in the print shop: prove it, sign it, typeset it, seal it, verify what came out.

These functions run in a process of their own (`print_shop`); what they need beside their arguments is given once.
"""

import contextlib
import gc
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from services.kit import ec_keys, memory
from services.kit.ec_keys import Handed
from services.refusal import Refused
from services.rules import jws, ledger_file, proof
from services.rules import seal as json_seal
from services.rules.bulk import THREADS
from services.rules.credential import Anchors, load_anchors
from services.rules.holders import Known, read_holders
from services.signing import papers, seal, sealed_pdf, typesetting
from services.signing.papers import Paper, Proven
from services.wire import Credential, Extract, Statement

# Credentials whose chains need not be verified again for the next vote of a meeting: 3 kB each.
MOST_KNOWN = 20_000
# Of so great a statement (of 1,700 voters) no more is held at a time than must be: see `press.Press`, too.
GREAT_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Materials:
    """The seal's chain (DER, without the anchor), its key, trust.pem, and the address people use."""

    chain: tuple[bytes, ...]
    key: Handed
    trust: bytes
    public_url: str


@dataclass(frozen=True, slots=True)
class Printed:
    """The files of one paper: the sealed JSON, the sealed PDF, the ledger as a file of lines; and the SHA-256 of the
    first. Good once `verify` has said so. `beside`: how many lines the ledger file has, its SHA-256, its first and its
    last, where it names it by hash; `ledger` is what the page carries in its place."""

    file: bytes
    pdf: bytes
    ledger: bytes
    sha256: str
    beside: Extract | None = None


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Why there is no paper: the refusal's code and English text (a refusal itself cannot be pickled)."""

    code: str
    text: str


class _Bench:
    """What lies ready in this process: the materials, the last statement proven, with its hash, a thread beside, and
    the paper that it verifies, or has, by the hash of its file, and whether the last one was great. There is one: the
    press prints one paper after the other, and who prints the next asks for the one before no more."""

    materials: Materials
    anchors: Anchors
    key: ec.EllipticCurvePrivateKey
    known: Known
    proven: tuple[str, Proven] | None = None
    printed: tuple[str, Future[None]] | None = None
    great: bool = False
    beside: ThreadPoolExecutor


_bench = _Bench()


def equip(materials: Materials) -> None:
    """Take up the materials, once for the process."""
    _bench.materials, _bench.key = materials, ec_keys.take(materials.key)
    _bench.anchors = Anchors(load_anchors(materials.trust))
    _bench.known, _bench.proven, _bench.printed, _bench.great = {}, None, None, False
    _bench.beside = ThreadPoolExecutor(1)


def warm() -> None:
    """Load fonts and libraries, and seal an empty page, so that nothing is done for the first time later."""
    page, *_ = [papers.warm(paper) for paper in papers.PAPERS]
    sealed = seal.seal(page, _bench.materials.chain, _bench.key, papers.CERTIFICATE.reason)
    # It has none of our attachments: all that is refused comes after all that is to be warmed.
    with contextlib.suppress(Refused):
        sealed_pdf.open_pdf(sealed, _bench.materials.trust)
    # What is loaded now stays: to look through it again for what could be freed takes 40 ms each time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def learn(credentials: Sequence[tuple[str, Credential]]) -> int:
    """Verify chains, each of a body, before anybody signs with their keys; the process that knows them now."""
    for body, one in credentials:
        # What is not good is not known; who signs with it is refused then, by name.
        with contextlib.suppress(Refused):
            if len(_bench.known) < MOST_KNOWN:
                read_holders(THREADS, [one], _bench.anchors, body=body, at=0, known=_bench.known)
    return os.getpid()


def prove(statement: bytes, ledger: Path | None = None) -> Spoiled | None:
    """Whether everything in the statement is true, before it is stored as the one to be signed. `ledger`: where its
    lines stand, each with its newline, if it names them by hash."""
    try:
        _proven(statement, papers.paper_of(statement), ledger)
    except Refused as refused:
        return Spoiled(refused.code, refused.text_en)
    return None


def proven(statement: bytes) -> Proven:
    """Everything in the statement, proven in this process; of the last one it is remembered. Raises a refusal."""
    return _proven(statement, papers.paper_of(statement))


def materials() -> Materials:
    """What this process was equipped with."""
    return _bench.materials


def sealing_key() -> ec.EllipticCurvePrivateKey:
    """The seal's key."""
    return _bench.key


def print_out(statement: bytes, ledger: Path | None = None) -> Printed | Spoiled:
    """The files over exactly this statement; the page is still to be verified. `ledger`: as for `prove`."""
    try:
        return _print(statement, ledger)
    except Refused as refused:
        return Spoiled(refused.code, refused.text_en)


def verify(sha256: str) -> Spoiled | None:
    """Whether the page printed here last, with the file of this hash, is good, as a stranger would find it; asked once.

    A function of its own: the files may be on their way meanwhile. A KeyError if it was not printed here: another
    process has taken the place of the one that did.
    """
    if _bench.printed is None or _bench.printed[0] != sha256:
        raise KeyError(sha256)
    (_, verified), _bench.printed = _bench.printed, None
    try:
        verified.result()
    except Refused as refused:
        return Spoiled(refused.code, refused.text_en)
    return None


def let_go() -> None:
    """Forget what no other paper has a use for, when nobody waits."""
    typesetting.let_go()
    if _bench.great:
        _bench.great = False
        memory.give_back()


def _print(statement: bytes, lines: Path | None) -> Printed:
    materials, paper = _bench.materials, papers.paper_of(statement)
    _bench.great = great = len(statement) >= GREAT_BYTES
    # 1. Sign, and say what the page says, of what is proven here and now: it may have been stored by another process,
    #    in another year.
    signed = _sign(statement, paper, lines)
    # 2. Set the page, and verify meanwhile what was signed: the seal of the body, on the bytes proven above.
    opened: list[Future[None]] = []

    def meanwhile() -> None:
        opened.append(_bench.beside.submit(_must_open, signed.file, paper, statement))
        if great:
            # Not at the same time: to read it takes as much memory as to set it.
            wait(opened)
            memory.give_back()

    pdf = typesetting.typeset(
        paper.template, signed.words, signed.issued, signed.file, signed.ledger, meanwhile
    )
    (verified,) = opened
    verified.result()
    if great:
        # What Typst keeps of it is more than the page; to seal, verify and store it takes as much again.
        typesetting.let_go()
        memory.give_back()
    # 3. Seal the page, and begin to verify it.
    sealed = seal.seal(pdf, materials.chain, _bench.key, paper.reason)
    printed = Printed(signed.file, sealed, signed.ledger, signed.sha256, signed.beside)
    _bench.printed = signed.sha256, _bench.beside.submit(_verify, printed, paper)
    return printed


@dataclass(frozen=True, slots=True)
class _Signed:
    """A sealed file with its hash, its ledger as a file, and what its page says, dated `issued` (seconds)."""

    file: bytes
    sha256: str
    ledger: bytes
    words: dict[str, Any]
    issued: int
    beside: Extract | None


def _sign(statement: bytes, paper: Paper, lines: Path | None) -> _Signed:
    materials, proven = _bench.materials, _proven(statement, paper, lines)
    issued = proven.statement.issued_at // 1000
    file = json_seal.sign(statement, materials.chain, _bench.key, issued, paper.kind.typ)
    sha256 = jws.digest(file)
    words = paper.words(proven, sha256, f"{materials.public_url}/verify#{sha256}")
    extract = proven.statement.evidence.ledger
    ledger = ledger_file.render(extract)
    if len(statement) >= GREAT_BYTES:
        # Ten times the bytes of the statement, of which nothing is wanted any more, and Typst wants as much.
        del proven
        _bench.proven = None
        memory.give_back()
    return _Signed(file, sha256, ledger, words, issued, extract if lines else None)


def _must_open(file: bytes, paper: Paper, statement: bytes) -> None:
    """Raise unless a trusted seal signed exactly these bytes."""
    _, signed, _ = json_seal.open_file(file, _bench.anchors, paper.kind)
    if signed != statement:
        raise RuntimeError("what was signed is not what was proven")


def _verify(printed: Printed, paper: Paper) -> None:
    """Raise unless the page is sealed by the body, whole, and carries the very files it was made with."""
    attached = sealed_pdf.open_pdf(printed.pdf, _bench.materials.trust)
    if (attached.names, attached.file) != (paper.files, printed.file):
        raise RuntimeError("what came out is not what was put in")
    sealed_pdf.must_carry(attached, printed.ledger)


def _proven(statement: bytes, paper: Paper, ledger: Path | None = None) -> Proven:
    digest = jws.digest(statement)
    if _bench.proven is None or _bench.proven[0] != digest:
        if len(_bench.known) > MOST_KNOWN:
            _bench.known.clear()
        said = paper.kind.read(statement)
        # No other paper names its ledger by hash.
        prove = partial(_prove_great, ledger) if ledger and isinstance(said, Statement) else paper.prove
        _bench.proven = digest, prove(said, _bench.anchors, _bench.known)
    return _bench.proven[1]


def _prove_great(ledger: Path, statement: Statement, anchors: Anchors, known: Known) -> Proven:
    """What a statement says whose ledger stands in this file. Raises a refusal."""
    extract = statement.evidence.ledger

    def reading() -> Iterator[bytes]:
        yield ledger_file.head_of(extract)
        with ledger.open("rb") as lines:
            yield from lines
        yield ledger_file.foot_of(extract)

    return proof.verify_statement(statement, anchors, known, ledger=reading)
