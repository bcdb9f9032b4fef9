"""Which files of the followed log a base backup needs to go on, put where PostgreSQL takes them from."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from services.desk.backups.catalogue import LOG, Backup, position

SEGMENT_BYTES = 16 * 1024 * 1024
_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(\.partial)?")
_HISTORY = re.compile(r"[0-9A-F]{8}\.history")
_PAGE = 8192


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of log: its number counted from the beginning of the log, and whether it was still being written."""

    path: Path
    timeline: int
    number: int
    is_partial: bool

    @property
    def name(self) -> str:
        """As PostgreSQL asks for it."""
        return self.path.name.removesuffix(".partial")


def number_of(place: str) -> int:
    """The number of the segment that holds this place of the log (`16/B374D848`)."""
    return position(place) // SEGMENT_BYTES


def segments(directory: Path, system: str) -> list[Segment]:
    """All files of this cluster's followed log, the whole ones before the partial ones of the same number."""
    found = []
    for path in (directory / LOG).glob(f"{system}-*/*"):
        match = _SEGMENT.fullmatch(path.name)
        if match and path.is_file():
            timeline, high, low = (int(word, 16) for word in match.groups()[:3])
            found.append(Segment(path, timeline, (high << 8) + low, match.group(4) is not None))
    return sorted(found, key=lambda each: (each.timeline, each.number, each.is_partial, str(each.path)))


@dataclass(frozen=True, slots=True)
class Staged:
    """What was staged: the last segment, if any; and whether those before it are whole, one after the other."""

    last: Segment | None
    is_whole: bool


def stage(backup: Backup, into: Path) -> Staged:
    """Copy what follows the base backup on its own timeline, and the histories of all timelines."""
    into.mkdir(mode=0o700)
    manifest, directory = backup.manifest, backup.path.parent
    first = number_of(manifest.start)
    taken: dict[int, Segment] = {}
    for each in segments(directory, manifest.system):
        if each.timeline == manifest.timeline and each.number >= first:
            taken[each.number] = _fuller(taken.get(each.number, each), each)
    for each in taken.values():
        shutil.copyfile(each.path, into / each.name)
    for path in (directory / LOG).glob(f"{manifest.system}-*/*.history"):
        if _HISTORY.fullmatch(path.name) and path.is_file():
            shutil.copyfile(path, into / path.name)
    return Staged(taken[max(taken)] if taken else None, _are_whole(taken, number_of(manifest.end)))


def _fuller(one: Segment, other: Segment) -> Segment:
    """Of two of one number, from two times that the log was followed: the whole one, or else that of which more was
    written. Both begin alike, as they are of one history."""
    if one.path == other.path or not one.is_partial:
        return one
    return other if not other.is_partial or _written(other) > _written(one) else one


def _written(segment: Segment) -> int:
    return len(segment.path.read_bytes().rstrip(b"\0"))


def _are_whole(taken: dict[int, Segment], covered: int) -> bool:
    """Whether nothing is missing up to the last: the base backup itself covers those up to number `covered`."""
    if not taken or max(taken) <= covered:
        return True
    # A server switches to a new segment at the end of a base backup; the one after what is covered may be the first.
    between = range(covered + 1, max(taken))
    return all(number in taken and not taken[number].is_partial for number in between)


def unread(last: Segment, replayed: str) -> int:
    """How many bytes of the staged log were not read though something stands there: what a damage or a gap hides."""
    end = position(replayed)
    beyond = last.number * SEGMENT_BYTES - end
    if beyond > 0 and last.number > number_of(replayed) + 1:
        return beyond
    content = last.path.read_bytes()
    start = max(0, end - last.number * SEGMENT_BYTES)
    # Of a segment in which nothing stands yet but the head of its first page, and the page that the end lies on.
    from_page = (start // _PAGE + 1) * _PAGE
    return len(content[from_page:].rstrip(b"\0"))


def needless(directory: Path, kept: list[Backup]) -> list[Path]:
    """Files of the log that no kept backup needs: older than the oldest of its own cluster."""
    first: dict[str, int] = {}
    for each in kept:
        if each.manifest.kind == "base":
            number = number_of(each.manifest.start)
            first[each.manifest.system] = min(number, first.get(each.manifest.system, number))
    return [
        each.path
        for system, number in first.items()
        for each in segments(directory, system)
        if each.number < number and not each.is_partial
    ]
