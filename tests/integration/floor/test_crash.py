"""Every transaction "failed" and "failed but kept": nobody is told what is not true, and a retry is answered."""

import asyncio
from functools import partial
from typing import get_args

import msgspec
import pytest

from services.desk.device import must_hold_act
from services.floor import handlers
from services.rules.floor.speakers import shown
from services.wire import FloorDone, OpenLane
from tests.support.breaking import Breaking, When
from tests.support.floor_acts import ACTS, situation
from tests.support.floor_desk import (
    DROP,
    ITEM,
    Convene,
    FloorDesk,
    asking,
    code_of,
    lines_of,
    mended,
    proved,
    superuser,
)
from tests.support.told_desk import CHAIR, MEETING
from tests.support.waiting import until

WHENS: tuple[When, ...] = get_args(When)


def _break(desk: FloorDesk, monkeypatch: pytest.MonkeyPatch) -> Breaking:
    breaking = Breaking(desk.app[handlers.STORE])
    monkeypatch.setattr(desk.app[handlers.STORE], "locked", breaking.locked)
    return breaking


async def _must_survive(desk: FloorDesk, breaking: Breaking, when: When, who: str, raw: bytes) -> None:
    before = len(await lines_of(desk))
    breaking.next(when)
    assert code_of(await desk.post(who, raw)) == "not_ready"
    assert len(await lines_of(desk)) == before + (when == "failed but kept")
    answers = [await desk.post(who, raw) for _ in range(3)]
    assert [status for status, _ in answers] == [200 if when == "failed but kept" else 201, 200, 200]
    (receipt,) = {msgspec.json.decode(body, type=FloorDone).receipt for _, body in answers}
    must_hold_act(receipt, raw, desk.log_key)
    lines = await lines_of(desk)
    assert len(lines) == before + 1
    assert shown(proved(desk, lines)) == await desk.shown()


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("name", ACTS)
async def test_an_act_whose_commit_fails_is_done_once_by_a_retry(
    desk: FloorDesk, monkeypatch: pytest.MonkeyPatch, name: str, when: When
) -> None:
    """503; the floor has moved or it has not; the same bytes again are answered, and stand in the ledger once."""
    act = (await situation(desk, name))(await desk.seen())
    await _must_survive(desk, _break(desk, monkeypatch), when, CHAIR, desk.sign(CHAIR, act))


@pytest.mark.parametrize("when", WHENS)
async def test_a_request_whose_commit_fails_is_there_once(
    desk: FloorDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """Who asks again with the same bytes has one request, at the place of the first that was kept."""
    await desk.open_lane()
    await _must_survive(desk, _break(desk, monkeypatch), when, "001", desk.sign("001", asking()))
    (lane,) = (await desk.shown()).lanes
    assert [request.member for request in lane.waiting] == ["001"]


@pytest.mark.parametrize("when", WHENS)
async def test_a_floor_begins_once_though_its_first_commit_fails(
    desk: FloorDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """The first act of a meeting brings the beginning and the roll with it: all three lines or none."""
    _break(desk, monkeypatch).next(when)
    raw = desk.sign(CHAIR, OpenLane(meeting=MEETING, seen=0, item=ITEM, lane="speech"))
    assert code_of(await desk.post(CHAIR, raw)) == "not_ready"
    assert len(await lines_of(desk)) == (3 if when == "failed but kept" else 0)
    assert {(await desk.post(CHAIR, raw))[0] for _ in range(2)} <= {200, 201}
    lines = await lines_of(desk)
    assert len(lines) == 3
    assert shown(proved(desk, lines)) == await desk.shown()


async def test_connections_killed_in_the_midst_of_batches_lose_nothing(
    hall: Convene, database_url: str
) -> None:
    """Delegates who try until they have a receipt: each has one request, and every receipt given stands."""
    desks = await hall(voters=200)
    await desks[0].open_lane()
    sent = {voter: desks[0].sign(voter, asking()) for voter in desks[0].voters}
    given: dict[str, bytes] = {}

    async def insist(place: int, voter: str) -> None:
        while voter not in given:
            status, body = await desks[place % 2].post(voter, sent[voter])
            assert status in (200, 201, 503), body
            if status != 503:
                given[voter] = body

    async def kill() -> None:
        for share in (0, 50, 100, 150):
            await until(partial(_reaches, given, share))
            await superuser(database_url, DROP)

    await asyncio.gather(kill(), *(insist(place, voter) for place, voter in enumerate(sent)))
    for voter, body in given.items():
        must_hold_act(msgspec.json.decode(body, type=FloorDone).receipt, sent[voter], desks[0].log_key)
    await mended(desks[1])
    lines = await lines_of(desks[1])
    assert len(lines) == 3 + len(sent)
    (lane,) = shown(proved(desks[0], lines)).lanes
    assert {request.member for request in lane.waiting} == set(sent)


async def _reaches(given: dict[str, bytes], number: int) -> bool:
    return len(given) >= number


async def test_a_batch_of_which_one_cannot_be_answered_loses_none(
    desk: FloorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store goes away between the commit and the reading of an old receipt: all are there, and get it again."""
    await desk.open_lane()
    old = desk.sign("001", asking())
    assert (await desk.post("001", old))[0] == 201
    store = desk.app[handlers.STORE]
    batch = store.batch

    async def away(*_: int) -> None:
        monkeypatch.setattr(store, "batch", batch)
        raise ConnectionResetError

    monkeypatch.setattr(store, "batch", away)
    assert code_of(await desk.post("001", old)) == "not_ready"
    assert (await desk.post("001", old))[0] == 200
