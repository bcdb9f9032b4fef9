"""What `plenary run` says of itself."""

import json
from pathlib import Path


def database_url(data: Path) -> str:
    """Where the database of the run is; it opens with all rights."""
    return str(json.loads((data / "run.json").read_bytes())["database_url"])
