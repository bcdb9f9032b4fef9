"""The directory of backups: one directory for each whole backup with its manifest, and the log between them.

    <stamp>/manifest.json, manifest.sha256   what it is, and the SHA-256 of each of its files
    <stamp>/base.tar.gz, backup_manifest     PostgreSQL's own (pg_basebackup), or database.dump (pg_dump)
    <stamp>/belongings.tar.age               keys, anchors, settings (sealing)
    log/<system>-<timeline>-<stamp>/         the write-ahead log as it was followed (following)
    proven.json                              which was last restored with nothing wrong, and when (noted)

A backup under way has another name (`.<stamp>.part`) until it is whole and on disk: half of one is never taken for one.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from services.desk import place
from services.desk.backups import plain_file, trouble
from services.desk.backups.durable import sync
from services.kit.complaint import Complaint

FORMAT: Literal["plenary-backup/1"] = "plenary-backup/1"
MANIFEST, DIGEST, MARK, LOG = "manifest.json", "manifest.sha256", "plenary-backups", "log"
_PART = ".part"
_STAMP = "%Y%m%dT%H%M%SZ"


class BackupRefused(Complaint):
    """A backup cannot be made, or is not whole; the text says why and what to do."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one backup is. Times in milliseconds; `start`, `end`: places in the log (PostgreSQL's LSN), of a base only.

    `ended_at`: from then on it can be restored. `sealed`: how its private keys are kept.
    """

    format: Literal["plenary-backup/1"]
    kind: Literal["base", "dump"]
    began_at: int
    ended_at: int
    origin: str
    sealed: Literal["recipient", "passphrase", "clear"]
    files: dict[str, plain_file.Fact]
    system: str = ""
    timeline: int = 0
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Backup:
    """One whole backup in its directory."""

    path: Path
    manifest: Manifest


def stamp(milliseconds: int) -> str:
    """A moment as directories are called."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime(_STAMP)


def shown(milliseconds: int) -> str:
    """A moment as people here read it, with its zone."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%d/%m/%Y %H:%M:%S %z")
    except (ValueError, OverflowError, OSError):
        # A clock that was very wrong, or somebody who made it up.
        return f"{milliseconds} ms?"


@contextlib.contextmanager
def opened(directory: Path) -> Iterator[Path]:
    """The directory of backups, made and marked if it is missing, ours alone as long as the block lasts."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupRefused(
            f"không tạo được {directory} / cannot make {directory}: {error.strerror}"
        ) from error
    strange = {each.name for each in directory.iterdir()} if not (directory / MARK).exists() else set()
    if strange - {"lost+found", "backups.lock"}:
        raise BackupRefused(
            f"{directory} có thứ khác, không phải bản sao lưu: hãy chọn thư mục trống"
            f" / {directory} holds other things: choose an empty directory"
        )
    busy = f"đang có lệnh sao lưu khác vào {directory} / another backup to {directory} is under way"
    with place.locked(directory / "backups.lock", busy):
        place.write_whole(directory / MARK, f"{FORMAT}\n", 0o600)
        for rest in directory.glob(f".*{_PART}"):
            shutil.rmtree(rest, ignore_errors=True)
        yield directory


@contextlib.contextmanager
def part(directory: Path, began_at: int) -> Iterator[Path]:
    """Where one backup is made; nothing of it stays if the block fails. Raises BackupRefused if its disk did."""
    while (directory / stamp(began_at)).exists():
        # Two within one second: the names go on, in order.
        began_at += 1_000
    path = directory / f".{stamp(began_at)}{_PART}"
    path.mkdir(mode=0o700)
    try:
        yield path
    except BaseException as error:
        told = trouble.told(path, error)
        shutil.rmtree(path, ignore_errors=True)
        if told:
            raise BackupRefused(told + trouble.left(path)) from error
        raise


def facts_of(path: Path) -> dict[str, plain_file.Fact]:
    """Every file of a backup by its name, read whole."""
    return {
        each.name: plain_file.fact(each)
        for each in sorted(path.iterdir())
        if each.name not in (MANIFEST, DIGEST)
    }


def keep(part_: Path, manifest: Manifest) -> Backup:
    """Write the manifest, see that all is on disk, and give the backup its name: from here on it is one."""
    raw = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    place.write_whole(part_ / MANIFEST, raw.decode(), 0o600)
    place.write_whole(part_ / DIGEST, hashlib.sha256(raw).hexdigest() + "\n", 0o600)
    for each in part_.iterdir():
        sync(each)
    sync(part_)
    path = part_.with_name(part_.name.removeprefix(".").removesuffix(_PART))
    part_.rename(path)
    sync(path.parent)
    return Backup(path, manifest)


