"""`plenary migrate`: brings the schemas of all services up to date."""

import argparse
import os
import sys
from pathlib import Path

from services.kit import migrations
from services.kit.complaint import Complaint
from services.kit.settings import load

_SERVICES = Path(__file__).parent.parent
_ROSTER = _SERVICES / "roster" / "migrations"
# Services that keep a roster of their own: its tables are made in their schemas, before their own tables.
_WITH_ROSTER = frozenset({"voting", "floor"})


def directories() -> dict[str, tuple[Path, ...]]:
    """The migrations of each service that has some, by the name of its schema, in the order of applying."""
    found = sorted(path for path in _SERVICES.glob("*/migrations") if any(path.glob("*.sql")))
    own = {path.parent.name: path for path in found if path != _ROSTER}
    return {schema: (_ROSTER, path) if schema in _WITH_ROSTER else (path,) for schema, path in own.items()}


def migrate(database_url: str) -> dict[str, int]:
    """Apply all that is missing; how many per schema. Raises MigrationRefused."""
    return {schema: migrations.apply(database_url, schema, *paths) for schema, paths in directories().items()}


def main(arguments: list[str]) -> int:
    """Bring the database in PLENARY_DATABASE_URL up to date; safe to repeat and to run twice at once."""
    argparse.ArgumentParser(prog="plenary migrate", description=main.__doc__).parse_args(arguments)
    settings = load(os.environ)
    if not settings.database_url:
        raise Complaint("set PLENARY_DATABASE_URL: `plenary run` looks after its own database by itself")
    for schema, count in migrate(settings.database_url).items():
        sys.stdout.write(f"{schema}: {count} áp dụng / applied\n")
    return 0
