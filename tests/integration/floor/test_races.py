"""Many at once, over two workers: one order for everybody, one winner at the desk, nothing lost, nothing twice."""

import asyncio
from collections import Counter

import msgspec
import pytest

from services.desk.device import must_hold_act
from services.floor import handlers
from services.kit.problem import Problem
from services.rules.floor.speakers import shown
from services.rules.note import verify_place
from services.wire import Call, FloorActed, FloorDone, FloorShown
from tests.support.floor_acts import ACTS, situation
from tests.support.floor_desk import (
    SECOND_CHAIR,
    Convene,
    FloorDesk,
    asking,
    code_of,
    entries_of,
    lines_of,
    proved,
)
from tests.support.stuck import must_leave_connections
from tests.support.told_desk import CHAIR, MEETING

VOTERS = 500


class Moved(Problem, frozen=True, kw_only=True):
    """The refusal of who came too late, with the floor as it stands."""

    floor: FloorShown


async def _send_all(desks: list[FloorDesk], sent: list[tuple[str, bytes]]) -> list[tuple[int, bytes]]:
    """All at once, in turn to each worker; the answers in order."""
    return await asyncio.gather(
        *(desks[place % len(desks)].post(who, raw) for place, (who, raw) in enumerate(sent))
    )


# To have the log sealed changes nothing on the floor: two consoles may both do it.
@pytest.mark.parametrize("name", [name for name in ACTS if name != "record"])
async def test_of_two_consoles_at_once_one_wins(hall: Convene, name: str) -> None:
    """Two chairs do the same at two workers: one is taken in, the other is told how the floor stands now."""
    desks = await hall()
    act = (await situation(desks[0], name))(await desks[0].seen())
    sent = [(who, desks[0].sign(who, act)) for who in (CHAIR, SECOND_CHAIR)]
    before = len(await lines_of(desks[0]))
    answers = await _send_all(desks, sent)
    assert sorted(map(code_of, answers)) == ["", "floor_moved"]
    late = next(body for status, body in answers if status == 409)
    moved = msgspec.json.decode(late, type=Moved)
    lines = await lines_of(desks[0])
    assert len(lines) == before + 1
    assert moved.floor == shown(proved(desks[0], lines)) == await desks[1].shown()
    assert moved.facts == {"revision": moved.floor.revision}


async def test_five_hundred_ask_in_the_same_second(hall: Convene) -> None:
    """One strict order, every receipt proven, retries answered alike; what each was told of their place is true."""
    desks = await hall(voters=VOTERS)
    await desks[0].open_lane()
    sent = [(voter, desks[0].sign(voter, asking(id=f"cua-{voter}"))) for voter in desks[0].voters]
    answers = await _send_all(desks, sent)
    assert {status for status, _ in answers} == {201}
    done = [msgspec.json.decode(body, type=FloorDone) for _, body in answers]
    for (_, raw), one in zip(sent, done, strict=True):
        must_hold_act(one.receipt, raw, desks[0].log_key)
    lines = await lines_of(desks[0])
    by_index = {one.receipt.index: voter for (voter, _), one in zip(sent, done, strict=True)}
    assert sorted(by_index) == list(range(3, 3 + VOTERS)) == list(range(3, len(lines)))
    order = [by_index[index] for index in sorted(by_index)]
    (lane,) = (await desks[1].shown()).lanes
    assert [request.member for request in lane.waiting] == order
    for (voter, _), one in zip(sent, done, strict=True):
        assert one.place is not None
        assert one.place.before == tuple(f"cua-{each}" for each in order[: order.index(voter)])
    again = await _send_all(desks[::-1], sent)
    assert {status for status, _ in again} == {200}
    assert [msgspec.json.decode(body, type=FloorDone).receipt for _, body in again] == [
        one.receipt for one in done
    ]
    assert shown(proved(desks[0], lines)) == await desks[0].shown()


async def test_double_taps_are_one_request(hall: Convene) -> None:
    """The same bytes, the same id signed again, and the same wish under another id: one line for each person."""
    desks = await hall(voters=60)
    await desks[0].open_lane()
    sent = []
    for voter in desks[0].voters:
        raw = desks[0].sign(voter, asking(id=f"cua-{voter}"))
        again = desks[0].sign(voter, asking(id=f"cua-{voter}"))
        other = desks[0].sign(voter, asking(id=f"khac-{voter}"))
        sent += [(voter, each) for each in (raw, raw, again, other)]
    answers = await _send_all(desks, sent)
    for place in range(0, len(sent), 4):
        mine = answers[place : place + 4]
        assert sorted(status for status, _ in mine) == [200, 200, 200, 201]
        done = [msgspec.json.decode(body, type=FloorDone) for _, body in mine]
        assert len({one.receipt.index for one in done}) == 1
        assert len({one.place.request.id for one in done if one.place}) == 1
    acted = [entry for entry in entries_of(await lines_of(desks[0])) if isinstance(entry, FloorActed)]
    assert Counter(entry.by for entry in acted) == Counter([CHAIR, *desks[0].voters])


async def test_delegates_ask_while_two_chairs_call(hall: Convene) -> None:
    """Who asks moves no revision: the desk's act goes through while hundreds ask, and one of two chairs is first."""
    desks = await hall(voters=VOTERS)
    await desks[0].open_lane()
    for voter in desks[0].voters[:3]:
        await desks[0].ask_to_speak(voter, id=f"som-{voter}")
    act = Call(meeting=MEETING, seen=await desks[0].seen(), request=f"som-{desks[0].voters[0]}")
    chairs = [(who, desks[0].sign(who, act)) for who in (CHAIR, SECOND_CHAIR)]
    sent = [(voter, desks[0].sign(voter, asking())) for voter in desks[0].voters[3:]]
    answers = await _send_all(desks, [*sent[:240], *chairs, *sent[240:]])
    assert Counter(map(code_of, answers)) == {"": len(sent) + 1, "floor_moved": 1}
    receipts = [
        msgspec.json.decode(body, type=FloorDone).receipt for status, body in answers if status == 201
    ]
    lines = await lines_of(desks[0])
    for receipt in receipts:
        assert receipt.entry.encode() == lines[receipt.index]
        verify_place(receipt, desks[0].log_key)
    assert shown(proved(desks[0], lines)) == await desks[1].shown()


async def test_acts_that_wait_for_a_stuck_floor_leave_the_connections_to_others(
    desk: FloorDesk, database_url: str
) -> None:
    """However many: one of them waits with a connection, and whoever wants something else is answered."""
    await desk.open_lane()
    await must_leave_connections(desk.app[handlers.LEDGER]._store, MEETING, "floor", database_url)
