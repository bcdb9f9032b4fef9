"""`plenary verify` before all that attackers make of a signed edition: exit code 1, which check, nothing else said."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.desk import verify
from tests.support import minutes_edition, pdf_shadows, signed_edition
from tests.support.file_attacks import FILE_ATTACKS, FILE_CODES
from tests.support.pdf_attacks import ATTACKS
from tests.support.pdf_games import GAMES
from tests.support.pdf_shadows import SHADOWS
from tests.support.signed_edition import Edition
from tests.support.tools import needs, run

EDITIONS: dict[str, Callable[[], Edition]] = {
    "certificate": signed_edition.finished,
    "minutes": minutes_edition.finished,
}
ALL = ATTACKS | GAMES
# Of most it is said that the file was changed; of these, more.
CODES = {
    "bytes before the start": "pdf_malformed",
    "contents of zeros": "pdf_signature_wrong",
    "cut after the secretary": "pdf_unfinished",
    "cut after the chair": "pdf_unfinished",
    "cut after the seal": "pdf_unfinished",
    "cut before the archive": "pdf_unfinished",
    "a stranger's archive": "time_stamp_wrong",
    "no archive's archive": "time_stamp_wrong",
    "an archive twice": "time_stamp_wrong",
    "a certificate kept that is none": "pdf_materials_wrong",
    "a stranger's certificate kept": "pdf_materials_wrong",
    "a list kept that is none": "pdf_materials_wrong",
    "a stranger's list kept": "pdf_materials_wrong",
    "an answer kept that is none": "pdf_materials_wrong",
    "sealed as signed": "pdf_malformed",
    "acts behind the sealed": "pdf_malformed",
}


def said_of(file: bytes, edition: Edition, directory: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The code by which the command refuses a file, as JSON and in words; "" if it finds it good."""
    paths = {"file": file, "trust.pem": edition.trust, "time.pem": edition.trusted.time}
    for name, content in paths.items():
        (directory / name).write_bytes(content)
    asked, trust, time = (str(directory / name) for name in paths)
    code = verify.main([asked, "--trust", trust, "--tsa-trust", time, "--json"])
    said = json.loads(capsys.readouterr().out)
    assert verify.main([asked, "--trust", trust, "--tsa-trust", time]) == code
    words = capsys.readouterr().out
    assert said["ok"] == (code == 0)
    if code == 0:
        return ""
    # What was refused says nothing of a result, of who signed, or at which level.
    assert code == 1
    assert set(said) == {"ok", "failed", "checks", "unchecked", "detail", "detail_en", "facts"}
    assert f"KHÔNG HỢP LỆ / NOT VALID [{said['failed']}]" in words
    assert "pdf_signatories" not in words
    return str(said["failed"])


@pytest.mark.parametrize("paper", EDITIONS)
def test_the_genuine_ones_are_good(paper: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Or else to refuse all others would be easy."""
    edition = EDITIONS[paper]()
    assert said_of(edition.pdf, edition, tmp_path, capsys) == ""
    assert said_of(edition.json, edition, tmp_path, capsys) == ""


@pytest.mark.parametrize("paper", EDITIONS)
@pytest.mark.parametrize("name", ALL)
def test_every_attack_is_refused_by_name(
    paper: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made from the genuine edition of a certificate, and of minutes."""
    edition = EDITIONS[paper]()
    pdf = ALL[name](edition)
    assert pdf != edition.pdf
    assert said_of(pdf, edition, tmp_path, capsys) == CODES.get(name, "pdf_changed")


@pytest.mark.parametrize("paper", EDITIONS)
@pytest.mark.parametrize("name", FILE_ATTACKS)
def test_every_attack_on_the_file_is_refused_by_name(
    paper: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same of certificate.signed.json and minutes.signed.json."""
    edition = EDITIONS[paper]()
    file = FILE_ATTACKS[name](edition)
    assert file != edition.json
    assert said_of(file, edition, tmp_path, capsys) == FILE_CODES[name]


@pytest.mark.parametrize("paper", EDITIONS)
def test_trial_time_is_told_though_the_page_says_nothing_of_it(
    paper: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page laid out as for a given authority, stamped by the house's own, for trial."""
    edition = EDITIONS[paper]()
    hidden = type(edition)(edition.issued, note="given").finished()
    for which, told in (
        (edition, True),
        (hidden, True),
        (type(edition)(edition.issued, stamped=False).finished(), False),
    ):
        (tmp_path / "trust.pem").write_bytes(which.trust)
        (tmp_path / "time.pem").write_bytes(which.trusted.time)
        trusted = ["--trust", str(tmp_path / "trust.pem"), "--tsa-trust", str(tmp_path / "time.pem")]
        for content in (which.pdf, which.json):
            (tmp_path / "file").write_bytes(content)
            assert verify.main([str(tmp_path / "file"), *trusted]) == 0
            assert ("THỬ NGHIỆM / TRIAL: " in capsys.readouterr().out) == told
            assert verify.main([str(tmp_path / "file"), *trusted, "--json"]) == 0
            assert json.loads(capsys.readouterr().out)["test_time"] == told


@needs("pdftoppm")
@pytest.mark.parametrize("kind", SHADOWS)
def test_a_page_with_a_shadow_is_refused_once_that_falls(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Signed in earnest by all three it is good, and shows what they saw; what shows another page is refused."""
    prepare, reveal = SHADOWS[kind]
    edition = pdf_shadows.signed(prepare)
    genuine = seen(signed_edition.finished().pdf, tmp_path)
    assert changed(seen(edition.pdf, tmp_path), genuine) == 0
    assert said_of(edition.pdf, edition, tmp_path, capsys) == ""
    revealed = reveal(edition.pdf)
    assert revealed.startswith(edition.pdf)
    assert changed(seen(revealed, tmp_path), genuine) > 1_000
    assert said_of(revealed, edition, tmp_path, capsys) == "pdf_changed"


def seen(pdf: bytes, directory: Path) -> bytes:
    """The first page as poppler draws it."""
    (directory / "seen.pdf").write_bytes(pdf)
    drawn = str(directory / "seen")
    run("pdftoppm", "-r", "40", "-f", "1", "-l", "1", "-singlefile", str(directory / "seen.pdf"), drawn)
    return Path(f"{drawn}.ppm").read_bytes()


def changed(one: bytes, other: bytes) -> int:
    """How many of their colours are visibly others."""
    assert len(one) == len(other)
    return sum(abs(here - there) > 64 for here, there in zip(one, other, strict=True))
