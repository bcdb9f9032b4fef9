"""A floor on real stores and a hall that follows it: what happens to turns, from the chair's act to who follows."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from services.rules import webhook
from services.wire import Call, EndItem, EndTurn, FloorActs, PauseTurn, ResumeTurn, StartTurn, WebhookKey
from tests.integration.live.screens import Watcher
from tests.integration.live.theatre import Theatre
from tests.support.breaking import Wire
from tests.support.floor_desk import ITEM, FloorDesk, convene, lines_of
from tests.support.told_desk import BODY, CHAIR, MEETING
from tests.unit.live import stories

ACT: Any = {"meeting": MEETING}


class Sitting:
    """A floor and a hall that follows it, on one Valkey at the end of a wire."""

    def __init__(self, wire: Wire, desk: FloorDesk, theatre: Theatre) -> None:
        self.wire = wire
        self.desk = desk
        self.theatre = theatre

    async def follower(self, last: str | None = None) -> Watcher:
        """A delegate of the body who follows, from the beginning of the streams or from a position."""
        box = self.theatre.watcher(meeting=MEETING, body=BODY.id)
        box.last = last
        assert (await box.come()).status == 200
        return box

    async def do(self, act: Callable[[int], FloorActs], by: str = CHAIR) -> None:
        """An act of the desk by somebody who sees the floor as it is."""
        await self.desk.do(by, act(await self.desk.seen()))

    async def call(self, who: str, reason: str = "") -> str:
        """A delegate asks and is called; the turn's id."""
        done = await self.desk.ask_to_speak(who)
        assert done.place is not None
        request = done.place.request.id
        await self.do(lambda seen: Call(**ACT, seen=seen, request=request, reason=reason))
        return next(turn.id for turn in (await self.desk.shown()).turns if turn.request == request)

    async def speak(self, who: str) -> None:
        """One whole turn: five events."""
        turn = await self.call(who)
        for kind in (StartTurn, PauseTurn, ResumeTurn, EndTurn):
            await self.do(lambda seen, kind=kind: kind(**ACT, seen=seen, turn=turn))  # type: ignore[misc]

    async def two_called(self) -> None:
        """Two were called, one of them speaks: if the item ends, one line says two things of turns."""
        speaks = await self.call(self.desk.voters[0])
        await self.do(lambda seen: StartTurn(**ACT, seen=seen, turn=speaks))
        await self.desk.open_lane("debate")
        done = await self.desk.ask_to_speak(self.desk.voters[1], "debate")
        assert done.place is not None
        request = done.place.request.id
        await self.do(lambda seen: Call(**ACT, seen=seen, request=request))

    async def end_item(self) -> None:
        """The chair ends it."""
        await self.do(lambda seen: EndItem(**ACT, seen=seen, item=ITEM))

    async def all_told(self, box: Watcher) -> None:
        """Wait until somebody has been told of the ledger's last line."""
        await box.reaches(f"m1.v0.s0.f{len(await lines_of(self.desk))}")

    async def key(self) -> Any:
        """With what all that is told is verified."""
        answer = await self.desk.ask("GET", "/webhook-key", who=self.desk.voters[0], status=200)
        return webhook.read_key(msgspec.convert(answer, WebhookKey).key)


@asynccontextmanager
async def opened(
    directory: Path, database_url: str, redis_url: str, start: Callable[..., Any]
) -> AsyncIterator[Sitting]:
    """A list is open; a worker of live shows the meeting."""
    wire = Wire(redis_url)
    await wire.mend()
    (desk,) = await convene(directory, database_url, wire.url, start, workers=1)
    await desk.open_lane()
    theatre = Theatre(wire.url)
    await theatre.open()
    try:
        begun = stories.begun(meeting=MEETING)
        meeting = msgspec.structs.replace(begun.meeting, body=BODY.id)
        await theatre.tell("meeting", msgspec.structs.replace(begun, meeting=meeting), key=MEETING)
        yield Sitting(wire, desk, theatre)
    finally:
        await theatre.leave()
        await wire.cut()
