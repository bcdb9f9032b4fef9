"""A PostgreSQL of somebody else's: a logical, consistent copy of our database (pg_dump), and its way back.

A moment between two copies is the business of who runs that server: their own base backups and log.
"""

from pathlib import Path

import psycopg
from psycopg import sql

from services.desk.backups.base import call, now_of
from services.desk.backups.catalogue import BackupRefused
from services.desk.migrate import directories
from services.kit import migrations

DUMP = "database.dump"


async def take(database_url: str, into: Path) -> int:
    """The copy, as of one moment: that is returned (the database's clock, milliseconds). Raises BackupRefused."""
    # The copy is of a moment after this: whatever was acknowledged before it is in the copy.
    at = now_of(database_url)
    file = into / DUMP
    file.touch(mode=0o600)
    await call(
        "pg_dump", "--format=custom", "--no-owner", "--file", file,
        *(f"--schema={schema}" for schema in directories()), database_url=database_url,
    )  # fmt: skip
    return at


def must_be_empty(database_url: str) -> None:
    """Raise BackupRefused if there is anything of ours in the database."""
    with psycopg.connect(database_url, connect_timeout=10) as connection:
        found = connection.execute(
            "select nspname::text from pg_namespace where nspname = any(%s)", [list(directories())]
        ).fetchall()
    if found:
        raise BackupRefused(
            f"cơ sở dữ liệu đã có dữ liệu ({found[0][0]}): hãy tạo cơ sở dữ liệu trống"
            f" / the database holds data already ({found[0][0]}): make an empty one"
        )


def take_back(database_url: str) -> None:
    """Leave the database as empty as `must_be_empty` found it: what came back into it was not proven."""
    with psycopg.connect(database_url, autocommit=True, connect_timeout=10) as connection:
        for schema in directories():
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))


async def put_back(database_url: str, path: Path) -> None:
    """Bring the copy into an empty database, all or nothing. Raises BackupRefused, MigrationRefused."""
    with psycopg.connect(database_url, autocommit=True, connect_timeout=10) as connection:
        for schema in directories():
            migrations.create_role(connection, f"plenary_{schema}")
    await call(
        "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", path / DUMP,
        database_url=database_url,
    )  # fmt: skip
