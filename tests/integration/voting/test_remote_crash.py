"""Ballots with signing services: each durable step failed, and failed but kept; and a worker that is gone."""

from typing import get_args

import pytest

from services.kit.database import UNREACHABLE
from services.voting import handlers
from tests.support.acts import message, post
from tests.support.breaking import Breaking, When
from tests.support.signing_service import Service, began, begin, counted, shown
from tests.support.voting_desk import VotingDesk
from tests.support.voting_hall import Convene, lines_of, prove


def _break(desk: VotingDesk, monkeypatch: pytest.MonkeyPatch) -> Breaking:
    breaking = Breaking(desk.app[handlers.STORE])
    monkeypatch.setattr(desk.app[handlers.STORE], "locked", breaking.locked)
    return breaking


@pytest.mark.parametrize("when", get_args(When))
async def test_a_beginning_whose_commit_fails_is_begun_once_by_a_retry(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """503, and nobody is asked for a signature twice."""
    service = Service(desk)
    poll, asked = await desk.opened()
    raw, breaking = desk.devices["001"].ballot(asked, "approve"), _break(desk, monkeypatch)
    breaking.next(when)
    assert (await begin(desk, poll, raw, "001", status=503))["code"] == "not_ready"
    for _ in range(2):
        assert (await begin(desk, poll, raw, "001"))["state"] == "pending"
    assert sum(b"ballot.begun" in line for line in await lines_of(desk)) == 1
    (wanted,) = await service.wanted()
    await service.sign(wanted, raw)
    assert (await prove(desk))[poll].approve == 1


@pytest.mark.parametrize("when", get_args(When))
async def test_a_signature_whose_commit_fails_is_cast_once_when_it_is_told_again(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """The stream's consumer takes it up again."""
    service = Service(desk)
    poll, asked = await desk.opened()
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    _break(desk, monkeypatch).next(when)
    with pytest.raises(UNREACHABLE):
        await service.sign(wanted, raw)
    await service.sign(wanted, raw)
    assert (await prove(desk))[poll].approve == 1
    assert (await shown(desk, poll))["pending"] == 0


@pytest.mark.parametrize("when", get_args(When))
async def test_a_refusal_whose_commit_fails_lapses_once(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """The stream's consumer takes it up again."""
    service = Service(desk)
    poll, asked = await desk.opened()
    wanted, _ = await began(desk, service, poll, asked, "001", "approve")
    _break(desk, monkeypatch).next(when)
    with pytest.raises(UNREACHABLE):
        await service.refuse(wanted)
    await service.refuse(wanted)
    assert sum(b"ballot.lapsed" in line for line in await lines_of(desk)) == 1
    await prove(desk)


@pytest.mark.parametrize("when", get_args(When))
async def test_an_end_whose_commit_fails_is_one_end(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """503; the same act again; one line that ends it, one cut."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    wanted, raw = await began(desk, service, poll, asked, "001", "approve")
    act = await message(desk, poll, "close", asked)
    _break(desk, monkeypatch).next(when)
    assert (await post(desk, poll, "close", act))[0] == 503
    assert (await post(desk, poll, "close", act))[1]["state"] == "closing"
    await service.sign(wanted, raw)
    await counted(desk, poll)
    assert (await post(desk, poll, "close", act))[1]["state"] == "closed"
    lines = await lines_of(desk)
    assert [sum(kind in line for line in lines) for kind in (b"poll.closing", b"poll.closed")] == [1, 1]
    await prove(desk)


@pytest.mark.parametrize("when", get_args(When))
async def test_a_cut_whose_commit_fails_is_one_cut(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """The clock comes by again."""
    service = Service(desk)
    poll, asked = await desk.opened(grace_s=60)
    wanted, _ = await began(desk, service, poll, asked, "001", "approve")
    await desk.act(poll, "close", definition=asked.hash)
    breaking = _break(desk, monkeypatch)
    # After the refusal comes the cut.
    breaking.next(when, nth=1)
    await service.refuse(wanted, times=1)
    await counted(desk, poll)
    assert breaking.has_broken
    assert sum(b"poll.closed" in line for line in await lines_of(desk)) == 1
    await prove(desk)


async def test_another_worker_ends_the_grace_of_one_that_is_gone(hall: Convene) -> None:
    """The worker that took the close dies; the cut comes all the same."""
    dying, other = await hall()
    service = Service(other)
    poll, asked = await dying.opened(grace_s=2)
    await began(dying, service, poll, asked, "001", "approve")
    await dying.act(poll, "close", definition=asked.hash)
    await dying.client.close()
    view = await counted(other, poll)
    assert view["state"] == "closed"
    await prove(other)
