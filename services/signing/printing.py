"""What happens to a proven statement in the print shop: sign it, typeset it, seal it, verify what came out.

These functions run in a process of their own (`print_shop`); what they need beside their arguments is given once.
"""

import contextlib
import gc
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from services.kit import ec_keys, memory
from services.kit.ec_keys import Handed
from services.refusal import Refused
from services.rules import jws, ledger_file
from services.rules import seal as json_seal
from services.signing import papers, proving, seal, sealed_pdf, typesetting
from services.signing.papers import Paper
from services.signing.proving import Spoiled
from services.signing.typesetting import Spelled
from services.wire import Extract

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


class _Bench:
    """What lies ready in this process: the materials, a thread beside, and the paper that it verifies, or has, by the
    hash of its file, and whether the last one was great. There is one: the press prints one paper after the other, and
    who prints the next asks for the one before no more."""

    materials: Materials
    key: ec.EllipticCurvePrivateKey
    printed: tuple[str, Future[None]] | None = None
    great: bool = False
    beside: ThreadPoolExecutor


_bench = _Bench()


def equip(materials: Materials) -> None:
    """Take up the materials, once for the process."""
    _bench.materials, _bench.key = materials, ec_keys.take(materials.key)
    proving.equip(materials.trust)
    _bench.printed, _bench.great = None, False
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


def materials() -> Materials:
    """What this process was equipped with."""
    return _bench.materials


def sealing_key() -> ec.EllipticCurvePrivateKey:
    """The seal's key."""
    return _bench.key


def print_out(statement: bytes, ledger: Path | None = None) -> Printed | Spoiled:
    """The files over exactly this statement; the page is still to be verified. `ledger`: as for `prove`."""
    return print_proven(proving.lay_out(statement), ledger)


def print_proven(sha256: str, ledger: Path | None = None) -> Printed | Spoiled:
    """The same over the statement with this hash, which was proven here last: once, and nobody need hold it meanwhile.
    A KeyError if it was not."""
    try:
        return _print(sha256, ledger)
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
    finally:
        # The worker and the database have it in hand at this time.
        _let_go_of_the_great()
    return None


def let_go() -> None:
    """Forget what no other paper has a use for, when nobody waits."""
    typesetting.let_go()
    _let_go_of_the_great()


def _let_go_of_the_great() -> None:
    if _bench.great:
        _bench.great = False
        # What read the page goes round in circles, and holds the files that are attached to it.
        gc.collect()
        memory.give_back()


def _print(sha256: str, lines: Path | None) -> Printed:
    materials = _bench.materials
    # 1. Sign, and say what the page says, of what is proven here and now: it may have been stored by another process,
    #    in another year.
    signed = _sign(proving.taken(sha256), lines)
    paper, great = signed.paper, _bench.great
    # 2. Set the page, and verify meanwhile what was signed: the seal of the body, on the bytes proven above.
    opened: list[Future[None]] = []

    def meanwhile() -> None:
        opened.append(_bench.beside.submit(_must_open, signed.file.encode(), paper, sha256))
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
    printed = Printed(signed.file.encode(), sealed, signed.ledger.encode(), signed.sha256, signed.beside)
    _bench.printed = signed.sha256, _bench.beside.submit(_verify, printed, paper)
    return printed


@dataclass(frozen=True, slots=True)
class _Signed:
    """A sealed file with its hash, its ledger as a file, and what its page says, dated `issued` (seconds). Both files
    are text, as Typst takes them: thirty megabytes, and once is enough."""

    paper: Paper
    file: str
    sha256: str
    ledger: str
    words: Spelled
    issued: int
    beside: Extract | None


def _sign(statement: bytes, lines: Path | None) -> _Signed:
    materials, paper = _bench.materials, papers.paper_of(statement)
    _bench.great = great = len(statement) >= GREAT_BYTES
    proven = proving.proven(statement, lines)
    issued = proven.statement.issued_at // 1000
    sealed = json_seal.sign(statement, materials.chain, _bench.key, issued, paper.kind.typ)
    sha256, file = jws.digest(sealed), sealed.decode()
    words = typesetting.spell(paper.words(proven, sha256, f"{materials.public_url}/verify#{sha256}"))
    ledger = ledger_file.render(proven.statement.evidence.ledger).decode()
    beside = proven.statement.evidence.ledger if lines else None
    if great:
        # Some times the bytes of the statement, of which nothing is wanted any more, and Typst wants as much.
        del statement, sealed, proven
        proving.let_go()
        memory.give_back()
    return _Signed(paper, file, sha256, ledger, words, issued, beside)


def _must_open(file: bytes, paper: Paper, sha256: str) -> None:
    """Raise unless a trusted seal signed exactly the statement with this hash."""
    _, signed, _ = json_seal.open_file(file, proving.anchors(), paper.kind)
    if jws.digest(signed) != sha256:
        raise RuntimeError("what was signed is not what was proven")


def _verify(printed: Printed, paper: Paper) -> None:
    """Raise unless the page is sealed by the body, whole, and carries the very files it was made with."""
    attached = sealed_pdf.open_pdf(printed.pdf, _bench.materials.trust)
    if (attached.names, attached.file) != (paper.files, printed.file):
        raise RuntimeError("what came out is not what was put in")
    sealed_pdf.must_carry(attached, printed.ledger)
