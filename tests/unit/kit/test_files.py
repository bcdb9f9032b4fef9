"""Files that are written once: whole or not at all, and the first stays."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.kit.files import write_once


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("broken", ["fsync", "link"])
def test_a_full_disk_keeps_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Neither the file nor a half of it under another name, which for a key would be a secret that nobody looks for."""
    with monkeypatch.context() as patched:
        patched.setattr(os, broken, _full)
        with pytest.raises(OSError, match="No space"):
            write_once(tmp_path / "seal.key", b"secret", 0o600)
    assert list(tmp_path.iterdir()) == []
    write_once(tmp_path / "seal.key", b"secret", 0o600)
    assert [each.name for each in tmp_path.iterdir()] == ["seal.key"]


def test_the_first_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where another start wrote it just before ours would have been given its name."""
    link: Callable[[Path, Path], None] = os.link

    def late(draft: Path, path: Path) -> None:
        path.write_bytes(b"first")
        link(draft, path)

    monkeypatch.setattr(os, "link", late)
    write_once(tmp_path / "ledger.key", b"second")
    assert (tmp_path / "ledger.key").read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["ledger.key"]
