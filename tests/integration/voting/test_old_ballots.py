"""Ballots that were cast long ago and come again: they get their receipts, and hold up nobody who votes now."""

import asyncio

import pytest

from services.kit import reissuing
from services.kit.reissuing import Reissues
from services.voting import handlers
from services.voting import reissuing as voting_reissuing
from services.voting.reissuing import Copyist
from tests.support.voting_desk import VotingDesk
from tests.support.voting_hall import Convene, lines_of, send, send_all, superuser
from tests.support.waiting import until

OLD = 80
Voted = dict[bytes, bytes]


async def _voted(desk: VotingDesk) -> tuple[str, Voted]:
    """A poll in which everybody has voted, each in a batch of their own: their ballots and the receipts they got."""
    poll, asked = await desk.opened()
    voted: Voted = {}
    for voter in desk.voters:
        raw = desk.devices[voter].ballot(asked, "approve")
        status, voted[raw] = await send(desk, poll, raw)
        assert status == 201
    return poll, voted


async def test_old_ballots_do_not_hold_up_a_new_one(hall: Convene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eighty of eighty batches, none of which can be proven again just now: a new ballot of the same meeting is taken,
    and its own retry answered. Never more than a few are at work; each batch is read once, and all get the receipt
    that they had."""
    (desk,) = await hall(voters=OLD, workers=1)
    old, voted = await _voted(desk)
    poll, asked = await desk.opened()
    let, begun, at_work, most = asyncio.Event(), list[int](), 0, 0
    again = Copyist.again

    async def held(copyist: Copyist, of: str, index: int) -> dict[int, bytes]:
        nonlocal at_work, most
        if of != old:
            return await again(copyist, of, index)
        begun.append(index)
        at_work += 1
        most = max(most, at_work)
        await let.wait()
        try:
            return await again(copyist, of, index)
        finally:
            at_work -= 1

    monkeypatch.setattr(Copyist, "again", held)
    resent = {asyncio.create_task(send(desk, old, raw)): receipt for raw, receipt in voted.items()}

    async def under_way() -> bool:
        return bool(begun)

    await until(under_way, what="the first of the old ballots is being proven")
    fresh = desk.devices[desk.voters[0]].ballot(asked, "reject")
    (first, receipt), retried = await send(desk, poll, fresh), await send(desk, poll, fresh)
    assert (first, retried) == (201, (200, receipt))
    assert not any(task.done() for task in resent)
    let.set()
    for task, had in resent.items():
        assert await task == (200, had)
    assert len(begun) == len(set(begun)) == OLD
    assert 1 <= most <= reissuing.AT_ONCE


async def test_a_batch_that_is_broken_fails_alone(desk: VotingDesk, database_url: str) -> None:
    """The database has lost where one batch began: whose ballot it holds is told so, all others get their receipts."""
    poll, voted = await _voted(desk)
    (broken, _), *others = voted.items()
    index = [broken in line for line in await lines_of(desk)].index(True)
    await superuser(database_url, f"delete from batch where start = {index}")
    answers = await send_all([desk], poll, [broken, *(raw for raw, _ in others)])
    assert answers[0][0] == 500
    assert answers[1:] == [(200, receipt) for _, receipt in others]


async def test_a_large_batch_is_proven_again_as_it_was(
    hall: Convene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another worker, off its event loop."""
    monkeypatch.setattr(voting_reissuing, "AT_A_STRETCH", 8)
    one, other = await hall(voters=OLD)
    poll, asked = await one.opened()
    ballots = [one.devices[voter].ballot(asked, "approve") for voter in one.voters]
    first = await send_all([one], poll, ballots)
    sizes = await one.pool.fetch("select size - start as lines from batch")
    assert max(row["lines"] for row in sizes) > voting_reissuing.AT_A_STRETCH
    assert await send_all([other], poll, ballots) == [(200, receipt) for _, receipt in first]


async def test_what_is_kept_is_bounded(desk: VotingDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made last is kept up to a size, and made again beyond it, byte for byte."""
    poll, voted = await _voted(desk)
    lines = await lines_of(desk)
    places = {[raw in line for line in lines].index(True): receipt for raw, receipt in voted.items()}
    monkeypatch.setattr(reissuing, "KEPT_BYTES", 3 * max(map(len, places.values())))
    copyist = desk.app[handlers.COPYIST]
    reissues: Reissues[bytes] = Reissues(copyist, len)
    for _ in range(2):
        for index, receipt in places.items():
            assert await reissues.receipt(poll, index) == receipt
            assert 1 <= len(reissues._kept) < len(places)
            assert 0 < reissues._bytes <= reissuing.KEPT_BYTES
