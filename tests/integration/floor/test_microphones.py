"""From the chair's console to the microphone: a whole sitting, with faults on the way and in the unit."""

import random
from typing import Any

import msgspec
import pytest

from services.desk import newest_state
from services.desk.conference_unit import CoCon
from services.desk.microphones import Hall, application, listening
from services.rules import webhook
from services.wire import (
    Call,
    EndTurn,
    Interpose,
    PauseTurn,
    ResumeTurn,
    StartTurn,
    Webhook,
)
from tests.support.conference_unit import SimulatedUnit
from tests.support.floor_desk import PLAIN, FloorDesk, seated
from tests.support.told_desk import BODY, CHAIR, MEETING, SECRETARY
from tests.support.waiting import until

ACT: Any = {"meeting": MEETING}


async def follows(desk: FloorDesk, unit: SimulatedUnit) -> None:
    """Wait until exactly the microphones of those who speak are on."""

    async def same() -> bool:
        shown = await desk.shown()
        return unit.on == {int(turn.seat) for turn in shown.turns if turn.state == "running" and turn.seat}

    await until(same)


async def test_whole_sitting(desk: FloorDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns start, pause for a question, go on and end; the unit fails at random and is always put right."""
    monkeypatch.setattr(newest_state, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(newest_state, "LONGEST_PAUSE", 0.05)
    dice = random.Random(4711)
    unit = await SimulatedUnit(mode=lambda _: dice.choice(("ok", "ok", "busy", "no", "gone"))).open()
    cocon = CoCon(unit.url, None)
    hall = Hall(cocon, settle_s=0.05)
    await seated(desk)
    await desk.open_lane(rules=msgspec.structs.replace(PLAIN, interposed_s=60))
    path = f"/bodies/{BODY.id}/webhooks/hall"
    made = await desk.ask("PUT", path, {"url": "http://127.0.0.1:1/"}, who=SECRETARY, status=200)
    key = webhook.read_key(msgspec.convert(made, Webhook).key)
    async with listening(application(hall, key), "127.0.0.1", 0) as port:
        await desk.ask("PUT", path, {"url": f"http://127.0.0.1:{port}/"}, who=SECRETARY, status=200)
        for voter in desk.voters:
            done = await desk.ask_to_speak(voter)
            assert done.place is not None
            await desk.do(CHAIR, Call(**ACT, seen=await desk.seen(), request=done.place.request.id))
            (turn,) = (await desk.shown()).turns
            await desk.do(CHAIR, StartTurn(**ACT, seen=await desk.seen(), turn=turn.id))
            await follows(desk, unit)
            other = next(each for each in desk.voters if each != voter)
            await desk.do(CHAIR, Interpose(**ACT, seen=await desk.seen(), turn=turn.id, member=other))
            await follows(desk, unit)
            (asked,) = [each for each in (await desk.shown()).turns if each.id != turn.id]
            await desk.do(CHAIR, EndTurn(**ACT, seen=await desk.seen(), turn=asked.id))
            await follows(desk, unit)
            for kind in (PauseTurn, ResumeTurn, EndTurn):
                await desk.do(CHAIR, kind(**ACT, seen=await desk.seen(), turn=turn.id))
            await follows(desk, unit)
    await hall.close()
    await cocon.close()
    await unit.close()
    assert unit.on == set()
    assert {seat for seat, state in unit.log if state == "On"} == {1, 2, 3, 4, 5}
