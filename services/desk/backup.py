"""`plenary backup DIR`: one whole backup, made while everything runs, proven before it is called one.

Exit codes: 0 done; 1 done, and there is something to look at; 2 nothing was made.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import psycopg

from services.desk import house_keys, place
from services.desk.backups import apart, base, belongings, catalogue, dump, noted, retention, sealing
from services.desk.backups.catalogue import FORMAT, Backup, BackupRefused, Manifest
from services.desk.backups.sealing import Seal
from services.desk.stores import opened
from services.kit import clock
from services.kit.settings import Settings, load


async def backup(settings: Settings, directory: Path, seal: Seal) -> Backup:
    """One whole backup of what is there now. Raises BackupRefused; then nothing of it is left."""
    _must_be_a_house(settings.data.resolve(), directory)
    began_at = clock.now()
    with catalogue.part(directory, began_at) as part:
        # 1. The database: by PostgreSQL's own tools, consistent whatever is written meanwhile.
        made = await _copied(settings, part)
        # 2. Keys and all else, sealed; they say which database they belong to.
        await asyncio.to_thread(_seal, settings, part, seal)
        # 3. What it is, with the hash of every file; on disk; named.
        manifest = Manifest(
            format=FORMAT,
            kind="dump" if settings.database_url else "base",
            began_at=began_at,
            ended_at=made.ended_at,
            origin=settings.origin,
            sealed=seal.how,
            files=await asyncio.to_thread(catalogue.facts_of, part),
            system=made.system,
            timeline=made.timeline,
            start=made.start,
            end=made.end,
        )
        return await asyncio.to_thread(catalogue.keep, part, manifest)


def _must_be_a_house(data: Path, directory: Path) -> None:
    """Raise BackupRefused unless there is one, with what it cannot be without, elsewhere than its backups."""
    if data in (directory.resolve(), *directory.resolve().parents):
        raise BackupRefused(
            f"{directory} nằm trong thư mục dữ liệu: hãy chọn đĩa khác / {directory} lies in the data directory: choose"
            " another disk"
        )
    if not (data / "keys").is_dir():
        raise BackupRefused(f"{data} chưa có gì để sao lưu / {data} holds no Plenary: is PLENARY_DATA right?")
    missing = ", ".join(name for name in house_keys.NEEDED if not (data / "keys" / name).is_file())
    if missing:
        raise BackupRefused(
            f"thiếu khóa {missing} trong {data / 'keys'}: bản sao lưu như thế không khôi phục được; xem plenary doctor"
            f" / {missing} is missing from {data / 'keys'}: such a backup cannot be restored; see plenary doctor"
        )


async def _copied(settings: Settings, part: Path) -> base.Base:
    if settings.database_url:
        return base.Base("", 0, "", "", await dump.take(settings.database_url, part))
    async with _database(settings.data.resolve()) as database_url:
        return await base.take(database_url, part)


def _seal(settings: Settings, part: Path, seal: Seal) -> None:
    pinned = msgspec.json.encode({name: fact.sha256 for name, fact in catalogue.facts_of(part).items()})
    sealed = seal.close(belongings.pack(settings.data.resolve(), settings, pinned))
    file = part / f"belongings.tar{seal.suffix}"
    file.touch(mode=0o600)
    file.write_bytes(sealed)


@contextlib.asynccontextmanager
async def _database(data: Path) -> AsyncIterator[str]:
    """The address of our own PostgreSQL: of the Plenary that runs, or else started for as long as the block lasts."""
    try:
        with place.locked(data / "plenary.lock", "running"):
            async with opened(data, redis_url="redis://not-needed") as stores:
                yield stores.database_url
            return
    except place.PlaceRefused as refused:
        if str(refused) != "running":
            raise
    try:
        yield str(json.loads((data / "run.json").read_text())["database_url"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupRefused("Plenary đang khởi động: thử lại sau / Plenary is starting: try again") from error


def _let_go(directory: Path, keep: int | None, days: int | None, made: str) -> list[str]:
    """What retention did. That it could not do anything takes nothing from the backup that was just made."""
    try:
        removed = retention.let_go(directory, keep, days, clock.now(), made)
    except (BackupRefused, OSError) as error:
        return [f"! chưa xóa bản cũ / retention removed nothing: {error}"]
    return [f"  đã xóa bản cũ / removed by retention: {name}" for name in removed]


def _noted(data: Path, made: Backup) -> list[str]:
    """Remember it in this house, for its alarms. A full disk takes nothing from a backup that lies on another."""
    try:
        noted.note_backup(data, made)
    except OSError as error:
        return [f"! chưa ghi nhớ được ở {data} / not remembered there: {error.strerror}"]
    return []


@contextlib.contextmanager
def _failure_noted(data: Path) -> Iterator[None]:
    try:
        yield
    except Exception:
        # Where this cannot be remembered either, the alarm for an old backup comes later.
        with contextlib.suppress(OSError):
            noted.note_failure(data, clock.now())
        raise


def _told(made: Backup) -> list[str]:
    size = sum(each.size for each in made.manifest.files.values())
    return [
        f"✓ Đã sao lưu và kiểm tra lại / backed up and proven: {made.path} ({size / 1e6:.1f} MB)",
        f"  khôi phục được từ thời điểm / can be restored from: {catalogue.shown(made.manifest.ended_at)}",
    ]


def _remarks(made: Backup, data: Path) -> list[str]:
    lines = [
        f"! khóa {name} nằm trên token, KHÔNG có ở đây / the key {name} lies on a token: it is NOT in the backup"
        for name in belongings.on_tokens(data)
    ]
    if made.manifest.sealed == "clear":
        lines.append(
            "! khóa bí mật không được niêm phong: giữ đĩa này như giữ con dấu"
            " / private keys are in the clear: guard this disk as you guard the seal"
        )
    if any(each.stat().st_mode & 0o077 for each in made.path.iterdir()):
        lines.append(
            "! đĩa này không giữ quyền tệp (FAT?), ai vào máy cũng đọc được tên và phiếu: gắn lại với umask=077"
            " / this disk keeps no modes (FAT?), whoever is on this machine reads names and ballots: mount it with"
            " umask=077"
        )
    if lost_with_it := apart.shared(made.path, data):
        lines.append(
            f"! bản này nằm CÙNG ĐĨA với {lost_with_it}, đĩa hỏng là mất cả hai; đĩa sao lưu chưa gắn?"
            f" findmnt -T {made.path} / it lies on the SAME DISK as {lost_with_it}, one fault takes both:"
            " is the backups' own disk not mounted?"
        )
    return lines


def _at_least_one(text: str) -> int:
    """Whoever mistypes a number must not lose their backups. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"phải là số từ 1 trở lên / must be 1 or more, not {text!r}")
    return int(text)


