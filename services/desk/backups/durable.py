"""What was written is on disk, also after a power cut."""

import errno
import os
from pathlib import Path


def sync(path: Path) -> None:
    """See that a file, or the names in a directory, are on disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some disks of other systems (CIFS) know no such thing for a directory; PostgreSQL passes over it, too.
        if not (path.is_dir() and error.errno in (errno.EINVAL, errno.EBADF)):
            raise
    finally:
        os.close(descriptor)
