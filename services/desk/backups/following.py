"""While `plenary run` runs, the log of its database is written to the directory of backups as well, as it is made
(pg_receivewal): what was acknowledged is there a moment later, and any moment after the last backup can be restored.

A replication slot keeps what was not taken yet, so a disk that is away for an hour leaves no gap.
"""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import structlog

from services.desk.backups.catalogue import LOG, MARK, stamp
from services.desk.child import Child
from services.desk.postgres import environment, programs
from services.kit import clock
from services.kit.complaint import Complaint

log = structlog.get_logger(__name__)

SLOT = "plenary_backup"
_AGAIN_SECONDS = 2.0
_STOP_SECONDS = 10.0
_STANDING = """
select (select system_identifier::text from pg_control_system()),
    (select timeline_id from pg_control_checkpoint()),
    (select wal_status from pg_replication_slots where slot_name = %s)
"""


class LogNotFollowed(Complaint):
    """The log cannot be followed now; the text says why."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """The cluster, its timeline, and how the slot stands: None without one, `lost` if too much was kept for it."""

    system: str
    timeline: int
    slot: str | None


async def follow(database_url: Callable[[], str], directory: Path) -> None:
    """For ever: keep the log coming into `directory`; what stands in the way is said and tried again."""
    said = ""
    while True:
        try:
            await _follow_once(database_url(), directory, lambda: log.info("backup.log_followed"))
            said = ""
        except (Complaint, psycopg.Error, OSError) as error:
            # Once for each reason: a disk that is away for a day is not a line of log every two seconds.
            if str(error) != said:
                said = str(error)
                log.error("backup.log_not_followed", error=said)  # noqa: TRY400 - no fault of ours, no traceback
        await asyncio.sleep(_AGAIN_SECONDS)


async def _follow_once(database_url: str, directory: Path, begun: Callable[[], None]) -> None:
    # The slot first: from now on nothing is missed, also if the disk comes, or the first backup is made, later.
    into = await asyncio.to_thread(_prepared, database_url, directory)
    if not (directory / MARK).is_file():
        raise LogNotFollowed(
            f"{directory} is away, or no directory of backups: `plenary backup {directory}` makes one"
        )
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = into.with_suffix(".said")
    child = await Child.start(
        [
            programs(None) / "pg_receivewal", "-d", database_url, "-D", into, "-S", SLOT,
            "--synchronous", "--no-loop", "--no-password",
        ],
        environment=environment(),
        stop_signal=signal.SIGINT,
        output=said,
    )  # fmt: skip
    begun()
    try:
        code = await child.ended()
    finally:
        await child.stop(_STOP_SECONDS)
    words = " ".join(said.read_text(errors="replace").split())
    raise LogNotFollowed(f"pg_receivewal ended ({code}): {words[-400:]}")


def _prepared(database_url: str, directory: Path) -> Path:
    """The directory that this log goes on in: a fresh one whenever the slot is, for there may be a gap before it."""
    with psycopg.connect(database_url, autocommit=True, connect_timeout=10) as connection:
        standing = _Standing(*(connection.execute(_STANDING, [SLOT]).fetchone() or ("", 0, None)))
        if standing.slot == "lost":
            log.error("backup.log_gap", advice="plenary backup: a new base backup is needed")
            connection.execute("select pg_drop_replication_slot(%s)", [SLOT])
        begin = f"{standing.system}-{standing.timeline}-"
        known = sorted(path for path in (directory / LOG).glob(f"{begin}*") if path.is_dir())
        is_fresh = standing.slot in (None, "lost")
        if is_fresh:
            connection.execute("select pg_create_physical_replication_slot(%s, true)", [SLOT])
    return known[-1] if known and not is_fresh else directory / LOG / f"{begin}{stamp(clock.now())}"


def forget(database_url: str) -> None:
    """Nobody follows any more: let go of what the database keeps for it."""
    with psycopg.connect(database_url, autocommit=True, connect_timeout=10) as connection:
        connection.execute(
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            " where slot_name = %s and not active",
            [SLOT],
        )
