"""`plenary backup` and `plenary restore`: a house that burned down stands again, at its end or at a moment, proven."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
import pyrage
import pytest

from services.desk import keys
from services.desk.backups import catalogue, dump, noted, retention, staging
from services.kit.settings import Settings
from tests.support.backed_up import WORDS, Vote, backed_up, certificates, flip, hold_vote, plenary
from tests.support.desk import Desk, all_gone, command, environment, running
from tests.support.stores import reachable_directory
from tests.support.waiting import eventually


@dataclass(frozen=True)
class House:
    """What is left of a house whose machine died: backups, its passphrase, two votes, a moment between them."""

    backups: Path
    words: Path
    first: Vote
    second: Vote
    between: str


def _query(desk: Desk, statement: str) -> str:
    with psycopg.connect(desk.facts()["database_url"], autocommit=True) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return str(row[0])


_FOLLOWED = (
    "select exists (select from pg_stat_replication r join pg_replication_slots s on s.active_pid = r.pid"
    " where s.slot_name = 'plenary_backup' and r.flush_lsn >= pg_current_wal_lsn())"
)


_SLOT = (
    "select coalesce(max(wal_status), 'none') from pg_replication_slots where slot_name = 'plenary_backup'"
)


def _do(desk: Desk, statement: str) -> None:
    with psycopg.connect(desk.facts()["database_url"], autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Backed up twice before anything had happened; then two votes; then killed in one moment, its data gone."""
    with reachable_directory() as place:
        backups, words = place / "backups", place / "words"
        words.write_text(WORDS)
        out = tmp_path_factory.mktemp("votes")
        with running(place / "data", SAMPLE="false", BACKUP_DIRECTORY=str(backups)) as desk:
            for _ in range(2):
                done = plenary(place / "data", "backup", backups, "--passphrase-file", words)
                assert backed_up(done), done.stdout + done.stderr
            first = hold_vote(desk, out / "first")
            _do(desk, "create table plenary_last (n integer)")
            _query(desk, "select pg_switch_wal()")
            between = _query(desk, "select clock_timestamp()")
            second = hold_vote(desk, out / "second")
            _query(desk, "select pg_switch_wal()")
            _query(desk, "insert into plenary_last values (2) returning n")
            eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed to the end")
            everybody = desk.everybody()
            desk.process.kill()
            assert all_gone(everybody)
        shutil.rmtree(place / "data")
        yield House(backups, words, first, second, between)


@pytest.fixture
def copied(house: House, data_directory: Path) -> Path:
    """The backups, to be damaged."""
    return Path(shutil.copytree(house.backups, data_directory / "backups"))


def _restored(house: House, target: Path, *more: str | Path) -> subprocess.CompletedProcess[str]:
    return plenary(target, "restore", house.backups, "--passphrase-file", house.words, *more)


def _begun(data: Path) -> None:
    """A Plenary that ran once, and does not run now."""
    with running(data, SAMPLE="false") as desk:
        assert desk.stop() == 0


def _newest(directory: Path) -> Path:
    return catalogue.backups(directory)[-1].path


