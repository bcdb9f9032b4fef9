"""The last backup: how old, when one was last proven by restoring it, whether its log is followed."""

import asyncio
from pathlib import Path

import asyncpg

from services.desk.backups import noted
from services.desk.backups.catalogue import BackupRefused, backups, house_of, shown
from services.desk.backups.following import SLOT
from services.desk.checks.finding import Finding, House, bad, good, warn

_DAY_MS = 86_400_000
_OLDEST_DAYS, _OLDEST_PROOF_DAYS = 7, 100
_NOW = ("sao lưu ngay: plenary backup DIR", "back up now: plenary backup DIR")
# Whoever backs up to a disk that is not mounted writes to the machine's own.
_MOUNT = (
    "xem đĩa sao lưu đã gắn chưa (findmnt -T DIR) và có lỗi không (dmesg | tail), rồi plenary backup DIR",
    "see that the disk is mounted (findmnt -T DIR) and has no faults (dmesg | tail), then plenary backup DIR",
)


async def last_backup(house: House) -> list[Finding]:
    """That there is one, not too old; its files are read by `plenary restore`, not here."""
    if not house.backups:
        told = ("chưa biết bản sao lưu nằm ở đâu", "nobody said where the backups are")
        todo = (
            "đặt PLENARY_BACKUP_DIRECTORY, hoặc plenary doctor --backups DIR",
            "set PLENARY_BACKUP_DIRECTORY, or --backups DIR",
        )
        return [warn("backup", told, todo)]
    try:
        # Apart: a disk over a network may never answer, and all other checks are to be heard.
        found = await asyncio.to_thread(backups, Path(house.backups))
    except (BackupRefused, OSError) as error:
        return [
            bad("backup", ("không đọc được thư mục sao lưu", f"the backups cannot be read: {error}"), _MOUNT)
        ]
    whose = await _ours(house)
    if found and not (found := [each for each in found if whose in ("", house_of(each))]):
        told = ("ở đó chỉ có bản sao lưu của nơi khác", "only backups of other houses are there")
        return [bad("backup", told, _NOW)]
    if not found:
        return [bad("backup", ("chưa có bản sao lưu nào", "there is no backup yet"), _NOW)]
    last = found[-1].manifest
    days = (house.clock() - last.ended_at) / _DAY_MS
    told = (
        f"bản sao lưu cuối: {shown(last.ended_at)} ({days:.1f} ngày trước)",
        f"the last backup: {shown(last.ended_at)} ({days:.1f} days ago)",
    )
    found_now = [warn("backup", told, _NOW) if days > _OLDEST_DAYS else good("backup", *told)]
    if not noted.believed(last.ended_at, house.clock()):
        told = (
            f"bản sao lưu cuối ghi giờ chưa đến: {shown(last.ended_at)}; đồng hồ máy này chậm?",
            f"the last backup is of a time to come, {shown(last.ended_at)}: is this clock slow?",
        )
        todo = (
            "so giờ máy với một điện thoại; timedatectl set-ntp true",
            "hold this clock against a phone's; timedatectl set-ntp true",
        )
        found_now = [bad("backup", told, todo)]
    found_now.append(_proven(house, await asyncio.to_thread(noted.proven_at, Path(house.backups))))
    return found_now + (await _followed(house) if last.kind == "base" else [])


async def _ours(house: House) -> str:
    """Which house backups are of when they are ours (`house_of`); empty while nobody can tell."""
    if house.settings.database_url or not house.database_url:
        return house.settings.origin if house.settings.database_url else ""
    try:
        connection = await asyncpg.connect(house.database_url, timeout=5.0)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError):
        # The database has a line of its own.
        return ""
    try:
        return str(
            await connection.fetchval("select system_identifier from pg_control_system()", timeout=5.0)
        )
    finally:
        connection.terminate()


def _proven(house: House, at: int) -> Finding:
    """A backup that was never restored is none. Nor is a drill of a time to come: it would stay new for ever."""
    todo = ("diễn tập khôi phục: docs/operations.vi.md, mục 7.3", "do the drill: docs/operations.md, 7.3")
    if not at:
        told = ("chưa bản sao lưu nào được khôi phục thử", "no backup here was ever proven by restoring it")
        return warn("backup.proven", told, todo)
    if not noted.believed(at, house.clock()):
        told = (
            "ngày khôi phục thử ghi ở đó là của tương lai: không tin được",
            "the drill that is noted there is of a time to come: not believed",
        )
        return warn("backup.proven", told, todo)
    days = (house.clock() - at) / _DAY_MS
    told = (
        f"khôi phục thử lần cuối: {shown(at)} ({days:.0f} ngày trước)",
        f"a backup was last restored and found right: {shown(at)} ({days:.0f} days ago)",
    )
    return warn("backup.proven", told, todo) if days > _OLDEST_PROOF_DAYS else good("backup.proven", *told)


async def _followed(house: House) -> list[Finding]:
    """The log between backups: without it what came after the last one is lost with the machine."""
    if not house.settings.backup_directory:
        told = ("nhật ký giữa hai bản sao lưu không được giữ", "the log between backups is not kept")
        todo = (
            "đặt PLENARY_BACKUP_DIRECTORY trước phiên họp: cháy máy chỉ mất tích tắc cuối",
            "set PLENARY_BACKUP_DIRECTORY before a sitting: then a burnt machine loses the last moment only",
        )
        return [warn("backup.log", told, todo)]
    if not house.database_url:
        return []
    try:
        connection = await asyncpg.connect(house.database_url, timeout=5.0)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError):
        # The database has a line of its own, and how old the last backup is must be heard just then.
        return []
    try:
        row = await connection.fetchrow(
            "select active, wal_status from pg_replication_slots where slot_name = $1",
            SLOT,
        )
    finally:
        connection.terminate()
    if row is None or not row["active"] or row["wal_status"] in ("lost", "unreserved"):
        told = ("nhật ký KHÔNG được ghi sang đĩa sao lưu", "the log is NOT written to the backups' disk now")
        todo = (
            f"gắn lại đĩa {house.backups}; nhật ký chạy nói vì sao (backup.log_not_followed); rồi plenary backup",
            f"mount {house.backups} again; our log says why (backup.log_not_followed); then plenary backup",
        )
        return [bad("backup.log", told, todo)]
    return [
        good(
            "backup.log", "nhật ký đang được ghi sang đĩa sao lưu", "the log is written to the backups' disk"
        )
    ]
