"""Counted twice: whatever somebody with all rights changes in the database, nothing wrong is ever declared."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.kit import metrics
from services.voting import handlers
from services.wire import ActPayload
from tests.support.voting_desk import CHAIR, MEETING, VotingDesk
from tests.support.voting_hall import Convene, lines_of, superuser, void
from tests.support.waiting import until

TAMPERED = {
    "the running count": "update poll set approve = approve + 1 where id = '{poll}'",
    "a ballot gone": "delete from entry where poll = {no} and voter = '001'",
    "a ballot's bytes": "update entry set line = overlay(line placing 'x' from 90 for 1)"
    " where poll = {no} and voter = '001'",
    "a ballot that is no JSON": "update entry set line = '\\xff00' where poll = {no} and voter = '001'",
    "a ballot twice": "update entry set line = (select line from entry where poll = {no} and voter = '001')"
    " where poll = {no} and voter = '002'",
    "who was present": "update entry set line = '{{}}' where poll = {no} and voter is null and index = 1",
}


def _alarms() -> float:
    return float(metrics.count_alarms._value.get())


async def _voted(desk: VotingDesk) -> tuple[str, Any]:
    poll, asked = await desk.opened()
    for voter in desk.voters:
        await desk.cast(poll, asked, voter)
    return poll, asked


@pytest.mark.parametrize("what", TAMPERED)
async def test_a_tampered_poll_is_never_declared(hall: Convene, database_url: str, what: str) -> None:
    """One alarm in ledger, metric and log; no result, no declaration; and the poll can be voided."""
    (desk, other) = await hall()
    poll, asked = await _voted(desk)
    no = (await desk.app[handlers.STORE].poll(poll)).no
    await superuser(database_url, TAMPERED[what].format(poll=poll, no=no))
    before = _alarms()
    with capture_logs() as logged:
        closed = await desk.act(poll, "close", definition=asked.hash)
        await desk.app[handlers.TELLER].count(poll)
        await other.app[handlers.TELLER].count(poll)
    assert (closed["state"], closed["decision"], closed["counted"]) == ("closed", None, "")
    assert [line["event"] for line in logged if line["log_level"] == "critical"][-1] == "count.alarm"
    assert _alarms() == before + 1
    assert sum(b'"poll.alarmed"' in line for line in await lines_of(desk)) == 1
    refused = await desk.ask("GET", f"/polls/{poll}/result", who=CHAIR, status=409)
    assert refused["code"] == "counts_differ"
    declared = await desk.act(poll, "declare", definition=asked.hash, result="A" * 43, status=409)
    assert declared["code"] == "counts_differ"
    assert (await void(desk, poll, asked.hash))["state"] == "voided"


async def test_two_tellers_at_once_raise_one_alarm(hall: Convene, database_url: str) -> None:
    """However many count a tampered poll at the same time, the ledger has one alarm."""
    desks = await hall()
    poll, asked = await _voted(desks[0])
    await superuser(database_url, TAMPERED["the running count"].format(poll=poll))
    await (
        desks[0]
        .app[handlers.CLOSING]
        .close(poll, desks[0].devices[CHAIR].act(_closing(poll, asked.hash)), CHAIR, "r")
    )

    await asyncio.gather(*(desk.app[handlers.TELLER].count(poll) for desk in desks * 4))
    assert sum(b'"poll.alarmed"' in line for line in await lines_of(desks[0])) == 1


def _closing(poll: str, definition: str) -> ActPayload:
    return ActPayload(act="close", meeting=MEETING, poll=poll, definition=definition)


async def test_a_poll_that_cannot_be_finished_keeps_no_other_open(
    desk: VotingDesk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock closes and counts every other poll in time while one of them makes the teller fail."""
    bad, _ = await desk.opened(duration_s=1)
    good, _ = await desk.opened(duration_s=1)
    await superuser(database_url, f"update poll set jws = 'nothing' where id = '{bad}'")
    desk.app[handlers.QUESTIONS]._asked.clear()

    async def counted() -> bool:
        return (await desk.ask("GET", f"/polls/{good}", who=CHAIR))["decision"] is not None

    await until(counted, 10)
