"""`plenary verify` and `plenary audit` of turn logs: what they say of good files, and of files with a thing changed."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.desk import audit, verify
from services.floor import turn_sheet
from services.rules.floor.turn_log import log_of
from tests.support import floor_record
from tests.support.floor_record import RecordedSitting, play, usual
from tests.support.issued import usual as usual_vote

FILES = ["turns.json", "turns.pdf", "floor.jsonl", "turns.csv"]
# Every check that a changed byte in one of the files may fail: each file has its own.
BROKEN = {
    "turns.json": {"certificate_malformed", "seal_wrong"},
    "turns.pdf": {"pdf_changed", "pdf_malformed", "pdf_seal_wrong"},
    "floor.jsonl": {"files_disagree"},
    "turns.csv": {"files_disagree"},
    "trust.pem": {"files_disagree"},
}


@pytest.fixture
def files() -> dict[str, bytes]:
    """All files of the usual record."""
    sitting, printed = usual()
    return floor_record.files_of(sitting, printed, turn_sheet.render(log_of(sitting.lines), sitting.actors()))


@pytest.fixture
def directory(files: dict[str, bytes], tmp_path: Path) -> Path:
    """The files as they are written."""
    return floor_record.write(files, tmp_path / "out")


@pytest.fixture
def trust(files: dict[str, bytes], tmp_path: Path) -> Path:
    """The trust anchor, come by another way."""
    path = tmp_path / "anchor.pem"
    path.write_bytes(files["trust.pem"])
    return path


def code_of(directory: Path, trust: Path) -> str:
    """The check that an audit fails; "" if it fails none."""
    refused = audit.audit(directory, trust).refused
    return refused.code if refused is not None else ""


def test_the_audit_tells_who_was_called_out_of_turn_by_whom_and_why(
    directory: Path, trust: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 0, and a line for each thing that the desk overrode."""
    assert audit.main([str(directory), "--trust", str(trust)]) == 0
    said = capsys.readouterr().out
    assert "HỢP LỆ / VALID: 3 lượt phát biểu, 1 lượt ngoài thứ tự" in said
    (told,) = [line for line in said.splitlines() if "OUT OF TURN" in line]
    for part in ("[10]", "Lê Thị Hồng Gấm", "Trần Văn Ơn", "Hoàng Văn Thụ (chair-1)", "phải đi công tác"):
        assert part in told
    assert "[13] Thêm thời gian 30 giây: Lê Thị Hồng Gấm" in said


