"""The audit of a floor: turns.json, turns.pdf, floor.jsonl and perhaps turns.csv, proven and compared.

The order is proven again from the ledger: who was called out of turn, by whom, and why, is told.
"""

from pathlib import Path

from services.desk.verdict import Verdict, figures_of_floor, told_of_floor
from services.desk.verify import read
from services.desk.written import must_equal, must_hold, names_in
from services.floor import turn_sheet
from services.rules import jws, ledger_file
from services.rules.credential import Anchors, load_anchors
from services.rules.floor import record
from services.signing import sealed_pdf

FILES = ("turns.json", "turns.pdf", "floor.jsonl")
SHEET = "turns.csv"


def is_of_floor(directory: Path) -> bool:
    """Whether what lies there was written of a floor. Raises FileUnreadable."""
    found = names_in(directory)
    return not found.isdisjoint(FILES) and found.isdisjoint(("certificate.json", "certificate.pdf"))


def audit(directory: Path, trust: Path, verdict: Verdict) -> None:
    """Prove what lies there, and note what was proven. Raises a Refused that names the check which failed."""
    # 1. The anchors, and the files that must be there.
    anchors = read(trust)
    trusted = Anchors(load_anchors(anchors))
    verdict.unchecked = must_hold(directory, anchors, FILES, (SHEET,))
    files = {name: read(directory / name) for name in FILES}
    verdict.checks += ["trust", "files"]
    # 2. turns.json, all that it claims: every act decided again, the log made again.
    replayed = record.verify_file(files["turns.json"], trusted)
    verdict.checks += ["seal", *record.CHECKS]
    # 3. turns.pdf: its seal, and that it carries this very file.
    attached = sealed_pdf.open_pdf(files["turns.pdf"], anchors)
    sealed_pdf.must_agree(attached, replayed.statement.evidence.ledger)
    must_equal("turns.pdf", attached.file, files["turns.json"])
    verdict.checks += ["pdf_seal", "pdf_attachments"]
    # 4. floor.jsonl and turns.csv, byte for byte.
    must_equal("floor.jsonl", files["floor.jsonl"], ledger_file.render(replayed.statement.evidence.ledger))
    verdict.checks.append("ledger_file")
    if (directory / SHEET).exists():
        sheet = read(directory / SHEET)
        must_equal(SHEET, sheet, turn_sheet.like(sheet, replayed.statement.log, replayed.names))
        verdict.checks.append("turn_sheet")
    verdict.figures = figures_of_floor(replayed) | {"sha256": jws.digest(files["turns.json"])}
    verdict.remarks = told_of_floor(replayed)
