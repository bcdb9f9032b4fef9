"""The disk of the backups: which it is, what lies on it under the names of ours, and whether it answers at all."""

import asyncio
import errno
import hashlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from services.desk import backup as command
from services.desk.backups import (
    apart,
    base,
    catalogue,
    durable,
    far_disk,
    following,
    moment,
    noted,
    plain_file,
    staging,
)
from services.desk.backups.catalogue import FORMAT, Backup, BackupRefused, Manifest
from services.desk.backups.far_disk import DiskSilent, FarDisk
from services.desk.checks import backup_checks
from services.desk.checks.finding import House, Level
from services.kit import clock
from services.kit.settings import Settings

_MEMORY = Path("/dev/shm")  # noqa: S108 - only asked which disk it is
_WAL = "0000000100000000{:08X}"


def _made(directory: Path) -> Backup:
    with catalogue.opened(directory), catalogue.part(directory, clock.now()) as part:
        (part / "belongings.tar").write_bytes(b"keys")
        (part / "base.tar.gz").write_bytes(b"database")
        for each in part.iterdir():
            each.chmod(0o600)
        manifest = Manifest(
            format=FORMAT, kind="base", began_at=1, ended_at=clock.now(), origin="thu.example", sealed="recipient",
            files=catalogue.facts_of(part), system="1", timeline=1, start="0/2000000", end="0/2000100",
        )  # fmt: skip
        return catalogue.keep(part, manifest)


def _block(where: Path, **disks: str) -> Path:
    """What the kernel tells of disks: `sda1="254:1"` is a partition of sda."""
    (where / "block").mkdir()
    for name, number in disks.items():
        disk = where / "devices" / name.rstrip("0123456789") / (name if name[-1].isdigit() else "")
        disk.mkdir(parents=True, exist_ok=True)
        if name[-1].isdigit():
            (disk / "partition").write_text("1\n")
        (where / "block" / number).symlink_to(disk)
    return where / "block"


def _number(path: Path) -> str:
    return f"{os.major(path.stat().st_dev)}:{os.minor(path.stat().st_dev)}"


def test_backups_beside_the_data(tmp_path: Path) -> None:
    """The directory that the disk is to be mounted on, and is not; also before it was made."""
    assert apart.shared(tmp_path / "mnt" / "backup", tmp_path / "data") == tmp_path / "data"


@pytest.mark.parametrize(
    ("disks", "is_shared"),
    [
        (("sda1", "sdb1"), False),
        (("sda1", "sda2"), True),
        (("sda", "sdb"), False),
        (("sda", "sda1"), True),
    ],
)
def test_two_partitions_are_one_disk(tmp_path: Path, disks: tuple[str, str], is_shared: bool) -> None:
    """They die together; what numbers file systems tells them apart."""
    if not _MEMORY.is_dir() or _number(_MEMORY) == _number(tmp_path):
        pytest.skip("this machine has but one file system")
    block = _block(tmp_path, **dict(zip(disks, (_number(tmp_path), _number(_MEMORY)), strict=True)))
    assert (apart.shared(_MEMORY, tmp_path, block) == tmp_path) is is_shared


def test_what_is_made_of_disks_lies_on_them(tmp_path: Path) -> None:
    """An encrypted volume on a partition, as most laptops have it."""
    _block(tmp_path, sda1="8:1", sdb="8:16")
    devices = tmp_path / "devices"
    for name, below in (("dm-0", devices / "sda" / "sda1"), ("dm-1", devices / "dm-0")):
        (devices / name / "slaves").mkdir(parents=True)
        (devices / name / "slaves" / below.name).symlink_to(below)
    assert apart._whole(devices / "dm-1") == apart._whole(devices / "sda") == {str(devices / "sda")}
    assert apart._whole(devices / "sdb") == {str(devices / "sdb")}


