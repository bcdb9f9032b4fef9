"""Where a house is built again: beside its place, in its place once it is whole. Whoever is killed in between loses
nothing, and no empty house is begun in the gap.
"""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.desk import place
from services.desk.backups.catalogue import BackupRefused, stamp
from services.desk.backups.durable import sync

# Made durable by their own servers.
_STORES = ("postgres", "valkey")


@dataclass(frozen=True, slots=True)
class Site:
    """A house is built in `draft`, and will stand in `data`. `is_free`: there was nothing at all when it was begun."""

    draft: Path
    data: Path
    is_free: bool


@contextlib.contextmanager
def site(data: Path, *, replace: bool) -> Iterator[Site]:
    """Where a house for `data` is built; what is left of a draft in the end is removed. Raises BackupRefused unless
    its place is free, or `replace` allows to put aside what is there."""
    if _holds_something(data) and not replace:
        raise BackupRefused(
            f"{data} không trống: hãy chọn PLENARY_DATA khác, hoặc --replace để cất nó sang bên"
            f" / {data} is not empty: set PLENARY_DATA to another place, or --replace puts it aside"
        )
    if data.is_mount():
        raise BackupRefused(
            f"{data} là điểm gắn đĩa: đặt PLENARY_DATA là một thư mục trong đó"
            f" / {data} is a mount point: set PLENARY_DATA to a directory in it"
        )
    data.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(data)
    with contextlib.ExitStack() as stack:
        busy = f"đang có lệnh khôi phục khác / another restore into {data} is under way"
        stack.enter_context(place.locked(data.with_name(f".{draft.name}.lock"), busy))
        if is_there := data.exists():
            running = f"Plenary đang chạy với {data}: dừng nó trước / is running on {data}: stop it first"
            stack.enter_context(place.locked(data / "plenary.lock", running))
        # What a restore that was killed has left is worth nothing.
        _remove(draft)
        stack.callback(_remove, draft)
        yield Site(place.data_directory(draft), data, not is_there)


def _draft(data: Path) -> Path:
    return data.with_name(f"{data.name}.restoring")


def _remove(draft: Path) -> None:
    """Remove a draft with its stores, wherever they lie; nothing, once it has another name."""
    if draft.exists():
        home = place.home_of_stores(draft, place.account(draft))
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(draft, ignore_errors=True)


def put_in_place(built: Site, now: int) -> list[Path]:
    """Give it its name (`now`: milliseconds); where lies what stood there, now or before. Raises BackupRefused."""
    data, aside = built.data, None
    # 1. All of it on disk: after a power cut a name is there, and what it names may not be.
    _settle(built.draft)
    if built.is_free and data.exists():
        raise BackupRefused(
            f"{data} vừa xuất hiện trong lúc khôi phục; chưa thay đổi gì / {data} came meanwhile; nothing was changed"
        )
    # 2. What is there put aside. A crash here: `must_not_be_between` says so, a restore again does it again.
    if _holds_something(data):
        aside = data.with_name(f"{data.name}.before-{stamp(now)}")
        data.rename(aside)
    elif data.exists():
        shutil.rmtree(data)
    # 3. Its name.
    try:
        built.draft.rename(data)
    except OSError:
        if aside:
            aside.rename(data)
        raise
    sync(data.parent)
    return _asides(data)


def _holds_something(data: Path) -> bool:
    """Whether anything is there but the lock of who only asked to run."""
    return data.exists() and any(each.name != "plenary.lock" for each in data.iterdir())


def _settle(draft: Path) -> None:
    for each in sorted(draft.rglob("*")):
        if each.relative_to(draft).parts[0] not in _STORES and (each.is_dir() or each.is_file()):
            sync(each)
    sync(draft)


def _asides(data: Path) -> list[Path]:
    """What was put aside here, the oldest first."""
    return sorted(each for each in data.parent.iterdir() if each.name.startswith(f"{data.name}.before-"))


def must_not_be_between(data: Path) -> None:
    """Raise BackupRefused if a restore into `data` was broken off, or is under way: who began an empty house there
    now would think that everything is gone."""
    draft = _draft(data.resolve())
    if (data / "keys").exists() or not draft.exists():
        return
    asides = ", ".join(map(str, _asides(data.resolve())))
    before = f"; dữ liệu trước đó / what was there before: {asides}" if asides else ""
    raise BackupRefused(
        f"khôi phục vào {data} chưa xong hoặc bị ngắt giữa chừng: chạy lại đúng lệnh plenary restore đó; muốn bắt đầu"
        f" mới thì xóa {draft} / a restore into {data} is under way or was broken off: type that plenary restore"
        f" again; to begin anew remove {draft}{before}"
    )
