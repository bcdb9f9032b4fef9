"""Where things lie on this machine, and who owns them: directories, sockets, locks, the account of the stores."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.kit.complaint import Complaint

_ACCOUNT = "plenary-postgres"
_STATE = Path("/var/lib/plenary")
_POINTER = "stores.location"
_OWNER = "data.location"
# sun_path holds 107 bytes and a zero; the longest socket name of ours needs 20 of them.
_LONGEST = 107 - 20
# A socket's path goes into configuration files and URLs: nothing in it may need quoting.
_PLAIN = re.compile(r"^[A-Za-z0-9/._-]+$")


class PlaceRefused(Complaint):
    """A directory cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Account:
    """A system user that the stores run as when we are root."""

    name: str
    uid: int
    gid: int


@contextlib.contextmanager
def locked(path: Path, complaint: str) -> Iterator[None]:
    """Hold a lock file while the block lasts; it ends with us, however we end. Raises PlaceRefused(complaint)."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise PlaceRefused(f"không mở được {path} / cannot open {path}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlaceRefused(complaint) from None
        yield
    finally:
        os.close(descriptor)


def data_directory(path: Path) -> Path:
    """The data directory, made if it is missing: others may pass through it, not look into it."""
    try:
        path.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        words = f"không tạo được {path} / cannot make the data directory {path}: {error.strerror}"
        raise PlaceRefused(words) from error
    if not os.access(path, os.W_OK | os.X_OK):
        todo = "ls -ld, findmnt -T: chủ, quyền, đĩa chỉ đọc? / owner, mode, a read-only disk?"
        raise PlaceRefused(f"không ghi được / cannot write to the data directory {path} ({todo})")
    return path.resolve()


def account(data: Path) -> Account | None:
    """Who the stores run as: ourselves (None), or a system user if we are root, as PostgreSQL refuses to be root.

    Stores that exist already keep their owner.
    """
    if os.geteuid() != 0:
        return None
    settled = pointed(data) / "postgres"
    if settled.is_dir() and settled.stat().st_uid != 0:
        entry = settled.stat()
        return Account(_name(entry.st_uid), entry.st_uid, entry.st_gid)
    return _known(_ACCOUNT) or _made(_ACCOUNT) or _known("nobody")


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _known(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def _made(name: str) -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    # Its failure is not looked at: somebody may have made the same user just now, and if not, there is "nobody".
    subprocess.run(
        [
            useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent",
            "--shell", "/usr/sbin/nologin", name,
        ],
        check=False,
        capture_output=True,
    )  # fmt: skip
    return _known(name)


def home_of_stores(data: Path, owner: Account | None) -> Path:
    """The directory that holds the stores: `data`, or one under the system's state if the owner cannot get there.

    A pointer file in `data` remembers the second. Raises PlaceRefused rather than begin an empty store beside a
    full one.
    """
    if (data / _POINTER).exists():
        return pointed(data)
    if owner is None or _may_enter(data, owner):
        return data
    if (data / "postgres").exists():
        raise PlaceRefused(
            f"người dùng {owner.name} không vào được / the user {owner.name} can no longer reach {data} (namei -l)"
        )
    # A name of its own each time: a data directory that was removed and made anew begins with an empty store.
    home = _STATE / f"{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}-{secrets.token_hex(4)}"
    _state_directory(home)
    write_whole(home / _OWNER, f"{data}\n", 0o644)
    write_whole(data / _POINTER, f"{home}\n", 0o644)
    return home


def pointed(data: Path) -> Path:
    """Where the stores are, or will be, as the pointer file says; nothing is made. Raises PlaceRefused."""
    pointer = data / _POINTER
    if not pointer.exists():
        return data
    home = Path(pointer.read_text().strip())
    if not home.is_dir():
        raise PlaceRefused(
            f"không có thư mục {home} mà {pointer} nêu: gắn đĩa của nó? / {pointer} names {home}: mount its disk?"
        )
    return home


def _state_directory(path: Path) -> None:
    for each in (_STATE, path):
        each.mkdir(mode=0o711, exist_ok=True)
        each.chmod(0o711)


def _may_enter(directory: Path, who: Account) -> bool:
    return all(_may_pass(each.stat(), who) for each in (directory, *directory.parents))


def _may_pass(entry: os.stat_result, who: Account) -> bool:
    if entry.st_uid == who.uid:
        return bool(entry.st_mode & stat.S_IXUSR)
    return bool(entry.st_mode & (stat.S_IXGRP if entry.st_gid == who.gid else stat.S_IXOTH))


def owned_directory(path: Path, owner: Account | None) -> Path:
    """A directory only its owner may enter, made if it is missing. Raises PlaceRefused if it is somebody else's."""
    uid = owner.uid if owner else os.geteuid()
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    entry = path.lstat()
    # As root we give it to its owner, unless others may put what they like beside it (as in a temporary directory).
    shared = path.parent.stat().st_mode & stat.S_IWOTH
    if os.geteuid() == 0 and stat.S_ISDIR(entry.st_mode) and (entry.st_uid == 0 or not shared):
        os.chown(path, uid, owner.gid if owner else -1)
        entry = path.lstat()
    if not stat.S_ISDIR(entry.st_mode) or entry.st_uid != uid or stat.S_IMODE(entry.st_mode) & 0o077:
        raise PlaceRefused(
            f"{path} phải là của riêng {_name(uid)} / must be a directory of {_name(uid)} alone (chown, chmod 700)"
        )
    return path


def socket_directory(home: Path, name: str, owner: Account | None) -> Path:
    """A directory for sockets: `home/name`, or a short one of the system if that path is too long for a socket."""
    wanted = home / name
    if len(os.fsencode(wanted)) <= _LONGEST and _PLAIN.match(str(wanted)):
        return owned_directory(wanted, owner)
    return owned_directory(directory_elsewhere(_short_parent(), wanted), owner)


def directory_elsewhere(parent: Path, wanted: Path) -> Path:
    """What stands in `parent` for the directory `wanted`, the same each time."""
    mark = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    return parent / f"plenary-{os.geteuid()}-{mark}"


def _short_parent() -> Path:
    wished = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "")
    if wished and len(wished) < 40 and _PLAIN.match(wished) and os.access(wished, os.W_OK | os.X_OK):
        return Path(wished)
    return Path(tempfile.gettempdir())


def reachable_programs(place: Path, parts: tuple[str, ...], name: str, owner: Account | None) -> Path:
    """The directory `place`, or a copy of its `parts` called `name` that the owner of the stores can reach and run."""
    if owner is None or _may_enter(place.resolve(), owner):
        return place
    copy = _STATE / name
    if not copy.exists():
        _state_directory(_STATE)
        # Made beside and renamed: a copy that was interrupted is never taken for a whole one.
        draft = _STATE / f".{secrets.token_hex(8)}"
        for part in parts:
            source = place / part
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, _parent_made(draft / part))
        _open_for_all(draft)
        with contextlib.suppress(FileExistsError, OSError):
            draft.rename(copy)
        shutil.rmtree(draft, ignore_errors=True)
    return copy


def _parent_made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _open_for_all(tree: Path) -> None:
    for each in (tree, *tree.rglob("*")):
        if not each.is_symlink():
            each.chmod(0o755 if each.is_dir() or each.stat().st_mode & stat.S_IXUSR else 0o644)


def write_whole(path: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all: no reader ever sees a half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        # On a full disk it is still there, and would be taken for somebody else's file.
        draft.unlink(missing_ok=True)
