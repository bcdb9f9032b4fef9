"""What a machine does to whoever starts, backs up and looks: full disks, lost disks, logins that end, shells that lie
about. None of it may be told wrongly, nor begin anything that nobody asked for."""

import asyncio
import contextlib
import errno
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from services.desk import keys, leftover, run, stores
from services.desk.backups import catalogue
from services.desk.checks import backup_checks, key_checks
from services.desk.checks.finding import House, Level
from services.desk.stores import StoresRefused
from services.kit import clock
from services.kit.settings import Settings

_NOBODY_THERE = "postgresql://nobody@127.0.0.1:1/plenary"


async def test_keys_without_their_database(tmp_path: Path) -> None:
    """A disk that is not mounted, a forgotten PLENARY_DATABASE_URL: no empty ledger begins under keys that signed."""
    keys.ensure(Settings(data=tmp_path))
    with pytest.raises(StoresRefused, match="PLENARY_DATABASE_URL"):
        async with stores.opened(tmp_path, redis_url="redis://not-needed"):
            pass
    assert not (tmp_path / "postgres").exists()


@contextlib.contextmanager
def _hang_up(means: signal.Handlers) -> Iterator[None]:
    """Started with this for the end of a terminal."""
    before = signal.signal(signal.SIGHUP, means)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


async def test_started_by_nohup() -> None:
    """Who said `nohup plenary run &` and logs out does not end the sitting."""
    with _hang_up(signal.SIG_IGN):
        async with run._cancelled_by_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


async def test_a_terminal_that_ends() -> None:
    """Without nohup it stops in its order, as ever."""
    with _hang_up(signal.SIG_DFL):
        async with run._cancelled_by_signals():
            assert signal.getsignal(signal.SIGHUP) not in (signal.SIG_IGN, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "đĩa đầy, hãy giải phóng chỗ"),
        (errno.EROFS, "đĩa chỉ đọc"),
        (errno.EACCES, "sai chủ hoặc quyền"),
        (errno.EIO, "plenary doctor"),
    ],
)
async def test_a_disk_that_will_not(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no fault of ours: what and where it is, and what to do, in one line, in Vietnamese first."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "run.json"))

    monkeypatch.setattr(keys, "must_know_the_time", refuse)
    with pytest.raises(run.NotStarted, match=words) as refused:
        await run._run_until_asked(Settings(data=tmp_path))
    assert str(tmp_path / "run.json") in str(refused.value)


def test_a_backups_disk_that_was_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once there is room the same directory is taken: what broke off left nothing that looks like somebody else's."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"), catalogue.opened(tmp_path):
            pass
    with catalogue.opened(tmp_path) as directory:
        assert (directory / catalogue.MARK).is_file()


def test_a_shell_that_stands_in_the_database_s_directory(tmp_path: Path) -> None:
    """After a power cut its pid file names some other process: somebody who looks at the files does not hold it up."""

    def too_long(_: int, __: FrameType | None) -> None:
        raise AssertionError("it waits for a shell")

    pid_file = tmp_path / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as looking:
        pid_file.write_text(f"{looking.pid}\n")
        before = signal.signal(signal.SIGALRM, too_long)
        signal.alarm(20)
        try:
            with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
                runner.run(leftover.forget_stranger(pid_file, "postgres", tmp_path))
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
            looking.kill()
    assert not pid_file.exists()


async def test_the_last_backup_while_the_database_is_dead(tmp_path: Path) -> None:
    """How old it is must be heard just then."""
    with catalogue.opened(tmp_path), catalogue.part(tmp_path, clock.now()) as part:
        now = clock.now()
        manifest = catalogue.Manifest(
            format=catalogue.FORMAT, kind="base", began_at=now, ended_at=now, origin="x", sealed="clear",
            files={}, system="1", timeline=1, start="0/2000000", end="0/2000100",
        )  # fmt: skip
        catalogue.keep(part, manifest)
    settings = Settings(backup_directory=str(tmp_path))
    house = House(settings, clock.now, _NOBODY_THERE, "", "", str(tmp_path))
    found = {each.check: each.level for each in await backup_checks.last_backup(house)}
    assert found == {"backup": Level.GOOD, "backup.proven": Level.WARN}


async def test_a_key_on_a_disk_that_is_not_mounted(tmp_path: Path) -> None:
    """A link that leads nowhere does not end the check of all others."""
    directory = keys.ensure(Settings(data=tmp_path))
    (directory / "seal.key").unlink()
    (directory / "seal.key").symlink_to("/nowhere/seal.key")
    (directory / "ledger.key").chmod(0o644)
    found = await key_checks.files(House(Settings(data=tmp_path), clock.now, "", "", ""))
    assert {each.check for each in found} == {"keys.link.seal.key", "keys.mode.ledger.key"}


async def test_a_backups_disk_that_is_not_mounted(tmp_path: Path) -> None:
    """Only to say "back up now" would fill the machine's own disk under the place where it belongs."""
    house = House(Settings(), clock.now, "", "", "", str(tmp_path))
    (found,) = await backup_checks.last_backup(house)
    assert found.level is Level.BAD
    assert "findmnt" in found.todo[0]
