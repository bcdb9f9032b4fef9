"""A moment as people write it, and the backup that leads to it."""

from datetime import datetime
from pathlib import Path

from services.desk.backups.catalogue import Backup, BackupRefused, backups, house_of, named, shown

_FORMS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")


def read(text: str) -> int:
    """`2026-11-22 15:30`, `22/11/2026 15:30`, with a zone or by this machine's: milliseconds. Raises BackupRefused."""
    moment = _iso(text) or next(filter(None, (_local(text, form) for form in _FORMS)), None)
    if moment is None:
        raise BackupRefused(
            f"không hiểu thời điểm {text!r}: viết như 22/11/2026 15:30 / no moment: write it like 2026-11-22 15:30"
        )
    return int(moment.timestamp() * 1000)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        return None


def _local(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).astimezone()
    except (ValueError, OverflowError):
        return None


def chosen(directory: Path, name: str, until: int | None) -> Backup:
    """The backup of that name; else the newest that was complete at the moment asked for. Raises BackupRefused."""
    found = named(directory, name) if name else _of_one_house(backups(directory))
    if until is not None:
        found = [each for each in found if each.manifest.ended_at <= until]
    if not found:
        what = name or (f"≤ {shown(until)}" if until else "")
        raise BackupRefused(f"không có bản sao lưu nào {what} / there is no such backup: {what}")
    backup = found[-1]
    if until is not None and backup.manifest.kind == "dump":
        raise BackupRefused(
            "bản này chép từ PostgreSQL bên ngoài: khôi phục theo thời điểm là việc của người quản trị máy chủ đó"
            " / a copy of somebody else's PostgreSQL: a moment is the business of who runs that server"
        )
    return backup


def _of_one_house(found: list[Backup]) -> list[Backup]:
    """All of them, if they are of one house: the newest of two may be the wrong one's, with the wrong one's keys."""
    newest = {house_of(each): each for each in found}
    if len(newest) > 1:
        names = ", ".join(
            f"{each.path.name} ({each.manifest.origin}, {shown(each.manifest.ended_at)})"
            for each in newest.values()
        )
        raise BackupRefused(
            f"ở đây có bản sao lưu của nhiều nơi, hãy nêu một bản bằng --backup; mới nhất của mỗi nơi: {names}"
            f" / backups of more than one house are here: name one by --backup; the newest of each: {names}"
        )
    return found
