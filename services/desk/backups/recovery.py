"""A cluster from a base backup and the log that follows it, brought to the end of that log or to a moment before
(PostgreSQL's point-in-time recovery)."""

import asyncio
import shutil
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from services.desk import place
from services.desk.backups import base, staging, unpacking
from services.desk.backups.catalogue import Backup, BackupRefused
from services.desk.child import ChildEnded
from services.desk.postgres import Postgres, made_by, own_major

_STAGED = "recovery-log"
_STOP_SECONDS = 60.0
# hot_standby: nobody is let in before the moment is reached, so that who is let in sees what was asked for.
_CONFIGURATION = """
logging_collector = off
hot_standby = off
restore_command = 'test -f {staged}/%f && cp {staged}/%f "%p"'
recovery_target_timeline = 'current'
recovery_target_action = 'promote'
"""
# A record that was being written when its machine died may be torn: so much may stand behind the last whole one.
_TORN = 65_536


@dataclass(frozen=True, slots=True)
class Recovered:
    """A server on the recovered cluster: its address, and to which place of the log and which last commit it came."""

    database_url: str
    replayed: str
    last_commit: str


@asynccontextmanager
async def recovered(
    backup: Backup, home: Path, account: place.Account | None, until: int | None, *, accept_loss: bool
) -> AsyncIterator[Recovered]:
    """The recovered server under `home`, as long as the block lasts. Raises BackupRefused; `until` in milliseconds."""
    # 1. The files of the base backup, and of the log behind it, as the account of the stores.
    cluster = home / "postgres"
    staged = await asyncio.to_thread(_lay, backup, cluster, account)
    # 2. Recovery to where was asked; nobody is let in before.
    server = Postgres(home, place.socket_directory(home, "run", account), account)
    await server.prepare(_configuration(until))
    try:
        child = await server.launch()
    except ChildEnded as error:
        raise BackupRefused(_explained(str(error), home / "postgres.start.log")) from error
    try:
        # 3. Did it read all that there is? A damaged byte ends recovery as quietly as the end of the log does.
        found = await asyncio.to_thread(_looked, server.url)
        if until is None and not accept_loss:
            _must_have_read(staged, found)
        yield found
    finally:
        await child.stop(_STOP_SECONDS)
    # 4. As it will be started by `plenary run`.
    shutil.rmtree(cluster / _STAGED)
    await server.prepare()


def _lay(backup: Backup, cluster: Path, account: place.Account | None) -> staging.Staged:
    cluster.mkdir(mode=0o700)
    with tarfile.open(backup.path / base.BASE) as tar:
        unpacking.extract(tar, cluster)
    _must_be_our_version(cluster)
    staged = staging.stage(backup, cluster / _STAGED)
    (cluster / "recovery.signal").touch()
    for each in (cluster, *cluster.rglob("*")):
        each.chmod(0o700 if each.is_dir() else 0o600)
        if account is not None:
            shutil.chown(each, account.uid, account.gid)
    return staged


def _must_be_our_version(cluster: Path) -> None:
    made, ours = made_by(cluster), own_major()
    if made != ours:
        raise BackupRefused(
            f"bản sao lưu là của PostgreSQL {made}, bản Plenary này mang theo {ours}: khôi phục bằng bản Plenary đã tạo"
            f" ra nó, rồi chuyển bằng pg_dump / the backup is of PostgreSQL {made} and this Plenary brings {ours}:"
            " restore it by the Plenary that made it, then move over by pg_dump"
        )


def _configuration(until: int | None) -> str:
    text = _CONFIGURATION.format(staged=_STAGED)
    if until is not None:
        moment = datetime.fromtimestamp(until / 1000, UTC)
        text += f"recovery_target_time = '{moment:%Y-%m-%d %H:%M:%S.%f}+00'\n"
    return text


def _looked(database_url: str) -> Recovered:
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(
            "select pg_last_wal_replay_lsn()::text, coalesce(pg_last_xact_replay_timestamp()::text, '')"
        ).fetchone()
    assert row is not None  # noqa: S101 - a select without a table has one row
    return Recovered(database_url, row[0] or "0/0", row[1])


def _must_have_read(staged: staging.Staged, found: Recovered) -> None:
    lost = staging.unread(staged.last, found.replayed) if staged.last else 0
    if lost > _TORN or not staged.is_whole:
        raise BackupRefused(
            f"nhật ký hỏng hoặc thiếu một đoạn sau {found.last_commit or found.replayed}: {lost} byte không đọc được;"
            " khôi phục đến đó: thêm --accept-loss"
            f" / the log is damaged or has a gap there: {lost} bytes cannot be read; --accept-loss restores up to it"
        )


def _explained(error: str, said: Path) -> str:
    words = said.read_text(errors="replace") if said.exists() else ""
    if "before configured recovery target was reached" in words:
        last = next((line for line in words.splitlines() if "last completed transaction" in line), "")
        when = last.partition("log time ")[2] or "?"
        return (
            f"bản sao lưu không có gì sau thời điểm đó; lần ghi cuối: {when}; bỏ --until để khôi phục tất cả"
            f" / the backup has nothing after that moment; last commit: {when}; leave --until out to restore all of it"
        )
    if "before consistent recovery point" in words:
        return (
            "thời điểm đó ở trước khi bản sao lưu này xong / that moment is before this backup was complete"
        )
    return error
