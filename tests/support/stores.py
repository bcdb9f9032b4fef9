"""Real stores for tests: one PostgreSQL and one Valkey per session, a fresh migrated database per test."""

import asyncio
import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import pytest
import redis
from psycopg import sql

from services.desk.migrate import migrate
from services.desk.stores import Stores, opened

_TEMPLATE = "plenary_template"
# A database is a thousand small files: on a disk they take a second, in memory a thirtieth of it.
_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes what is ours alone
# What servers of all processes hold at once, three times.
_ROOM = 6 << 30


@pytest.fixture
def data_directory() -> Iterator[Path]:
    """An empty directory that the stores' own user can reach; removed in the end."""
    with reachable_directory() as path:
        yield path


@contextlib.contextmanager
def reachable_directory() -> Iterator[Path]:
    """A temporary directory others may pass through: pytest's own are closed to the user PostgreSQL runs as."""
    path = Path(tempfile.mkdtemp(prefix="plenary-", dir=_quick_place()))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _quick_place() -> Path | None:
    """Memory, where there is enough of it and programs may be run from it; None is the disk."""
    try:
        held = os.statvfs(_MEMORY)
    except OSError:
        return None
    room = min(held.f_bavail * held.f_frsize, psutil.virtual_memory().available)
    may = os.access(_MEMORY, os.W_OK) and not held.f_flag & os.ST_NOEXEC
    return _MEMORY if may and room > _ROOM else None


@pytest.fixture(scope="session")
def stores() -> Iterator[Stores]:
    """PostgreSQL and Valkey for the whole session; `database_url` and `redis_url` below give clean ones per test."""
    # A loop of its own, which never becomes the current one: pytest-asyncio makes those.
    with reachable_directory() as data, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        held = opened(data)
        yield runner.run(held.__aenter__())
        runner.run(held.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def template(stores: Stores) -> str:
    """The name of a database with all migrations applied, from which each test's own is copied."""
    _execute(stores.database_url, sql.SQL("create database {}").format(sql.Identifier(_TEMPLATE)))
    migrate(of_database(stores.database_url, _TEMPLATE))
    return _TEMPLATE


@pytest.fixture
def database_url(stores: Stores, template: str) -> Iterator[str]:
    """A fresh database with all migrations applied; dropped after the test."""
    with _database(stores, template) as url:
        yield url


@pytest.fixture
def empty_database_url(stores: Stores) -> Iterator[str]:
    """A fresh database with nothing in it; dropped after the test."""
    with _database(stores, "template0") as url:
        yield url


@pytest.fixture
def redis_url(stores: Stores) -> str:
    """The session's Valkey, emptied."""
    with redis.Redis.from_url(stores.redis_url) as client:
        client.flushall()
    return stores.redis_url


@contextlib.contextmanager
def _database(stores: Stores, template: str) -> Iterator[str]:
    name = sql.Identifier(f"test_{secrets.token_hex(6)}")
    # file_copy: 20 ms where the default writes every page to the log.
    _execute(
        stores.database_url,
        sql.SQL("create database {} template {} strategy file_copy").format(name, sql.Identifier(template)),
    )
    try:
        yield of_database(stores.database_url, name.as_string().strip('"'))
    finally:
        _execute(stores.database_url, sql.SQL("drop database {} with (force)").format(name))


def of_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _execute(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