def main(arguments: list[str]) -> int:
    """Make a whole backup of this installation in DIR, while it runs or not."""
    parser = argparse.ArgumentParser(prog="plenary backup", description=main.__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR", help="thư mục trên đĩa khác / on another disk")
    parser.add_argument(
        "--recipient", action="append", default=[], metavar="age1…", help="seal keys to this age key"
    )
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="seal keys by the passphrase in FILE"
    )
    parser.add_argument("--keys-in-clear", action="store_true", help="do not seal the private keys")
    parser.add_argument(
        "--keep", type=_at_least_one, metavar="N", help="giữ N bản mới nhất / keep the newest N"
    )
    parser.add_argument(
        "--keep-days",
        type=_at_least_one,
        metavar="DAYS",
        help="giữ các bản trong số ngày này / keep for DAYS",
    )
    given = parser.parse_args(arguments)
    settings = load(os.environ)
    seal = sealing.chosen(given.recipient, given.passphrase_file, given.keys_in_clear)
    try:
        with _failure_noted(settings.data.resolve()), catalogue.opened(given.directory) as directory:
            made = asyncio.run(backup(settings, directory, seal))
            remarks = _let_go(directory, given.keep, given.keep_days, made.path.name)
    except (OSError, psycopg.Error) as error:
        said = " ".join(str(error).split())
        raise BackupRefused(f"chưa sao lưu được / not backed up, nothing is left of it: {said}") from error
    remarks += _noted(settings.data.resolve(), made)
    remarks += _remarks(made, settings.data.resolve())
    sys.stdout.write("\n".join([*_told(made), *remarks]) + "\n")
    return 1 if any(each.startswith("!") for each in remarks) else 0
