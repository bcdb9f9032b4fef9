"""Whether backups lie on another disk than what they are to outlive: a directory that its disk is not mounted on is one
of the machine's own, and two partitions of one disk die together.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from services.desk import place

_BLOCK = Path("/sys/dev/block")


def shared(directory: Path, data: Path, block: Path = _BLOCK) -> Path | None:
    """The place of the house that lies on a disk of the backups; None: all lie on others, as far as can be seen.

    `block`: where the kernel tells of disks (Linux).
    """
    theirs = _disks(directory, block)
    return next((each for each in _places(data) if theirs & _disks(each, block)), None)


def _places(data: Path) -> Iterator[Path]:
    yield data
    home = place.pointed(data)
    yield home / "postgres"
    yield home / "postgres" / "pg_wal"


def _disks(path: Path, block: Path) -> frozenset[str]:
    """The whole disks behind the file system that this lies on, or would; its own number where nobody tells of them."""
    path = path.resolve()
    while not path.exists():
        path = path.parent
    number = path.stat().st_dev
    known = block / f"{os.major(number)}:{os.minor(number)}"
    # Over the network, in memory, in a file system that numbers by itself: nobody tells more.
    return _whole(known.resolve()) if known.exists() else frozenset({known.name})


def _whole(known: Path) -> frozenset[str]:
    """A partition lies on the disk it is part of; what is made of others (LVM, encryption, RAID), on all of them."""
    disk = known.parent if (known / "partition").exists() else known
    made_of = [_whole(each.resolve()) for each in (disk / "slaves").glob("*")]
    return frozenset[str]().union(*made_of) if made_of else frozenset({str(disk)})
