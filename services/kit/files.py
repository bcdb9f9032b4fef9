"""Files that are written once, whole or not at all; and small ones that people name on the command line."""

import contextlib
import os
import secrets
from pathlib import Path

from services.kit.complaint import Complaint

LARGEST_TEXT = 1_048_576


def write_once(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file, on disk when this returns; one that exists stays as it is, also when two write at once."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # link, not rename: whoever came first keeps the name, so two starts at once agree on one file.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        # On a full disk it is still there: half of a key, under a name that nobody looks at.
        draft.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def read_text(path: Path) -> str:
    """The text of a small file that somebody named: a key, a token, a list. Raises Complaint, with its name."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_TEXT + 1)
    except OSError as error:
        raise Complaint(f"{path}: {error.strerror}") from error
    if len(raw) > LARGEST_TEXT:
        raise Complaint(f"{path}: more than {LARGEST_TEXT} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Complaint(f"{path}: byte {error.start + 1} is not UTF-8 text") from error