async def test_it_is_said(tmp_path: Path) -> None:
    """By the backup, whose exit code is then not 0, and by the doctor, each with where to look."""
    made = _made(tmp_path / "backups")
    (line,) = command._remarks(made, tmp_path / "data")
    assert line.startswith("! ")
    assert f"findmnt -T {made.path}" in line
    settings = Settings(data=tmp_path / "data")
    house = House(settings, clock.now, "", "", "", str(tmp_path / "backups"))
    (found,) = await backup_checks.on_another_disk(house)
    assert found.level is Level.WARN
    assert "findmnt -T" in found.todo[0]
    assert await backup_checks.on_another_disk(House(settings, clock.now, "", "", "")) == []
    if _number(_MEMORY) != _number(tmp_path):
        (found,) = await backup_checks.on_another_disk(House(settings, clock.now, "", "", "", str(_MEMORY)))
        assert found.level is Level.GOOD


def test_a_disk_without_modes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A USB stick as it is sold (FAT, exFAT) has one mode for all: taken, and said if others may read it."""

    def refuse(path: Path, _mode: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(path))

    made = _made(tmp_path / "backups")
    (made.path / "base.tar.gz").chmod(0o755)
    assert any("umask=077" in line for line in command._remarks(made, tmp_path / "data"))
    called: list[object] = []

    async def call(*arguments: object, **_: object) -> None:
        called.append(arguments)

    monkeypatch.setattr(base, "call", call)
    monkeypatch.setattr(Path, "chmod", refuse)
    asyncio.run(base.proven(made.path))
    assert called


def test_a_network_disk_that_syncs_no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some servers of files; of a file it is no small matter."""

    def refuse(_: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", refuse)
    durable.sync(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Invalid argument"):
        durable.sync(tmp_path / "file")


@pytest.mark.parametrize("at", [10**18, -(10**14), 253_402_300_800_000])
def test_a_moment_that_no_calendar_has(at: int) -> None:
    """Whoever wrote it there: it is shown as what it is."""
    assert str(at) in catalogue.shown(at)


def test_a_moment_before_all_calendars() -> None:
    """Asked for by `--until`: no moment; never a fault of ours."""
    with pytest.raises(BackupRefused, match="write it like"):
        moment.read("0001-01-01T00:00+14:00")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _in_time(work: Callable[[], object]) -> object:
    """What it raised, or returned; nobody waits for ever for who reads a pipe."""
    said: list[object] = []

    def do() -> None:
        try:
            said.append(work())
        except BackupRefused as refused:
            said.append(refused)

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "it waits for what never answers"
    return said[0]


@pytest.mark.parametrize("kind", [_pipe, _socket, _endless])
@pytest.mark.parametrize("name", ["base.tar.gz", "more", catalogue.MANIFEST, catalogue.DIGEST])
def test_what_is_no_file_is_never_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Callable[[Path], None], name: str
) -> None:
    """In the place of a file of a backup, or beside them: damaged, by its name."""
    monkeypatch.chdir(tmp_path)
    made = _made(Path("b"))
    (made.path / name).unlink(missing_ok=True)
    kind(made.path / name)
    if name in (catalogue.MANIFEST, catalogue.DIGEST):
        refused = _in_time(lambda: catalogue.backups(Path("b")))
    else:
        refused = _in_time(lambda: catalogue.must_be_whole(made))
    assert isinstance(refused, BackupRefused)
    assert "damaged" in str(refused)


@pytest.mark.parametrize("kind", [_pipe, _endless])
def test_notes_and_logs_that_are_none(tmp_path: Path, kind: Callable[[Path], None]) -> None:
    """Of a drill nothing is known; such a segment is not staged."""
    (tmp_path / "log" / "1-1-x").mkdir(parents=True)
    kind(tmp_path / "proven.json")
    kind(tmp_path / "log" / "1-1-x" / _WAL.format(3))
    assert _in_time(lambda: noted.proven_at(tmp_path)) == 0
    assert _in_time(lambda: staging.segments(tmp_path, "1")) == []


def test_of_two_that_were_being_written_the_fuller(tmp_path: Path) -> None:
    """The log was followed twice within one segment: what was written last is restored, whatever clocks said."""
    made = _made(tmp_path)
    for name, content in (("1-1-a", b"log"), ("1-1-b", b"log goes on"), ("1-1-c", b"log")):
        (tmp_path / "log" / name).mkdir(parents=True)
        (tmp_path / "log" / name / (_WAL.format(2) + ".partial")).write_bytes(content.ljust(64, b"\0"))
    (tmp_path / "log" / "1-1-c" / _WAL.format(3)).write_bytes(b"whole")
    (tmp_path / "log" / "1-1-a" / (_WAL.format(3) + ".partial")).write_bytes(b"not whole")
    staged = staging.stage(made, tmp_path / "staged")
    assert (tmp_path / "staged" / _WAL.format(2)).read_bytes().startswith(b"log goes on")
    assert (tmp_path / "staged" / _WAL.format(3)).read_bytes() == b"whole"
    assert staged.last == staging.Segment(tmp_path / "log" / "1-1-c" / _WAL.format(3), 1, 3, False)


@pytest.mark.parametrize(("number", "word"), [(errno.EACCES, "type it with sudo"), (errno.EIO, "damaged")])
def test_a_backup_of_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, word: str
) -> None:
    """Who may not read it is told so; to hear of damage they would throw a good one away."""
    made = _made(tmp_path)

    def refuse(path: Path) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(plain_file, "opened", refuse)
    with pytest.raises(BackupRefused, match=word):
        catalogue.must_be_whole(made)
    with pytest.raises(BackupRefused, match=word):
        catalogue.backups(tmp_path)


