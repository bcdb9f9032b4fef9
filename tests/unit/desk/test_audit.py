"""`plenary verify` and `plenary audit`: what they say of good files, and of files in which one thing was changed."""

import json
import os
import random
from pathlib import Path

import msgspec
import pytest

from services.desk import audit, verify
from services.rules.certified import to_pem
from tests.support import signed_edition
from tests.support.begun_plays import GOOD
from tests.support.countersigned import STATEMENTS, Making
from tests.support.evidence import Sitting, by_choice
from tests.support.issued import Issued, issue, usual
from tests.support.pki import Pki
from tests.support.stamps import TimeAuthority

FILES = ["certificate.json", "certificate.pdf", "ledger.jsonl", "receipts.jsonl"]
# Every check that a changed byte in one of the files may fail: each file has its own.
BROKEN = {
    "certificate.json": {"certificate_malformed", "seal_wrong"},
    "certificate.pdf": {"pdf_changed", "pdf_malformed", "pdf_seal_wrong"},
    "ledger.jsonl": {"files_disagree"},
    "receipts.jsonl": {"receipt_wrong"},
}
# A changed byte in an anchor: no PEM any more, or no certificate, or one that signs nothing.
NO_ANCHOR = {"anchors_malformed", "chain_malformed", "chain_untrusted", "chain_wrong_use", "seal_wrong"}


@pytest.fixture
def issued() -> Issued:
    """A certificate with all its files."""
    return usual()


@pytest.fixture
def directory(issued: Issued, tmp_path: Path) -> Path:
    """All files of it."""
    return issued.write(tmp_path / "out")


@pytest.fixture
def trust(issued: Issued, tmp_path: Path) -> Path:
    """The trust anchor, come by another way."""
    path = tmp_path / "anchor.pem"
    path.write_bytes(issued.trust)
    return path


def flipped(content: bytes, place: int, bit: int) -> bytes:
    """The content with one bit changed."""
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed)


