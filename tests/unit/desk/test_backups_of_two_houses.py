"""One disk, backups of two houses on it: neither removes, restores or blocks what is the other's."""

import argparse
from pathlib import Path

import pytest

from services.desk import backup as command
from services.desk.backups import catalogue, moment, retention
from services.desk.backups.catalogue import FORMAT, Backup, BackupRefused, Manifest
from services.desk.place import PlaceRefused

_DAY_MS = 86_400_000
_NOW = 1_795_392_000_000


def _made(directory: Path, system: str, at: int, origin: str = "thu.example") -> Backup:
    """A whole backup of nothing, made at this moment; an empty `system`: of an outside database."""
    with catalogue.opened(directory), catalogue.part(directory, at) as part:
        (part / "belongings.tar").write_bytes(b"")
        manifest = Manifest(
            format=FORMAT,
            kind="base" if system else "dump",
            began_at=at,
            ended_at=at,
            origin=origin,
            sealed="clear",
            files=catalogue.facts_of(part),
            system=system,
            timeline=1,
            start="0/2000000" if system else "",
            end=f"0/{2_000_000 + (at - _NOW) // _DAY_MS:X}" if system else "",
        )
        return catalogue.keep(part, manifest)


def _names(directory: Path) -> set[str]:
    return {each.path.name for each in catalogue.backups(directory)}


@pytest.mark.parametrize(("keep", "days"), [(1, None), (None, 1), (1, 1)])
def test_retention_leaves_what_is_another_houses(tmp_path: Path, keep: int | None, days: int | None) -> None:
    """Of the house that was just backed up the old ones go; the other's only backup stays, however old it is."""
    other = _made(tmp_path, "2", _NOW)
    other_dump = _made(tmp_path, "", _NOW + _DAY_MS, "hai.example")
    # Ten stay whatever a clock says (test_backup_order.py): there are more, so that the days alone let one go.
    own = [_made(tmp_path, "1", _NOW + (2 + day) * _DAY_MS) for day in range(12 if days else 2)]
    left = own[-1:] if keep else own[-11:]
    gone = retention.let_go(tmp_path, keep, days, own[-1].manifest.ended_at, own[-1].path.name)
    assert gone == [each.path.name for each in own if each not in left]
    assert gone
    assert _names(tmp_path) == {each.path.name for each in (other, other_dump, *left)}


def test_copies_of_outside_databases_are_told_apart_by_name(tmp_path: Path) -> None:
    """They have no database of ours to be known by: PLENARY_ORIGIN says whose they are."""
    one = _made(tmp_path, "", _NOW, "mot.example")
    two = _made(tmp_path, "", _NOW + _DAY_MS, "hai.example")
    assert retention.let_go(tmp_path, 1, None, _NOW + _DAY_MS, two.path.name) == []
    assert _names(tmp_path) == {one.path.name, two.path.name}


def test_a_restore_does_not_guess_whose(tmp_path: Path) -> None:
    """The newest may be the other's, with the other's keys: who restores says which; each newest is named."""
    own = _made(tmp_path, "1", _NOW)
    assert moment.chosen(tmp_path, "", None).path == own.path
    other = _made(tmp_path, "2", _NOW + _DAY_MS, "hai.example")
    with pytest.raises(BackupRefused, match="more than one house") as refused:
        moment.chosen(tmp_path, "", None)
    for each in (own, other):
        assert each.path.name in str(refused.value)
        assert each.manifest.origin in str(refused.value)
    assert moment.chosen(tmp_path, own.path.name, None).path == own.path


def test_two_backups_at_once(tmp_path: Path) -> None:
    """The second is refused at once, and what the first has begun stays."""
    with catalogue.opened(tmp_path), catalogue.part(tmp_path, _NOW) as part:
        with pytest.raises(PlaceRefused, match="another backup"), catalogue.opened(tmp_path):
            pass
        assert part.is_dir()


@pytest.mark.parametrize("text", ["0", "-3", "3.5", "", "٣", "ba"])
def test_a_mistyped_number_removes_nothing(text: str) -> None:
    """`--keep -3` would else be taken for: keep the newest alone."""
    with pytest.raises(argparse.ArgumentTypeError, match="1 or more"):
        command._at_least_one(text)
    with pytest.raises(SystemExit):
        command.main(["/nowhere", "--keys-in-clear", "--keep", text])
