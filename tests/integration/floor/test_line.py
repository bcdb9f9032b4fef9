"""The straight line: every act there is, each proven, and the ledger a stranger's at every index."""

import msgspec
import pytest
from msgspec.structs import replace

from services.desk.device import must_hold_act
from services.floor.page import read
from services.rules.floor.speakers import shown
from services.wire import (
    BodyChanged,
    Call,
    ChangeRequest,
    EndItem,
    EndTurn,
    FloorBegun,
    FloorDone,
    FloorProfile,
    Opinions,
    Place,
    RollTaken,
    StartTurn,
    Withdraw,
    WriteOpinion,
)
from tests.support.floor_acts import ACTS, situation
from tests.support.floor_desk import ITEM, FloorDesk, asking, entries_of, lines_of, proved
from tests.support.told_desk import BODY, CHAIR, MEETING, SECRETARY


async def _must_be_replayed(desk: FloorDesk) -> None:
    """At every index the rules make of the ledger what it says; the last is what the service shows."""
    lines = await lines_of(desk)
    assert [type(entry) for entry in entries_of(lines[:2])] == [FloorBegun, RollTaken]
    for size in range(1, len(lines) + 1):
        assert proved(desk, lines[:size]) == read(None, lines[:size])
    assert shown(proved(desk, lines)) == await desk.shown()


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
    await desk.do(SECRETARY, EndTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    await _must_be_replayed(desk)


@pytest.mark.parametrize("name", ACTS)
async def test_each_act_of_the_desk_is_a_line_that_can_be_proven(desk: FloorDesk, name: str) -> None:
    """Taken in once, with the receipt; sent again, the same bytes get the same receipt."""
    act = (await situation(desk, name))(await desk.seen())
    raw = desk.sign(CHAIR, act)
    first, again = await desk.post(CHAIR, raw), await desk.post(CHAIR, raw)
    assert (first[0], again[0]) == (201, 200)
    receipt = msgspec.json.decode(first[1], type=FloorDone).receipt
    assert msgspec.json.decode(again[1], type=FloorDone).receipt == receipt
    must_hold_act(receipt, raw, desk.log_key)
    await _must_be_replayed(desk)


async def test_delegates_change_and_withdraw_and_see_their_place(desk: FloorDesk) -> None:
    """A change keeps the place, a withdrawal moves the others up; each sees who is before them, and the wait."""
    await desk.open_lane(rules=msgspec.structs.replace(ACTS["lane.open"][1]["rules"], answer_s=None))
    one, two, three = desk.voters[:3]
    for voter in (one, two, three):
        await desk.ask_to_speak(voter, id=f"cua-{voter}")
    changed = await desk.do(
        two, ChangeRequest(meeting=MEETING, request=f"cua-{two}", stance="against", note="Chưa rõ nguồn vốn")
    )
    assert changed.place is not None
    assert (changed.place.place, changed.place.request.stance) == (2, "against")
    gone = await desk.do(one, Withdraw(meeting=MEETING, request=f"cua-{one}"))
    assert gone.place is None
    path = f"/meetings/{MEETING}/requests/cua-{three}"
    place = msgspec.convert(await desk.ask("GET", path, who=three, status=200), Place)
    assert (place.place, place.before, place.wait_ms) == (2, (f"cua-{two}",), 60_000)
    away = await desk.ask("GET", f"/meetings/{MEETING}/requests/cua-{one}", who=one, status=409)
    assert away["code"] == "request_not_waiting"
    await _must_be_replayed(desk)


async def test_who_was_not_reached_is_invited_to_write(desk: FloorDesk) -> None:
    """The item ends with one waiting: their opinion is taken, nobody else's."""
    await desk.open_lane()
    await desk.ask_to_speak("001")
    await desk.do(CHAIR, EndItem(meeting=MEETING, seen=await desk.seen(), item=ITEM))
    await desk.do("001", WriteOpinion(meeting=MEETING, item=ITEM, text="Đồng ý.\nĐề nghị rõ nguồn vốn."))
    assert (
        await desk.refused("002", WriteOpinion(meeting=MEETING, item=ITEM, text="Đồng ý."))
        == "not_invited_to_write"
    )
    opinions = msgspec.convert(
        await desk.ask("GET", f"/meetings/{MEETING}/opinions", who="002", status=200), Opinions
    )
    assert [each.member for each in opinions.written] == [each.member for each in opinions.invited] == ["001"]
    await _must_be_replayed(desk)


async def test_before_the_first_act_the_floor_is_empty(desk: FloorDesk) -> None:
    """Nothing is written for what is refused; there are profiles to read; revision 0 is what the first act has seen."""
    assert (await desk.shown()).revision == 0
    assert await desk.refused("001", asking()) == "lane_unknown"
    assert await lines_of(desk) == []
    listed = await desk.ask("GET", "/profiles", who="001", status=200)
    assert "hdnd" in {profile["id"] for profile in listed}
    opinions = await desk.ask("GET", f"/meetings/{MEETING}/opinions", who="001", status=200)
    assert opinions == {"written": [], "invited": []}
    missing = await desk.ask("GET", f"/meetings/{MEETING}/requests/x", who="001", status=404)
    assert missing["code"] == "request_unknown"
    await desk.open_lane(rules=None)
    assert len(await lines_of(desk)) == 3


async def test_whose_rules_of_speaking_a_floor_has(desk: FloorDesk) -> None:
    """Those of the body, also where it votes by another name; once it has begun, those that it began with."""

    async def profile() -> str:
        path = f"/floor/meetings/{MEETING}/profile"
        async with desk.client.get(path, headers=desk.headers(desk.voters[0])) as answer:
            assert answer.status == 200
            return msgspec.json.decode(await answer.read(), type=FloorProfile).id

    for named, floor in (("quoc-hoi-hien-phap", "quoc-hoi"), ("cua-rieng-minh", "general-meeting")):
        body = replace(BODY, profile=named)
        await desk.tell(BodyChanged(index=desk.index("m", BODY.id), body=body))
        assert await profile() == floor
    await desk.open_lane()
    await desk.tell(BodyChanged(index=desk.index("m", BODY.id), body=BODY))
    assert await profile() == "general-meeting"
