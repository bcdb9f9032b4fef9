"""The disk of the backups fails while one is made: it is said, no half is taken for whole, and the next one is well."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from services.desk.backups import catalogue, noted, retention, trouble
from services.desk.checks import machine_checks
from services.desk.checks.finding import House as Looked
from services.desk.checks.finding import Level
from services.kit import clock
from services.kit.settings import Settings
from tests.support.backed_up import WORDS, backed_up, plenary
from tests.support.desk import Desk, command, environment, running
from tests.support.stores import reachable_directory
from tests.support.waiting import eventually


@dataclass(frozen=True)
class Backed:
    """A desk that runs, with one good backup in `backups`, on a small disk where this machine lets us mount one."""

    desk: Desk
    disk: Path
    backups: Path
    words: Path
    is_mounted: bool

    def command(self) -> list[str | Path]:
        """The backup, as people type it."""
        return ["backup", self.backups, "--passphrase-file", self.words]


def _mount(*words: str | Path) -> bool:
    return os.geteuid() == 0 and not subprocess.run(["mount", *words], capture_output=True).returncode


@pytest.fixture(scope="module")
def backed() -> Iterator[Backed]:
    """Backed up once."""
    with reachable_directory() as place, contextlib.ExitStack() as stack:
        (disk := place / "disk").mkdir()
        is_mounted = _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", disk)
        if is_mounted:
            stack.callback(lambda: subprocess.run(["umount", "--lazy", disk], check=True))
        (words := place / "words").write_text(WORDS)
        desk = stack.enter_context(running(place / "data", SAMPLE="false"))
        made = Backed(desk, disk, disk / "backups", words, is_mounted)
        done = plenary(desk.data, *made.command())
        assert backed_up(done), done.stdout + done.stderr
        yield made


@contextlib.contextmanager
def _removed(backed: Backed) -> Iterator[None]:
    """Somebody tidies up, and takes what is being made for rubbish."""
    (part,) = backed.backups.glob(".*.part")
    shutil.rmtree(part)
    yield


@contextlib.contextmanager
def _renamed(backed: Backed) -> Iterator[None]:
    """As a disk that is pulled out: nothing stands under its name any more."""
    away = backed.backups.rename(backed.disk / "away")
    yield
    # The command did not make it anew in the place of the disk.
    away.rename(backed.backups)


@contextlib.contextmanager
def _full(backed: Backed) -> Iterator[None]:
    """Something else takes what room there is."""
    ballast = backed.disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65_536))
    yield
    ballast.unlink()


@contextlib.contextmanager
def _read_only(backed: Backed) -> Iterator[None]:
    """For whatever is opened from now on."""
    assert _mount("--bind", backed.backups, backed.backups)
    try:
        assert _mount("-o", "remount,bind,ro", backed.backups)
        yield
    finally:
        subprocess.run(["umount", backed.backups], check=True)


def _midway(backed: Backed, fault: Callable[[Backed], AbstractContextManager[None]]) -> tuple[int, str]:
    """A backup in whose midst this happens: its exit code, and what it said to whoever typed it."""
    assert not list(backed.backups.glob(".*.part"))
    with subprocess.Popen(
        command(*map(str, backed.command())),
        env=environment(backed.desk.data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        eventually(lambda: list(backed.backups.glob(".*.part/base.tar.gz")), what="under way")
        writing = psutil.Process(process.pid).children(recursive=True)
        for each in writing:
            each.suspend()
        with fault(backed):
            for each in writing:
                each.resume()
            _, said = process.communicate(timeout=60)
    return process.returncode, said


@pytest.mark.parametrize(
    ("fault", "vi", "en"),
    [
        (_removed, "biến mất giữa chừng", "went away"),
        (_renamed, "biến mất giữa chừng", "went away"),
        (_full, "ĐẦY", "is FULL"),
        (_read_only, "CHỈ ĐỌC", "READ-ONLY"),
    ],
)
def test_the_disk_is_lost_midway(
    backed: Backed, fault: Callable[[Backed], AbstractContextManager[None]], vi: str, en: str
) -> None:
    """Exit code 2 and one line that says what became of the disk; the good ones are whole, and the next is made."""
    if fault in (_full, _read_only) and not backed.is_mounted:
        pytest.skip("this machine does not let us mount a small disk")
    before = catalogue.backups(backed.backups)
    code, said = _midway(backed, fault)
    assert code == 2, said
    assert len(said.splitlines()) == 1, said
    assert vi in said.partition(" / ")[0], said
    assert en in said.partition(" / ")[2], said
    assert catalogue.backups(backed.backups) == before
    assert noted.read(backed.desk.data).failed_at
    for each in before:
        catalogue.must_be_whole(each)
    done = plenary(backed.desk.data, *backed.command(), "--keep", "1")
    assert "retention removed nothing" not in done.stdout
    assert done.stdout.startswith("✓"), done.stdout + done.stderr
    assert not noted.read(backed.desk.data).failed_at
    (last,) = catalogue.backups(backed.backups)
    catalogue.must_be_whole(last)
    assert not list(backed.backups.glob(".*.part"))
    assert retention.let_go(backed.backups, 1, None, clock.now()) == []
    assert backed.desk.is_ready()


async def test_the_doctor_sees_a_disk_that_takes_no_backups(backed: Backed) -> None:
    """The last backup is young for a week: that no other can be made must be heard before."""
    if not backed.is_mounted:
        pytest.skip("this machine does not let us mount a small disk")
    looked = Looked(Settings(data=backed.desk.data), clock.now, "", "", "", str(backed.backups))

    async def levels() -> list[Level]:
        found = await machine_checks.disks(looked)
        return [each.level for each in found if each.check == "disk.backups.write"]

    assert await levels() == []
    with _read_only(backed):
        assert await levels() == [Level.BAD]
    assert await levels() == []


def test_what_is_no_fault_of_the_disk(tmp_path: Path) -> None:
    """A database that is away, somebody who presses Ctrl-C, another disk that is full: of this one nothing is said."""
    (part := tmp_path / ".x.part").mkdir()
    for error in (
        KeyboardInterrupt(),
        RuntimeError("connection refused"),
        OSError(28, "No space left on device", "/elsewhere"),
        FileNotFoundError(2, "No such file or directory", str(part / "x")),
    ):
        assert trouble.told(part, error) == ""
    assert "FULL" in trouble.told(part, OSError(28, "No space left on device"))
    assert part.name in trouble.left(part)
    part.rmdir()
    assert trouble.left(part) == ""
