"""The last backup: how old, on which disk, when one was last proven by restoring it, whether its log is followed."""

import asyncio
from pathlib import Path

import asyncpg

from services.desk.backups import apart, noted
from services.desk.backups.catalogue import Backup, BackupRefused, backups, house_of, shown
from services.desk.backups.following import SLOT
from services.desk.checks.finding import Finding, House, bad, good, halves, warn

_DAY_MS = 86_400_000
_OLDEST_DAYS, _OLDEST_PROOF_DAYS = 7, 100
_NOW = ("sao lưu ngay: plenary backup DIR", "back up now: plenary backup DIR")
# A house that began anew in the place of its disk finds the backups of what it was.
_OURS = (
    "nếu đó là bản sao lưu của chính máy này: đĩa dữ liệu chưa gắn hoặc PLENARY_DATA sai, đừng họp; nếu không: plenary"
    " backup DIR",
    "if they are of this very house: the disk of its data is not mounted or PLENARY_DATA is wrong, hold no sitting; if"
    " not: plenary backup DIR",
)
# Whoever backs up to a disk that is not mounted writes to the machine's own.
_MOUNT = (
    "xem đĩa sao lưu đã gắn chưa (findmnt -T DIR) và có lỗi không (dmesg | tail), rồi plenary backup DIR",
    "see that the disk is mounted (findmnt -T DIR) and has no faults (dmesg | tail), then plenary backup DIR",
)
# What was made there meanwhile is a backup of that disk to itself, and takes the room of the data.
_ANOTHER = (
    "gắn đĩa USB hoặc ổ mạng (findmnt -T DIR nói DIR đang ở đĩa nào), rồi plenary backup DIR; bản lỡ ghi ở đây thì chép"
    " sang đĩa khác",
    "mount a USB disk or a network's (findmnt -T DIR says where DIR is), then plenary backup DIR; copy to it what was"
    " made here",
)


async def last_backup(house: House) -> list[Finding]:
    """That there is one, not too old; its files are read by `plenary restore`, not here."""
    # 1. Where they are, if anybody said.
    if not house.backups:
        return [_nowhere()]
    # 2. What is there and ours. Apart: a disk over a network may never answer, and all other checks are to be heard.
    try:
        found = await asyncio.to_thread(backups, Path(house.backups))
    except (BackupRefused, OSError) as error:
        return [_unreadable(error)]
    whose = await _ours(house)
    ours = [each for each in found if whose in ("", house_of(each))]
    if not ours:
        return [_none_of_ours(found)]
    # 3. How old the newest is, when one was last proven, and whether the log is followed from there.
    last = ours[-1].manifest
    proven_at = await asyncio.to_thread(noted.proven_at, Path(house.backups))
    told = [_age(house, last.ended_at), _proven(house, proven_at)]
    return told + (await _followed(house) if last.kind == "base" else [])


def _nowhere() -> Finding:
    told = ("chưa biết bản sao lưu nằm ở đâu", "nobody said where the backups are")
    todo = (
        "đặt PLENARY_BACKUP_DIRECTORY, hoặc plenary doctor --backups DIR",
        "set PLENARY_BACKUP_DIRECTORY, or --backups DIR",
    )
    return warn("backup", told, todo)


def _unreadable(error: Exception) -> Finding:
    vi, en = halves(error)
    told = (f"không đọc được thư mục sao lưu: {vi}", f"the backups cannot be read: {en}")
    return bad("backup", told, _MOUNT)


def _none_of_ours(found: list[Backup]) -> Finding:
    if found:
        told = ("ở đó chỉ có bản sao lưu của nơi khác", "only backups of other houses are there")
        return bad("backup", told, _OURS)
    return bad("backup", ("chưa có bản sao lưu nào", "there is no backup yet"), _NOW)


def _age(house: House, ended_at: int) -> Finding:
    """How old the last one is. One of a time to come would stay new for ever."""
    if not noted.believed(ended_at, house.clock()):
        told = (
            f"bản sao lưu cuối ghi giờ chưa đến: {shown(ended_at)}; đồng hồ máy này chậm?",
            f"the last backup is of a time to come, {shown(ended_at)}: is this clock slow?",
        )
        todo = (
            "so giờ máy với một điện thoại; timedatectl set-ntp true",
            "hold this clock against a phone's; timedatectl set-ntp true",
        )
        return bad("backup", told, todo)
    days = (house.clock() - ended_at) / _DAY_MS
    told = (
        f"bản sao lưu cuối: {shown(ended_at)} ({days:.1f} ngày trước)",
        f"the last backup: {shown(ended_at)} ({days:.1f} days ago)",
    )
    return warn("backup", told, _NOW) if days > _OLDEST_DAYS else good("backup", *told)


async def last_try(house: House) -> list[Finding]:
    """That the last try to back up did not fail: whatever runs it each evening may tell nobody."""
    failed_at = noted.read(house.settings.data).failed_at
    if not failed_at:
        return []
    told = (f"lần sao lưu {shown(failed_at)} không thành", f"the backup of {shown(failed_at)} failed")
    todo = (
        "chạy lại plenary backup DIR, nó nói vì sao; xem nhật ký của lệnh hằng tối",
        "run plenary backup DIR again, it says why; see the log of whatever runs it each evening",
    )
    return [warn("backup.failed", told, todo)]


async def on_another_disk(house: House) -> list[Finding]:
    """A backup on the disk that it is to outlive is none; nor is one in the place of a disk that is not mounted."""
    if not house.backups:
        return []
    lost_with_it = await asyncio.to_thread(apart.shared, Path(house.backups), house.settings.data)
    if lost_with_it is None:
        told = ("bản sao lưu nằm trên đĩa khác với dữ liệu", "the backups lie on another disk than the data")
        return [good("backup.disk", *told)]
    told = (
        f"bản sao lưu nằm CÙNG ĐĨA với {lost_with_it}: đĩa ấy hỏng là mất cả hai; đĩa sao lưu chưa gắn?",
        f"the backups lie on the SAME DISK as {lost_with_it}, one fault takes both; is their own not mounted?",
    )
    return [warn("backup.disk", told, _ANOTHER)]


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
