"""The life of a poll: every state, every act; only the listed transitions happen."""

from typing import Any

import pytest

from tests.support.acts import OPENED, message, post, reached
from tests.support.voting_desk import CHAIR, VotingDesk
from tests.support.voting_hall import code_of, lines_of, prove, send

ROADS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "announced": ("announce",),
    "open": OPENED,
    "held": (*OPENED, "hold"),
    "closed": (*OPENED, "close"),
    "declared": (*OPENED, "close", "declare"),
    "certified": (*OPENED, "close", "declare", "certify"),
    "voided": (*OPENED, "void"),
}
# Written here once more, not taken from the product: draft → announced → open ⇄ held → closed → declared → certified.
LEADS: dict[str, dict[str, str]] = {
    "draft": {"announce": "announced"},
    "announced": {"open": "open"},
    "open": {"hold": "held", "extend": "open", "close": "closed", "void": "voided"},
    "held": {"resume": "open", "close": "closed", "void": "voided"},
    "closed": {"declare": "declared", "void": "voided"},
    "declared": {"void": "voided"},
    "certified": {"void": "voided"},
    "voided": {},
}
ACTS = ("announce", "open", "hold", "resume", "extend", "close", "declare", "void")
BALLOTS = {
    "draft": "poll_not_open",
    "announced": "poll_not_open",
    "held": "poll_held",
    "closed": "poll_closed",
    "declared": "poll_closed",
    "certified": "poll_closed",
    "voided": "poll_voided",
}


async def _state(desk: VotingDesk, poll: str) -> str:
    return str((await desk.ask("GET", f"/polls/{poll}", who=CHAIR, status=200))["state"])


@pytest.mark.parametrize("state", ROADS)
async def test_only_the_listed_acts_move_a_poll(desk: VotingDesk, state: str) -> None:
    """Every act that is not listed is refused with `poll_transition`, changes nothing and leaves no line."""
    poll, asked = await reached(desk, ROADS[state])
    before = await lines_of(desk)
    for act in ACTS:
        if act not in LEADS[state]:
            status, answer = await post(desk, poll, act, await message(desk, poll, act, asked))
            assert (status, answer["code"]) == (409, "poll_transition"), act
    assert (await _state(desk, poll), await lines_of(desk)) == (state, before)
    for act, after in LEADS[state].items():
        moved, asked = await reached(desk, ROADS[state])
        status, answer = await post(desk, moved, act, await message(desk, moved, act, asked))
        assert (status, answer["state"]) == (200, after), act
    await prove(desk)


async def test_ballots_are_taken_only_while_a_poll_is_open(desk: VotingDesk) -> None:
    """In every other state the voter is told which it is; after close, at what time it closed."""
    _, asked = await desk.opened()
    for state, code in BALLOTS.items():
        poll, mine = await reached(desk, ROADS[state])
        answer = await send(desk, poll, desk.devices["001"].ballot(mine or asked, "approve"))
        assert code_of(answer) == code, state
        if code == "poll_closed":
            view = await desk.ask("GET", f"/polls/{poll}", who=CHAIR)
            late = desk.devices["001"].ballot(mine or asked, "reject")
            refused = await desk.ask("POST", f"/polls/{poll}/ballots", late)
            assert refused["facts"]["closed_at"] == view["closed_at"]
            assert "ngày" in refused["detail"]


async def test_a_replayed_act_does_nothing_again(desk: VotingDesk) -> None:
    """Hold, resume, and the same signed hold again: answered, not done; a fresh one is."""
    poll, asked = await reached(desk, OPENED)
    held = await message(desk, poll, "hold", asked)
    for raw in (held, await message(desk, poll, "resume", asked), held):
        assert (await post(desk, poll, "hold" if raw is held else "resume", raw))[0] == 200
    assert await _state(desk, poll) == "open"
    again = await message(desk, poll, "hold", asked, reason="Mất điện")
    assert (await post(desk, poll, "hold", again))[1]["state"] == "held"


async def test_a_rerun_names_the_voided_poll(desk: VotingDesk) -> None:
    """Only a voided poll of the same meeting can be run again, and the new poll says which."""
    voided, _ = await reached(desk, ROADS["voided"])
    standing, _ = await reached(desk, OPENED)
    draft: dict[str, Any] = {"title": "Biểu quyết lại", "presiding": CHAIR}
    path = "/meetings/phien-1/polls"
    again = await desk.ask("POST", path, draft | {"reruns": voided}, who=CHAIR, status=201)
    assert again["reruns"] == voided
    for wrong, code in ((standing, "rerun_wrong"), ("pol-9", "poll_unknown")):
        refused = await desk.ask("POST", path, draft | {"reruns": wrong}, who=CHAIR)
        assert refused["code"] == code


@pytest.mark.parametrize(("meeting", "code"), [("planned", "meeting_not_begun"), ("ended", "meeting_over")])
async def test_no_vote_opens_outside_its_meeting(desk: VotingDesk, meeting: Any, code: str) -> None:
    """Before it is opened, or once it has ended; what was announced stays so, and nothing stands in the ledger."""
    poll = await desk.draft()
    await desk.act(poll, "announce")
    before = await lines_of(desk)
    await desk.tell(desk.meeting(meeting))
    refused, _ = await desk.open(poll, status=409)
    assert (refused["code"], await _state(desk, poll)) == (code, "announced")
    assert await lines_of(desk) == before
    await desk.tell(desk.meeting("open"))
    await desk.open(poll)


async def test_a_vote_that_is_open_outlasts_its_meeting(desk: VotingDesk) -> None:
    """Who ended it too early takes nobody's vote: it is cast, closed and declared."""
    poll, asked = await desk.opened()
    await desk.tell(desk.meeting("ended"))
    await desk.cast(poll, asked, "001")
    await desk.act(poll, "close", definition=asked.hash)
    assert (await desk.declare(poll, asked))["state"] == "declared"
