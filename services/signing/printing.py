"""What happens to a statement in the print shop: prove it, sign it, typeset it, seal it, verify what came out.

These functions run in a process of their own (`print_shop`); what they need beside their arguments is given once.
"""

import contextlib
import gc
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from services.kit import ec_keys
from services.kit.ec_keys import Handed
from services.refusal import Refused
from services.rules import jws, ledger_file
from services.rules import seal as json_seal
from services.rules.bulk import THREADS
from services.rules.credential import Anchors, load_anchors
from services.rules.holders import Known, read_holders
from services.signing import papers, seal, sealed_pdf, typesetting
from services.signing.papers import Paper, Proven
from services.wire import Credential, Extract

# Credentials whose chains need not be verified again for the next vote of a meeting: 3 kB each.
MOST_KNOWN = 20_000


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
    first. Good once `verify` has said so."""

    file: bytes
    pdf: bytes
    ledger: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Why there is no paper: the refusal's code and English text (a refusal itself cannot be pickled)."""

    code: str
    text: str


class _Bench:
    """What lies ready in this process: the materials, the last statement proven, with its hash, a thread beside, and
    the paper that it verifies, or has, by the hash of its file. There is one: the press prints one paper after the
    other, and who prints the next asks for the one before no more."""

    materials: Materials
    anchors: Anchors
    key: ec.EllipticCurvePrivateKey
    known: Known
    proven: tuple[str, Proven] | None = None
    printed: tuple[str, Future[None]] | None = None
    beside: ThreadPoolExecutor


_bench = _Bench()


def equip(materials: Materials) -> None:
    """Take up the materials, once for the process."""
    _bench.materials, _bench.key = materials, ec_keys.take(materials.key)
    _bench.anchors = Anchors(load_anchors(materials.trust))
    _bench.known, _bench.proven, _bench.printed = {}, None, None
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


def prove(statement: bytes) -> Spoiled | None:
    """Whether everything in the statement is true, before it is stored as the one to be signed."""
    try:
        _proven(statement, papers.paper_of(statement))
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


def print_out(statement: bytes) -> Printed | Spoiled:
    """The files over exactly this statement; the page is still to be verified."""
    try:
        return _print(statement)
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


def _print(statement: bytes) -> Printed:
    materials, paper = _bench.materials, papers.paper_of(statement)
    # 1. It may have been stored by another process, in another year: prove it here and now.
    proven = _proven(statement, paper)
    # 2. Sign; set the page, and verify meanwhile what was signed: the seal of the body, on the bytes proven above.
    issued, ledger = proven.statement.issued_at // 1000, proven.statement.evidence.ledger
    file = json_seal.sign(statement, materials.chain, _bench.key, issued, paper.kind.typ)
    digest = jws.digest(file)
    opened: list[Future[tuple[Any, bytes, Any]]] = []

    def meanwhile() -> None:
        opened.append(_bench.beside.submit(json_seal.open_file, file, _bench.anchors, paper.kind))

    pdf = paper.typeset(proven, file, digest, f"{materials.public_url}/verify#{digest}", meanwhile)
    ((_, signed, _),) = (each.result() for each in opened)
    if signed != statement:
        raise RuntimeError("what was signed is not what was proven")
    # 3. Seal the page, and begin to verify it.
    sealed = seal.seal(pdf, materials.chain, _bench.key, paper.reason)
    printed = Printed(file, sealed, ledger_file.render(ledger), digest)
    _bench.printed = digest, _bench.beside.submit(_verify, printed, paper, ledger)
    return printed


def _verify(printed: Printed, paper: Paper, ledger: Extract) -> None:
    """Raise unless the page is sealed by the body, whole, and carries the very files it was made with."""
    attached = sealed_pdf.open_pdf(printed.pdf, _bench.materials.trust)
    if (attached.names, attached.file) != (paper.files, printed.file):
        raise RuntimeError("what came out is not what was put in")
    sealed_pdf.must_agree(attached, ledger)


def _proven(statement: bytes, paper: Paper) -> Proven:
    digest = jws.digest(statement)
    if _bench.proven is None or _bench.proven[0] != digest:
        if len(_bench.known) > MOST_KNOWN:
            _bench.known.clear()
        _bench.proven = digest, paper.prove(paper.kind.read(statement), _bench.anchors, _bench.known)
    return _bench.proven[1]
