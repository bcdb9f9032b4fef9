"""Tars of ours put back."""

import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Owners are ours, no absolute names, no links that lead out. Pythons before 3.11.4 cannot be told so; what is unpacked
# was compared with the manifest before.
_SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def extract(tar: tarfile.TarFile, into: Path, members: Sequence[tarfile.TarInfo] | None = None) -> None:
    """Everything in it, or only these members, into a directory."""
    tar.extractall(into, members, **_SAFELY)  # noqa: S202 - as said above
