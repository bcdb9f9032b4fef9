"""Files on a disk that others had in their hands: only plain ones are opened. A pipe or a socket under the name of one
may never answer, a device never end.
"""

import errno
import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

import msgspec

# What is read into memory at once is a page of JSON.
_LARGEST = 16 * 1024 * 1024


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Length (bytes) and SHA-256 (hexadecimal) of one file."""

    size: int
    sha256: str


def fact(path: Path) -> Fact:
    """What a file is, read whole. Raises OSError."""
    with opened(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Fact(file.tell(), digest)


def opened(path: Path) -> BufferedReader:
    """The file, to be read. Raises OSError, also if it is no plain file."""
    # Asked before it is opened, as to open some devices does something; and after, as it may be another one by then.
    _must_be_plain(os.stat(path), path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _must_be_plain(os.fstat(descriptor), path)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _must_be_plain(entry: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(entry.st_mode):
        raise OSError(errno.EINVAL, "not a plain file", str(path))


def read(path: Path) -> bytes:
    """All of a small file. Raises OSError."""
    with opened(path) as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content
