"""Brings one service's schema up to date with its directories of plain SQL migrations.

yoyo reads the files (`0001_ledger.sql`, …) and remembers in the schema itself which ones it applied, by their names: so
a name stands once in all directories of a schema, and one directory may serve several schemas. A file that was given
another name says so in its first line (`-- was: <name>`): where it was applied under that one, it counts as applied.
Around it we hold a PostgreSQL advisory lock, so that any number of processes may start at once.
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import psycopg
from psycopg import errors, sql
from yoyo import exceptions, read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import Migration, get_migration_hash

from services.kit.complaint import Complaint

# "plenary!" as eight ASCII bytes: the advisory lock of whoever migrates this database.
LOCK = int.from_bytes(b"plenary!", "big")
_APPLIED = "_yoyo_migration"
_TRIES = 20
_WAS = re.compile(r"-- was: (\w+)\n")


class MigrationRefused(Complaint):
    """The database cannot be brought up to date; the text says why."""


def names(*directories: Path) -> dict[str, str]:
    """The name of each migration, by that and by the one that it had before."""
    found: dict[str, str] = {}
    for path in (each for directory in directories for each in directory.glob("*.sql")):
        found |= {path.stem: path.stem, _former(path) or path.stem: path.stem}
    return found


def apply(database_url: str, schema: str, *directories: Path) -> int:
    """Apply what is missing in `schema`, directory by directory in the order of file names; how many were applied.

    Waits for whoever else is migrating. Raises MigrationRefused, also if the database is newer than we are.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", schema):
        raise MigrationRefused(f"{schema!r} is no name for a schema")
    try:
        with _alone(database_url) as connection:
            _ensure_schema(connection, schema)
            _ensure_role(connection, schema)
            return _apply_missing(database_url, schema, directories)
    except (psycopg.Error, exceptions.BadMigration, exceptions.MigrationConflict) as error:
        raise MigrationRefused(f"schema {schema}: {_reason(error)}") from error


@contextlib.contextmanager
def _alone(database_url: str) -> Iterator[psycopg.Connection]:
    # A session lock on a connection of its own: it is held across all the transactions of the migrations, and
    # PostgreSQL gives it back by itself when we die.
    with psycopg.connect(database_url, autocommit=True, application_name="plenary migrate") as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        yield connection


def _ensure_schema(connection: psycopg.Connection, schema: str) -> None:
    # Asked first, because creating needs a right on the database that a careful administrator takes away again.
    known = connection.execute("select 1 from pg_namespace where nspname = %s", [schema]).fetchone()
    if known is None:
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))


def _ensure_role(connection: psycopg.Connection, schema: str) -> None:
    """The role that a service acts as: no login, and in its schema only what the migrations grant."""
    role = f"plenary_{schema}"
    for left in reversed(range(_TRIES)):
        try:
            create_role(connection, role)
            connection.execute(
                sql.SQL("grant usage on schema {} to {}").format(sql.Identifier(schema), sql.Identifier(role))
            )
        except (errors.DuplicateObject, errors.UniqueViolation, errors.InternalError_):
            # Roles belong to the whole cluster and our lock to one database: somebody beside us does the same.
            if not left:
                raise
        else:
            return


def create_role(connection: psycopg.Connection, role: str) -> None:
    """Make the role unless it is there, and see that this user may act as it. Raises MigrationRefused."""
    try:
        if connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is None:
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
        if not _may_act_as(connection, role):
            connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(role)))
    except errors.InsufficientPrivilege as error:
        raise MigrationRefused(
            f"this database user may not make itself a member of the role {role}: let an administrator run "
            f'"create role {role} nologin; grant {role} to <this user>", or give this user CREATEROLE'
        ) from error


def _may_act_as(connection: psycopg.Connection, role: str) -> bool:
    try:
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
    except errors.InsufficientPrivilege:
        return False
    connection.execute("reset role")
    return True


def _apply_missing(database_url: str, schema: str, directories: Sequence[Path]) -> int:
    known = read_migrations(*map(os.fspath, directories))
    with _Backend(database_url, schema) as backend:
        backend.rename(known)
        applied = set(backend.get_applied_migration_hashes())
        if applied - {each.hash for each in known}:
            raise MigrationRefused(
                f"schema {schema} was brought further by a newer Plenary: use that one, or an older backup"
            )
        missing = list(backend.to_apply(known))
        for migration in missing:
            backend.apply_one(migration)
        return len(missing)


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]  # yoyo has no types
    """yoyo's PostgreSQL, made safe against a crash at any moment."""

    def __init__(self, database_url: str, schema: str) -> None:
        self._database_url = database_url
        self.schema = schema
        super().__init__(DatabaseURI("postgresql", None, None, None, None, "", {}), _APPLIED)

    def connect(self, _: DatabaseURI) -> psycopg.Connection:
        """Let PostgreSQL's own library read the URL: unix sockets, several hosts, TLS options."""
        return psycopg.connect(self._database_url, autocommit=True, application_name="plenary migrate")

    def init_connection(self, connection: psycopg.Connection) -> None:
        """All names in a migration mean the service's own schema."""
        connection.execute(sql.SQL("set search_path to {}").format(sql.Identifier(self.schema)))

    @contextlib.contextmanager
    def lock(self, timeout: float = 0) -> Iterator[None]:
        """Nothing: we hold an advisory lock, while a row in a lock table would outlive a crash."""
        yield

    def rename(self, known: Iterable[Migration]) -> None:
        """Remember what was applied under a name of before by the name that it has now; all or nothing."""
        self.ensure_internal_schema_updated()
        with self.transaction():
            for migration in known:
                if was := _former(Path(migration.path)):
                    self.execute(
                        f"update {_APPLIED} set migration_id = %s, migration_hash = %s where migration_hash = %s",  # noqa: S608
                        (migration.id, migration.hash, get_migration_hash(was)),
                    )

    def apply_one(self, migration: Migration, force: bool = False, mark: bool = True) -> None:
        """Apply and remember in one transaction: yoyo's two would leave a crash between them beyond repair."""
        migration.load()
        if not migration.use_transactions:
            raise MigrationRefused(f"{migration.id}: every migration runs in a transaction")
        with self.transaction():
            migration.process_steps(self, "apply", force=force)
            self.mark_one(migration)

    def log_migration(self, migration: Migration, operation: str) -> None:
        """Nothing: the table of what was applied says when; yoyo's log asks a name service who and where we are."""


def _former(path: Path) -> str:
    """The name that a migration had before, by its first line; "" if it has always been called so."""
    was = _WAS.match(path.read_text(encoding="utf-8"))
    return was[1] if was else ""


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
