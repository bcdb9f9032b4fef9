"""What happens to a statement in the print shop first: everything in it is proven, before it is stored or signed.

These functions run in the shop's process (`print_shop`), as those of `printing` do.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from services.refusal import Refused
from services.rules import jws, ledger_file, proof
from services.rules.bulk import THREADS
from services.rules.credential import Anchors, load_anchors
from services.rules.holders import Known, read_holders
from services.signing import papers
from services.signing.papers import Proven
from services.wire import Credential, Statement

# Credentials whose chains need not be verified again for the next vote of a meeting: 3 kB each.
MOST_KNOWN = 20_000


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Why there is no paper: the refusal's code and English text (a refusal itself cannot be pickled)."""

    code: str
    text: str


class _Desk:
    """What lies ready in this process: the anchors, the keys known, the statement to be printed next, by its hash, and
    what the last one proven says. There is one: the press prints one paper after the other."""

    anchors: Anchors
    known: Known
    stated: tuple[str, bytes] | None = None
    proven: tuple[str, Proven] | None = None


_desk = _Desk()


def equip(trust: bytes) -> None:
    """Take up the anchors (PEM), once for the process."""
    _desk.anchors = Anchors(load_anchors(trust))
    _desk.known, _desk.stated, _desk.proven = {}, None, None


def anchors() -> Anchors:
    """Whom this process trusts."""
    return _desk.anchors


def learn(credentials: Sequence[tuple[str, Credential]]) -> int:
    """Verify chains, each of a body, before anybody signs with their keys; the process that knows them now."""
    for body, one in credentials:
        # What is not good is not known; who signs with it is refused then, by name.
        with contextlib.suppress(Refused):
            if len(_desk.known) < MOST_KNOWN:
                read_holders(THREADS, [one], _desk.anchors, body=body, at=0, known=_desk.known)
    return os.getpid()


def prove(statement: bytes, ledger: Path | None = None) -> Spoiled | None:
    """Whether everything in the statement is true, before it is stored as the one to be signed; it lies ready to be
    printed then. `ledger`: where its lines stand, each with its newline, if it names them by hash."""
    try:
        proven(statement, ledger)
    except Refused as refused:
        return Spoiled(refused.code, refused.text_en)
    lay_out(statement)
    return None


def lay_out(statement: bytes) -> str:
    """Have a statement lie ready, in the place of the one before; its SHA-256."""
    digest = jws.digest(statement)
    _desk.stated = digest, statement
    return digest


def taken(sha256: str) -> bytes:
    """The statement that lies ready; here no more. A KeyError if it is another."""
    if _desk.stated is None or _desk.stated[0] != sha256:
        raise KeyError(sha256)
    (_, statement), _desk.stated = _desk.stated, None
    return statement


def let_go() -> None:
    """Forget what the last statement says."""
    _desk.proven = None


def proven(statement: bytes, ledger: Path | None = None) -> Proven:
    """Everything in the statement, proven in this process; of the last one it is remembered. Raises a refusal."""
    digest = jws.digest(statement)
    if _desk.proven is None or _desk.proven[0] != digest:
        if len(_desk.known) > MOST_KNOWN:
            _desk.known.clear()
        paper = papers.paper_of(statement)
        said = paper.kind.read(statement)
        # No other paper names its ledger by hash.
        prove = partial(_prove_great, ledger) if ledger and isinstance(said, Statement) else paper.prove
        _desk.proven = digest, prove(said, _desk.anchors, _desk.known)
    return _desk.proven[1]


def _prove_great(ledger: Path, statement: Statement, anchors: Anchors, known: Known) -> Proven:
    """What a statement says whose ledger stands in this file. Raises a refusal."""
    extract = statement.evidence.ledger

    def reading() -> Iterator[bytes]:
        yield ledger_file.head_of(extract)
        with ledger.open("rb") as lines:
            yield from lines
        yield ledger_file.foot_of(extract)

    return proof.verify_statement(statement, anchors, known, ledger=reading)
