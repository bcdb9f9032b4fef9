"""The disk of the database is full: nothing is acknowledged, nothing is lost, and with room again it goes on."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from services.desk.stores import opened
from tests.faults.conftest import ROUNDS, SEED
from tests.faults.disks import MEGABYTES, fill, mount, needs_a_new_log, small_disk, unmount
from tests.faults.faults import must_be_silent, receipts, tries
from tests.faults.house import House, housed, kill
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
PLOT = Plot(polls=2, ballots=6, spread=0.5)


def _ends(*words: str | Path) -> int:
    """How a command ends."""
    return subprocess.run(words, check=False, capture_output=True).returncode


@dataclass
class FailingDisk:
    """A file system in a file, on which the kernel can be told to have found an error; `place`: where it is mounted."""

    place: Path
    image: Path

    def mount(self) -> None:
        """As a machine does that would rather have nothing written than something wrong."""
        mount("-t", "ext4", "-o", "loop,errors=remount-ro", self.image, self.place)

    def fail(self) -> None:
        """From now on nothing is written, not even to what is open."""
        source = subprocess.run(
            ["findmnt", "-no", "SOURCE", self.place], check=True, capture_output=True, text=True
        ).stdout.strip()
        (Path("/sys/fs/ext4") / Path(source).name / "trigger_fs_error").write_text("1")

    async def mend(self) -> None:
        """What its administrator does: end all that stands on it, look through it, mount it again."""

        async def free() -> bool:
            for each in psutil.process_iter(["pid", "cwd"]):
                if (each.info["cwd"] or "").startswith(str(self.place)):
                    kill(each.pid, signal.SIGKILL)
            return not await asyncio.to_thread(_ends, "umount", self.place)

        await until(free, 30, "nobody on the disk that failed")
        # 1: what it found was put right.
        assert await asyncio.to_thread(_ends, "e2fsck", "-fy", self.image) <= 1
        self.mount()


@asynccontextmanager
async def database_on_a_failing_disk() -> AsyncIterator[FailingDisk]:
    """A database whose files are on a disk of their own, which can fail."""
    with reachable_directory() as directory:
        (home := directory / "home").mkdir(mode=0o711)
        async with opened(home):
            pass
        cluster, image = home / "postgres", directory / "image"
        made = cluster.rename(directory / "made")
        cluster.mkdir()
        with image.open("wb") as file:
            file.truncate(MEGABYTES << 20)
        assert not await asyncio.to_thread(_ends, "mkfs.ext4", "-q", "-F", image)
        disk = FailingDisk(cluster, image)
        disk.mount()
        try:
            (cluster / "lost+found").rmdir()
            assert not await asyncio.to_thread(_ends, "cp", "-a", f"{made}/.", cluster)
            # PostgreSQL sees to what it writes itself, not to what was copied.
            await asyncio.to_thread(os.sync)
            yield disk
        finally:
            unmount(cluster)


async def test_a_full_disk() -> None:
    """First no table can grow, then the log cannot be written and PostgreSQL falls; then there is room again."""
    with small_disk() as disk:
        async with housed(disk) as house:

            async def fills(_: House, play: Play) -> None:
                await receipts(play, 3)
                ballast = disk / "ballast"
                fill(ballast)
                try:
                    await tries(play, 6)
                    await needs_a_new_log(house)
                    await tries(play, 6)
                    since = play.book.now()
                    await tries(play, 4)
                    must_be_silent(play, since, play.book.now())
                finally:
                    ballast.unlink()

            await run(house, SEED, fills, PLOT)


@pytest.mark.skipif(
    not (shutil.which("mkfs.ext4") and Path("/sys/fs/ext4").exists()), reason="no ext4 on this machine"
)
async def test_a_disk_that_fails() -> None:
    """An error of the disk makes it read-only under PostgreSQL; looked through and mounted again, it goes on."""
    async with database_on_a_failing_disk() as disk, housed(disk.place.parent) as house:

        async def fails(_: House, play: Play) -> None:
            await receipts(play, 3)
            since = play.book.now()
            disk.fail()
            try:
                await tries(play, 8)
                must_be_silent(play, since, play.book.now())
            finally:
                await disk.mend()

        await run(house, SEED, fails, PLOT)


async def test_no_room_for_data_temporary_files_and_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is elsewhere: ballots are taken in, a vote is counted and declared, and workers that are killed are
    there again, twice; what could not be printed is printed when there is room again."""
    with small_disk(64) as disk:
        for name in ("data", "tmp"):
            (disk / name).mkdir(mode=0o711)
        monkeypatch.setenv("TMPDIR", str(disk / "tmp"))
        async with housed(data_directory=disk / "data", log_level="info") as house:

            async def fills(_: House, play: Play) -> None:
                await receipts(play, 2)
                ballast = disk / "ballast"
                fill(ballast)
                try:
                    for _time in range(2):
                        await receipts(play, 2)
                        await _end_workers(house)
                    await _declared(play)
                finally:
                    ballast.unlink()

            await run(house, SEED, fills, PLOT)


async def test_logs_that_cannot_be_written() -> None:
    """The disk on which they lie is full from the start: a whole sitting is held, and nobody misses them."""
    with reachable_directory() as data:
        (data / "run.log").symlink_to("/dev/full")
        async with housed(data_directory=data, log_level="info") as house:
            await run(house, SEED, plot=PLOT)


async def _end_workers(house: House) -> None:
    """kill -9 of every worker, whose numbers cannot be written to run.json now; wait until others are there."""
    gone = _workers_of(house)
    for each in gone:
        kill(each.pid, signal.SIGKILL)

    async def replaced() -> bool:
        now = _workers_of(house)
        return len(now) == len(gone) and not set(now) & set(gone)

    await until(replaced, 60, "other workers")


def _workers_of(house: House) -> list[psutil.Process]:
    desk = psutil.Process(house.facts()["pid"])
    return [each for each in desk.children() if _is_worker(each)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "services.desk.worker" in process.cmdline()
    except psutil.Error:
        # It is just ending.
        return False


async def test_a_data_directory_that_cannot_be_written() -> None:
    """Read-only in the midst of a sitting for whatever is opened from then on, and writable again."""
    with small_disk(64) as disk:
        (data := disk / "data").mkdir(mode=0o711)
        async with housed(data_directory=data) as house:

            async def closes(_: House, play: Play) -> None:
                await receipts(play, 2)
                # Over it: what is open for writing would keep it from being mounted anew.
                mount("--bind", data, data)
                mount("-o", "remount,bind,ro", data)
                try:
                    await receipts(play, 4)
                    await _declared(play)
                finally:
                    unmount(data)

            await run(house, SEED, closes, PLOT)


async def _declared(play: Play) -> None:
    """Wait until a result is declared, or the sitting is over."""

    async def declared() -> bool:
        return play.over or any(each.name == "declare" and each.taken for each in play.book.sent)

    await until(declared, 200, "a result")
