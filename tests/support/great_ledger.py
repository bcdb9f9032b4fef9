"""A statement whose ledger stands in a file of its own, made of one that holds it."""

from collections.abc import Sequence

import msgspec

from services.rules import great_ledger, ledger_file, proof
from services.rules.credential import Anchors
from services.rules.great_ledger import Reading
from services.rules.proof import Proven
from services.wire import Extract, Statement


def apart(statement: Statement) -> tuple[Statement, list[bytes]]:
    """The same statement, naming its ledger by hash; and the file, line by line."""
    whole = statement.evidence.ledger
    bare, lines = taken_out(whole)
    evidence = msgspec.structs.replace(statement.evidence, ledger=bare)
    file = [ledger_file.head_of(whole), *lines, ledger_file.foot_of(whole)]
    return msgspec.structs.replace(statement, evidence=evidence), file


def taken_out(whole: Extract) -> tuple[Extract, list[bytes]]:
    """An extract that names the file of its lines; and the lines, each with its newline."""
    lines = [line.encode(errors="surrogatepass") + b"\n" for line in whole.lines]
    named = great_ledger.name(whole, lines, len(lines))
    return msgspec.structs.replace(whole, lines=(), file=named), lines


def reading(file: Sequence[bytes]) -> Reading:
    """Begins a fresh reading of these lines."""
    return lambda: iter(file)


def proven_apart(statement: Statement, anchors: Anchors) -> Proven:
    """What is proven of it when its ledger stands in a file of its own. Raises a Refused."""
    bare, file = apart(statement)
    return proof.verify_statement(bare, anchors, ledger=reading(file))
