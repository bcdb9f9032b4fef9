"""What a PostgreSQL of ours said before it ended: the lines that tell why, and what to do, in both languages."""

import re
from pathlib import Path

_MOST = 65_536
_LONGEST = 600
# Everybody who comes too early is told so, again and again; where its log is we know; an empty one is no way out.
_NO_REASON = ("the database system is", "Future log output", "need to initdb")
_WRONG = re.compile(r"(?:FATAL|PANIC|HINT|DETAIL|error):")
_BEGAN = "starting PostgreSQL"
_PREFIX = re.compile(r"^[0-9: .-]+ UTC \[\d+\] ")

Both = tuple[str, str]

_DAMAGED: Both = (
    "tệp của cơ sở dữ liệu hỏng hoặc thiếu (đĩa, mất điện): đừng sửa tay, giữ nguyên, plenary restore --replace",
    "its files are damaged or missing (disk, power): mend nothing by hand, keep them, plenary restore --replace",
)
# The first that is found in what it says.
_TODO: tuple[tuple[str, Both], ...] = (
    ("No space left", ("đĩa đầy, hãy giải phóng chỗ", "the disk is full: make room")),
    ("Read-only file system", ("đĩa chỉ đọc, xem dmesg | tail", "the disk is read-only: see dmesg | tail")),
    ("ermission", ("sai chủ hoặc quyền, xem bằng ls -l", "the owner or mode is wrong: see ls -l")),
    ("Cannot allocate memory", ("thiếu bộ nhớ: đóng chương trình khác", "no memory: close other programs")),
    ("could not map anonymous", ("thiếu bộ nhớ: đóng chương trình khác", "no memory: close other programs")),
    (
        "could not fork",
        ("hết số tiến trình được chạy: xem ulimit -u", "no more processes may run: see ulimit -u"),
    ),
    ("control file", _DAMAGED),
    ("files are incompatible", _DAMAGED),
    ("checkpoint record", _DAMAGED),
    ("backup_label", _DAMAGED),
    ("invalid page", _DAMAGED),
    ("WAL", _DAMAGED),
    ("pg_wal", _DAMAGED),
    ("could not open", _DAMAGED),
    ("could not read", _DAMAGED),
    ("PANIC", _DAMAGED),
)
_LOOK: Both = ("xem nhật ký của nó trong", "see its log in")


def last_words(output: Path, logs: Path) -> str:
    """What it said in this life, in one line; "" if nothing of it is a reason. First it writes to `output`, then to the
    newest file in `logs`."""
    said = _wrong(_end(output))
    newest = max(_files(logs), key=lambda each: each.stat().st_mtime, default=None)
    if newest is not None and newest.stat().st_mtime >= output.stat().st_mtime:
        said += _wrong(_end(newest).rpartition(_BEGAN)[2])
    return " ".join(dict.fromkeys(said))[-_LONGEST:]


def told(error: object, said: str, logs: Path) -> str:
    """That it does not start, why, and what to do."""
    vi, en = next(
        (todo for mark, todo in _TODO if mark in said), (f"{_LOOK[0]} {logs}", f"{_LOOK[1]} {logs}")
    )
    return f"PostgreSQL không chạy được: {vi} / PostgreSQL: {error}: {en} ({said})"


def reason(words: str) -> str:
    """What a program of PostgreSQL's says is wrong: its last line only tells that it has cleaned up."""
    lines = words.strip().splitlines()
    return " ".join(_wrong(words) or lines[-1:])[-_LONGEST:]


def _wrong(words: str) -> list[str]:
    lines = [line for line in words.strip().splitlines() if _WRONG.search(line)]
    return [_PREFIX.sub("", line) for line in lines if not any(mark in line for mark in _NO_REASON)]


def _files(logs: Path) -> list[Path]:
    try:
        return [each for each in logs.iterdir() if each.is_file()]
    except OSError:
        return []


def _end(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            opened.seek(max(0, file.stat().st_size - _MOST))
            return opened.read().decode(errors="replace")
    except OSError:
        return ""
