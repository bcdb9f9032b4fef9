"""`plenary verify --ledger` and `plenary audit` of a certificate that names its ledger by hash, as it is printed."""

import json
import tempfile
from functools import cache
from pathlib import Path

import msgspec
import pytest
from msgspec import UnsetType

from services.desk import audit, verify
from services.rules import great_ledger, ledger_file, seal
from services.rules.credential import Anchors
from services.signing import printing, sealed_pdf
from services.signing.printing import Printed
from tests.support.great_ledger import apart
from tests.support.issued import Issued, materials, usual


@cache
def printed() -> tuple[Printed, bytes]:
    """The files of a great certificate, but for its ledger; and that."""
    sitting = usual().sitting
    printing.equip(materials(sitting.pki))
    statement, file = apart(sitting.statement())
    with tempfile.NamedTemporaryFile() as lines:
        lines.write(b"".join(file[1:-1]))
        lines.flush()
        made = printing.print_out(msgspec.json.encode(statement), Path(lines.name))
    assert isinstance(made, Printed), made
    assert printing.verify(made.sha256) is None
    return made, b"".join(file)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """All files of it."""
    made, ledger = printed()
    whole = usual()
    out = Issued(whole.sitting, made, whole.receipts, whole.trust).write(tmp_path / "out")
    (out / "ledger.jsonl").write_bytes(ledger)
    return out


def said_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """What `verify` says, as a program reads it."""
    verify.main([*arguments, "--json"])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("file", ["certificate.json", "certificate.pdf"])
def test_with_its_ledger_it_is_valid(directory: Path, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The same figures as of the certificate that holds its ledger; without, or with another, it says what is wrong."""
    asked = [str(directory / file), "--trust", str(directory / "trust.pem")]
    ledger = directory / "ledger.jsonl"
    said = said_of([*asked, "--ledger", str(ledger)], capsys)
    assert (said["ok"], said["participating"], said["approve"], said["ballots"]) == (True, 7, 5, 7)
    assert "ledger_file" in said["checks"]  # type: ignore[operator]
    assert said_of(asked, capsys)["failed"] == "ledger_file_needed"
    ledger.write_bytes(ledger.read_bytes().replace(b"approve", b"reject!", 1))
    assert said_of([*asked, "--ledger", str(ledger)], capsys)["failed"] == "ledger_file_wrong"
    assert said_of([*asked, "--ledger", str(directory / "none")], capsys)["failed"] == "file_unreadable"


def test_its_page_carries_the_name_of_the_ledger_and_not_the_ledger(directory: Path) -> None:
    """However many lines there are, three are attached; they say by which hash the file is known."""
    trust = (directory / "trust.pem").read_bytes()
    attached = sealed_pdf.open_pdf((directory / "certificate.pdf").read_bytes(), trust)
    statement, _, _ = seal.open_file(attached.file, Anchors([usual().sitting.pki.root.der]), seal.CERTIFICATE)
    assert attached.ledger == ledger_file.render(statement.evidence.ledger)
    assert attached.ledger.count(b"\n") == 3
    file = statement.evidence.ledger.file
    assert not isinstance(file, UnsetType)
    assert file.sha256.encode() in attached.ledger


def test_a_directory_of_it_is_audited(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All receipts too, a page of the ledger after the other; one too few, or too many, is missed."""
    monkeypatch.setattr(great_ledger, "PAGE", 3)
    trust = ["--trust", str(directory / "trust.pem"), "--json"]
    assert audit.main([str(directory), *trust]) == 0
    assert json.loads(capsys.readouterr().out)["receipts"] == 7
    whole = (directory / "receipts.jsonl").read_bytes().splitlines(keepends=True)
    for spoiled in (whole[:-1], [*whole, whole[0]], [whole[1], whole[0], *whole[2:]]):
        (directory / "receipts.jsonl").write_bytes(b"".join(spoiled))
        assert audit.main([str(directory), *trust]) == 1
        assert json.loads(capsys.readouterr().out)["failed"] == "receipt_wrong"
