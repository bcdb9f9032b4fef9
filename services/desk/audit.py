"""`plenary audit DIR --trust PEM [--tsa-trust PEM]`: is everything good that was written of one vote, or of one floor,
and does it agree?

No network, no database. DIR holds certificate.pdf, certificate.json, ledger.jsonl and receipts.jsonl; or, of a floor,
turns.pdf, turns.json, floor.jsonl and perhaps turns.csv (see `floor_audit`). It may hold the trust.pem that was written
with them, which is not believed: the anchor must come by another way. It may hold the signed edition, too: that is
checked where `--tsa-trust` says whose word counts for time, else it is said why it is not. Whatever else lies there
(somebody took the PDF apart) proves nothing and disproves nothing: it is named as not checked.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from pathlib import Path

import msgspec
from msgspec import UnsetType

from services.desk import floor_audit
from services.desk.hands import Forks
from services.desk.signatories import (
    figures_of_signatories,
    figures_of_signers,
    told_of_signatories,
    told_of_signers,
)
from services.desk.verdict import Verdict, figures_of
from services.desk.verify import lines_of, read
from services.desk.written import FilesDisagree, must_equal, must_hold
from services.refusal import Refused
from services.rules import countersigned, great_ledger, jws, ledger_file, proof, seal
from services.rules.bulk import Hands
from services.rules.credential import Anchors, load_anchors
from services.rules.great_ledger import Reading
from services.rules.proof import Proven
from services.rules.proof_errors import ReceiptWrong
from services.signing import sealed_pdf
from services.signing.countersigned import signed_pdf
from services.wire import UNREADABLE, Receipt, Statement

LEDGER = "ledger.jsonl"
FILES = ("certificate.json", "certificate.pdf", LEDGER, "receipts.jsonl")

_HELP = f"{', '.join(FILES)}; or {', '.join(floor_audit.FILES)}"

Files = dict[str, bytes]

_receipts = msgspec.json.Decoder(Receipt)


def main(arguments: Sequence[str]) -> int:
    """Audit one directory; 0 if everything in it is proven, else 1 with the name of the check that failed."""
    parser = argparse.ArgumentParser(prog="plenary audit", description=__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR", help=_HELP)
    parser.add_argument("--trust", type=Path, required=True, metavar="PEM", help="trust anchors")
    parser.add_argument(
        "--tsa-trust",
        type=Path,
        metavar="PEM",
        help="anchors of time-stamp authorities, for the signed edition",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    return audit(given.directory, given.trust, given.tsa_trust).show(as_json=given.json)


def audit(directory: Path, trust: Path, tsa_trust: Path | None = None) -> Verdict:
    """What is to be said of a directory."""
    verdict = Verdict()
    try:
        if floor_audit.is_of_floor(directory):
            floor_audit.audit(directory, trust, verdict)
        else:
            _audit(directory, trust, tsa_trust, verdict)
    except Refused as refused:
        verdict.refused = refused
    return verdict


def _audit(directory: Path, trust: Path, tsa_trust: Path | None, verdict: Verdict) -> None:
    # 1. The anchors, and the files that must be there.
    anchors = read(trust)
    trusted = Anchors(load_anchors(anchors))
    verdict.unchecked = must_hold(directory, anchors, FILES, SIGNED)
    files = {name: read(directory / name) for name in FILES if name != LEDGER}
    verdict.checks += ["trust", "files"]
    # 2. certificate.json, all that it claims.
    hands, ledger = Forks(), partial(lines_of, directory / LEDGER)
    proven = _proven(files["certificate.json"], trusted, hands, ledger)
    verdict.checks += ["seal", *proof.CHECKS]
    # 3. certificate.pdf: its seal, and that it carries this very certificate.
    attached = sealed_pdf.open_pdf(files["certificate.pdf"], anchors)
    sealed_pdf.must_agree(attached, proven.statement.evidence.ledger)
    must_equal("certificate.pdf", attached.file, files["certificate.json"])
    verdict.checks += ["pdf_seal", "pdf_attachments"]
    # 4. ledger.jsonl, byte for byte; of a great poll it was just proven to be the file that is named.
    if not _is_great(proven.statement):
        must_equal(LEDGER, read(directory / LEDGER), ledger_file.render(proven.statement.evidence.ledger))
    verdict.checks.append("ledger_file")
    # 5. Every receipt, one for each ballot, in the order of the ledger.
    receipts = read_receipts(files["receipts.jsonl"])
    _must_be_received(receipts, proven, hands, ledger)
    verdict.checks.append("receipts")
    verdict.figures = figures_of(proven) | {"receipts": len(receipts)}
    verdict.figures["sha256"] = jws.digest(files["certificate.json"])
    # 6. The signed edition, if it is there: of this very certificate, and good by itself.
    signed = [name for name in SIGNED if (directory / name).exists()]
    if tsa_trust is None:
        verdict.unchecked += signed
        verdict.remarks += [f"{name}: cần / needs --tsa-trust" for name in signed]
        return
    authorities = read(tsa_trust)
    for name in signed:
        _SIGNED[name](read(directory / name), files, proven, (anchors, authorities), verdict)


def _is_great(statement: Statement) -> bool:
    return not isinstance(statement.evidence.ledger.file, UnsetType)


def _proven(file: bytes, anchors: Anchors, hands: Hands, ledger: Reading) -> Proven:
    """What a certificate says; of a great poll with the ledger beside it, of any other by itself."""
    statement, _, _ = seal.open_file(file, anchors, seal.CERTIFICATE)
    beside = ledger if _is_great(statement) else None
    return proof.verify_statement(statement, anchors, hands=hands, ledger=beside)


def _check_page(
    content: bytes, files: Files, proven: Proven, trust: tuple[bytes, bytes], verdict: Verdict
) -> None:
    opened = signed_pdf.open_signed(content, *trust)
    must_equal("certificate.signed.pdf", opened.file, files["certificate.json"])
    signed_pdf.must_agree(opened, proven.statement)
    verdict.checks += ["pdf_signatures", "pdf_signatories"]
    verdict.figures |= figures_of_signatories(opened)
    verdict.remarks += told_of_signatories(opened, countersigned.declared_by(proven.statement))


def _check_statement(
    content: bytes, files: Files, proven: Proven, trust: tuple[bytes, bytes], verdict: Verdict
) -> None:
    anchors, authorities = trust
    found = countersigned.open_file(content, Anchors(load_anchors(anchors)), load_anchors(authorities))
    if found.certificate != jws.digest(files["certificate.json"]) or found.statement != proven.statement:
        raise FilesDisagree(file="certificate.signed.json", what="another certificate")
    verdict.checks.append("signatures")
    verdict.figures |= figures_of_signers(found)
    verdict.remarks += told_of_signers(found, countersigned.declared_by(proven.statement))


SIGNED = ("certificate.signed.pdf", "certificate.signed.json")
_SIGNED = dict(zip(SIGNED, (_check_page, _check_statement), strict=True))


def _must_be_received(receipts: list[Receipt], proven: Proven, hands: Hands, ledger: Reading) -> None:
    if _is_great(proven.statement):
        _must_be_of_great(receipts, proven, hands, ledger)
    else:
        proof.verify_receipts(receipts, proven, hands)
        _must_be_all(receipts, [placed.index for placed in proven.history.ballots])


def _must_be_of_great(receipts: list[Receipt], proven: Proven, hands: Hands, ledger: Reading) -> None:
    """As of any poll, a page of its ledger after the other."""
    statement = proven.statement
    ballots = list[int]()
    for page in great_ledger.ballots_in(statement.evidence.ledger, ledger, statement.poll):
        some = receipts[len(ballots) : len(ballots) + len(page)]
        shown = replace(proven, run=replace(proven.run, lines=tuple(page)))
        proof.verify_receipts(some, shown, hands, first=len(ballots) + 1)
        ballots += [placed.index for placed in page]
    _must_be_all(receipts, ballots)


def _must_be_all(receipts: Sequence[Receipt], ballots: Sequence[int]) -> None:
    found = [receipt.index for receipt in receipts]
    for place, (one, other) in enumerate(zip_longest(found, ballots), start=1):
        if one != other:
            wanted = "there are no more ballots" if other is None else f"the next ballot is line {other}"
            raise ReceiptWrong(place=place, what=wanted)


def read_receipts(file: bytes) -> list[Receipt]:
    """The receipts of a receipts.jsonl, each exactly as voting writes it. Raises ReceiptWrong."""
    if file and not file.endswith(b"\n"):
        raise ReceiptWrong(place=file.count(b"\n") + 1, what="no end of line")
    receipts = []
    for place, line in enumerate(file.split(b"\n")[:-1], start=1):
        try:
            receipt = _receipts.decode(line)
        except UNREADABLE as error:
            raise ReceiptWrong(place=place, what="not a receipt") from error
        if msgspec.json.encode(receipt) != line:
            raise ReceiptWrong(place=place, what="not written as receipts are")
        receipts.append(receipt)
    return receipts