def test_restored_on_a_bare_place_and_runs_on(house: House, data_directory: Path) -> None:
    """All that was acknowledged is there, every certificate is audited; it runs on, and is backed up again."""
    target = data_directory / "new"
    done = _restored(house, target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓ certificate ") == 2
    assert "6 đúng / proven, 0 sai / wrong" in done.stdout
    with running(target, SAMPLE="false", BACKUP_DIRECTORY=str(house.backups)) as desk:
        url = desk.facts()["database_url"]
        expected = {each.certificate: each.file for each in (house.first, house.second)}
        assert certificates(url) == expected
        assert _query(desk, "select n from plenary_last") == "2"
        third = hold_vote(desk, data_directory / "third")
        assert certificates(url) == expected | {third.certificate: third.file}
        # Its log goes on under a name of its own, and its backups are of the new timeline.
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed again")
        assert _query(desk, "select timeline_id from pg_control_checkpoint()") == "2"
        mine = plenary(target, "backup", data_directory / "own", "--passphrase-file", house.words)
        assert backed_up(mine), mine.stdout + mine.stderr
        assert catalogue.backups(data_directory / "own")[0].manifest.timeline == 2
    assert len({path.name.split("-")[1] for path in (house.backups / "log").iterdir() if path.is_dir()}) == 2


# Somebody who is not root, and may read where this Python lies.
_SOMEBODY = 47_110
_AS_SOMEBODY = [
    *(
        "setpriv",
        f"--reuid={_SOMEBODY}",
        f"--regid={_SOMEBODY}",
        "--clear-groups",
        "--bounding-set=-all,+dac_read_search",
    ),
    *("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"),
]


def test_a_bare_machine_another_user(house: House, data_directory: Path) -> None:
    """All that is left is a copy of the disk: somebody else restores it at another place and port, proves every
    certificate with `plenary verify`, and no secret can be read by others."""
    if (
        os.geteuid() != 0
        or subprocess.run([*_AS_SOMEBODY, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("only root may become somebody else")
    home = data_directory / "home"
    shutil.copytree(house.backups, home / "disk")
    shutil.copy(house.words, home / "words")
    for each in (home, *home.rglob("*")):
        os.chown(each, _SOMEBODY, _SOMEBODY)
    told = environment(home / "data") | {"HOME": str(home), "XDG_RUNTIME_DIR": ""}

    def do(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*_AS_SOMEBODY, *command(*map(str, arguments))],
            env=told, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    done = do("restore", home / "disk", "--passphrase-file", home / "words")
    assert done.returncode == 0, done.stdout + done.stderr
    with subprocess.Popen([*_AS_SOMEBODY, *command("run")], env=told, stdout=subprocess.DEVNULL) as process:
        desk = Desk(home / "data", process)
        try:
            desk.wait_until_ready()
            assert {each.uids().real for each in desk.everybody()} == {_SOMEBODY}
            found = certificates(desk.facts()["database_url"])
            told_of = json.loads(do("doctor", "--json", "--backups", home / "disk").stdout)["findings"]
        finally:
            assert desk.stop() == 0
    assert found == {each.certificate: each.file for each in (house.first, house.second)}
    levels = {each["check"]: each["level"] for each in told_of}
    assert levels["keys.files"] == levels["backup.proven"] == "good"
    for certificate, content in found.items():
        file = home / f"{certificate}.json"
        file.write_bytes(content)
        proven = do("verify", file, "--trust", home / "data" / "keys" / "trust.pem")
        assert proven.returncode == 0, proven.stdout + proven.stderr
    secrets = [
        path for path in (home / "data").rglob("*") if path.suffix in (".key", ".pin", ".toml", ".secret")
    ]
    assert len(secrets) >= 5
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    assert {path.stat().st_uid for path in secrets} == {_SOMEBODY}
    assert (home / "data" / "keys").stat().st_mode & 0o077 == 0


def test_restored_to_a_moment(house: House, data_directory: Path) -> None:
    """Between two votes: the first is there, of the second nothing; who votes on is warned of two histories."""
    target = data_directory / "new"
    done = _restored(house, target, "--until", house.between)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓ certificate ") == 1
    assert house.first.certificate in done.stdout
    assert "đừng biểu quyết tiếp" in done.stdout
    with running(target, SAMPLE="false") as desk:
        assert certificates(desk.facts()["database_url"]) == {house.first.certificate: house.first.file}


def test_moments_that_no_backup_holds(house: House, data_directory: Path) -> None:
    """Before the first backup, after the last commit, and what is no moment: refused, and nothing is made."""
    for until, word in (
        ("2020-01-01 00:00", "there is no such backup"),
        (f"{datetime.now(UTC).year + 1}-01-01 00:00", "leave --until out"),
        ("hôm qua", "write it like"),
    ):
        done = _restored(house, data_directory / "new", "--until", until)
        assert done.returncode == 2, done.stdout
        assert word in done.stderr
        assert {each.name for each in data_directory.iterdir()} <= {".new.restoring.lock"}


Damage = Callable[[Path], object]

_DAMAGES: dict[str, Damage] = {
    "a byte of the database": lambda path: flip(path / "base.tar.gz", 100_000),
    "a byte of its log": lambda path: flip(
        path / "base.tar.gz", (path / "base.tar.gz").stat().st_size - 9_000
    ),
    "a byte of the keys": lambda path: flip(path / "belongings.tar.age", 5_000),
    "a byte of the manifest": lambda path: flip(path / "manifest.json", 60),
    "no keys": lambda path: (path / "belongings.tar.age").unlink(),
    "no database": lambda path: (path / "base.tar.gz").unlink(),
    "no manifest": lambda path: (path / "manifest.json").unlink(),
    "half a database": lambda path: os.truncate(path / "base.tar.gz", 1_000_000),
    "a file too many": lambda path: (path / "more").touch(),
}


@pytest.mark.parametrize("what", _DAMAGES)
def test_a_damaged_backup_is_refused(house: House, copied: Path, data_directory: Path, what: str) -> None:
    """Whatever was changed is found before anything is done, and the file is named."""
    _DAMAGES[what](_newest(copied))
    done = plenary(data_directory / "new", "restore", copied, "--passphrase-file", house.words)
    assert done.returncode == 2, done.stdout
    assert "damaged" in done.stderr
    assert not (data_directory / "new").exists()


def test_one_damaged_backup_leaves_the_others(house: House, copied: Path, data_directory: Path) -> None:
    """The newest has no manifest: by itself nothing older is taken, by name it is; retention keeps its hands off."""
    older = catalogue.backups(copied)[0].path
    (_newest(copied) / "manifest.json").unlink()
    words = ("--passphrase-file", house.words)
    assert plenary(data_directory / "new", "restore", copied, *words).returncode == 2
    done = plenary(data_directory / "new", "restore", copied, *words, "--backup", older.name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert house.second.certificate in done.stdout, "the followed log leads from it to the end as well"
    kept = plenary(data_directory / "new", "backup", copied, *words, "--keep", "1")
    assert kept.returncode == 1, kept.stdout + kept.stderr
    assert "retention removed nothing" in kept.stdout
    assert older.exists()


def test_wrong_passphrase(house: House, data_directory: Path) -> None:
    """The keys stay closed, and nothing is done."""
    (data_directory / "wrong").write_text("một mật khẩu khác")
    done = plenary(
        data_directory / "new", "restore", house.backups, "--passphrase-file", data_directory / "wrong"
    )
    assert done.returncode == 2
    assert "nothing was done" in done.stderr
    assert not (data_directory / "new").exists()


def test_keys_of_another_backup(house: House, copied: Path, data_directory: Path) -> None:
    """A database beside keys sealed with another one is refused, though every hash in the manifest is right."""
    older, newer = catalogue.backups(copied)[0].path, _newest(copied)
    shutil.copy(older / "belongings.tar.age", newer)
    manifest = catalogue.backups(copied)[-1].manifest
    changed = catalogue.Manifest(
        **{name: getattr(manifest, name) for name in manifest.__struct_fields__ if name != "files"},
        files=catalogue.facts_of(newer),
    )
    newer.rename(newer.with_name(f".{newer.name}.part"))
    catalogue.keep(newer.with_name(f".{newer.name}.part"), changed)
    done = plenary(data_directory / "new", "restore", copied, "--passphrase-file", house.words)
    assert done.returncode == 2
    assert "not of one backup" in done.stderr


def _segments(directory: Path) -> list[staging.Segment]:
    newest = catalogue.backups(directory)[-1].manifest
    found = staging.segments(directory, newest.system)
    return [each for each in found if each.timeline == 1 and each.number >= staging.number_of(newest.start)]


def _lose_one(directory: Path) -> None:
    _segments(directory)[1].path.unlink()


def _flip_one(directory: Path) -> None:
    flip(_segments(directory)[1].path, 8192 + 200)


@pytest.mark.parametrize("damage", [_lose_one, _flip_one])
def test_a_damaged_log_is_not_taken_for_its_end(
    house: House, copied: Path, data_directory: Path, damage: Damage
) -> None:
    """A gap or a flipped byte in the followed log is refused; only who accepts the loss is given what comes before."""
    assert len(_segments(copied)) >= 3
    damage(copied)
    words = ("--passphrase-file", house.words)
    done = plenary(data_directory / "new", "restore", copied, *words)
    assert done.returncode == 2, done.stdout
    assert "--accept-loss" in done.stderr
    assert not (data_directory / "new").exists()
    done = plenary(data_directory / "new", "restore", copied, *words, "--accept-loss")
    assert done.returncode == 0, done.stdout + done.stderr
    assert house.second.certificate not in done.stdout


def test_what_is_not_proven_is_said(house: House, data_directory: Path) -> None:
    """A ledger line changed and a signed edition exchanged before the backup: exit code 1, and each is named."""
    data, backups = data_directory / "data", data_directory / "backups"
    words = ("--passphrase-file", house.words)
    with running(data, SAMPLE="false") as desk:
        vote = hold_vote(desk, data_directory / "vote")
        _do(desk, "update voting.entry set line = line || '\\x20' where seq is not null and index = 3")
        _do(
            desk,
            "insert into signing.signed_edition"
            " (certificate, level, test_time, json, json_sha256, pdf, pdf_sha256, sealed_at)"
            " select id, 'B-B', false, '{}', repeat('x', 43), '%PDF-', repeat('x', 43), 1 from signing.paper",
        )
        assert backed_up(plenary(data, "backup", backups, *words))
    done = plenary(data_directory / "new", "restore", backups, *words)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("✗ ledger voting")]
    assert [line for line in lines if line.startswith(f"✗ certificate {vote.certificate}")]
    assert [line for line in lines if line.startswith(f"✗ certificate.signed.pdf {vote.certificate}")]
    assert (data_directory / "new" / "keys" / "seal.key").exists()
    assert noted.proven_at(backups) == 0, "what was restored with something wrong proves no backup"


def test_the_log_is_followed_through_losses(house: House, data_directory: Path) -> None:
    """pg_receivewal killed, PostgreSQL killed, the disk away and back: it is followed again, and nothing is missing."""
    data, backups = data_directory / "data", data_directory / "backups"
    words = ("--passphrase-file", house.words)
    with running(data, SAMPLE="false", BACKUP_DIRECTORY=str(backups)) as desk:
        assert backed_up(plenary(data, "backup", backups, *words))
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed")
        away = backups.rename(data_directory / "away")
        (receiver,) = [each for each in desk.everybody() if each.name() == "pg_receivewal"]
        receiver.kill()
        vote = hold_vote(desk, data_directory / "vote")
        away.rename(backups)
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed again")
        os.kill(desk.facts()["postgres"], signal.SIGKILL)
        eventually(desk.is_ready, what="ready again")
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed after a crash")
        later = hold_vote(desk, data_directory / "vote")
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed to the end")
        desk.process.kill()
        desk.process.wait(30)
    done = plenary(data_directory / "new", "restore", backups, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert vote.certificate in done.stdout
    assert later.certificate in done.stdout


def test_a_gap_in_the_log_is_no_end(house: House, data_directory: Path) -> None:
    """So much was written while the disk was away that PostgreSQL let go of it: refused until there is a new backup."""
    data, backups = data_directory / "data", data_directory / "backups"
    words = ("--passphrase-file", house.words)
    with running(data, SAMPLE="false", BACKUP_DIRECTORY=str(backups)) as desk:
        assert backed_up(plenary(data, "backup", backups, *words))
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed")
        away = backups.rename(data_directory / "away")
        (receiver,) = [each for each in desk.everybody() if each.name() == "pg_receivewal"]
        receiver.kill()
        for name in ("max_slot_wal_keep_size", "wal_keep_size"):
            _do(desk, f"alter system set {name} = '16MB'")
        _do(desk, "select pg_reload_conf()")
        for _ in range(6):
            _do(desk, "select pg_logical_emit_message(false, 'x', 'x'), pg_switch_wal()")
        _do(desk, "checkpoint")
        eventually(lambda: _query(desk, _SLOT) == "lost", what="let go")
        away.rename(backups)
        eventually(lambda: _query(desk, _SLOT) == "reserved", what="a new slot")
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed again")
        refused = plenary(data_directory / "new", "restore", backups, *words)
        assert refused.returncode == 2, refused.stdout
        assert "--accept-loss" in refused.stderr
        assert backed_up(plenary(data, "backup", backups, *words))
    done = plenary(data_directory / "new", "restore", backups, *words)
    assert done.returncode == 0, done.stdout + done.stderr


def _end_receiver(desk: Desk) -> None:
    """Where its directory is away it may have found that out, and ended, by itself."""
    for each in desk.everybody():
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.name() == "pg_receivewal":
                each.kill()


def test_two_disks_in_turn(house: House, data_directory: Path) -> None:
    """As they are carried to another place each week: the log of the first goes on when it is back, though PostgreSQL
    has let go of what was written meanwhile; its next backup needs none of that."""
    data, mounted = data_directory / "data", data_directory / "mnt"
    words = ("--passphrase-file", house.words)
    with running(data, SAMPLE="false", BACKUP_DIRECTORY=str(mounted)) as desk:
        for name in ("max_slot_wal_keep_size", "wal_keep_size"):
            _do(desk, f"alter system set {name} = '32MB'")
        _do(desk, "select pg_reload_conf()")
        assert backed_up(plenary(data, "backup", mounted, *words))
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed")
        first = mounted.rename(data_directory / "first")
        _end_receiver(desk)
        assert backed_up(plenary(data, "backup", mounted, *words))
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed on the second")
        for _ in range(6):
            _do(desk, "select pg_logical_emit_message(false, 'x', 'x'), pg_switch_wal()")
            eventually(lambda: _query(desk, _FOLLOWED) == "True", what="taken")
        _do(desk, "checkpoint")
        mounted.rename(data_directory / "second")
        first.rename(mounted)
        _end_receiver(desk)
        eventually(lambda: len(list((mounted / "log").iterdir())) > 1, what="gone on after the gap")
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed on the first again")
        assert backed_up(plenary(data, "backup", mounted, *words))
        vote = hold_vote(desk, data_directory / "vote")
        eventually(lambda: _query(desk, _FOLLOWED) == "True", what="followed to the end")
    done = plenary(data_directory / "new", "restore", mounted, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert vote.certificate in done.stdout


_OLDER = (
    "drop table signing.ledger_piece;"
    " delete from signing._yoyo_migration where migration_id = '0022_ledger_pieces'"
)
_NEWER = (
    "insert into signing._yoyo_migration (migration_hash, migration_id, applied_at_utc)"
    " values ('x', '9999_of_tomorrow', now())"
)


def test_backups_of_another_plenary(house: House, data_directory: Path) -> None:
    """An older one's is brought up to date and proven. A newer one's is refused: what it says we cannot know."""
    data, new = data_directory / "data", data_directory / "new"
    words = ("--passphrase-file", house.words)
    with running(data, SAMPLE="false") as desk:
        vote = hold_vote(desk, data_directory / "vote")
        for statement, name in ((_OLDER, "older"), (_NEWER, "newer")):
            _do(desk, statement)
            assert backed_up(plenary(data, "backup", data_directory / name, *words))
    refused = plenary(new, "restore", data_directory / "newer", *words)
    assert refused.returncode == 2, refused.stdout
    assert "newer Plenary" in refused.stderr
    assert not new.exists()
    done = plenary(new, "restore", data_directory / "older", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"✓ certificate {vote.certificate}" in done.stdout


def test_an_outside_database_is_left_as_it_was(
    database_url: str, empty_database_url: str, data_directory: Path
) -> None:
    """What came back into it was not proven: it is empty again, so that the next restore is not refused for that."""
    data, backups, words = data_directory / "data", data_directory / "backups", data_directory / "words"
    words.write_text(WORDS)
    keys.ensure(Settings(data=data))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_NEWER)
    sealed = ("--passphrase-file", words)
    assert backed_up(plenary(data, "backup", backups, *sealed, DATABASE_URL=database_url))
    for _ in range(2):
        refused = plenary(
            data_directory / "new", "restore", backups, *sealed, DATABASE_URL=empty_database_url
        )
        assert refused.returncode == 2
        assert "newer Plenary" in refused.stderr
    dump.must_be_empty(empty_database_url)


def test_never_over_what_is_there(house: House, data_directory: Path) -> None:
    """A place that is not empty is refused; with --replace it is put aside, not removed."""
    target = data_directory / "old"
    target.mkdir()
    (target / "mine").write_text("ours")
    done = _restored(house, target)
    assert done.returncode == 2
    assert "--replace" in done.stderr
    assert [each.name for each in target.iterdir()] == ["mine"]
    done = _restored(house, target, "--replace")
    assert done.returncode == 0, done.stderr
    (aside,) = data_directory.glob("old.before-*")
    assert (aside / "mine").read_text() == "ours"
    assert (target / "keys" / "ledger.key").stat().st_mode & 0o777 == 0o600


_POWER_CUT = """
import os, sys
from pathlib import Path
rename = Path.rename
def cut(path, to):
    if path.name.endswith(".restoring"):
        os._exit(9)
    return rename(path, to)
Path.rename = cut
from services.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_the_power_goes_while_it_is_put_in_place(house: House, data_directory: Path) -> None:
    """The old data has its other name, the new not its own: nothing runs in the gap, and the same restore mends it."""
    target = data_directory / "old"
    target.mkdir()
    (target / "mine").write_text("ours")
    words = ("--passphrase-file", str(house.words))
    cut = subprocess.run(
        [sys.executable, "-c", _POWER_CUT, "restore", str(house.backups), *words, "--replace"],
        env=environment(target), capture_output=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert cut.returncode == 9, cut.stderr
    assert not target.exists()
    (aside,) = data_directory.glob("old.before-*")
    refused = plenary(target, "run")
    assert refused.returncode == 2
    assert "chạy lại đúng lệnh plenary restore đó" in refused.stderr
    assert str(aside) in refused.stderr
    assert plenary(target, "doctor").returncode == 2
    done = _restored(house, target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(aside) in done.stdout
    assert (aside / "mine").read_text() == "ours"
    assert (target / "keys" / "ledger.key").exists()


def test_killed_while_backing_up(house: House, data_directory: Path) -> None:
    """kill -9 in the middle: nothing of it counts as a backup, nothing runs on, and the next one cleans up."""
    backups, data = data_directory / "backups", data_directory / "data"
    with running(data, SAMPLE="false") as desk:
        arguments = ["backup", str(backups), "--passphrase-file", str(house.words)]
        with subprocess.Popen(
            command(*arguments), env=environment(data), stdout=subprocess.DEVNULL
        ) as process:
            eventually(lambda: list(backups.glob(".*.part/base.tar.gz")), what="under way")
            children = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            process.wait(30)
        assert all_gone(children)
        assert catalogue.backups(backups) == []
        done = plenary(data_directory / "new", "restore", backups, "--passphrase-file", house.words)
        assert done.returncode == 2
        done = plenary(data, *arguments)
        assert backed_up(done), done.stdout + done.stderr
        assert not list(backups.glob(".*.part"))
        assert len(catalogue.backups(backups)) == 1
        assert desk.is_ready()


def test_disk_full(house: House, data_directory: Path) -> None:
    """No room for the backup: exit code 2, one line that says so, and nothing of it is left."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    small = data_directory / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        _begun(data_directory / "data")
        done = plenary(data_directory / "data", "backup", small, "--passphrase-file", house.words)
        assert done.returncode == 2
        assert "No space left" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert catalogue.backups(small) == []
        assert {each.name for each in small.iterdir()} == {"plenary-backups", "backups.lock"}
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_backed_up_while_people_vote(house: House, data_directory: Path) -> None:
    """A base backup alone, taken in the middle of ballots, is a whole house: every ledger in it is right."""
    data, backups = data_directory / "data", data_directory / "backups"
    with running(data, SAMPLE="false") as desk:
        before = hold_vote(desk, data_directory / "before")
        arguments = ["backup", str(backups), "--passphrase-file", str(house.words)]
        with subprocess.Popen(
            command(*arguments), env=environment(data), stdout=subprocess.DEVNULL
        ) as process:
            votes = [hold_vote(desk, data_directory / "vote", voters=40)]
            while process.poll() is None:
                votes.append(hold_vote(desk, data_directory / "vote"))
            assert process.returncode in (0, 1)
        held = certificates(desk.facts()["database_url"])
    done = plenary(data_directory / "new", "restore", backups, "--passphrase-file", house.words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 sai / wrong" in done.stdout
    assert f"✓ certificate {before.certificate}" in done.stdout
    with running(data_directory / "new", SAMPLE="false") as desk:
        restored = certificates(desk.facts()["database_url"])
        assert restored.items() <= held.items()


def _metric(desk: Desk, name: str) -> float:
    with urllib.request.urlopen(f"{desk.facts()['url']}/metrics", timeout=10) as answer:  # noqa: S310
        lines = answer.read().decode().splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


def test_what_watches_is_told(house: House, data_directory: Path) -> None:
    """The age of the last backup, and of the last that was proven, reach the metrics."""
    data, backups = data_directory / "data", data_directory / "backups"
    words = ("--passphrase-file", house.words)
    last, proven = "plenary_backup_last_timestamp_seconds", "plenary_backup_proven_timestamp_seconds"
    with running(data, SAMPLE="false") as desk:
        assert _metric(desk, last) == _metric(desk, proven) == 0
        assert backed_up(plenary(data, "backup", backups, *words))
        eventually(lambda: _metric(desk, last) > 0, what="backed up")
        (made,) = catalogue.backups(backups)
        assert _metric(desk, last) == pytest.approx(made.manifest.ended_at / 1000)
        assert _metric(desk, proven) == 0, "it was never restored"
        assert plenary(data_directory / "new", "restore", backups, *words).returncode == 0
        assert noted.proven_at(backups) > made.manifest.ended_at
        assert backed_up(plenary(data, "backup", backups, *words))
        eventually(lambda: _metric(desk, proven) == noted.proven_at(backups) / 1000, what="known at home")
    # A restored house is to be backed up anew, and says so.
    with running(data_directory / "new", SAMPLE="false") as desk:
        assert _metric(desk, last) == 0


def test_sealed_to_an_age_key(data_directory: Path) -> None:
    """A machine that backs up by itself needs no secret: a public key seals, only its identity opens."""
    _begun(data_directory / "data")
    identity = pyrage.x25519.Identity.generate()
    (data_directory / "identity").write_text(f"# khóa dự phòng\n{identity}\n")
    backups = data_directory / "backups"
    done = plenary(data_directory / "data", "backup", backups, "--recipient", str(identity.to_public()))
    assert backed_up(done), done.stdout + done.stderr
    assert {each.stat().st_mode & 0o077 for each in backups.rglob("*")} == {0}
    refused = plenary(data_directory / "new", "restore", backups)
    assert refused.returncode == 2
    assert "--identity" in refused.stderr
    done = plenary(data_directory / "new", "restore", backups, "--identity", data_directory / "identity")
    assert done.returncode == 0, done.stderr


def test_keys_are_never_in_the_clear_unasked(data_directory: Path) -> None:
    """Without a word on how to seal it is refused; who says in the clear is warned, and exit code 1 tells."""
    data, backups = data_directory / "data", data_directory / "backups"
    _begun(data)
    refused = plenary(data, "backup", backups)
    assert refused.returncode == 2
    assert "private keys" in refused.stderr
    done = plenary(data, "backup", backups, "--keys-in-clear")
    assert done.returncode == 1
    assert "in the clear" in done.stdout
    assert plenary(data_directory / "new", "restore", backups).returncode == 0


def test_nothing_to_back_up(data_directory: Path) -> None:
    """A wrong PLENARY_DATA is said, not backed up."""
    done = plenary(data_directory / "nowhere", "backup", data_directory / "backups", "--keys-in-clear")
    assert done.returncode == 2
    assert "is PLENARY_DATA right?" in done.stderr


def test_never_into_the_data_directory(data_directory: Path) -> None:
    """A backup on the disk that it is to outlive is none; a directory of other things is not ours."""
    data = data_directory / "data"
    _begun(data)
    inside = plenary(data, "backup", data / "backups", "--keys-in-clear")
    assert inside.returncode == 2
    (data_directory / "photos").mkdir()
    (data_directory / "photos" / "one.jpg").touch()
    strange = plenary(data, "backup", data_directory / "photos", "--keys-in-clear")
    assert strange.returncode == 2
    assert "choose an empty directory" in strange.stderr


def test_retention(house: House, copied: Path) -> None:
    """The newest stay, with all the log that they need; the log before them goes. The newest never goes."""
    before = catalogue.backups(copied)
    assert len(before) >= 2
    removed = retention.let_go(copied, 1, None, before[-1].manifest.ended_at)
    assert removed == [each.path.name for each in before[:-1]]
    (left,) = catalogue.backups(copied)
    assert left.path.name == before[-1].path.name
    assert [each.number for each in _segments(copied)] == [each.number for each in _segments(house.backups)]
    far = left.manifest.ended_at + 400 * 86_400_000
    assert retention.let_go(copied, None, 30, far) == []


def test_somebody_elses_postgres(
    house: House, database_url: str, empty_database_url: str, data_directory: Path
) -> None:
    """An outside PostgreSQL is copied as of one moment; that comes back into an empty database, or a server of ours."""
    backups, data = data_directory / "backups", data_directory / "data"
    with running(data, SAMPLE="false", DATABASE_URL=database_url) as desk:
        vote = hold_vote(desk, data_directory / "vote")
        words = ("--passphrase-file", house.words)
        done = plenary(data, "backup", backups, *words, DATABASE_URL=database_url)
        assert backed_up(done), done.stdout + done.stderr
    full = plenary(data_directory / "a", "restore", backups, *words, DATABASE_URL=database_url)
    assert full.returncode == 2
    assert "make an empty one" in full.stderr
    for name, settings in (("a", {"DATABASE_URL": empty_database_url}), ("b", {})):
        done = plenary(data_directory / name, "restore", backups, *words, **settings)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"✓ certificate {vote.certificate}" in done.stdout
    moment = plenary(data_directory / "c", "restore", backups, *words, "--until", "2099-01-01 00:00")
    assert moment.returncode == 2
    assert certificates(empty_database_url) == {vote.certificate: vote.file}
