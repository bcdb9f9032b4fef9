"""Files that are written once, whole or not at all."""

import os
import secrets
from pathlib import Path


def write_once(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file, on disk when this returns; one that exists stays as it is, also when two write at once."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    # link, not rename: whoever came first keeps the name, so two starts at once agree on one file.
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
