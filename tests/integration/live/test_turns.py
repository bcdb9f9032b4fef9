"""What happens to turns, from the chair's act to who follows the stream: the webhooks' own bytes, signed, in order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio as redis

from services.desk.conference_unit import CoCon
from services.desk.microphones import Hall
from services.refusal import Refused
from services.rules import webhook
from services.wire import Call, EndTurn, StartTurn, TurnEvent
from tests.integration.live.screens import Watcher, seen
from tests.integration.live.sitting import ACT, Sitting, opened
from tests.support.conference_unit import SimulatedUnit
from tests.support.floor_desk import SECOND_CHAIR, seated
from tests.support.told_desk import BODY, CHAIR, SECRETARY
from tests.support.waiting import until
from tests.support.webhook_receiver import Receiver

WHOLE_TURN = ["turn.called", "turn.started", "turn.paused", "turn.resumed", "turn.ended"]


@pytest.fixture
async def sitting(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> AsyncIterator[Sitting]:
    """A list is open; a worker of live shows the meeting."""
    async with opened(tmp_path, database_url, redis_url, aiohttp_client) as sitting:
        yield sitting


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


async def test_a_unit_that_only_follows(sitting: Sitting) -> None:
    """A conference system that no webhook reaches: microphones go on and off by the stream alone, also when its line
    breaks while somebody speaks and what it knew comes again."""
    unit = await SimulatedUnit().open()
    cocon = CoCon(unit.url, None)
    hall = Hall(cocon, settle_s=0.05)
    try:
        await seated(sitting.desk)
        box = await sitting.follower()
        turn = await sitting.call("002")
        await sitting.do(lambda seen: StartTurn(**ACT, seen=seen, turn=turn))
        await sitting.all_told(box)
        assert [hall.take(each.event) for each in box.turns] == [True, True]
        await seen(lambda: unit.on == {2})
        # It had come as far as the call.
        again = await sitting.follower(box.turns[1].after)
        await sitting.do(lambda seen: EndTurn(**ACT, seen=seen, turn=turn))
        await sitting.all_told(again)
        *known, last = (hall.take(each.event) for each in again.turns)
        assert (set(known), last) == ({False}, True)
        await seen(lambda: unit.on == set() and hall.is_done)
        assert unit.log == [(2, "On"), (2, "Off")]
    finally:
        await hall.close()
        await cocon.close()
        await unit.close()
