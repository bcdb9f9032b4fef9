"""The machine: room on its disks, how fast they write, memory, open files."""

import asyncio
import contextlib
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path

import psutil

from services.desk.checks.finding import Finding, House, bad, good, warn
from services.desk.open_files import ALMOST, open_files_of

_GB = 1_000_000_000
# For 2,000 screens and 500 phones that reconnect before they are missed; and for fifty.
_FILES, _TOO_FEW_FILES = 8_192, 512
_MORE_FILES = (
    "tăng giới hạn rồi chạy lại: ulimit -n 65536 trước plenary run, hoặc LimitNOFILE=65536 trong systemd",
    "raise it and start again: ulimit -n 65536 before plenary run, or LimitNOFILE=65536 for systemd",
)
_PROBES = 5
_SLOW_S, _TOO_SLOW_S = 0.05, 0.5
_FREE = (
    "giải phóng chỗ: xóa bản sao lưu cũ (plenary backup --keep), nhật ký (journalctl --vacuum-size=200M), thêm đĩa",
    "make room: old backups (plenary backup --keep), system logs (journalctl --vacuum-size=200M), or a larger disk",
)


async def disks(house: House) -> list[Finding]:
    """The disk of the data and that of the backups: bytes, files, and whether what is written stays."""
    # Apart: a disk over a network may never answer, and all other checks are to be heard.
    return await asyncio.to_thread(_disks, house)


def _disks(house: House) -> list[Finding]:
    data = house.settings.data.resolve()
    found: list[Finding] = []
    pointer = data / "stores.location"
    stores = [Path(pointer.read_text().strip())] if pointer.exists() else []
    # Who gave the database's log a disk of its own has two that may be full.
    log = (stores or [data])[0] / "postgres" / "pg_wal"
    logs = [log.resolve()] if log.is_symlink() or log.is_mount() else []
    for name, place in (
        ("data", data),
        *(("stores", each) for each in stores),
        *(("log", each) for each in logs),
    ):
        found += _room(name, place)
    if house.backups:
        found += [*_room("backups", Path(house.backups)), *_takes_backups(Path(house.backups))]
    # Before the first start nothing is there yet, and the disk that will hold it is asked. A desk that runs needs it.
    return [*found, *_writing(data if house.workers else _standing(data))]


def _standing(place: Path) -> Path:
    while not place.exists():
        place = place.parent
    return place


def _room(name: str, place: Path) -> list[Finding]:
    place = _standing(place)
    usage, files = shutil.disk_usage(place), os.statvfs(place)
    share = usage.free / usage.total if usage.total else 0.0
    told = (
        f"đĩa {name} ({place}) còn trống {usage.free / _GB:.1f} GB ({share:.0%})",
        f"the disk of {name} has {usage.free / _GB:.1f} GB free ({share:.0%})",
    )
    check = f"disk.{name}"
    if usage.free < _GB:
        found = [bad(check, told, _FREE)]
    else:
        found = [warn(check, told, _FREE) if usage.free < 5 * _GB or share < 0.05 else good(check, *told)]
    if files.f_files and files.f_favail / files.f_files < 0.05:
        full = (f"đĩa {name} sắp hết chỗ cho tệp (inode)", f"the disk of {name} has hardly any inodes left")
        found.append(bad(f"{check}.files", full, ("xóa bớt tệp nhỏ", "remove small files")))
    return found


def _takes_backups(place: Path) -> list[Finding]:
    """A disk that went read-only still shows the last backup, which is young for a week."""
    if not os.statvfs(_standing(place)).f_flag & os.ST_RDONLY:
        return []
    told = (
        f"đĩa sao lưu ({place}) CHỈ ĐỌC: không sao lưu được nữa",
        f"the disk of the backups ({place}) is READ-ONLY: nothing can be backed up",
    )
    todo = (
        "xem dmesg | tail; gắn lại (mount -o remount,rw) hoặc thay đĩa, rồi plenary backup DIR",
        "see dmesg | tail; mount it again (mount -o remount,rw) or replace it, then plenary backup DIR",
    )
    return [bad("disk.backups.write", told, todo)]