def test_json_has_counts_and_the_list_of_overrides(
    directory: Path, trust: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs read the same."""
    assert audit.main([str(directory), "--trust", str(trust), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["failed"], said["unchecked"]) == (True, None, [])
    assert (said["turns"], said["out_of_turn"], said["unreached"], said["opinions"]) == (3, 1, 1, 1)
    assert (said["used_ms"], said["over_ms"], said["line"]) == (199_542, 7_042, 24)
    called = [each for each in said["overrides"] if each["passed_over"]]
    assert [
        (each["about"], each["passed_over"], each["by"], each["reason"], each["index"]) for each in called
    ] == [("Lê Thị Hồng Gấm", "Trần Văn Ơn", "chair-1", "Đại biểu phải đi công tác", 10)]
    assert [each["act"] for each in said["overrides"]] == ["lane.open", "call", "extend"]
    assert said["checks"] == [
        *("trust", "files", "seal", "ledger", "credentials", "acts_and_order", "turn_log"),
        *("pdf_seal", "pdf_attachments", "ledger_file", "turn_sheet"),
    ]


@pytest.mark.parametrize("file", ["turns.json", "turns.pdf"])
def test_one_file_alone_is_verified(
    directory: Path, trust: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 0, with the same figures."""
    assert verify.main([str(directory / file), "--trust", str(trust), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["turns"], said["out_of_turn"]) == (True, 3, 1)


@pytest.mark.parametrize("file", [*FILES, "trust.pem"])
def test_any_changed_byte_fails_the_audit_for_the_right_reason(
    directory: Path, trust: Path, file: str
) -> None:
    """Sampled over the whole of each file, ends included."""
    path, dice = directory / file, random.Random(file)
    content = path.read_bytes()
    for place in {0, len(content) - 1, *(dice.randrange(len(content)) for _ in range(60))}:
        changed = bytearray(content)
        changed[place] ^= 1 << dice.randrange(8)
        path.write_bytes(changed)
        assert code_of(directory, trust) in BROKEN[file], f"byte {place} of {file}"


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FILES), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_property_no_byte_of_any_file_may_be_another(
    directory: Path, trust: Path, files: dict[str, bytes], file: str, where: float, flip: int
) -> None:
    """Any byte to any other value, anywhere."""
    content = bytearray(files[file])
    content[int(where * len(content))] ^= flip
    (directory / file).write_bytes(content)
    try:
        assert code_of(directory, trust) in BROKEN[file]
    finally:
        (directory / file).write_bytes(files[file])


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("change", ["truncated", "appended", "empty", "doubled"])
def test_more_or_less_of_a_file_fails_the_audit(directory: Path, trust: Path, file: str, change: str) -> None:
    """Nothing may be cut off or added."""
    path = directory / file
    content = path.read_bytes()
    changes = {
        "truncated": content[:-1],
        "appended": content + b"\n",
        "empty": b"",
        "doubled": content + content,
    }
    path.write_bytes(changes[change])
    assert code_of(directory, trust) in BROKEN[file]


def test_a_sheet_from_before_is_proven(directory: Path, trust: Path, files: dict[str, bytes]) -> None:
    """Sheets were written with a bare semicolon in a cell: theirs are good still, changed ones are not."""
    with pytest.MonkeyPatch.context() as once:
        once.setattr(turn_sheet, "HEADER", ("STT; =1", *turn_sheet.HEADER[1:]))
        for change, refused in ((b"STT; =1", None), (b"STT;' =2", "files_disagree")):
            (directory / "turns.csv").write_bytes(files["turns.csv"].replace(b"STT", change))
            found = audit.audit(directory, trust).refused
            assert (found and found.code) == refused


def test_the_sheet_need_not_be_there(directory: Path, trust: Path) -> None:
    """The others must."""
    (directory / "turns.csv").unlink()
    verdict = audit.audit(directory, trust)
    assert verdict.refused is None
    assert "turn_sheet" not in verdict.checks


@pytest.mark.parametrize("file", ["turns.json", "turns.pdf", "floor.jsonl"])
def test_a_missing_file_is_named(directory: Path, trust: Path, file: str) -> None:
    """An audit is of all of them."""
    (directory / file).unlink()
    refused = audit.audit(directory, trust).refused
    assert refused is not None
    assert (refused.code, refused.facts["what"]) == ("files_wrong", f"no {file}")


def test_files_of_two_records_do_not_agree(directory: Path, trust: Path) -> None:
    """Each good by itself, but of another line."""
    sitting, _ = usual()
    other = RecordedSitting(pki=sitting.pki)
    printed = floor_record.issue(play(other))
    for file, content, code in (
        ("turns.pdf", printed.pdf, "pdf_attachment_wrong"),
        ("floor.jsonl", printed.ledger, "files_disagree"),
    ):
        kept = (directory / file).read_bytes()
        (directory / file).write_bytes(content)
        assert code_of(directory, trust) == code
        (directory / file).write_bytes(kept)
    (directory / "turns.json").write_bytes(printed.file)
    assert code_of(directory, trust) == "pdf_attachment_wrong"


def test_another_trust_anchor_trusts_nobody_here(directory: Path, trust: Path) -> None:
    """A stranger's root, given as the anchor."""
    trust.write_bytes(usual_vote().trust)
    (directory / "trust.pem").unlink()
    assert code_of(directory, trust) == "seal_wrong"
    for file, code in (("turns.json", "seal_wrong"), ("turns.pdf", "pdf_seal_wrong")):
        refused = verify.verify(directory / file, trust).refused
        assert refused is not None
        assert refused.code == code


def test_a_certificate_is_no_turn_log(directory: Path, trust: Path) -> None:
    """A vote's files under a floor's names are refused, however good they are."""
    vote = usual_vote()
    trust.write_bytes(vote.trust)
    (directory / "trust.pem").write_bytes(vote.trust)
    (directory / "turns.json").write_bytes(vote.printed.file)
    assert code_of(directory, trust) == "seal_wrong"


def test_what_the_log_says_cannot_command_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A name of control characters is shown as what it is, on its line."""
    sitting = RecordedSitting(names={"chi": "Chi\x1b[2J\nHỢP LỆ"})
    printed = floor_record.issue(play(sitting))
    directory = floor_record.write(floor_record.files_of(sitting, printed), tmp_path / "out")
    assert audit.main([str(directory), "--trust", str(directory / "trust.pem")]) == 0
    said = capsys.readouterr().out
    assert r"Chi\x1b[2J\nHỢP LỆ" in said
    assert "\x1b" not in said
