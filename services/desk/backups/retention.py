"""Which backups are kept, and how much of the followed log they need."""

from pathlib import Path

from services.desk.backups import staging
from services.desk.backups.catalogue import Backup, backups, house_of, must_be_whole, remove

_DAY_MS = 86_400_000
# No pause between two backups counts for more than a tenth of the days asked for: ten stay, whatever a clock says.
_SHARE = 10


def outdated(found: list[Backup], keep: int | None, days: int | None, now: int) -> list[Backup]:
    """Those that are let go: beyond the newest `keep`, or older than `days` (`now`: milliseconds); never the newest."""
    older = found[:-1]
    too_many = found[: len(found) - max(1, keep)] if keep is not None and keep < len(found) else []
    too_old = [] if days is None else _older_than(days * _DAY_MS, found, now)
    return [each for each in older if each in too_many or each in too_old]


def _older_than(most: int, found: list[Backup], now: int) -> list[Backup]:
    """Those of a longer time ago than `most` (milliseconds), by clocks of which any may have been wrong.

    A clock that is ahead looks like a long pause since the last backup, so no pause counts for more than a share.
    """
    times, last = [], 0
    for each in found:
        # Of a time to come, or before the one before it: its clock was wrong, and it is of no time before that.
        last = max(last, each.manifest.ended_at if each.manifest.ended_at <= now else last)
        times.append(last or now)
    age, old, later = 0, [], now
    for each, time in zip(reversed(found), reversed(times), strict=True):
        age, later = age + min(later - time, most // _SHARE), time
        old += [each] if age > most else []
    return old


def let_go(directory: Path, keep: int | None, days: int | None, now: int, made: str = "") -> list[str]:
    """Remove what retention lets go, and the log that nobody needs any more; their names.

    `made`: the name of one that was made just now, and stays whatever the clock says of the others. Without it, the
    newest. Whatever is of another house than that one is not ours to remove.

    Raises BackupRefused, and removes nothing, unless the newest that stays is whole.
    """
    if keep is None and days is None:
        return []
    found = backups(directory)
    house = next(
        (house_of(each) for each in reversed(found) if each.path.name == (made or each.path.name)), ""
    )
    ours = [each for each in found if house_of(each) == house]
    going = [each for each in outdated(ours, keep, days, now) if each.path.name != made]
    if going:
        must_be_whole(ours[-1])
    for each in going:
        remove(each)
    for path in staging.needless(directory, [each for each in found if each not in going]):
        path.unlink()
    return [each.path.name for each in going]