@pytest.mark.parametrize("file", ["certificate.json", "certificate.pdf"])
def test_a_good_certificate_is_valid(
    directory: Path, trust: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 0, and the sentence that was read out."""
    assert verify.main([str(directory / file), "--trust", str(trust)]) == 0
    assert "Kết quả biểu quyết: có 7 đại biểu tham gia" in capsys.readouterr().out


@pytest.mark.parametrize("file", ["certificate.json", "certificate.pdf"])
def test_what_became_of_ballots_with_signing_services_is_told(
    tmp_path: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words, and as figures; both files, whole through the press."""
    play = next(play for play in GOOD if play.name == "begun before the deadline, signed within the grace")
    made = issue(play.play(lambda **more: Sitting(members=3, **more)))
    directory, anchor = made.write(tmp_path / "begun"), tmp_path / "anchor.pem"
    anchor.write_bytes(made.trust)
    assert verify.main([str(directory / file), "--trust", str(anchor)]) == 0
    said = capsys.readouterr().out
    assert "Gửi ký 2: nhận trước khi kết thúc 0, trong thời gian chờ 2" in said
    assert verify.main([str(directory / file), "--trust", str(anchor), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["begun"], figures["begun_in_grace"], figures["begun_cut_off"]) == (2, 2, 0)
    assert audit.main([str(directory), "--trust", str(anchor)]) == 0


def test_json_gives_one_object_with_the_figures(
    directory: Path, trust: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs read the same."""
    assert audit.main([str(directory), "--trust", str(trust), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is True
    assert said["failed"] is None
    assert (said["roll"], said["participating"], said["approve"]) == (9, 7, 5)
    assert (said["reject"], said["abstain"], said["carried"], said["receipts"]) == (1, 1, True, 7)
    assert said["checks"][-1] == "receipts"


def test_a_failure_names_the_check_in_both_languages(
    directory: Path, trust: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, the code, Vietnamese and English."""
    (directory / "ledger.jsonl").write_bytes(b"")
    assert audit.main([str(directory), "--trust", str(trust)]) == 1
    said = capsys.readouterr().out
    assert "[files_disagree]" in said
    assert "không khớp với tệp đã đóng dấu" in said
    assert "is not what the sealed file says" in said


def test_a_failure_as_json_names_the_check(
    directory: Path, trust: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs learn the code, and what had passed before."""
    (directory / "receipts.jsonl").write_bytes(b"{}\n")
    assert audit.main([str(directory), "--trust", str(trust), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["failed"], said["facts"]["place"]) == (False, "receipt_wrong", 1)
    assert "ledger_file" in said["checks"]


@pytest.mark.parametrize("file", FILES)
def test_any_changed_byte_fails_the_audit_for_the_right_reason(
    directory: Path, trust: Path, file: str
) -> None:
    """Sampled over the whole of each file, ends included."""
    path, dice = directory / file, random.Random(file)
    content = path.read_bytes()
    places = {0, len(content) - 1, *(dice.randrange(len(content)) for _ in range(60))}
    for place in places:
        path.write_bytes(flipped(content, place, dice.randrange(8)))
        refused = audit.audit(directory, trust).refused
        assert refused is not None, f"byte {place} of {file}"
        assert refused.code in BROKEN[file], f"byte {place} of {file}: {refused}"


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
    refused = audit.audit(directory, trust).refused
    assert refused is not None
    assert refused.code in BROKEN[file]


@pytest.mark.parametrize(
    ("order", "place", "what"),
    [
        pytest.param([1, 0, 2, 3, 4, 5, 6], 1, "the next ballot is line 5", id="two swapped"),
        pytest.param([0, 1, 1, 2, 3, 4, 5, 6], 3, "the next ballot is line 7", id="one twice"),
        pytest.param([0, 1, 3, 4, 5, 6], 3, "the next ballot is line 7", id="one missing"),
        pytest.param([0, 1, 2, 3, 4, 5], 7, "the next ballot is line 11", id="the last missing"),
        pytest.param([0, 1, 2, 3, 4, 5, 6, 0], 8, "there are no more ballots", id="one too many"),
    ],
)
def test_there_is_one_receipt_for_each_ballot_in_order(
    directory: Path, trust: Path, order: list[int], place: int, what: str
) -> None:
    """A receipt that is missing, repeated or moved is noticed, though each that is there is good."""
    lines = (directory / "receipts.jsonl").read_bytes().splitlines(keepends=True)
    (directory / "receipts.jsonl").write_bytes(b"".join(lines[each] for each in order))
    refused = audit.audit(directory, trust).refused
    assert refused is not None
    assert (refused.code, refused.facts) == ("receipt_wrong", {"place": place, "what": what})


def test_any_changed_byte_of_the_trust_anchor_fails(directory: Path, trust: Path) -> None:
    """A damaged anchor trusts nobody."""
    content, dice = trust.read_bytes(), random.Random(7)
    for place in range(len(content)):
        trust.write_bytes(flipped(content, place, dice.randrange(8)))
        refused = verify.verify(directory / "certificate.json", trust).refused
        assert refused is not None, f"byte {place}"
        assert refused.code in NO_ANCHOR, str(refused)


def test_a_byte_more_or_less_of_the_trust_anchor_fails(directory: Path, trust: Path) -> None:
    """Also where no certificate is: before, between the lines, behind. The same for what lies beside the files."""
    content = trust.read_bytes()
    for place in range(len(content) + 1):
        shorter = content[:place] + content[place + 1 :]
        longer = [content[:place] + byte + content[place:] for byte in (b"\n", b"\r", b" ", b"#")]
        for changed in longer if place == len(content) else [shorter, *longer]:
            trust.write_bytes(changed)
            refused = audit.audit(directory, trust).refused
            assert refused is not None, f"byte {place}"
            assert refused.code == "anchors_malformed", f"byte {place}: {refused}"
    trust.write_bytes(content)
    (directory / "trust.pem").write_bytes(content + b"\n")
    refused = audit.audit(directory, trust).refused
    assert refused is not None
    assert refused.code == "files_disagree"


def test_another_trust_anchor_trusts_nobody_here(directory: Path, trust: Path) -> None:
    """A stranger's root, also as the one in the directory."""
    foreign = Pki().root.pem
    trust.write_bytes(foreign)
    for file in ("certificate.json", "certificate.pdf"):
        refused = verify.verify(directory / file, trust).refused
        assert refused is not None
        assert refused.code in ("seal_wrong", "pdf_seal_wrong")
    (directory / "trust.pem").write_bytes(foreign)
    assert audit.audit(directory, trust).refused is not None


def test_a_trust_anchor_beside_the_files_must_be_the_one_given(directory: Path, trust: Path) -> None:
    """What lies in the directory is not believed, and must not mislead."""
    (directory / "trust.pem").write_bytes(Pki().root.pem)
    refused = audit.audit(directory, trust).refused
    assert refused is not None
    assert (refused.code, refused.facts["file"]) == ("files_disagree", "trust.pem")


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(directory: Path, trust: Path, file: str) -> None:
    """An audit is of all of them."""
    (directory / file).unlink()
    refused = audit.audit(directory, trust).refused
    assert refused is not None
    assert (refused.code, refused.facts["what"]) == ("files_wrong", f"no {file}")


@pytest.mark.parametrize("file", [*FILES, "trust.pem", "certificate.signed.json"])
@pytest.mark.parametrize("make", ["pipe", "device", "directory", "nowhere"])
def test_what_is_no_file_is_not_read(directory: Path, trust: Path, file: str, make: str) -> None:
    """An archive of somebody's brings a pipe that nobody writes to, or a link without an end: nobody waits for it."""
    (directory / file).unlink(missing_ok=True)
    if make == "pipe":
        os.mkfifo(directory / file)
    elif make == "directory":
        (directory / file).mkdir()
    else:
        (directory / file).symlink_to("/dev/zero" if make == "device" else "/nowhere")
    refused = audit.audit(directory, trust).refused
    assert refused is not None
    assert (refused.code, refused.facts["what"]) == ("files_wrong", f"{file}: no file")


def test_what_lies_beside_is_named_and_not_checked(
    directory: Path, trust: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever took the PDF apart there has not spoiled it; nobody shall take a file beside it for checked."""
    (directory / "minutes-final.pdf").write_bytes(b"")
    (directory / "certutil").mkdir()
    assert audit.main([str(directory), "--trust", str(trust)]) == 0
    assert "minutes-final.pdf: không kiểm tra / not checked" in capsys.readouterr().out
    assert audit.main([str(directory), "--trust", str(trust), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unchecked"] == ["certutil", "minutes-final.pdf"]


def test_a_name_beside_cannot_speak_for_us(
    directory: Path, trust: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name of any bytes stays on its line: no traceback, no second verdict, no control of the terminal."""
    (directory / os.fsdecode(b"\xff\nKH\xc3\x94NG\x1b[2J\xe2\x80\xae")).write_bytes(b"")
    assert audit.main([str(directory), "--trust", str(trust)]) == 0
    assert r"  – \udcff\nKHÔNG\x1b[2J\u202e: không kiểm tra" in capsys.readouterr().out
    assert audit.main([str(directory), "--trust", str(trust), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unchecked"] == [r"\udcff\nKHÔNG\x1b[2J\u202e"]


def test_files_of_two_votes_do_not_agree(directory: Path, trust: Path, issued: Issued) -> None:
    """Each good by itself, but not of one vote."""
    sitting = Sitting(members=9, pki=issued.sitting.pki, poll="bq-02")
    other = issue(sitting.play(by_choice(sitting.ids, 2, 1, 1)))
    (directory / "certificate.pdf").write_bytes(other.printed.pdf)
    refused = audit.audit(directory, trust).refused
    assert refused is not None
    assert refused.code == "pdf_attachment_wrong"


@pytest.mark.parametrize("which", ["file", "trust", "directory"])
def test_what_is_not_there_is_said(directory: Path, trust: Path, which: str) -> None:
    """A wrong path is no proof of anything."""
    nowhere = directory / "nowhere"
    verdicts = {
        "file": lambda: verify.verify(nowhere, trust),
        "trust": lambda: verify.verify(directory / "certificate.json", nowhere),
        "directory": lambda: audit.audit(nowhere, trust),
    }
    refused = verdicts[which]().refused
    assert refused is not None
    assert refused.code == "file_unreadable"


@pytest.fixture
def with_signed(directory: Path, tmp_path: Path) -> Path:
    """The signed edition lies there, too; the anchors of its authority for time."""
    edition, time = signed_edition.finished(), TimeAuthority()
    made = Making(edition.issued.sitting, time)
    STATEMENTS[id(made.sitting)] = msgspec.json.encode(made.sitting.statement())
    keys = made.sitting.keys
    persons = made.person("secretary", keys["db002"], 5), made.person("chair", keys["db001"], 10)
    (directory / "certificate.signed.pdf").write_bytes(edition.pdf)
    file = made.sealed(*persons, certificate=edition.issued.printed.sha256)
    (directory / "certificate.signed.json").write_bytes(file)
    path = tmp_path / "time.pem"
    path.write_bytes(edition.authority.trust + to_pem(time.root.der).encode())
    return path


SIGNED = ["certificate.signed.pdf", "certificate.signed.json"]


def test_the_signed_edition_is_checked_where_it_is_said_whose_word_counts_for_time(
    directory: Path, trust: Path, with_signed: Path
) -> None:
    """Both files, with who signed; without it is said why they are not."""
    verdict = audit.audit(directory, trust, with_signed)
    assert verdict.refused is None, verdict.refused
    assert (verdict.unchecked, verdict.checks[-3:]) == (
        [],
        ["pdf_signatures", "pdf_signatories", "signatures"],
    )
    alone = audit.audit(directory, trust)
    assert (alone.refused, alone.unchecked) == (None, SIGNED)
    assert alone.remarks[-2:] == [f"{name}: cần / needs --tsa-trust" for name in SIGNED]


@pytest.mark.parametrize("file", SIGNED)
def test_a_signed_edition_that_is_not_of_this_certificate_fails(
    directory: Path, trust: Path, with_signed: Path, file: str
) -> None:
    """One of another vote, and one that was changed."""
    content = (directory / file).read_bytes()
    (directory / file).write_bytes(flipped(content, len(content) // 2, 1))
    assert audit.audit(directory, trust, with_signed).refused is not None
    (directory / file).write_bytes(content)
    for name in FILES:
        (directory / name).unlink()
    sitting = Sitting(members=9, pki=usual().sitting.pki, poll="bq-02")
    issue(sitting.play(by_choice(sitting.ids, 2, 1, 1))).write(directory)
    refused = audit.audit(directory, trust, with_signed).refused
    assert refused is not None
    assert refused.code == "files_disagree"
    assert refused.facts["file"] in SIGNED
