"""Many at once, over two workers: one entry for each voter, one cut, the same figures everywhere."""

import asyncio
from collections import Counter
from typing import Any

import msgspec

from services.desk.device import must_hold
from services.voting import handlers
from services.wire import ActPayload, Choice, Receipt
from tests.support.stuck import must_leave_connections
from tests.support.voting_desk import CHAIR, MEETING, VotingDesk
from tests.support.voting_hall import Convene, code_of, prove, send, send_all

VOTERS = 500
CHOICES: tuple[Choice, ...] = ("approve", "reject", "abstain")


async def test_the_same_ballot_eight_times_at_once_is_one_entry_and_one_receipt(hall: Convene) -> None:
    """500 voters send the same bytes 8 times at once: one line each, and all 8 answers are the same receipt."""
    desks = await hall(voters=VOTERS)
    poll, asked = await desks[0].opened()
    ballots = [desks[0].devices[voter].ballot(asked, "approve") for voter in desks[0].voters]
    answers = await send_all(desks, poll, [raw for raw in ballots for _ in range(8)])
    for place, raw in enumerate(ballots):
        mine = answers[8 * place : 8 * place + 8]
        assert sorted(status for status, _ in mine) == [200] * 7 + [201]
        (receipt,) = {body for _, body in mine}
        must_hold(msgspec.json.decode(receipt, type=Receipt), raw, desks[0].log_key)
    assert (await prove(desks[1]))[poll].approve == VOTERS


async def test_of_eight_different_ballots_at_once_one_is_taken(hall: Convene) -> None:
    """500 voters send 8 different ballots at once: one of each is taken, seven are `already_voted`."""
    desks = await hall(voters=VOTERS)
    poll, asked = await desks[0].opened()
    ballots = [
        desks[0].devices[voter].ballot(asked, CHOICES[place % 3])
        for voter in desks[0].voters
        for place in range(8)
    ]
    answers = await send_all(desks, poll, ballots)
    for place in range(VOTERS):
        mine = answers[8 * place : 8 * place + 8]
        assert Counter(map(code_of, mine)) == {"": 1, "already_voted": 7}
    counts = (await prove(desks[1]))[poll]
    assert counts.approve + counts.reject + counts.abstain == VOTERS


async def _close_after(some: asyncio.Event, desk: VotingDesk, poll: str, definition: str) -> Any:
    await asyncio.wait_for(some.wait(), 30)
    return await desk.act(poll, "close", definition=definition)


async def test_close_is_one_cut_through_five_hundred_changes(hall: Convene) -> None:
    """Votes changed while the poll closes: all that were acknowledged count, no other, and all outputs agree."""
    desks = await hall(voters=VOTERS)
    poll, asked = await desks[0].opened(changes=True)
    devices = [desks[0].devices[voter] for voter in desks[0].voters]
    first = [device.ballot(asked, "approve") for device in devices]
    assert {status for status, _ in await send_all(desks, poll, first)} == {201}
    changed = [device.ballot(asked, "reject", raw, 2) for device, raw in zip(devices, first, strict=True)]
    some = asyncio.Event()
    # Fewer at once than a client has connections, so that the chair need not wait for one.
    at_once = asyncio.Semaphore(80)

    async def change(place: int) -> tuple[int, bytes]:
        async with at_once:
            if place == VOTERS // 2:
                some.set()
            return await send(desks[place % 2], poll, changed[place])

    closed, *answers = await asyncio.gather(
        _close_after(some, desks[1], poll, asked.hash), *(change(place) for place in range(VOTERS))
    )
    taken = sum(status == 201 for status, _ in answers)
    assert {code_of(answer) for answer in answers} <= {"", "poll_closed"}
    assert 0 < taken < VOTERS, "the cut was not in the midst of the changes"
    figures = {"approve": VOTERS - taken, "reject": taken, "abstain": 0}
    assert closed["decision"]["counts"] == figures
    await _must_agree(desks, poll, figures)


async def _must_agree(desks: list[VotingDesk], poll: str, figures: dict[str, int]) -> None:
    """Poll, result and ledger tell these figures, at both workers."""
    counts = (await prove(desks[0]))[poll]
    assert msgspec.to_builtins(counts) == figures
    for desk in desks:
        seen = await desk.ask("GET", f"/polls/{poll}", who=CHAIR, status=200)
        result = await desk.ask("GET", f"/polls/{poll}/result", who=CHAIR, status=200)
        assert seen["decision"] == result["decision"] == msgspec.json.decode(result["line"])["decision"]
        assert (result["decision"]["counts"], seen["counted"]) == (figures, result["sha256"])


async def _act(desk: VotingDesk, poll: str, act: Any, definition: str, **more: Any) -> Any:
    payload = ActPayload(act=act, meeting=MEETING, poll=poll, definition=definition, **more)
    return await desk.ask("POST", f"/polls/{poll}/{act}", desk.devices[CHAIR].act(payload), who=CHAIR)


async def test_of_a_close_a_hold_and_an_extension_at_once_each_gets_its_own_answer(hall: Convene) -> None:
    """Acts at once are put in one order: the close always closes; what comes after it is refused by its code."""
    desks = await hall()
    for _ in range(5):
        poll, asked = await desks[0].opened(duration_s=600)
        held, closed, extended = await asyncio.gather(
            _act(desks[0], poll, "hold", asked.hash),
            _act(desks[1], poll, "close", asked.hash),
            _act(desks[0], poll, "extend", asked.hash, seconds=60),
        )
        assert closed["state"] == "closed"
        for answer in (held, extended):
            assert answer.get("code") in (None, "poll_transition")
        seen = await desks[0].ask("GET", f"/polls/{poll}", who=CHAIR)
        assert seen["state"] == "closed"
    await prove(desks[0])


async def test_many_acts_at_once_do_not_wait_for_each_other_forever(hall: Convene) -> None:
    """Forty acts at once on one meeting's ledger are all answered: whoever holds it needs no second connection."""
    (desk,) = await hall(workers=1)
    polls = [await desk.draft() for _ in range(40)]
    async with asyncio.timeout(15):
        await asyncio.gather(*(desk.act(poll, "announce") for poll in polls))
        opened = await asyncio.gather(*(desk.open(poll) for poll in polls))
        closed = await asyncio.gather(
            *(
                desk.act(poll, "close", definition=ask.hash)
                for poll, (_, ask) in zip(polls, opened, strict=True)
            )
        )
    assert {each["state"] for each in closed} == {"closed"}


async def test_a_poll_is_opened_once(hall: Convene) -> None:
    """Two workers get the same signed definition at once: one line, both answer the open poll."""
    desks = await hall()
    poll = await desks[0].draft()
    await desks[0].act(poll, "announce")
    raw = msgspec.json.encode(await desks[0].ask("GET", f"/polls/{poll}/definition", who=CHAIR))
    signed = desks[0].devices[CHAIR].definition(raw)
    both = await asyncio.gather(
        *(desk.ask("POST", f"/polls/{poll}/open", signed, who=CHAIR, status=200) for desk in desks)
    )
    assert both[0] == both[1]
    again = await desks[0].ask(
        "POST", f"/polls/{poll}/open", desks[0].devices[CHAIR].definition(raw), who=CHAIR, status=409
    )
    assert again["code"] == "poll_transition"


async def test_acts_that_wait_for_a_stuck_ledger_leave_the_connections_to_others(
    desk: VotingDesk, database_url: str
) -> None:
    """However many: one of them waits with a connection, and whoever wants something else is answered."""
    await desk.opened()
    await must_leave_connections(desk.app[handlers.STORE], MEETING, "voting", database_url)
