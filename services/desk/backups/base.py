"""PostgreSQL's own backup of a server of ours (pg_basebackup), and its own proof that it is whole (pg_verifybackup).

A base backup is consistent whatever is written meanwhile: it carries the log from its beginning to its end.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg
from psycopg import conninfo

from services.desk.backups.catalogue import BackupRefused
from services.desk.child import outcome
from services.desk.postgres import environment, programs

BASE, MANIFEST = "base.tar.gz", "backup_manifest"
# pg_basebackup holds every page against its checksum.
_FOUND_DAMAGE = "checksum verification failed"
_DAMAGED = (
    "cơ sở dữ liệu HỎNG nên không sao lưu được, các bản cũ vẫn giữ: chạy plenary doctor"
    " / the database is DAMAGED and was not backed up, earlier backups are kept: see plenary doctor"
)


class _Range(msgspec.Struct, rename="pascal"):
    timeline: int
    start: str = msgspec.field(name="Start-LSN")
    end: str = msgspec.field(name="End-LSN")


class _Manifest(msgspec.Struct):
    """What we read of PostgreSQL's manifest (version 2)."""

    system: int = msgspec.field(name="System-Identifier")
    ranges: list[_Range] = msgspec.field(name="WAL-Ranges")


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup: of which cluster and timeline, from where to where in its log; ended when (milliseconds)."""

    system: str
    timeline: int
    start: str
    end: str
    ended_at: int


async def take(database_url: str, into: Path) -> Base:
    """A base backup of the server, while it serves; read again and proven. Raises BackupRefused."""
    # 1. Everything as the server sends it, the log last (`wal_keep_size` keeps it until then): a second process for the
    # log would outlive us when we are killed. A checkpoint now, for nobody waits a quarter of an hour for one.
    await call(
        "pg_basebackup", "-D", into, "--format=tar", "--compress=client-gzip:1",
        "--wal-method=fetch", "--checkpoint=fast", "--manifest-checksums=SHA256", "--label=plenary",
        database_url=database_url,
    )  # fmt: skip
    ended_at = await asyncio.to_thread(now_of, database_url)
    # 2. Read back, each file of the cluster against its own checksum.
    await proven(into)
    found = msgspec.json.decode((into / MANIFEST).read_bytes(), type=_Manifest)
    last = found.ranges[-1]
    return Base(str(found.system), last.timeline, last.start, last.end, ended_at)


async def proven(directory: Path) -> None:
    """PostgreSQL's own check of a base backup. Raises BackupRefused."""
    for name in (BASE, MANIFEST):
        # A disk of another system (FAT) has one mode for all its files, as it was mounted.
        with contextlib.suppress(PermissionError):
            (directory / name).chmod(0o600)
    ignored = ("manifest.json", "manifest.sha256", "belongings.tar", "belongings.tar.age")
    beside = [word for name in ignored for word in ("-i", name)]
    await call("pg_verifybackup", "--no-parse-wal", "--quiet", *beside, directory)


def now_of(database_url: str) -> int:
    """The database's clock, in milliseconds."""
    with psycopg.connect(database_url, connect_timeout=10) as connection:
        row = connection.execute("select (extract(epoch from clock_timestamp()) * 1000)::bigint").fetchone()
    assert row is not None  # noqa: S101 - a select without a table has one row
    return int(row[0])


async def call(program: str, *arguments: str | Path, database_url: str = "") -> None:
    """Run a program of PostgreSQL's to its end. Raises BackupRefused with what it said."""
    told = environment()
    where: list[str] = []
    if database_url:
        # A password on a command line can be read by everybody on the machine.
        parts = conninfo.conninfo_to_dict(database_url)
        told |= {"PGPASSWORD": str(parts.pop("password"))} if "password" in parts else {}
        where = ["--no-password", "-d", conninfo.make_conninfo("", **parts)]
    code, words = await outcome(
        [programs(None) / program, *where, *arguments], environment=told, account=None
    )
    if code != 0:
        said = f"{program}: {' '.join(words.split()[-60:]) or code}"
        raise BackupRefused(f"{_DAMAGED} ({said})" if _FOUND_DAMAGE in words else said)
