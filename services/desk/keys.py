"""The keys of an installation: what is missing in `<data>/keys` is made (the list is in docs/map.md)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.desk import house_keys
from services.kit import clock, envelope, keys
from services.kit.complaint import Complaint
from services.kit.database import Connection
from services.kit.settings import Settings
from services.signing import authority
from services.signing.countersigned import time_authority

# 1 January 2024: nobody starts this program on a day before it was there.
_EARLIEST = 1_704_067_200_000


class KeysLost(Complaint):
    """Meetings are there, and the keys that signed for them are not."""


class KeysForeign(Complaint):
    """Meetings are there, and the keys are of another house."""


class ClockRefused(Complaint):
    """The clock is evidently wrong, and what is made now would hold for ten years from there."""


def must_know_the_time(data: Path, now: int) -> None:
    """On a first start, before anything is made: certificates begin now (milliseconds), and lapse ten years later.

    Raises ClockRefused: a machine whose battery is empty wakes up in 1970, and is set right when the network is there.
    """
    if now < _EARLIEST and not (data / "keys" / "root.pem").exists():
        day = datetime.fromtimestamp(now / 1000, UTC)
        raise ClockRefused(
            f"đồng hồ máy báo {day:%d/%m/%Y}, chắc chắn sai: timedatectl set-ntp true, rồi chạy lại"
            f" / the clock says {day:%Y-%m-%d}, which cannot be: set it (timedatectl set-ntp true) before the first"
            " start, which makes keys and certificates"
        )


async def must_be_its_own(data: Path, database_url: str) -> None:
    """Meetings go on under the keys that they began with, and under no others.

    Raises KeysLost: the disk of the keys is not mounted, or somebody forgot to copy them to this machine; KeysForeign:
    those of another house were. A first start that was broken off is never refused: it makes its keys before its first
    meeting.
    """
    directory = data / "keys"
    lost = [name for name in house_keys.NEEDED if not (directory / name).exists()]
    async with _connected(database_url) as connection:
        if not await house_keys.have_met(connection):
            return
        if lost:
            raise KeysLost(
                f"cơ sở dữ liệu đã có phiên họp mà {directory} thiếu {', '.join(lost)}: gắn đĩa chứa khóa, chép khóa từ"
                f" máy kia, hoặc plenary restore; không tạo khóa mới / the database holds meetings, and"
                f" {', '.join(lost)} is missing in {directory}: mount the disk of the keys, copy them from the other"
                " machine, or plenary restore; no new ones are made"
            )
        if others := await house_keys.foreign(connection, directory):
            (vi, en), (do_vi, do_en) = house_keys.said(others, directory), house_keys.RIGHT_ONES
            raise KeysForeign(f"{vi}: {do_vi} / {en}: {do_en}")


async def settle(settings: Settings) -> None:
    """Make the keys that are missing, and note in the database which they are. Raises as `ensure`."""
    directory = await asyncio.to_thread(ensure, settings)
    async with _connected(settings.database_url) as connection:
        await house_keys.note(connection, directory)


@contextlib.asynccontextmanager
async def _connected(database_url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(database_url)
    try:
        yield connection
    finally:
        await connection.close()


def ensure(settings: Settings) -> Path:
    """Make the keys and certificates that are missing; the directory. Raises KeyRefused, AuthorityRefused,
    TimeAuthorityRefused.

    Safe to repeat and to run twice at once: a file that exists is never replaced.
    """
    directory = settings.data / "keys"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    token = keys.ensure(directory / "token.key", Ed25519PrivateKey.generate())
    keys.write_public(directory / "token.pub", token.public_key())
    keys.ensure(directory / "ledger.key", Ed25519PrivateKey.generate())
    keys.ensure(directory / "webhook.key", Ed25519PrivateKey.generate())
    envelope.ensure(directory / "envelope.key")
    authority.ensure(directory, settings.address, clock.now())
    time_authority.ensure(settings, directory, clock.now())
    return directory
