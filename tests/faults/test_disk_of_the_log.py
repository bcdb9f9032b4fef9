"""The disk of the database's log alone is full: nothing is acknowledged, nothing is lost, with room it goes on."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from services.desk.stores import opened
from tests.faults.conftest import ROUNDS, SEED
from tests.faults.disks import fill, needs_a_new_log, small_disk
from tests.faults.faults import must_be_silent, receipts, tries
from tests.faults.history import BALLOT
from tests.faults.house import House, housed
from tests.faults.sitting import run
from tests.faults.stage import Play, Plot
from tests.support.stores import reachable_directory
from tests.support.waiting import until

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(
        not ROUNDS or os.geteuid() != 0, reason="with `make faults`, as root: it mounts a small disk"
    ),
]
# Room for a few files of the log, and for none of what is kept beside them.
MEGABYTES = 80
PLOT = Plot(polls=2, ballots=6, spread=0.5)


async def _moved(home: Path, disk: Path) -> None:
    """As an administrator gives the log a disk of its own, while nothing runs."""
    async with opened(home):
        pass
    log = home / "postgres" / "pg_wal"
    owner = log.stat()
    await asyncio.to_thread(shutil.copytree, log, disk / "log")
    for each in (disk / "log", *(disk / "log").rglob("*")):
        os.chown(each, owner.st_uid, owner.st_gid)
    await asyncio.to_thread(shutil.rmtree, log)
    log.symlink_to(disk / "log")


async def _fallen(house: House, gone: int | None) -> None:
    """Wait until that server of the database runs no more, whether or not another was begun."""

    async def other() -> bool:
        return house.stores.pids["postgres"] != gone

    await until(other, 30, "PostgreSQL to fall")


async def test_a_full_disk_of_the_log_alone() -> None:
    """PostgreSQL falls, and the desk starts it again until it stands; ballots are refused in words meanwhile."""
    with small_disk(MEGABYTES) as disk, reachable_directory() as home:
        await _moved(home, disk)
        async with housed(home) as house:

            async def fills(_: House, play: Play) -> None:
                await receipts(play, 3)
                ballast = disk / "ballast"
                gone = house.stores.pids["postgres"]
                fill(ballast)
                try:
                    await needs_a_new_log(house)
                    await _fallen(house, gone)
                    await tries(play, 6)
                    since = play.book.now()
                    await tries(play, 4)
                    must_be_silent(play, since, play.book.now())
                    told = [
                        each.status for each in play.book.sent if each.kind == BALLOT and each.began > since
                    ]
                    assert told, "no ballot was tried"
                    assert set(told) == {503}, told
                finally:
                    ballast.unlink()

            await run(house, SEED, fills, PLOT)