def test_a_backup_of_a_newer_plenary(tmp_path: Path) -> None:
    """It is as it was written: not damaged, and not to be thrown away for an older one."""
    made = _made(tmp_path)
    for each in (catalogue.MANIFEST, catalogue.DIGEST):
        (made.path / each).unlink()
    raw = b'{"format": "plenary-backup/2"}'
    (made.path / catalogue.MANIFEST).write_bytes(raw)
    (made.path / catalogue.DIGEST).write_text(hashlib.sha256(raw).hexdigest() + "\n")
    with pytest.raises(BackupRefused, match="made by another Plenary"):
        catalogue.backups(tmp_path)
    raw = raw[:-1]
    (made.path / catalogue.MANIFEST).write_bytes(raw)
    with pytest.raises(BackupRefused, match="damaged"):
        catalogue.backups(tmp_path)


async def test_a_disk_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop goes on, the reason is said, nobody asks it a second time before it has answered, and it is not waited
    for when all ends."""
    hangs, asked = threading.Event(), threading.Semaphore(0)

    def silent(*_: object, **__: object) -> bool:
        asked.release()
        hangs.wait(30)
        return False

    monkeypatch.setattr(following, "_standing", lambda _: following._Standing("1", 1))
    monkeypatch.setattr(following, "_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(far_disk, "LONGEST_S", 0.05)
    monkeypatch.setattr(Path, "is_file", silent)
    disk = FarDisk("nơi sao lưu", 0.05)
    try:
        task = asyncio.create_task(following._follow_once("", disk, tmp_path, tmp_path / "said"))
        await asyncio.wait_for(asyncio.to_thread(asked.acquire), 10)
        for _ in range(3):
            with pytest.raises(DiskSilent, match="không trả lời"):
                await disk.ask(lambda: True)
        with pytest.raises(DiskSilent):
            await task
        assert not asked.acquire(blocking=False)
    finally:
        hangs.set()
    assert await _again(disk) == 7


def test_a_log_goes_on_in_the_last_directory(tmp_path: Path) -> None:
    """Also where the clock was ahead once: the one that was begun after a gap is the last."""
    with pytest.raises(following.LogNotFollowed):
        following._place(tmp_path, following._Standing("1", 1))
    (tmp_path / catalogue.MARK).touch()
    standing = following._Standing("1", 1)
    first = following._place(tmp_path, standing)
    assert first == following._place(tmp_path, standing)
    ahead = first.with_name("1-1-20991231T000000Z")
    ahead.mkdir()
    first.with_name("1-2-20991231T000000Z").mkdir()
    for _ in range(3):
        fresh = following._fresh(tmp_path, standing)
        assert list(fresh.iterdir()) == []
        assert following._place(tmp_path, standing) == fresh
    assert len({path.name for path in (tmp_path / "log").iterdir()}) == 6


async def _again(disk: FarDisk) -> int:
    while True:
        try:
            return await disk.ask(lambda: 7)
        except DiskSilent:
            await asyncio.sleep(0)
