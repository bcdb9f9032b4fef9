"""While `plenary run` runs, the log of its database is written to the directory of backups as well, as it is made
(pg_receivewal): what was acknowledged is there a moment later, and any moment after the last backup can be restored.

A replication slot keeps what was not taken yet, so a disk that is away for an hour leaves no gap. The disk is asked
beside the event loop: one that hangs holds up nothing.
"""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import structlog

from services.desk.backups.catalogue import LOG, MARK, stamp
from services.desk.backups.far_disk import FarDisk
from services.desk.child import Child
from services.desk.postgres import environment, programs
from services.kit import clock
from services.kit.complaint import Complaint

log = structlog.get_logger(__name__)

SLOT = "plenary_backup"
_GONE = "has already been removed"
_AGAIN_SECONDS = 2.0
_STOP_SECONDS = 10.0
_STATUS = "select wal_status from pg_replication_slots where slot_name = %s"
_STANDING = """
select (select system_identifier::text from pg_control_system()),
    (select timeline_id from pg_control_checkpoint())
"""


class LogNotFollowed(Complaint):
    """The log cannot be followed now; the text says why."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """The cluster, and its timeline."""

    system: str
    timeline: int


async def follow(database_url: Callable[[], str], directory: Path, said: Path) -> None:
    """For ever: keep the log coming into `directory`; what stands in the way is logged and tried again.

    `said`: a file on a disk of our own, for what PostgreSQL's program says.
    """
    disk, trouble = FarDisk(str(directory)), ""
    while True:
        try:
            await _follow_once(database_url(), disk, directory, said)
        except Exception as error:
            # Once for each reason: a disk that is away for a day is not a line of log every two seconds.
            if f"{type(error).__name__}: {error}" != trouble:
                trouble = f"{type(error).__name__}: {error}"
                log.error("backup.log_not_followed", error=trouble)  # noqa: TRY400 - no fault of ours, no traceback
        await asyncio.sleep(_AGAIN_SECONDS)


async def _follow_once(database_url: str, disk: FarDisk, directory: Path, said: Path) -> None:
    # 1. The slot: from now on nothing is missed, also if the disk comes, or the first backup is made, later.
    standing = await asyncio.to_thread(_standing, database_url)
    # 2. Where this log goes on; the disk may be away, or silent.
    into = await disk.ask(lambda: _place(directory, standing))
    # 3. As long as it goes well.
    child = await Child.start(
        [
            programs(None) / "pg_receivewal", "-d", database_url, "-D", into, "-S", SLOT,
            "--synchronous", "--no-loop", "--no-password",
        ],
        environment=environment(),
        stop_signal=signal.SIGINT,
        output=said,
    )  # fmt: skip
    log.info("backup.log_followed", directory=str(into))
    try:
        code = await child.ended()
    finally:
        await child.stop(_STOP_SECONDS)
    words = " ".join(said.read_text(errors="replace").split())
    if _GONE in words:
        # Another disk was in its place meanwhile, or it was away for too long. Who asked on would be refused for ever.
        log.error("backup.log_gap", advice=f"plenary backup {directory}: a new base backup is needed")
        await disk.ask(lambda: _fresh(directory, standing))
    raise LogNotFollowed(f"pg_receivewal ended ({code}): {words[-400:]}")


def _standing(database_url: str) -> _Standing:
    """What keeps the log for us, made if there is nothing."""
    with psycopg.connect(database_url, autocommit=True, connect_timeout=10) as connection:
        status = connection.execute(_STATUS, [SLOT]).fetchone()
        if status == ("lost",):
            connection.execute("select pg_drop_replication_slot(%s)", [SLOT])
        if status in (None, ("lost",)):
            connection.execute("select pg_create_physical_replication_slot(%s, true)", [SLOT])
        row = connection.execute(_STANDING).fetchone()
    assert row is not None  # noqa: S101 - a select without a table has one row
    return _Standing(*row)


def _place(directory: Path, standing: _Standing) -> Path:
    """The directory that this log goes on in: the last one, or the first. Raises LogNotFollowed."""
    if not (directory / MARK).is_file():
        raise LogNotFollowed(
            f"{directory} is away, or no directory of backups: `plenary backup {directory}` makes one"
        )
    known = _known(directory, standing)
    return known[-1] if known else _fresh(directory, standing)


def _known(directory: Path, standing: _Standing) -> list[Path]:
    begin = f"{standing.system}-{standing.timeline}-"
    return sorted(path for path in (directory / LOG).glob(f"{begin}*") if path.is_dir())


def _fresh(directory: Path, standing: _Standing) -> Path:
    """One of its own for what comes after a gap."""
    name = f"{standing.system}-{standing.timeline}-{stamp(clock.now())}"
    known = _known(directory, standing)
    if known and name <= known[-1].name:
        # The clock was set back: it is the last of them all the same, which goes on.
        name = f"{known[-1].name}1"
    fresh = directory / LOG / name
    fresh.mkdir(mode=0o700, parents=True, exist_ok=True)
    return fresh


def forget(database_url: str) -> None:
    """Nobody follows any more: let go of what the database keeps for it."""
    with psycopg.connect(database_url, autocommit=True, connect_timeout=10) as connection:
        connection.execute(
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            " where slot_name = %s and not active",
            [SLOT],
        )
