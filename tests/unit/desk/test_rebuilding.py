"""A restore that is broken off where it puts the house in its place: nothing is lost, nothing is begun in the gap."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.desk import place, run
from services.desk.backups import rebuilding
from services.desk.backups.catalogue import BackupRefused
from services.desk.checks import key_checks
from services.desk.checks.finding import House, Level
from services.kit import clock
from services.kit.settings import Settings


class _PowerCut(BaseException):
    """The end of everything, at once: nobody tidies up."""


def _built(data: Path, *, replace: bool = True) -> list[Path]:
    with rebuilding.site(data, replace=replace) as site:
        (site.draft / "keys").mkdir()
        (site.draft / "keys" / "ledger.key").write_text("restored")
        return rebuilding.put_in_place(site, clock.now())


def _house(data: Path) -> Path:
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "ledger.key").write_text("before")
    return data


def _rename(which: int, what: Callable[[], None]) -> Callable[[Path, Path], Path]:
    """As `Path.rename`, but `what` happens instead of the rename of this number."""
    done = 0

    def rename(path: Path, to: Path) -> Path:
        nonlocal done
        done += 1
        if done == which:
            what()
        os.rename(path, to)
        return to

    return rename


def _cut() -> None:
    raise _PowerCut


def _refuse() -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_what_was_there_is_put_aside(tmp_path: Path) -> None:
    """Not removed, and its place is told; also that of one before."""
    data = _house(tmp_path / "data")
    (aside,) = _built(data)
    assert (aside / "keys" / "ledger.key").read_text() == "before"
    assert (data / "keys" / "ledger.key").read_text() == "restored"
    assert not (tmp_path / "data.restoring").exists()


async def test_the_power_goes_between_two_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No house has the name now: `plenary run` begins no empty one, and says what to do; the same restore does it."""
    data = _house(tmp_path / "data")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", _rename(2, _cut))
        # Whoever loses power tidies nothing up.
        patched.setattr(rebuilding, "_remove", lambda _: None)
        with pytest.raises(_PowerCut):
            _built(data)
    assert not data.exists()
    (aside,) = tmp_path.glob("data.before-*")
    with pytest.raises(BackupRefused, match="plenary restore") as refused:
        await run.run(
            Settings(data=data, database_url="postgresql://nobody@127.0.0.1:1/x", redis_url="redis://x")
        )
    assert str(aside) in str(refused.value)
    assert {each.name for each in data.iterdir()} <= {"plenary.lock"}
    (found,) = await key_checks.files(House(Settings(data=data), clock.now, "", "", ""))
    assert (found.level, "plenary restore" in found.todo[0]) == (Level.BAD, True)
    assert _built(data, replace=False) == [aside]
    assert (aside / "keys" / "ledger.key").read_text() == "before"
    assert (data / "keys" / "ledger.key").read_text() == "restored"
    rebuilding.must_not_be_between(data)


def test_a_disk_that_refuses_the_second_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stood there stands there again."""
    data = _house(tmp_path / "data")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", _rename(2, _refuse))
        with pytest.raises(OSError, match="Input/output"):
            _built(data)
    assert (data / "keys" / "ledger.key").read_text() == "before"
    assert [each.name for each in tmp_path.iterdir() if each.is_dir()] == ["data"]


def test_a_house_that_comes_meanwhile(tmp_path: Path) -> None:
    """Somebody began one in the same place while the backup was audited: it is not put aside under its feet."""
    data = tmp_path / "data"
    with rebuilding.site(data, replace=True) as site:
        _house(data)
        with pytest.raises(BackupRefused, match="came meanwhile"):
            rebuilding.put_in_place(site, clock.now())
    assert (data / "keys" / "ledger.key").read_text() == "before"


def test_while_it_is_under_way_nothing_runs_there(tmp_path: Path) -> None:
    """Neither on a bare place nor on one that is being replaced."""
    data = tmp_path / "data"
    with rebuilding.site(data, replace=False), pytest.raises(BackupRefused, match="under way"):
        rebuilding.must_not_be_between(place.data_directory(data))


def test_a_disk_behind_a_link(tmp_path: Path) -> None:
    """The link to a large disk stays, and the house goes to that disk; its names are on disk before they are given."""
    target = _house(tmp_path / "large" / "data")
    (tmp_path / "data").symlink_to(target)
    synced: list[Path] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rebuilding, "sync", synced.append)
        (aside,) = _built((tmp_path / "data").resolve())
    assert aside.parent == target.parent
    draft = target.with_name("data.restoring")
    assert synced == [draft / "keys", draft / "keys" / "ledger.key", draft, target.parent]
