"""Great polls are recounted as their ballots come: the same result, and nothing that was changed is overlooked."""

import asyncio
import os
import signal
from typing import Any

import pytest

from services.voting import app as voting
from services.voting import handlers, recounting
from services.voting.poll_row import PollRow
from tests.support.voting_desk import CHAIR, VotingDesk
from tests.support.voting_hall import Convene, lines_of, send, superuser
from tests.support.waiting import until

# What was read before the cut, and is another after it.
CHANGED = {
    "a ballot's bytes": "update entry set line = overlay(line placing 'x' from 90 for 1)"
    " where poll = {no} and voter = '001' and seq = 1",
    "a ballot gone": "delete from entry where poll = {no} and voter = '001' and seq = 2",
    "the running count": "update poll set approve = approve + 1 where id = '{poll}'",
}


@pytest.fixture
async def desks(hall: Convene, monkeypatch: pytest.MonkeyPatch) -> list[VotingDesk]:
    """Two workers for whom four lines are a great poll, read two at a time."""
    monkeypatch.setattr(voting, "GREAT", 4)
    monkeypatch.setattr(recounting, "SLICE", 2)
    monkeypatch.setattr(recounting, "PAUSE_SECONDS", 0.02)
    return await hall()


async def _voted(desks: list[VotingDesk]) -> tuple[str, Any]:
    """Everybody approves, then the first rejects; all of it has been read again."""
    return (await _voted_by(desks))[:2]


async def _voted_by(desks: list[VotingDesk]) -> tuple[str, Any, list[bytes]]:
    """The same, and everybody's first ballot."""
    desk = desks[0]
    poll, asked = await desk.opened(changes=True)
    devices = [desk.devices[voter] for voter in desk.voters]
    ballots = [device.ballot(asked, "approve") for device in devices]
    changed = devices[0].ballot(asked, "reject", ballots[0], 2)
    for ballot in (*ballots, changed):
        assert (await send(desk, poll, ballot))[0] == 201

    async def followed() -> bool:
        size = (await desk.app[handlers.STORE].heads())[asked.definition.meeting]
        return any(_upto(each, poll) == size for each in desks)

    await until(followed)
    return poll, asked, ballots


def _upto(desk: VotingDesk, poll: str) -> int:
    followed = desk.app[voting.RECOUNTING]._followed.get(poll)
    return followed.upto if followed else 0


async def test_whoever_is_asked_the_leader_counts(desks: list[VotingDesk]) -> None:
    """Both workers are asked to close one; what is declared is what was cast."""
    for desk in desks:
        poll, asked = await _voted(desks)
        await desk.act(poll, "close", definition=asked.hash)

        async def counted(desk: VotingDesk = desk, poll: str = poll) -> bool:
            return (await desk.ask("GET", f"/polls/{poll}", who=CHAIR))["decision"] is not None

        await until(counted)
        await desk.declare(poll, asked)
        result = await desk.ask("GET", f"/polls/{poll}", who=CHAIR)
        assert result["decision"]["counts"] == {"approve": 4, "reject": 1, "abstain": 0}


async def test_counted_once_however_many_ask(desks: list[VotingDesk]) -> None:
    """Who keeps time, and whoever closes."""
    poll, asked = await _voted(desks)
    await desks[0].act(poll, "close", definition=asked.hash)
    await asyncio.gather(*(desk.app[handlers.TELLER].count(poll) for desk in desks * 4))
    assert sum(b'"poll.counted"' in line for line in await lines_of(desks[0])) == 1


@pytest.mark.parametrize("what", CHANGED)
async def test_what_was_changed_after_it_was_read_is_noticed(
    desks: list[VotingDesk], database_url: str, what: str
) -> None:
    """One alarm, and no result."""
    poll, asked = await _voted(desks)
    no = (await desks[0].app[handlers.STORE].poll(poll)).no
    await superuser(database_url, CHANGED[what].format(poll=poll, no=no))
    await desks[0].act(poll, "close", definition=asked.hash)

    async def alarmed() -> bool:
        return any(b'"poll.alarmed"' in line for line in await lines_of(desks[0]))

    await until(alarmed)
    refused = await desks[0].ask("GET", f"/polls/{poll}/result", who=CHAIR, status=409)
    assert refused["code"] == "counts_differ"


