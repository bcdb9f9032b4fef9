"""`plenary verify FILE --trust PEM`: is this certificate or turn log good? One file, the trust anchor, nothing else."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from services.desk.hands import Forks
from services.desk.verdict import Verdict, figures_of, figures_of_floor, told_of_floor
from services.refusal import Refused
from services.rules import proof, seal
from services.rules.credential import Anchors, load_anchors
from services.rules.floor import record
from services.signing import sealed_pdf
from services.wire import Extract

_HELP = "certificate.pdf or certificate.json; turns.pdf or turns.json"


class FileUnreadable(Refused):
    """{file} cannot be read."""

    code = "file_unreadable"
    vi = "Không đọc được tệp {file}."


def main(arguments: Sequence[str]) -> int:
    """Verify one file; 0 if everything in it is proven, else 1 with the name of the check that failed."""
    parser = argparse.ArgumentParser(prog="plenary verify", description=__doc__)
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="certificate.pdf, certificate.json, turns.pdf or turns.json"
    )
    parser.add_argument("--trust", type=Path, required=True, metavar="PEM", help="trust anchors")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    return verify(given.file, given.trust).show(as_json=given.json)


def verify(file: Path, trust: Path) -> Verdict:
    """What is to be said of one file."""
    verdict = Verdict()
    try:
        anchors = read(trust)
        trusted = Anchors(load_anchors(anchors))
        verdict.checks.append("trust")
        content, attached = read(file), None
        if content.startswith(b"%PDF-"):
            attached = sealed_pdf.open_pdf(content, anchors)
            content = attached.file
            verdict.checks += ["pdf_seal", "pdf_attachments"]
        ledger = (_verify_floor if seal.typ_of(content) == record.TYP else _verify_vote)(
            content, trusted, verdict
        )
        if attached is not None:
            sealed_pdf.must_agree(attached, ledger)
            verdict.checks.append("pdf_ledger")
    except Refused as refused:
        verdict.refused, verdict.figures, verdict.remarks = refused, {}, []
    return verdict


def _verify_vote(content: bytes, trusted: Anchors, verdict: Verdict) -> Extract:
    proven = proof.verify_certificate(content, trusted, Forks())
    verdict.checks += ["seal", *proof.CHECKS]
    verdict.figures = figures_of(proven)
    return proven.statement.evidence.ledger


def _verify_floor(content: bytes, trusted: Anchors, verdict: Verdict) -> Extract:
    replayed = record.verify_file(content, trusted)
    verdict.checks += ["seal", *record.CHECKS]
    verdict.figures, verdict.remarks = figures_of_floor(replayed), told_of_floor(replayed)
    return replayed.statement.evidence.ledger


def read(path: Path) -> bytes:
    """A file's bytes. Raises FileUnreadable."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=path.name) from error
