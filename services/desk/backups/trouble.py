"""What became of the disk of the backups while one was being made, and what to do, in both languages."""

import os
from pathlib import Path

Both = tuple[str, str]

_GONE: Both = (
    "nơi sao lưu biến mất giữa chừng (đĩa bị rút, thư mục bị xóa hoặc đổi tên?): gắn lại, xem findmnt -T, rồi sao lưu"
    " lại",
    "the place of the backups went away meanwhile (a disk pulled out, a directory removed or renamed?): mount it again,"
    " see findmnt -T, then back up again",
)
_FULL: Both = (
    "đĩa sao lưu ĐẦY: chuyển bớt bản cũ sang đĩa khác, hoặc dùng đĩa lớn hơn, rồi sao lưu lại",
    "the backups' disk is FULL: move old backups to another disk, or take a larger one, then back up again",
)
# The first that is found in what was said.
_TODO: tuple[tuple[str, Both], ...] = (
    ("No space left", _FULL),
    ("quota exceeded", _FULL),
    (
        "Read-only file system",
        (
            "đĩa sao lưu thành CHỈ ĐỌC: xem dmesg | tail, gắn lại hoặc thay đĩa, rồi sao lưu lại",
            "the backups' disk went READ-ONLY: see dmesg | tail, mount it again or replace it, then back up again",
        ),
    ),
    (
        "File too large",
        (
            "đĩa sao lưu không giữ được tệp lớn (FAT32?): dùng đĩa ext4 hoặc exFAT",
            "the backups' disk takes no large files (FAT32?): use one with ext4 or exFAT",
        ),
    ),
    (
        "Input/output error",
        (
            "đĩa sao lưu có lỗi: xem dmesg | tail, thay đĩa, rồi sao lưu lại",
            "the backups' disk has faults: see dmesg | tail, replace it, then back up again",
        ),
    ),
)


def told(part: Path, error: BaseException) -> str:
    """That the backup in `part` failed by its disk, and what to do; "" if it failed by something else.

    To be asked before `part` is removed.
    """
    words = " ".join(str(error).split())
    # Of what we write to a file that is open the system names no file.
    is_unnamed = isinstance(error, OSError) and error.filename is None
    if not isinstance(error, Exception) or not (is_unnamed or str(part) in words):
        return ""
    todo = next((both for mark, both in _TODO if mark in words), None)
    # Not Path.is_dir: that raises where a server of files is gone. It is no directory either.
    todo = todo or (None if os.path.isdir(part) else _GONE)
    return (
        f"chưa sao lưu được vào {part.parent}: {todo[0]} / not backed up: {todo[1]} ({words})" if todo else ""
    )


def left(part: Path) -> str:
    """What to say of half a backup that could not be removed; "" if nothing is left."""
    if not os.path.lexists(part):
        return ""
    return f"; phần dở {part.name} sẽ được dọn lần sau / its half {part.name} goes with the next backup"