def _writing(data: Path) -> list[Finding]:
    """A small file of ours, written, made durable, removed."""
    slowest = 0.0
    try:
        for _ in range(_PROBES):
            began = time.perf_counter()
            _probe(data)
            slowest = max(slowest, time.perf_counter() - began)
    except OSError as error:
        told = (f"không ghi được vào {data}: {error.strerror}", f"cannot write to {data}: {error.strerror}")
        todo = (
            "kiểm tra quyền của thư mục và đĩa (dmesg | tail); khi đĩa đầy hoặc hỏng thì không phiếu nào được nhận",
            "check the directory's owner and the disk (dmesg | tail): with a full or dying disk no ballot is taken",
        )
        return [bad("disk.write", told, todo)]
    told = (
        f"ghi chắc xuống đĩa mất {slowest * 1000:.0f} ms",
        f"a durable write takes {slowest * 1000:.0f} ms at most",
    )
    todo = (
        "dùng SSD tại chỗ, không dùng thẻ nhớ hay ổ mạng cho PLENARY_DATA",
        "use a local SSD for PLENARY_DATA",
    )
    if slowest >= _TOO_SLOW_S:
        return [bad("disk.write", told, todo)]
    return [warn("disk.write", told, todo) if slowest >= _SLOW_S else good("disk.write", *told)]


def _probe(data: Path) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".doctor-", dir=data)
    try:
        os.write(descriptor, bytes(8192))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


async def workers(house: House) -> list[Finding]:
    """Those that `plenary run` keeps: where one cannot start again, the others serve, and nobody would notice."""
    gone = [pid for pid in house.workers if not psutil.pid_exists(pid)]
    if not gone:
        return []
    told = (
        f"{len(gone)} trong {len(house.workers)} tiến trình phục vụ không chạy, hoặc không ghi được run.json",
        f"{len(gone)} of {len(house.workers)} workers do not run, or run.json cannot be written",
    )
    todo = (
        "nhật ký nói vì sao (child.start_failed): journalctl -u plenary; thường do HTTPS, tệp khóa hoặc đĩa đầy",
        "our log says why (child.start_failed): journalctl -u plenary; mostly HTTPS, a key file, a full disk",
    )
    return [bad("workers", told, todo)]


async def open_files(house: House) -> list[Finding]:
    """How many connections a worker may have open at once: each screen and phone is one, in one of the workers."""
    if short := [used for used in map(open_files_of, house.workers) if used and used[0] > ALMOST * used[1]]:
        used, most = max(short)
        told = (
            f"một tiến trình đang mở {used}/{most} tệp và kết nối: sắp hết chỗ cho người vào thêm",
            f"a worker has {used} of {most} files and connections open: soon it hangs up on whoever comes",
        )
        return [bad("machine.files", told, _MORE_FILES)]
    try:
        most = min(psutil.Process(pid).rlimit(psutil.RLIMIT_NOFILE)[0] for pid in house.workers)
    except (psutil.Error, AttributeError, ValueError):
        # It does not run: then what it would be given here, for it takes all it may.
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    unlimited = most in (-1, resource.RLIM_INFINITY)
    many = "không giới hạn / unlimited" if unlimited else str(most)
    told = (
        f"mỗi tiến trình được mở {many} tệp và kết nối",
        f"a worker may have {many} files and connections open",
    )
    if unlimited or most >= _FILES:
        return [good("machine.files", *told)]
    make = bad if most < _TOO_FEW_FILES else warn
    return [make("machine.files", told, _MORE_FILES)]


async def memory(house: House) -> list[Finding]:
    """What is free to be used."""
    free = psutil.virtual_memory().available
    told = (f"bộ nhớ còn {free / _GB:.1f} GB", f"{free / _GB:.1f} GB of memory are free")
    todo = (
        "đóng chương trình khác, hoặc thêm bộ nhớ (cần 1,5 GB)",
        "close other programs, or add memory (1.5 GB are used)",
    )
    if free < 0.3 * _GB:
        return [bad("memory", told, todo)]
    return [warn("memory", told, todo) if free < _GB else good("memory", *told)]
