"""When this house was last backed up, and when a backup of it was last proven by restoring it: what watches can see
without the disk of backups, which lies in a safe most of the time.

`<directory of backups>/proven.json` is written by who restored and found everything right; each backup that is made
brings it home, into `<data>/backed-up.json`. Neither proves anything; both only remind.
"""

import asyncio
from pathlib import Path

import msgspec

from services.desk import place
from services.desk.backups import plain_file
from services.desk.backups.catalogue import Backup
from services.kit import clock, metrics

LOOK_SECONDS = 5.0
# The clocks of two machines may differ by so much.
AHEAD_MS = 60_000
_HERE, _THERE = "backed-up.json", "proven.json"


class Noted(msgspec.Struct, frozen=True):
    """Moments in milliseconds, 0: never. `backed_up_at`: when the last backup was whole; `proven_at`: when one was last
    restored with nothing wrong; `failed_at`: when the last try to back up failed, 0 if it did not."""

    backed_up_at: int = 0
    proven_at: int = 0
    failed_at: int = 0


class _Proven(msgspec.Struct, frozen=True):
    """Which backup was restored and found right, and when (milliseconds)."""

    backup: str
    at: int


def note_backup(data: Path, backup: Backup) -> None:
    """This house was backed up. Others may read it: it holds no secret, and services run as who they like."""
    _note(data, Noted(backup.manifest.ended_at, proven_at(backup.path.parent)))


def note_failure(data: Path, now: int) -> None:
    """This house was to be backed up now, and was not. Raises OSError."""
    _note(data, msgspec.structs.replace(read(data), failed_at=now))


def _note(data: Path, noted: Noted) -> None:
    place.write_whole(data / _HERE, msgspec.json.encode(noted).decode() + "\n", 0o644)


def note_proven(backup: Backup, now: int) -> None:
    """This backup was restored, and everything in it found right. Raises OSError: its disk is read-only."""
    raw = msgspec.json.encode(_Proven(backup.path.name, now))
    place.write_whole(backup.path.parent / _THERE, raw.decode() + "\n", 0o600)


def proven_at(directory: Path) -> int:
    """When a backup of this directory was last restored and found right; 0: never, as far as is written there."""
    try:
        return msgspec.json.decode(plain_file.read(directory / _THERE), type=_Proven).at
    except (OSError, msgspec.MsgspecError):
        return 0


def believed(at: int, now: int) -> int:
    """A moment that was noted, or 0: one of a time to come would stay new for ever, and is not believed."""
    return at if 0 < at <= now + AHEAD_MS else 0


def read(data: Path) -> Noted:
    """What is noted of this house, whether it is to be believed or not."""
    try:
        return msgspec.json.decode(plain_file.read(data / _HERE), type=Noted)
    except (OSError, msgspec.MsgspecError):
        return Noted()


async def watch(data: Path) -> None:
    """For ever: tell the metrics."""
    while True:
        tell(read(data), clock.now())
        await asyncio.sleep(LOOK_SECONDS)


def tell(noted: Noted, now: int) -> None:
    """Tell the metrics what is noted, as far as it is to be believed."""
    metrics.last_backup.set(believed(noted.backed_up_at, now) / 1000)
    metrics.last_proven_backup.set(believed(noted.proven_at, now) / 1000)
    # Of whatever time: that it failed is the news.
    metrics.failed_backup.set(noted.failed_at / 1000)
