"""What `plenary run` says of itself."""

import json
from pathlib import Path


def database_url(data: Path) -> str:
    """Where the database of the run is; it opens with all rights."""
    return str(_read(data)["database_url"])


def redis_url(data: Path) -> str:
    """Where the streams of the run are."""
    return str(_read(data)["redis_url"])


def pid_of(data: Path) -> int:
    """The process that started all others."""
    return int(str(_read(data)["pid"]))


def _read(data: Path) -> dict[str, object]:
    facts: dict[str, object] = json.loads((data / "run.json").read_bytes())
    return facts
