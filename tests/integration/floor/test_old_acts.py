"""Acts that were taken long ago and come again: they get their receipts, and hold up nobody who acts now."""

import asyncio

import msgspec
import pytest

from services.floor import handlers
from services.floor.answering import Done, size
from services.floor.archive import Archive, Issued
from services.kit import reissuing
from services.kit.reissuing import Reissues
from services.wire import FloorDone, FloorReceipt
from tests.support.floor_desk import Convene, FloorDesk, asking, superuser
from tests.support.told_desk import MEETING
from tests.support.waiting import until

OLD = 200


def _receipt(done: Done) -> FloorReceipt:
    return msgspec.json.decode(done.answer, type=FloorDone).receipt


async def _act(desk: FloorDesk, who: str, raw: bytes) -> Done:
    return await desk.app[handlers.DESK].act(MEETING, raw, who, "request")


async def _acted(desk: FloorDesk) -> dict[str, tuple[bytes, FloorReceipt]]:
    """Everybody but the last has asked, each in a batch of their own: what they signed, and the receipt they got."""
    await desk.open_lane()
    acted: dict[str, tuple[bytes, FloorReceipt]] = {}
    for voter in desk.voters[:-1]:
        raw = desk.sign(voter, asking())
        acted[voter] = raw, _receipt(await _act(desk, voter, raw))
    return acted


async def test_old_acts_do_not_hold_up_a_new_one(hall: Convene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred of two hundred batches, none of which can be proven again just now: a new act is taken and answered.
    Never more than a few are at work; each batch is read once, and all get the receipt that they had."""
    (desk,) = await hall(voters=OLD + 1, workers=1)
    acted = await _acted(desk)
    let, begun, most = asyncio.Event(), list[int](), 0
    at_work = 0
    again = Archive.again

    async def held(archive: Archive, meeting: str, index: int) -> dict[int, Issued]:
        nonlocal at_work, most
        begun.append(index)
        at_work += 1
        most = max(most, at_work)
        await let.wait()
        try:
            return await again(archive, meeting, index)
        finally:
            at_work -= 1

    monkeypatch.setattr(Archive, "again", held)
    old = {
        asyncio.create_task(_act(desk, voter, raw)): receipt
        for voter, (raw, receipt) in acted.items()
        for _ in range(2)
    }

    async def under_way() -> bool:
        return bool(begun)

    await until(under_way, what="the first of the old acts is being proven")
    last = desk.voters[-1]
    fresh = await _act(desk, last, desk.sign(last, asking()))
    assert not fresh.repeated
    assert not any(task.done() for task in old)
    let.set()
    for task, receipt in old.items():
        done = await task
        assert (done.repeated, _receipt(done)) == (True, receipt)
    assert len(begun) == len(set(begun)) == OLD
    assert 1 <= most <= reissuing.AT_ONCE


async def test_a_batch_that_is_broken_fails_alone(desk: FloorDesk, database_url: str) -> None:
    """The database has lost where one batch began: whose act it holds is told so, all others get their receipts."""
    acted = await _acted(desk)
    broken, *_ = acted
    await superuser(database_url, f"delete from batch where start = {acted[broken][1].index}")
    answers = await asyncio.gather(
        *(_act(desk, voter, raw) for voter, (raw, _) in acted.items()), return_exceptions=True
    )
    for (voter, (_, receipt)), answer in zip(acted.items(), answers, strict=True):
        if voter == broken:
            assert isinstance(answer, KeyError)
        else:
            assert isinstance(answer, Done)
            assert _receipt(answer) == receipt


async def test_what_is_kept_is_bounded(desk: FloorDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made last is kept up to a size, and made again beyond it, byte for byte."""
    acted = await _acted(desk)
    one = next(receipt for _, receipt in acted.values())
    monkeypatch.setattr(reissuing, "KEPT_BYTES", 3 * (len(one.entry) + len(one.proof)))
    archive = desk.app[handlers.ARCHIVE]
    reissues = Reissues(archive, size)
    for _ in range(2):
        for _, receipt in acted.values():
            assert (await reissues.receipt(MEETING, receipt.index))[0] == receipt
            assert 1 <= len(reissues._kept) < len(acted)
            assert 0 < reissues._bytes <= reissuing.KEPT_BYTES