async def _counts(desk: VotingDesk, poll: str) -> Any:
    """What the poll comes to, once it is counted."""

    async def counted() -> bool:
        row = (await desk.app[handlers.STORE].poll(poll)).row
        return row["counted_index"] is not None or row["alarm"]

    await until(counted)
    return (await desk.ask("GET", f"/polls/{poll}", who=CHAIR))["decision"]["counts"]


async def test_behind_a_store_that_was_lost_all_is_read_anew(
    desks: list[VotingDesk], database_url: str
) -> None:
    """A follower took its place that had not had the last ballot: who led then leads again, and raises no alarm."""
    desk, *others = desks
    for other in others:
        await other.client.close()
    poll, asked = await _voted([desk])
    following = desk.app[voting.RECOUNTING]
    lead = following._lead
    assert lead is not None
    no = (await desk.app[handlers.STORE].poll(poll)).no
    await superuser(database_url, f"delete from entry where poll = {no} and voter = '001' and seq = 2")
    earlier = "approve = approve + 1, reject = reject - 1, ballots = ballots - 1"
    await superuser(database_url, f"update poll set {earlier} where no = {no}")
    await superuser(database_url, f"select pg_terminate_backend({lead.connection.get_server_pid()})")

    async def leads_again() -> bool:
        return following._lead is not lead and bool(following._lead)

    await until(leads_again)
    await desk.act(poll, "close", definition=asked.hash)
    assert await _counts(desk, poll) == {"approve": 5, "reject": 0, "abstain": 0}


async def test_what_was_finished_meanwhile_is_not_begun_again(desks: list[VotingDesk]) -> None:
    """It had been listed as open while another was read: whoever closes that one would wait for all of this."""
    poll, asked = await _voted(desks)
    listed = await desks[0].app[handlers.STORE].great(4)
    await desks[0].act(poll, "close", definition=asked.hash)
    assert await _counts(desks[0], poll) == {"approve": 4, "reject": 1, "abstain": 0}
    (leader,) = [each for desk in desks if (each := desk.app[voting.RECOUNTING])._lead]
    await leader._follow(*listed[0])
    assert poll not in leader._followed


@pytest.mark.parametrize("closed", [False, True], ids=["while the poll is open", "when it is cut"])
async def test_a_frozen_process_is_ended_and_all_is_read_by_another(
    desks: list[VotingDesk], monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    """Nobody waits for it without end; the count comes all the same, and it is right."""
    poll, asked, ballots = await _voted_by(desks)
    (leader,) = [each for desk in desks if (each := desk.app[voting.RECOUNTING])._lead]
    assert leader._process is not None
    (frozen,) = leader._process._processes.values()
    assert frozen.pid is not None
    os.kill(frozen.pid, signal.SIGSTOP)
    monkeypatch.setattr(recounting, "LONGEST_SECONDS", 0.2)
    device = desks[0].devices[desks[0].voters[1]]
    if closed:
        await desks[0].act(poll, "close", definition=asked.hash)
    else:
        assert (await send(desks[0], poll, device.ballot(asked, "reject", ballots[1], 2)))[0] == 201

    async def gone() -> bool:
        return not frozen.is_alive()

    await until(gone)
    # Another is begun, which takes longer than that.
    monkeypatch.setattr(recounting, "LONGEST_SECONDS", 60.0)
    if not closed:
        await desks[0].act(poll, "close", definition=asked.hash)
    rejected = 1 if closed else 2
    assert await _counts(desks[0], poll) == {"approve": 5 - rejected, "reject": rejected, "abstain": 0}


async def test_where_links_have_voted_all_is_not_read_again_each_time(desks: list[VotingDesk]) -> None:
    """It was once, which is how that is known; it is asked again until what is found of the links is there."""
    poll, _ = await _voted(desks)
    row = (await desks[0].app[handlers.STORE].poll(poll)).row
    (leader,) = [each for desk in desks if (each := desk.app[voting.RECOUNTING])._lead]
    # A poll that is cut just behind what was read.
    cut = dict(row) | {"closed_index": leader._followed[poll].upto, "recheck_until": 1}
    assert await leader.finish(PollRow(cut)) is None  # type: ignore[arg-type]
    assert poll in leader._followed
