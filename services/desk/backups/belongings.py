"""What lies in the data directory beside the stores: keys, anchors, services for signing; and how the settings were."""

import contextlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

from services.desk.backups import unpacking
from services.desk.backups.catalogue import BackupRefused
from services.kit.settings import Settings

SETTINGS = "restored-settings.env"
# Made anew by every start, or kept otherwise: the stores by PostgreSQL's own tools; of Valkey nothing need be kept.
_NOT_OURS = {
    *("postgres", "postgres.new", "valkey", "run", "workers", "metrics", "stores.location", "run.json"),
    # Of this house; a restored one is to be backed up anew.
    "backed-up.json",
}
_PASSING = (".lock", ".log")
# Files that settings name and that may lie anywhere.
_NAMED = ("tls_certificate", "tls_key", "tsa_trust")
_OUTSIDE = "outside"
# Keys, pictures, services: some megabytes. What somebody else has put there, or a link to a whole disk, is more.
_MOST = 512 * 1024 * 1024
_PINNED = "pinned.json"


def pack(data: Path, settings: Settings, pinned: bytes) -> bytes:
    """A tar of all of it. `pinned`: what the rest of the backup is, so that no other can be put in its place."""
    packed, size = io.BytesIO(), 0
    # Links are followed: where they lead (certbot's archive, a disk for keys) is burnt with the machine.
    with tarfile.open(fileobj=packed, mode="w", dereference=True) as tar:
        for path in _files(data):
            # Gone since it was listed: a draft of somebody who writes beside us, never what is kept.
            with contextlib.suppress(FileNotFoundError):
                size += path.stat().st_size if path.is_file() else 0
                _must_be_little(path, size)
                tar.add(path, path.relative_to(data).as_posix(), recursive=False)
        for name, path in _named(settings):
            tar.add(path, f"{_OUTSIDE}/{name}-{path.name}", recursive=False)
        _add(tar, SETTINGS, _environment(settings).encode())
        _add(tar, _PINNED, pinned)
    return packed.getvalue()


def _must_be_little(path: Path, size: int) -> None:
    if size > _MOST:
        raise BackupRefused(
            f"thư mục dữ liệu có quá {_MOST >> 20} MB ngoài cơ sở dữ liệu, như {path}: chuyển đi thứ không phải của"
            f" Plenary / the data directory has over {_MOST >> 20} MB beside the stores, as {path}: move away what is"
            " not Plenary's"
        )


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _files(data: Path) -> Iterator[Path]:
    for each in sorted(data.iterdir()):
        if each.name in {*_NOT_OURS, SETTINGS, _OUTSIDE, _PINNED} or each.name.endswith(_PASSING):
            continue
        yield from _all_of(each, frozenset())


def _all_of(path: Path, above: frozenset[Path]) -> Iterator[Path]:
    """It, and what is in it, also behind links; sockets and the like hold nothing to be kept.

    `above`: the directories that it lies in, by which a link that leads in a circle is known. Raises BackupRefused for
    one that leads nowhere.
    """
    if path.is_symlink() and not path.exists():
        raise BackupRefused(
            f"liên kết {path} không dẫn tới đâu: gắn đĩa của nó, hoặc xóa liên kết"
            f" / the link {path} leads nowhere: mount the disk that it leads to, or remove it"
        )
    if path.is_dir() and (real := path.resolve()) not in above:
        yield path
        for each in sorted(path.iterdir()):
            yield from _all_of(each, above | {real})
    elif path.is_file():
        yield path


def _named(settings: Settings) -> Iterator[tuple[str, Path]]:
    for name in _NAMED:
        text = str(getattr(settings, name))
        if text:
            yield name, Path(text).expanduser()


def _environment(settings: Settings) -> str:
    plain = Settings().to_environment()
    lines = [f"{name}={value}\n" for name, value in settings.to_environment().items() if value != plain[name]]
    return "# Các thiết lập khi sao lưu / the settings when the backup was made\n" + "".join(lines)


def on_tokens(data: Path) -> list[str]:
    """Names of keys that lie on a token (PKCS#11): no backup holds them."""
    return sorted(path.stem for path in (data / "keys").glob("*.uri"))


def pinned_in(packed: bytes) -> bytes:
    """What was given to `pack`. Raises BackupRefused."""
    try:
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            file = tar.extractfile(_PINNED)
            return file.read() if file else b""
    except (tarfile.TarError, KeyError) as error:
        raise BackupRefused(
            "tệp khóa của bản sao lưu hỏng / the backup's sealed files are damaged"
        ) from error


def unpack(packed: bytes, data: Path) -> None:
    """Put all of it back into a data directory, with its modes; files that settings named go to `outside`.

    Raises BackupRefused for names that lead out of it: somebody made them.
    """
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        members = [each for each in tar.getmembers() if each.name != _PINNED and not _is_stray_link(each)]
        if strange := [each.name for each in members if _leads_out(each.name)]:
            raise BackupRefused(
                f"bản sao lưu có tên tệp lạ, có thể là giả: {strange[0]!r}; chưa thay đổi gì"
                " / the backup holds a name that leads elsewhere, it may be a false one; nothing was done"
            )
        unpacking.extract(tar, data, members)
        for each in members:
            if not each.issym():
                (data / each.name).chmod(each.mode & 0o777)
    if (data / _OUTSIDE).is_dir():
        (data / _OUTSIDE).chmod(0o700)


def _leads_out(name: str) -> bool:
    return os.path.isabs(name) or ".." in Path(name).parts


def _is_stray_link(entry: tarfile.TarInfo) -> bool:
    """A link out of the data, as backups had them before links were followed: where it led is not in the backup."""
    target = os.path.normpath(os.path.join(os.path.dirname(entry.name), entry.linkname))
    return entry.issym() and _leads_out(target)


def tsa_trust(data: Path) -> Path | None:
    """The anchors of the authority for time that a restored place had."""
    return next((data / _OUTSIDE).glob("tsa_trust-*"), None)
