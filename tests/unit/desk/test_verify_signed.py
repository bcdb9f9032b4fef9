"""`plenary verify certificate.signed.json`: who signed, how far it is proven, and what is refused by name."""

import json
from pathlib import Path

import pytest

from services.desk import verify
from services.rules import signed_file
from tests.support.countersigned import Making, making, parts_of
from tests.support.stamps import TimeAuthority


def written(directory: Path, file: bytes, of: Making) -> list[str]:
    """The file and the anchors beside it; the command's arguments for them."""
    (directory / "certificate.signed.json").write_bytes(file)
    (directory / "trust.pem").write_bytes(of.sitting.pki.root.pem)
    arguments = [
        str(directory / "certificate.signed.json"),
        "--trust",
        str(directory / "trust.pem"),
        "--json",
    ]
    if of.time is not None:
        (directory / "time.pem").write_bytes(of.time.root.pem)
        arguments += ["--tsa-trust", str(directory / "time.pem")]
    return arguments


def test_who_signed_and_how_far_it_is_proven(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both persons and the seal, at B-LT; all checks of the statement beside."""
    stamped = making(stamped=True)
    assert verify.main(written(tmp_path, stamped.usual(), stamped)) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["level"], said["test_time"]) == ("B-LT", False)
    assert [(each["role"], each["member"]) for each in said["signatories"]] == [
        ("secretary", "db002"),
        ("chair", "db001"),
        ("seal", ""),
    ]
    assert said["checks"][:3] == ["trust", "signatures", "ledger"]


def test_without_time_stamps_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """B-B, and when by the signer's own word."""
    plain = making(stamped=False)
    assert verify.main(written(tmp_path, plain.usual(), plain)[:-1]) == 0
    said = capsys.readouterr().out
    assert "theo lời người ký / by their own word" in said
    assert "JAdES B-B" in said


def test_another_chair_is_named_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who declared the result stands in the ledger; somebody else signed as the chair."""
    plain = making(stamped=False)
    keys = plain.sitting.keys
    file = plain.sealed(plain.person("secretary", keys["db002"], 5), plain.person("chair", keys["db003"], 10))
    assert verify.main(written(tmp_path, file, plain)[:-1]) == 0
    assert "db003, ký thay / instead of db001" in capsys.readouterr().out


def test_what_does_not_hold_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A signature exchanged; time by an authority that is not trusted, or not told."""
    stamped = making(stamped=True)
    parts = parts_of(stamped.usual())
    swapped = signed_file.write(stamped.statement, [parts[1], parts[0], parts[2]])
    arguments = written(tmp_path, swapped, stamped)
    assert verify.main(arguments) == 1
    assert json.loads(capsys.readouterr().out)["failed"] == "countersignature_wrong"
    arguments = written(tmp_path, stamped.usual(), stamped)
    (tmp_path / "time.pem").write_bytes(TimeAuthority().root.pem)
    for given in (arguments, arguments[:-2]):
        assert verify.main(given) == 1
        assert json.loads(capsys.readouterr().out)["failed"] == "time_stamp_wrong"


# The command reads what a file says that it is: certificate.json, a good one, and, by its first signature, minutes.
OTHERWISE = {"certificate.json": None, "a signature on minutes": "certificate_malformed"}
VECTORS = json.loads((Path(__file__).parents[3] / "proto/vectors/countersigned.json").read_text())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: str(case["name"]))
def test_the_command_says_of_each_vector_what_it_is(
    case: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As every other reader is held to say it."""
    (tmp_path / "file.json").write_text(case["file"])
    (tmp_path / "trust.pem").write_text(VECTORS["trust"])
    code = verify.main([str(tmp_path / "file.json"), "--trust", str(tmp_path / "trust.pem"), "--json"])
    failed = OTHERWISE.get(case["name"], case["result"])
    wanted = None if failed == "good" else failed
    assert json.loads(capsys.readouterr().out)["failed"] == wanted
    assert code == (0 if wanted is None else 1)
