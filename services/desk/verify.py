"""`plenary verify FILE --trust PEM`: is this certificate good? One file, the trust anchor; no network, no database."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from services.desk.hands import Forks
from services.desk.verdict import Verdict, figures_of
from services.refusal import Refused
from services.rules import proof
from services.rules.credential import Anchors, load_anchors
from services.signing import sealed_pdf


class FileUnreadable(Refused):
    """{file} cannot be read."""

    code = "file_unreadable"
    vi = "Không đọc được tệp {file}."


def main(arguments: Sequence[str]) -> int:
    """Verify one file; 0 if everything in it is proven, else 1 with the name of the check that failed."""
    parser = argparse.ArgumentParser(prog="plenary verify", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="certificate.pdf or certificate.json")
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
        content = read(file)
        if content.startswith(b"%PDF-"):
            attached = sealed_pdf.open_pdf(content, anchors)
            verdict.checks += ["pdf_seal", "pdf_attachments"]
            proven = proof.verify_certificate(attached.file, trusted, Forks())
            sealed_pdf.must_agree(attached, proven.statement.evidence.ledger)
            verdict.checks.append("pdf_ledger")
        else:
            proven = proof.verify_certificate(content, trusted, Forks())
        verdict.checks += ["seal", *proof.CHECKS]
        verdict.figures = figures_of(proven)
    except Refused as refused:
        verdict.refused = refused
    return verdict


def read(path: Path) -> bytes:
    """A file's bytes. Raises FileUnreadable."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=path.name) from error
