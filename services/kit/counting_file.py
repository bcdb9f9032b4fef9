"""The files in which a worker counts, which all workers read: with room for all that is written into them.

The library maps pages of a file into memory and writes to them. Where the file system has no room for such a page the
kernel ends the process on the spot (SIGBUS), and every other that is started in its place. So the room is asked for
first; where there is none this process counts for itself alone, and goes on.
"""

import contextlib
import errno
import os
from pathlib import Path

from prometheus_client import mmap_dict

FIRST_BYTES = 65_536
# Behind a key in the file: its length, a padding, a value and a time.
_MORE_THAN_KEY = 48
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class CountingFile(mmap_dict.MmapedDict):
    """As the library's, but what it writes to is there."""

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        self._is_own = not (read_mode or _made(Path(filename)))
        if not self._is_own:
            super().__init__(filename, read_mode)  # type: ignore[no-untyped-call]
        else:
            self._move(bytes(FIRST_BYTES))

    def _init_value(self, key: str) -> None:
        while self._used + len(key.encode()) + _MORE_THAN_KEY > self._capacity:
            if not self._is_own and _reserved(self._f.fileno(), 2 * self._capacity):
                self.close()  # type: ignore[no-untyped-call]
                super().__init__(self._fname)  # type: ignore[no-untyped-call]
            else:
                # What others read of us stands still.
                content = bytes(self._m) + bytes(self._capacity)
                self.close()  # type: ignore[no-untyped-call]
                self._move(content)
        super()._init_value(key)  # type: ignore[no-untyped-call]

    def _move(self, content: bytes) -> None:
        """To memory of our own, which nobody else reads."""
        self._is_own, own = True, os.memfd_create("counted")
        try:
            os.write(own, content)
            super().__init__(f"/proc/self/fd/{own}")  # type: ignore[no-untyped-call]
        finally:
            os.close(own)


def _made(file: Path) -> bool:
    """Whether it is there, with room for a beginning. Until it is, nobody who reads the others sees it."""
    if file.exists():
        return True
    draft = file.with_suffix(".new")
    try:
        with draft.open("wb") as made:
            if _reserved(made.fileno(), FIRST_BYTES):
                draft.rename(file)
                return True
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
    with contextlib.suppress(OSError):
        draft.unlink()
    return False


def _reserved(descriptor: int, size: int) -> bool:
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError as error:
        # Who cannot reserve (some file systems) writes as before.
        return error.errno not in _NO_ROOM
    return True
