"""While a vote is open: the floor learns of it from voting's stream, whatever is lost or comes twice."""

from typing import get_args

import msgspec
import pytest

from services.floor import handlers
from services.floor.votes import STREAM, Votes
from services.kit import stream
from services.kit.consumer import Early
from services.rules.floor.speakers import shown
from services.wire import (
    Call,
    FloorVote,
    LaneRules,
    OpenLane,
    PollChanged,
    PollState,
    ResumeTurn,
    StartTurn,
)
from tests.support.breaking import Breaking, When
from tests.support.floor_desk import ITEM, FloorDesk, asking, entries_of, lines_of, proved
from tests.support.told_desk import CHAIR, MEETING
from tests.support.waiting import until

POINT = LaneRules(blocked_by_vote=True, interrupts=True)
PAUSED = LaneRules(paused_by_vote=True, turn_s=600)


def _poll(state: PollState, index: int, poll: str = "bieu-quyet-1", meeting: str = MEETING) -> PollChanged:
    return PollChanged(index=index, meeting=meeting, poll=poll, state=state, line="{}")


async def _votes(desk: FloorDesk) -> list[tuple[str, str, int]]:
    """What the ledger says of votes; all of it is proven."""
    lines = await lines_of(desk)
    assert shown(proved(desk, lines)) == await desk.shown()
    return [
        (entry.poll, entry.state, entry.line) for entry in entries_of(lines) if isinstance(entry, FloorVote)
    ]


async def test_a_vote_blocks_points_of_order_and_pauses_who_speaks(desk: FloorDesk) -> None:
    """Open: no asking, calling or going on where the rules say so; closed: all of it again, and no time was lost."""
    await desk.open_lane(rules=PAUSED)
    await desk.open_lane("point_of_order", POINT)
    await desk.ask_to_speak("001", id="cua-001")
    await desk.do(CHAIR, Call(meeting=MEETING, seen=await desk.seen(), request="cua-001"))
    (turn,) = (await desk.shown()).turns
    await desk.do(CHAIR, StartTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    await desk.tell(_poll("open", 7))
    floor = await desk.shown()
    assert (floor.votes, floor.turns[0].state) == (("bieu-quyet-1",), "paused")
    assert await desk.refused("002", asking("point_of_order")) == "vote_under_way"
    resume = ResumeTurn(meeting=MEETING, seen=floor.revision, turn=turn.id)
    assert await desk.refused(CHAIR, resume) == "vote_under_way"
    await desk.tell(_poll("closed", 9))
    await desk.ask_to_speak("002", "point_of_order")
    await desk.do(CHAIR, msgspec.structs.replace(resume, seen=await desk.seen()))
    assert await _votes(desk) == [("bieu-quyet-1", "open", 7), ("bieu-quyet-1", "closed", 9)]


async def test_repeats_and_latecomers_change_nothing(desk: FloorDesk) -> None:
    """Of each poll the latest line of voting's ledger counts, in whatever order and how often they come."""
    await desk.open_lane()
    for event in (_poll("open", 3), _poll("open", 3), _poll("closed", 8), _poll("held", 5), _poll("open", 3)):
        await desk.tell(event)
    assert await _votes(desk) == [("bieu-quyet-1", "open", 3), ("bieu-quyet-1", "closed", 8)]
    assert (await desk.shown()).votes == ()


async def test_held_is_open_still_and_several_polls_are_several(desk: FloorDesk) -> None:
    """An interrupted vote is under way; the floor is free when the last of them is over."""
    await desk.open_lane()
    await desk.tell(_poll("open", 1), _poll("held", 2), _poll("open", 3, "khac"), _poll("voided", 4))
    assert (await desk.shown()).votes == ("khac",)
    await desk.tell(_poll("closed", 5, "khac"))
    assert (await desk.shown()).votes == ()


async def test_a_floor_that_begins_while_a_vote_is_open_knows_it(desk: FloorDesk) -> None:
    """What voting told before the floor began stands at its beginning; polls that were over are not told of."""
    await desk.tell(_poll("open", 1), _poll("closed", 2), _poll("open", 4, "khac"))
    assert await lines_of(desk) == []
    opening = OpenLane(
        meeting=MEETING, seen=0, item=ITEM, lane="point_of_order", rules=POINT, reason="Chưa có trong quy chế"
    )
    # Nothing has happened here that a console could have missed: the first act of the desk counts.
    await desk.do(CHAIR, opening)
    assert (await desk.shown()).votes == ("khac",)
    assert await desk.refused("001", asking("point_of_order")) == "vote_under_way"
    assert await _votes(desk) == [("khac", "open", 4)]


@pytest.mark.parametrize("when", get_args(When))
async def test_a_vote_whose_commit_fails_is_heard_once(
    desk: FloorDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """What is known of the poll and the floor's line are written together, or neither is; the message comes again."""
    await desk.open_lane()
    breaking = Breaking(desk.app[handlers.STORE])
    monkeypatch.setattr(desk.app[handlers.STORE], "locked", breaking.locked)
    line = ("bieu-quyet-1", "open", 7)
    breaking.next(when)
    with pytest.raises(ConnectionResetError):
        await desk.tell(_poll("open", 7))
    assert await _votes(desk) == ([line] if when == "failed but kept" else [])
    await desk.tell(_poll("open", 7), _poll("open", 7))
    assert await _votes(desk) == [line]
    assert (await desk.shown()).votes == ("bieu-quyet-1",)


async def test_a_poll_of_a_meeting_not_heard_of_waits(desk: FloorDesk) -> None:
    """It is kept until the meeting is known; what is no event of a poll is refused as such."""
    votes = Votes(desk.app[handlers.LEDGER])
    with pytest.raises(Early):
        await votes.apply(msgspec.json.encode(_poll("open", 1, meeting="la")))
    with pytest.raises(msgspec.DecodeError):
        await votes.apply(b'{"type":"poll.gone"}')


async def test_the_consumer_follows_the_stream(desk: FloorDesk, redis_url: str) -> None:
    """What stands on `polls` comes to the ledger by itself."""
    await desk.open_lane()
    async with stream.connect(redis_url) as redis:
        name = stream.work(MEETING, STREAM, 1)
        for event in (_poll("open", 3), _poll("open", 3), _poll("closed", 4)):
            await redis.xadd(name, {stream.FIELD: msgspec.json.encode(event)})

    async def both() -> bool:
        # Lines alone: between reading them and asking for the floor the consumer may write one more.
        return sum(isinstance(entry, FloorVote) for entry in entries_of(await lines_of(desk))) == 2

    await until(both, what="the vote opened and closed")
