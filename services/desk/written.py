"""A directory as it was written: what must be in it, and that a file is what it must be."""

from collections.abc import Collection
from pathlib import Path

from services.desk.verify import FileUnreadable, read
from services.refusal import Refused

TRUST = "trust.pem"


class FilesWrong(Refused):
    """The directory does not hold what it must hold: {what}."""

    code = "files_wrong"
    vi = "Thư mục không có đủ các tệp cần có: {what}."


class FilesDisagree(Refused):
    """{file} is not what the sealed file says: {what}."""

    code = "files_disagree"
    vi = "Tệp {file} không khớp với tệp đã đóng dấu: {what}."


def names_in(directory: Path) -> set[str]:
    """The names of what lies there. Raises FileUnreadable."""
    try:
        return {path.name for path in directory.iterdir()}
    except OSError as error:
        raise FileUnreadable(file=directory.name) from error


def must_hold(
    directory: Path, anchors: bytes, files: Collection[str], perhaps: Collection[str] = ()
) -> list[str]:
    """The names of what else lies there. Raises FilesWrong, FilesDisagree, FileUnreadable."""
    found = names_in(directory)
    for name in sorted(set(files) - found):
        raise FilesWrong(what=f"no {name}")
    # Archives bring pipes and links, too: nobody ever writes to the one, and /dev/zero behind the other has no end.
    for name in sorted(found & {*files, *perhaps, TRUST}):
        if not (directory / name).is_file():
            raise FilesWrong(what=f"{name}: no file")
    if TRUST in found and read(directory / TRUST) != anchors:
        raise FilesDisagree(file=TRUST, what="not the trust anchor given")
    return sorted(found - {*files, *perhaps, TRUST})


def must_equal(file: str, found: bytes, expected: bytes) -> None:
    """Raise FilesDisagree, naming the first line that differs, unless a file is what it must be."""
    if found == expected:
        return
    pairs = zip(found.split(b"\n"), expected.split(b"\n"), strict=False)
    line = next((place for place, (one, other) in enumerate(pairs, start=1) if one != other), 0)
    raise FilesDisagree(file=file, what=f"line {line}" if line else "length")
