"""What everybody is told after a batch was committed: receipts, places, and to who came too late the floor as it is.

New acts are answered at once. Acts that were taken long ago are answered beside the clerk: to find a receipt again the
batch of that time is read and signed once more, and whoever sends many of them must not hold up who speaks now.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import structlog

from services.floor.archive import Archive, Issued
from services.floor.deciding import Outcome, Repeated, Taken
from services.floor.ledger import Opened
from services.floor.page import Page
from services.kit import metrics
from services.kit.clerks import Clerks, tell
from services.kit.database import UNREACHABLE
from services.kit.problem import NotReady
from services.kit.reissuing import Reissues
from services.rules.floor.errors import FloorMoved
from services.rules.floor.speakers import places, shown
from services.rules.floor.state import Floor
from services.wire import FloorDone, Place

log = structlog.get_logger(__name__)

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to an act: FloorDone as JSON, and whether it is a repeat of an earlier answer."""

    answer: bytes
    repeated: bool


Told = tuple[Outcome, asyncio.Future[Done]]


@dataclass(frozen=True, slots=True)
class _Old:
    """Acts of one batch that were taken before it, and the page as the batch has left it."""

    page: Page
    told: Sequence[tuple[Repeated, asyncio.Future[Done]]]


class Answers:
    """Answers those who wait for what became of their acts."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._reissues: Reissues[Issued] = Reissues(archive, size)
        self._copyists: Clerks[_Old] = Clerks(self._tell_again, 1)

    def give(self, meeting: str, told: Sequence[Told], page: Page, opened: Opened) -> None:
        """Answer each: now who acted now or is refused, a little later who did it long ago."""
        # 1. Which are of this batch, and which of long ago?
        issued = self._issued(meeting, page, opened)
        now: list[Told] = []
        old: list[tuple[Repeated, asyncio.Future[Done]]] = []
        for outcome, waiting in told:
            if isinstance(outcome, Repeated) and outcome.index not in issued:
                old.append((outcome, waiting))
            else:
                now.append((outcome, waiting))
        # 2. Receipts and places, as the batch has left them; to who came too late the floor.
        stand = _stand([outcome for outcome, _ in now], page)
        moved = _moved(page.floor) if any(isinstance(each, FloorMoved) for each, _ in now) else None
        for outcome, waiting in now:
            if isinstance(outcome, Taken | Repeated):
                _tell_done(waiting, outcome, issued[outcome.index], stand)
            else:
                tell(waiting, moved if moved is not None and isinstance(outcome, FloorMoved) else outcome)
        # 3. Those of long ago beside the clerk, who goes on.
        if old:
            self._copyists.hand(meeting, _Old(page, old))

    def _issued(self, meeting: str, page: Page, opened: Opened) -> dict[int, Issued]:
        if opened.page is None:
            return {}
        receipts = self._archive.receipts(meeting, opened.appended)
        return {index: (receipts[index], line.revision) for index, line in enumerate(page.lines, page.start)}

    async def _tell_again(self, meeting: str, olds: list[_Old]) -> None:
        for old in olds:
            stand: dict[str, Place] | None = None
            for outcome, waiting in old.told:
                # Who has gone needs no receipt.
                if waiting.done():
                    continue
                try:
                    stand = stand or _stand([each for each, _ in old.told], old.page)
                    _tell_done(waiting, outcome, await self._reissues.receipt(meeting, outcome.index), stand)
                except Exception as error:
                    # What cannot be proven of one batch is no reason not to prove the others.
                    log.exception("floor.not_proven_again", meeting=meeting, index=outcome.index)
                    tell(waiting, NotReady(what="store") if isinstance(error, UNREACHABLE) else error)


def _tell_done(
    waiting: asyncio.Future[Done], outcome: Taken | Repeated, issued: Issued, stand: dict[str, Place]
) -> None:
    receipt, revision = issued
    is_repeat = isinstance(outcome, Repeated)
    answer = FloorDone(receipt=receipt, revision=revision, place=stand.get(outcome.about))
    metrics.floor_acts.labels("repeated" if is_repeat else "accepted").inc()
    tell(waiting, Done(_encode(answer), is_repeat))


def size(issued: Issued) -> int:
    """About how many bytes of memory a receipt takes."""
    receipt, _ = issued
    return len(receipt.entry) + len(receipt.proof)


def _moved(floor: Floor) -> FloorMoved:
    return FloorMoved(revision=floor.revision).carrying(floor=shown(floor))


def _stand(outcomes: Sequence[Outcome], page: Page) -> dict[str, Place]:
    """The places of those who wait among the requests that these are about; each lane's order is made once."""
    floor = page.floor
    wanted = {each.about for each in outcomes if isinstance(each, Taken | Repeated)}
    requests = [floor.requests[identifier] for identifier in wanted if identifier in floor.requests]
    lanes = {(request.item, request.lane) for request in requests if request.state == "waiting"}
    found = [places(floor, floor.lanes[key], page.now, wanted) for key in lanes]
    return {identifier: stand for each in found for identifier, stand in each.items()}
