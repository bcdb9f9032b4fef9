"""What happens to turns, from the chair's act to who follows the stream: the webhooks' own bytes, signed, in order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis.asyncio as redis

from services.refusal import Refused
from services.rules import webhook
from services.wire import (
    Call,
    EndItem,
    EndTurn,
    FloorActs,
    PauseTurn,
    ResumeTurn,
    StartTurn,
    TurnEvent,
    WebhookKey,
)
from tests.integration.live.screens import Watcher, seen
from tests.integration.live.theatre import Theatre
from tests.support.breaking import Wire
from tests.support.floor_desk import ITEM, SECOND_CHAIR, FloorDesk, convene, lines_of
from tests.support.told_desk import BODY, CHAIR, MEETING, SECRETARY
from tests.support.waiting import until
from tests.support.webhook_receiver import Receiver
from tests.unit.live import stories

ACT: Any = {"meeting": MEETING}
WHOLE_TURN = ["turn.called", "turn.started", "turn.paused", "turn.resumed", "turn.ended"]


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


@pytest.fixture
async def sitting(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> AsyncIterator[Sitting]:
    """A list is open; a worker of live shows the meeting."""
    wire = Wire(redis_url)
    await wire.mend()
    (desk,) = await convene(tmp_path, database_url, wire.url, aiohttp_client, workers=1)
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


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Who is sent webhooks."""
    receiver = await Receiver().open()
    yield receiver
    await receiver.close()


async def told(box: Watcher, count: int) -> list[TurnEvent]:
    """So many events, in order; each once, for who never left."""
    await seen(lambda: len(box.turns) >= count)
    events = [each.event for each in box.turns]
    assert [event.seq for event in events] == list(range(1, count + 1))
    assert len({event.id for event in events}) == count
    return events


async def test_what_webhooks_are_sent(sitting: Sitting, receiver: Receiver) -> None:
    """The same names, ids and bytes in the same order, signed with the same key; and what happened at once, each for
    itself."""
    path = f"/bodies/{BODY.id}/webhooks/hall"
    await sitting.desk.ask("PUT", path, {"url": receiver.url}, who=SECRETARY, status=200)
    box = await sitting.follower()
    await sitting.speak(sitting.desk.voters[2])
    await sitting.two_called()
    await sitting.end_item()
    events = await told(box, 10)
    await until(lambda: asyncio.sleep(0, len(receiver.taken) >= 10), what="the webhooks")
    assert [event.type for event in events][:5] == WHOLE_TURN
    last, before = events[-1], events[-2]
    assert (last.index, {last.type, before.type}) == (before.index, {"turn.ended", "turn.dropped"})
    assert [each.body for each in box.turns] == [body for _, body in receiver.tries]
    key = await sitting.key()
    for each, (headers, _) in zip(box.turns, receiver.tries, strict=True):
        at = int(each.fields[webhook.TIMESTAMP])
        assert at == each.event.at // 1000
        assert webhook.verify(each.fields, each.body, key, at) == each.event.id == headers[webhook.ID]
        assert each.fields["event"] == each.event.type
        with pytest.raises(Refused):
            webhook.verify(each.fields, each.body.replace(b'"seat"', b'"seal"'), key, at)


async def test_two_chairs(sitting: Sitting) -> None:
    """Two consoles call at once, one wins: what is told is what the ledger says, and of the other nothing."""
    box = await sitting.follower()
    desk = sitting.desk
    requests = [(await desk.ask_to_speak(voter)).place for voter in desk.voters[:2]]
    wanted = [place.request.id for place in requests if place is not None]
    revision = await desk.seen()
    signed = [
        (who, desk.sign(who, Call(**ACT, seen=revision, request=request, reason="Theo nội dung")))
        for who, request in zip((CHAIR, SECOND_CHAIR), wanted, strict=True)
    ]
    answers = await asyncio.gather(*(desk.post(who, raw) for who, raw in signed))
    assert sorted(status for status, _ in answers) == [201, 409]
    (turn,) = (await desk.shown()).turns
    await sitting.do(lambda seen: StartTurn(**ACT, seen=seen, turn=turn.id), SECOND_CHAIR)
    events = await told(box, 2)
    assert [(event.type, event.turn.id) for event in events] == [
        ("turn.called", turn.id),
        ("turn.started", turn.id),
    ]


async def test_back_in_the_middle_of_a_line(sitting: Sitting) -> None:
    """Whose line broke between two events of one entry is told all of that entry again, with their ids, and no more."""
    box = await sitting.follower()
    await sitting.two_called()
    await sitting.all_told(box)
    await sitting.end_item()
    await sitting.all_told(box)
    events = await told(box, 5)
    # Between the fourth and the fifth.
    assert events[3].index == events[4].index
    back = await sitting.follower(box.turns[3].after)
    await sitting.all_told(back)
    assert [each.body for each in back.turns] == [each.body for each in box.turns[3:]]
    assert [each.fields for each in back.turns] == [each.fields for each in box.turns[3:]]
    assert "snapshot" not in back.names()


async def test_valkey_lost_and_back(sitting: Sitting) -> None:
    """Turns go on; who follows is told of each once, in order, when the streams are there again, also when they were
    emptied; and another worker tells the same bytes."""
    box = await sitting.follower()
    await sitting.speak(sitting.desk.voters[0])
    await told(box, 5)
    await sitting.wire.cut()
    await sitting.speak(sitting.desk.voters[1])
    assert len(box.turns) == 5
    await sitting.wire.mend()
    await told(box, 10)
    async with redis.Redis.from_url(sitting.wire.url) as client:
        await client.flushall()
    await sitting.theatre.publish()
    await sitting.speak(sitting.desk.voters[2])
    await told(box, 15)
    await sitting.all_told(box)
    await sitting.theatre.close()
    await sitting.theatre.open()
    late = await sitting.follower("m0.v0.s0.f0")
    await sitting.all_told(late)
    assert [each.body for each in late.turns] == [each.body for each in box.turns]
    assert [each.fields for each in late.turns] == [each.fields for each in box.turns]


async def test_who_joins_is_shown_who_speaks(sitting: Sitting) -> None:
    """A snapshot tells who speaks; events begin with what comes, and their numbers say how many were before."""
    turn = await sitting.call(sitting.desk.voters[0])
    await sitting.do(lambda seen: StartTurn(**ACT, seen=seen, turn=turn))
    first = await sitting.follower()
    await sitting.all_told(first)
    late = await sitting.follower()
    await seen(lambda: bool(late.seen))
    (shown,) = late.seen[0].content["floor"]["turns"]
    assert (shown["id"], shown["state"]) == (turn, "running")
    await sitting.do(lambda seen: EndTurn(**ACT, seen=seen, turn=turn))
    await seen(lambda: bool(late.turns))
    assert [(each.event.type, each.event.seq) for each in late.turns] == [("turn.ended", 3)]
