"""What everybody is told after a batch was committed: receipts, places, and to who came too late the floor as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from services.floor.archive import Archive
from services.floor.deciding import Outcome, Repeated, Taken
from services.floor.ledger import Opened
from services.floor.page import Page
from services.rules.floor.errors import FloorMoved
from services.rules.floor.speakers import places, shown
from services.rules.floor.state import Floor
from services.wire import FloorDone, FloorReceipt, Place

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to an act: FloorDone as JSON, and whether it is a repeat of an earlier answer."""

    answer: bytes
    repeated: bool


class Answers:
    """Makes the answers to a batch."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def to(
        self, meeting: str, outcomes: Sequence[Outcome], page: Page, opened: Opened
    ) -> list[Done | Exception]:
        """An answer to each, in their order."""
        # 1. Receipts: of this batch; of lines of long ago each batch is read and signed once, not once an act.
        issued = self._issued(meeting, page, opened)
        for outcome in outcomes:
            if isinstance(outcome, Repeated) and outcome.index not in issued:
                issued |= await self._archive.again(meeting, outcome.index)
        # 2. Places, as the batch has left them.
        done = [outcome for outcome in outcomes if isinstance(outcome, Taken | Repeated)]
        stand = _places({each.about for each in done} - {""}, page)
        # 3. Each their own.
        moved = _moved(page.floor) if any(isinstance(each, FloorMoved) for each in outcomes) else None
        answers: list[Done | Exception] = []
        for outcome in outcomes:
            if isinstance(outcome, Taken | Repeated):
                receipt, revision = issued[outcome.index]
                answer = FloorDone(receipt=receipt, revision=revision, place=stand.get(outcome.about))
                answers.append(Done(_encode(answer), isinstance(outcome, Repeated)))
            elif isinstance(outcome, FloorMoved) and moved is not None:
                answers.append(moved)
            else:
                answers.append(outcome)
        return answers

    def _issued(self, meeting: str, page: Page, opened: Opened) -> dict[int, tuple[FloorReceipt, int]]:
        if opened.page is None:
            return {}
        receipts = self._archive.receipts(meeting, opened.appended)
        return {index: (receipts[index], line.revision) for index, line in enumerate(page.lines, page.start)}


def _moved(floor: Floor) -> FloorMoved:
    return FloorMoved(revision=floor.revision).carrying(floor=shown(floor))


def _places(wanted: set[str], page: Page) -> dict[str, Place]:
    """The places of those among these requests that wait; each lane's order is made once."""
    floor = page.floor
    requests = [floor.requests[identifier] for identifier in wanted if identifier in floor.requests]
    lanes = {(request.item, request.lane) for request in requests if request.state == "waiting"}
    found = [places(floor, floor.lanes[key], page.now, wanted) for key in lanes]
    return {identifier: stand for each in found for identifier, stand in each.items()}
