"""Small disks that fill up under a house."""

import contextlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from tests.faults.house import House
from tests.support.stores import reachable_directory

MEGABYTES = 320


def mount(*words: str | Path) -> None:
    """As its administrator types it."""
    subprocess.run(["mount", *words], check=True)


def unmount(place: Path) -> None:
    """Whoever still has something open there."""
    subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def small_disk(megabytes: int = MEGABYTES) -> Iterator[Path]:
    """A directory on a file system of its own that is soon full."""
    with reachable_directory() as directory:
        disk = directory / "disk"
        disk.mkdir(mode=0o711)
        options = f"size={megabytes}m,mode=0711"
        mount("-t", "tmpfs", "-o", options, "plenary-faults", disk)
        try:
            yield disk
        finally:
            unmount(disk)


def fill(file: Path) -> None:
    """All the room that is left."""
    with file.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(65_536))
        except OSError:
            return


async def needs_a_new_log(house: House) -> None:
    """PostgreSQL must begin a new file of its log, and cannot."""
    with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection = await asyncpg.connect(house.stores.database_url, timeout=5)
        try:
            await connection.execute(
                "select pg_switch_wal(); create table full_disk (n int); drop table full_disk"
            )
        finally:
            connection.terminate()
