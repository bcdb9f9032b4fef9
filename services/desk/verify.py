"""`plenary verify FILE --trust PEM`: is this certificate or turn log good? One file, the trust anchors, nothing else.

A signed edition (certificate.signed.pdf or .json) carries time-stamps: whose word counts for time, `--tsa-trust` says.
Minutes name certificates and a turn log by hash: those that lie in `--beside` are proven and compared. A certificate in
which others had a part names a file with what they said (`--outside`): who else vouches for the keys, were they good.
The certificate of a great poll names its ledger by hash: that file is needed beside it (`--ledger`), however long.
"""

import argparse
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from msgspec import UnsetType

from services.desk import minutes_audit, outside_check
from services.desk.hands import Forks
from services.desk.signatories import (
    figures_of_signatories,
    figures_of_signers,
    told_of_signatories,
    told_of_signers,
)
from services.desk.verdict import Verdict, figures_of, figures_of_floor, told_of_begun, told_of_floor
from services.refusal import Refused
from services.rules import countersigned, minutes, proof, seal, signed_file
from services.rules.credential import Anchors, load_anchors
from services.rules.floor import record
from services.rules.great_ledger import Reading
from services.rules.minutes import Minuted
from services.rules.proof import Proven
from services.signing import sealed_pdf
from services.signing.countersigned import signed_pdf
from services.wire import Extract, MinutesStatement, Statement

# Who was present, of ten thousand, takes 100 kB.
LONGEST_LINE = 16_000_000
NOT_GIVEN = "Bằng chứng của bên ngoài (certificate.evidence.json, --outside) chưa được đưa vào kiểm tra"
_HELP = (
    "certificate.pdf, certificate.json, minutes.pdf, minutes.json, the same .signed; turns.pdf or turns.json"
)


class FileUnreadable(Refused):
    """{file} cannot be read."""

    code = "file_unreadable"
    vi = "Không đọc được tệp {file}."


