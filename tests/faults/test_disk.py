"""The disk of the database is full: nothing is acknowledged, nothing is lost, and with room again it goes on."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from tests.faults.conftest import ROUNDS, SEED
from tests.faults.faults import must_be_silent, receipts, tries
from tests.faults.house import House, housed
from tests.faults.play import Play, Plot
from tests.faults.sitting import run
from tests.support.stores import reachable_directory

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(
        not ROUNDS or os.geteuid() != 0, reason="with `make faults`, as root: it mounts a small disk"
    ),
]
MEGABYTES = 320


@contextmanager
def small_disk() -> Iterator[Path]:
    """A directory on a file system of its own that is soon full."""
    with reachable_directory() as directory:
        disk = directory / "disk"
        disk.mkdir(mode=0o711)
        options = f"size={MEGABYTES}m,mode=0711"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "plenary-faults", disk], check=True)
        try:
            yield disk
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)


def _fill(file: Path) -> None:
    with file.open("wb") as ballast:
        try:
            while True:
                ballast.write(bytes(65_536))
                ballast.flush()
        except OSError:
            return


async def _needs_a_new_log(house: House) -> None:
    """PostgreSQL must begin a new file of its log, and cannot."""
    try:
        connection = await asyncpg.connect(house.stores.database_url, timeout=5)
        await connection.execute(
            "select pg_switch_wal(); create table full_disk (n int); drop table full_disk"
        )
        await connection.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return


async def test_a_full_disk() -> None:
    """First no table can grow, then the log cannot be written and PostgreSQL falls; then there is room again."""
    with small_disk() as disk:
        async with housed(disk) as house:

            async def fills(_: House, play: Play) -> None:
                await receipts(play, 3)
                ballast = disk / "ballast"
                _fill(ballast)
                try:
                    await tries(play, 6)
                    await _needs_a_new_log(house)
                    await tries(play, 6)
                    since = play.book.now()
                    await tries(play, 4)
                    must_be_silent(play, since, play.book.now())
                finally:
                    ballast.unlink()

            await run(house, SEED, fills, Plot(polls=2, ballots=6, spread=0.5))
