"""The straight line: open a lane, ask, call, start, end; every act proven, the ledger replayed at every index."""

from services.rules.floor.speakers import shown
from services.wire import Call, EndTurn, StartTurn
from tests.support.floor_desk import FloorDesk, lines_of, proved
from tests.support.told_desk import CHAIR, MEETING


async def test_a_turn_goes_from_the_lane_to_its_end(desk: FloorDesk) -> None:
    """Three ask; the first is called, speaks and ends; the ledger is what a stranger makes of it."""
    await desk.open_lane()
    asked = [await desk.ask_to_speak(voter) for voter in desk.voters[:3]]
    assert [done.place.place for done in asked if done.place] == [1, 2, 3]
    first = asked[0].place.request.id if asked[0].place else ""
    called = await desk.do(CHAIR, Call(meeting=MEETING, seen=await desk.seen(), request=first))
    (turn,) = (await desk.shown()).turns
    assert (turn.member, turn.state, called.revision) == (desk.voters[0], "called", await desk.seen())
    await desk.do(CHAIR, StartTurn(meeting=MEETING, seen=called.revision, turn=turn.id))
    await desk.do(CHAIR, EndTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    assert shown(proved(desk, await lines_of(desk))) == await desk.shown()