def backups(directory: Path) -> list[Backup]:
    """The whole backups, oldest first. Raises BackupRefused: no directory of backups, or a manifest is damaged."""
    return in_order([Backup(each, _manifest(each)) for each in _names(directory)])


def in_order(found: list[Backup]) -> list[Backup]:
    """The oldest first: by the clock of their time, but those of one history by their place in its log.

    One that was made while the clock was wrong would else be the newest for as long as it was ahead.
    """
    timed = sorted(found, key=lambda backup: backup.manifest.ended_at)
    logged = sorted(
        (each for each in timed if each.manifest.end), key=lambda each: position(each.manifest.end)
    )
    histories = {key: [each for each in logged if _history(each) == key] for key in map(_history, logged)}
    return [histories[_history(each)].pop(0) if each.manifest.end else each for each in timed]


def _history(backup: Backup) -> tuple[str, int]:
    return backup.manifest.system, backup.manifest.timeline


def house_of(backup: Backup) -> str:
    """Whose it is: the database that it is of, also after a restore; of an outside one only a name is known."""
    return backup.manifest.system or backup.manifest.origin


def position(place: str) -> int:
    """A place of the log (`16/B374D848`) in bytes from its beginning."""
    high, low = (int(word, 16) for word in place.split("/"))
    return (high << 32) + low


def named(directory: Path, name: str) -> list[Backup]:
    """The backup of that name, if there is one, whatever became of the others. Raises BackupRefused as `backups`."""
    return [Backup(each, _manifest(each)) for each in _names(directory) if each.name == name]


def _names(directory: Path) -> list[Path]:
    if not (directory / MARK).is_file():
        raise BackupRefused(
            f"{directory} không có bản sao lưu nào; đĩa đã gắn chưa (findmnt -T {directory})?"
            f" / {directory} holds no backups of Plenary: is its disk mounted?"
        )
    return [each for each in directory.iterdir() if _is_named(each)]


def _is_named(path: Path) -> bool:
    try:
        datetime.strptime(path.name, _STAMP)  # noqa: DTZ007 - only the form matters
    except ValueError:
        return False
    return path.is_dir()


def _manifest(path: Path) -> Manifest:
    try:
        raw = plain_file.read(path / MANIFEST)
        if plain_file.read(path / DIGEST).strip() != hashlib.sha256(raw).hexdigest().encode():
            raise _damaged(path, MANIFEST)
        return msgspec.json.decode(raw, type=Manifest)
    except msgspec.MsgspecError as error:
        # It is as it was written, so it was written by another program than this.
        raise BackupRefused(
            f"bản sao lưu {path.name} do một bản Plenary khác (mới hơn?) tạo ra: hãy dùng bản đó để khôi phục"
            f" / backup {path.name} was made by another Plenary, a newer one perhaps: restore it by that one"
        ) from error
    except OSError as error:
        raise _lost(path, MANIFEST, error) from error


def must_be_whole(backup: Backup) -> None:
    """Read every file and compare it with the manifest. Raises BackupRefused naming the first that differs."""
    told = backup.manifest.files
    for name in sorted({*told, *(each.name for each in backup.path.iterdir())} - {MANIFEST, DIGEST}):
        try:
            is_right = plain_file.fact(backup.path / name) == told.get(name)
        except OSError as error:
            raise _lost(backup.path, name, error) from error
        if not is_right:
            raise _damaged(backup.path, name)


def _lost(path: Path, name: str, error: OSError) -> BackupRefused:
    if not isinstance(error, PermissionError):
        return _damaged(path, name)
    return BackupRefused(
        f"không có quyền đọc {path / name}: gõ lại lệnh với sudo / no right to read {path / name}: type it with sudo"
    )


def _damaged(path: Path, name: str) -> BackupRefused:
    return BackupRefused(
        f"bản sao lưu {path.name} hỏng ở tệp {name}: thiếu hoặc đã đổi; hãy dùng bản khác (--backup)"
        f" / backup {path.name} is damaged: {name} is missing or changed; use another one (--backup)"
    )


def remove(backup: Backup) -> None:
    """Remove a backup: its name first, so that a half of it is never taken for a whole."""
    away = backup.path.with_name(f".{backup.path.name}{_PART}")
    backup.path.rename(away)
    shutil.rmtree(away)
