"""`plenary verify` before what is made to keep it busy: refused by name, with next to nothing done; and odd things that
lie beside."""

import os
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from services.desk import verify
from services.desk.verify import Beside, FileUnreadable
from services.rules import jws, long_term, seal
from tests.support import minutes_edition, signed_edition
from tests.support.pdf_bombs import BOMBS
from tests.support.signed_edition import Edition


def refused(content: bytes, edition: Edition, directory: Path) -> str:
    """The code by which a file is refused, in a sentence; "" if it is good."""
    (directory / "file").write_bytes(content)
    (directory / "trust.pem").write_bytes(edition.trust)
    (directory / "time.pem").write_bytes(edition.trusted.time)
    verdict = verify.verify(directory / "file", directory / "trust.pem", directory / "time.pem")
    if verdict.refused is None:
        return ""
    assert verdict.refused.text.endswith(".")
    return verdict.refused.code


@pytest.mark.parametrize("name", BOMBS)
def test_every_bomb_is_refused_by_name(name: str, tmp_path: Path) -> None:
    """Before a reader of PDF has seen it, or by the first look at it."""
    edition = signed_edition.finished()
    code, bomb = BOMBS[name]
    assert refused(bomb(edition), edition, tmp_path) == code


def with_elements(edition: Edition, place: int, element: int, name: str, often: int) -> bytes:
    """Of one of the elements behind a signature, what is in it so often."""
    file = json.decode(edition.json)
    elements = file["signatures"][place]["header"]["etsiU"]
    found = json.decode(jws.b64_decode(elements[element].encode()))
    inside: Any = found[name] if name == "xVals" else found[name]["crlVals"]
    inside[:] = inside[:1] * often
    elements[element] = jws.b64_encode(json.encode(found)).decode()
    return json.encode(file)


@pytest.mark.parametrize(("element", "name"), [(1, "xVals"), (2, "rVals")])
def test_what_stands_behind_a_signature_is_little(element: int, name: str, tmp_path: Path) -> None:
    """A signature of each list is verified: nobody is made to do so a million times."""
    edition = signed_edition.finished()
    file = with_elements(edition, 0, element, name, long_term.MOST_VALUES + 1)
    assert refused(file, edition, tmp_path) == "validation_wrong"


def test_archives_are_renewed_no_thousand_times(tmp_path: Path) -> None:
    """Each is read with all that stands before it."""
    edition = signed_edition.finished()
    file = json.decode(edition.json)
    elements = file["signatures"][2]["header"]["etsiU"]
    elements += elements[-1:] * (3 * long_term.MOST_ARCHIVES)
    assert refused(json.encode(file), edition, tmp_path) == "time_stamp_wrong"


def test_a_file_larger_than_any_is_not_read(tmp_path: Path) -> None:
    """Of a size that is only claimed, too."""
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(2 * seal.LARGEST)
    with pytest.raises(FileUnreadable, match="huge"):
        verify.read(tmp_path / "huge")


def test_a_device_is_not_read(tmp_path: Path) -> None:
    """A link in what somebody sent leads to bytes without end."""
    (tmp_path / "certificate.pdf").symlink_to("/dev/zero")
    with pytest.raises(FileUnreadable, match=r"certificate\.pdf"):
        verify.read(tmp_path / "certificate.pdf")


def test_what_is_no_file_beside_minutes_is_left_alone(tmp_path: Path) -> None:
    """A pipe that nobody writes to, a directory: both called like papers."""
    edition = minutes_edition.finished()
    (beside := tmp_path / "beside").mkdir()
    os.mkfifo(beside / "pipe.json")
    (beside / "directory.json").mkdir()
    for name, content in {"minutes.json": edition.issued.printed.file, "trust.pem": edition.trust}.items():
        (tmp_path / name).write_bytes(content)
    verdict = verify.verify(tmp_path / "minutes.json", tmp_path / "trust.pem", beside=Beside(beside))
    assert verdict.refused is None
    assert verdict.checks[-1] == "beside"