def main(arguments: Sequence[str]) -> int:
    """Verify one file; 0 if everything in it is proven, else 1 with the name of the check that failed."""
    parser = argparse.ArgumentParser(prog="plenary verify", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help=_HELP)
    parser.add_argument("--trust", type=Path, required=True, metavar="PEM", help="trust anchors")
    parser.add_argument(
        "--tsa-trust", type=Path, metavar="PEM", help="anchors of time-stamp authorities (default: --trust)"
    )
    parser.add_argument(
        "--beside", type=Path, metavar="DIR", help="certificates and turn log that minutes name (*.json)"
    )
    parser.add_argument(
        "--outside", type=Path, metavar="JSON", help="certificate.evidence.json that the certificate names"
    )
    parser.add_argument(
        "--outside-trust",
        type=Path,
        metavar="PEM",
        nargs="*",
        default=[],
        help="outside authorities you trust",
    )
    parser.add_argument(
        "--ledger",
        type=Path,
        metavar="JSONL",
        help="ledger.jsonl, which the certificate of a great poll names",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    beside = Beside(given.beside, given.outside, tuple(given.outside_trust), given.ledger)
    return verify(given.file, given.trust, given.tsa_trust, beside).show(as_json=given.json)


@dataclass(frozen=True, slots=True)
class Beside:
    """What else is given: a directory of papers that minutes name, the file of outside evidence that a certificate
    names, whom outside the reader trusts (PEM), and the certificate's ledger."""

    papers: Path | None = None
    outside: Path | None = None
    outside_trust: tuple[Path, ...] = ()
    ledger: Path | None = None


ALONE = Beside()


def verify(file: Path, trust: Path, tsa_trust: Path | None = None, beside: Beside = ALONE) -> Verdict:
    """What is to be said of one file, with what lies beside it."""
    verdict = Verdict()
    try:
        anchors = read(trust)
        trusted = Anchors(load_anchors(anchors))
        verdict.checks.append("trust")
        content = read(file)
        if signed_file.is_one(content):
            _verify_signed_file(content, trusted, read(tsa_trust or trust), verdict, beside)
        elif not content.startswith(b"%PDF-"):
            _verify_file(content, trusted, verdict, beside)
        elif signed_pdf.is_signed_edition(content):
            _verify_signed(content, anchors, read(tsa_trust or trust), verdict, beside)
        else:
            attached = sealed_pdf.open_pdf(content, anchors)
            verdict.checks += ["pdf_seal", "pdf_attachments"]
            sealed_pdf.must_agree(attached, _verify_file(attached.file, trusted, verdict, beside))
            verdict.checks.append("pdf_ledger")
    except Refused as refused:
        verdict.refused, verdict.figures, verdict.remarks = refused, {}, []
    return verdict


def _verify_signed(
    content: bytes, anchors: bytes, tsa_anchors: bytes, verdict: Verdict, beside: Beside
) -> None:
    opened = signed_pdf.open_signed(content, anchors, tsa_anchors)
    verdict.checks += ["pdf_signatures", "pdf_attachments"]
    trusted = Anchors(load_anchors(anchors))
    statement: Statement | MinutesStatement
    if opened.names == sealed_pdf.MINUTES:
        minuted = minutes.verify_file(opened.file, trusted)
        verdict.checks += ["seal", *minutes.CHECKS]
        compare_beside(minuted, trusted, verdict, beside)
        statement, presiding = minuted.statement, minuted.statement.presiding
    else:
        proven = proof.verify_certificate(opened.file, trusted, Forks(), _reading(beside))
        verdict.checks += ["seal", *proof.CHECKS]
        _note(proven, verdict, beside)
        statement, presiding = proven.statement, countersigned.declared_by(proven.statement)
    signed_pdf.must_agree(opened, statement)
    verdict.checks += ["pdf_ledger", "pdf_signatories"]
    verdict.figures |= figures_of_signatories(opened)
    verdict.remarks += told_of_signatories(opened, presiding)


def _verify_signed_file(
    content: bytes, trusted: Anchors, tsa_anchors: bytes, verdict: Verdict, beside: Beside
) -> None:
    authorities = load_anchors(tsa_anchors)
    if countersigned.paper_of(content) is countersigned.MINUTES:
        signed = countersigned.open_paper(countersigned.MINUTES, content, trusted, authorities)
        verdict.checks.append("signatures")
        minuted = minutes.verify_statement(signed.statement, trusted)
        verdict.checks += minutes.CHECKS
        compare_beside(minuted, trusted, verdict, beside)
        verdict.figures |= figures_of_signers(signed)
        verdict.remarks += told_of_signers(signed, signed.statement.presiding)
        return
    found = countersigned.open_file(content, trusted, authorities)
    verdict.checks.append("signatures")
    proven = proof.verify_statement(found.statement, trusted, hands=Forks(), ledger=_reading(beside))
    verdict.checks += proof.CHECKS
    _note(proven, verdict, beside)
    verdict.figures |= figures_of_signers(found)
    verdict.remarks += told_of_signers(found, countersigned.declared_by(found.statement))


def _verify_file(content: bytes, trusted: Anchors, verdict: Verdict, beside: Beside) -> Extract:
    typ = seal.typ_of(content)
    if typ == seal.MINUTES.typ:
        return _verify_minutes(content, trusted, verdict, beside)
    if typ == record.TYP:
        return _verify_floor(content, trusted, verdict)
    return _verify_vote(content, trusted, verdict, beside)


def _verify_minutes(content: bytes, trusted: Anchors, verdict: Verdict, beside: Beside) -> Extract:
    minuted = minutes.verify_file(content, trusted)
    verdict.checks += ["seal", *minutes.CHECKS]
    compare_beside(minuted, trusted, verdict, beside)
    return minuted.statement.evidence.ledger


def compare_beside(minuted: Minuted, trusted: Anchors, verdict: Verdict, beside: Beside) -> None:
    """Compare minutes, which were proven, with what lies beside, and note it all."""
    compared = None
    if beside.papers is not None:
        # One in memory at a time, however many lie there.
        files = ((each.name, read(each)) for each in sorted(_files_in(beside.papers)))
        compared = minutes_audit.compare(minuted, files, trusted)
        verdict.checks.append("beside")
        verdict.unchecked = compared.unchecked
    missing = minutes_audit.not_given(minuted, compared)
    verdict.figures = minutes_audit.figures_of_minutes(minuted) | {"not_given": missing}
    verdict.remarks = minutes_audit.told_of_minutes(minuted, compared)


def _files_in(directory: Path) -> list[Path]:
    try:
        return [each for each in directory.iterdir() if each.suffix == ".json" and each.is_file()]
    except OSError as error:
        raise FileUnreadable(file=directory.name) from error


def _verify_vote(content: bytes, trusted: Anchors, verdict: Verdict, beside: Beside) -> Extract:
    proven = proof.verify_certificate(content, trusted, Forks(), _reading(beside))
    verdict.checks += ["seal", *proof.CHECKS]
    _note(proven, verdict, beside)
    return proven.statement.evidence.ledger


def _note(proven: Proven, verdict: Verdict, beside: Beside) -> None:
    """What a proven certificate says, and what others said of its keys, as far as that is given."""
    if beside.ledger is not None:
        verdict.checks.append("ledger_file")
    verdict.figures, verdict.remarks = figures_of(proven), told_of_begun(proven)
    if beside.outside is not None:
        trusted = outside_check.anchors_in([read(each) for each in beside.outside_trust])
        checked = outside_check.check(read(beside.outside), proven, trusted)
        verdict.checks += checked.checks
        verdict.remarks += checked.remarks
        verdict.figures |= {"vouched": checked.vouched, "remote_signatures": checked.remote}
    elif not isinstance(proven.statement.outside, UnsetType):
        verdict.remarks.append(f"{NOT_GIVEN}: SHA-256 {proven.statement.outside}")


def _verify_floor(content: bytes, trusted: Anchors, verdict: Verdict) -> Extract:
    replayed = record.verify_file(content, trusted)
    verdict.checks += ["seal", *record.CHECKS]
    verdict.figures, verdict.remarks = figures_of_floor(replayed), told_of_floor(replayed)
    return replayed.statement.evidence.ledger


def _reading(beside: Beside) -> Reading | None:
    return None if beside.ledger is None else partial(lines_of, beside.ledger)


def lines_of(path: Path) -> Iterator[bytes]:
    """A file's lines, each with its newline; one that is too long for any ledger comes in pieces. Raises
    FileUnreadable."""
    try:
        with path.open("rb") as file:
            while line := file.readline(LONGEST_LINE):
                yield line
    except OSError as error:
        raise FileUnreadable(file=path.name) from error


def read(path: Path) -> bytes:
    """A file's bytes, unless there are more than any paper has. Raises FileUnreadable."""
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            size = about.st_size
            # A link may lead to /dev/zero. Of a pipe the size is not known before it was read.
            if stat.S_ISCHR(about.st_mode):
                raise FileUnreadable(file=path.name)
            content = file.read(seal.LARGEST + 1) if size <= seal.LARGEST else b""
    except OSError as error:
        raise FileUnreadable(file=path.name) from error
    if max(size, len(content)) > seal.LARGEST:
        raise FileUnreadable(file=f"{path.name} (> {seal.LARGEST} bytes)")
    return content
