"""Time is the server's: a deadline closes a poll whoever is gone, and nothing reopens it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.kit import database, metrics
from services.kit.database import UNREACHABLE
from services.voting import app as voting_app
from services.voting import handlers
from services.voting.desk import append
from services.wire import PollHeld
from tests.support.acts import OPENED, message, post, reached
from tests.support.breaking import Wire
from tests.support.voting_desk import CHAIR, MEETING, VotingDesk, assemble
from tests.support.voting_hall import Convene, code_of, convene, lines_of, prove, send, superuser
from tests.support.waiting import until


async def _closes(desk: VotingDesk, poll: str) -> Any:
    async def counted() -> Any:
        view = await desk.ask("GET", f"/polls/{poll}", who=CHAIR, status=200)
        return view if view["counted"] else None

    return await until(counted, 10, "closed and counted")


async def _must_be_closed_by_clock(desk: VotingDesk, poll: str) -> Any:
    view = await _closes(desk, poll)
    assert sum(b'"cause":"deadline"' in line for line in await lines_of(desk)) == 1
    late = await send(desk, poll, b"x")
    assert code_of(late) == "message_malformed"
    await prove(desk)
    return view


async def test_a_poll_closes_at_its_deadline_when_nobody_asks(hall: Convene) -> None:
    """The clock closes it once, though two workers keep time; a late ballot is told the deadline."""
    desks = await hall()
    poll, asked = await desks[0].opened(duration_s=1)
    deadline = (await desks[0].ask("GET", f"/polls/{poll}", who=CHAIR))["deadline"]
    await desks[0].cast(poll, asked, "001")
    view = await _must_be_closed_by_clock(desks[1], poll)
    assert (view["closed_at"], view["decision"]["counts"]["approve"]) == (deadline, 1)
    late = await desks[0].cast(poll, asked, "002", status=409)
    assert (late["code"], late["facts"]["closed_at"]) == ("poll_closed", deadline)
    first = desks[0].devices["003"].ballot(asked, "approve")
    assert code_of(await send(desks[1], poll, first)) == "poll_closed"


async def test_a_poll_closes_though_the_worker_that_opened_it_is_gone(hall: Convene) -> None:
    """The first worker stops after opening; the second closes in time."""
    gone, stays = await hall()
    poll, _ = await gone.opened(duration_s=1)
    await gone.client.close()
    await _must_be_closed_by_clock(stays, poll)


async def test_a_poll_closes_though_redis_is_gone(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> None:
    """No stream is needed to keep time."""
    wire = Wire(redis_url)
    await wire.mend()
    (desk,) = await convene(tmp_path, database_url, wire.url, aiohttp_client, workers=1)
    poll, _ = await desk.opened(duration_s=1)
    await wire.cut()
    await _must_be_closed_by_clock(desk, poll)


async def test_what_passed_while_every_worker_was_down_is_closed_on_the_next_start(
    hall: Convene, tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> None:
    """The deadline passes with no worker alive; the ledger says so as soon as one starts."""
    (gone,) = await hall(workers=1)
    poll, _ = await gone.opened(duration_s=600)
    await gone.client.close()
    await superuser(database_url, f"update poll set deadline = 1 where id = '{poll}'")
    desk = assemble(tmp_path, database_url, redis_url)
    desk.client = await aiohttp_client(desk.root)
    assert (await _closes(desk, poll))["closed_at"] == 1


async def test_a_ledger_is_taken_from_a_worker_that_froze_with_it(
    hall: Convene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between the lock and the commit, without a word: the poll closes; who wakes up has written nothing."""
    monkeypatch.setattr(database, "LONGEST_IDLE_MS", 300)
    frozen, lives = await hall()
    poll, asked = await lives.opened(duration_s=1)

    async def hold_and_freeze() -> None:
        async with frozen.app[handlers.STORE].locked(MEETING) as ledger:
            await lives.cast(poll, asked, "001")
            standing, now = await ledger.poll(poll)
            await append(ledger, standing, PollHeld(at=now, poll=poll, jws=""))

    with pytest.raises(UNREACHABLE):
        await hold_and_freeze()
    view = await _must_be_closed_by_clock(lives, poll)
    assert view["decision"]["counts"]["approve"] == 1


async def test_time_is_given_only_before_the_deadline(
    desk: VotingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An extension moves the deadline by exactly its seconds; after it, it is refused, written down or not."""
    poll, asked = await reached(desk, OPENED)
    before = (await desk.ask("GET", f"/polls/{poll}", who=CHAIR))["deadline"]
    extended = await desk.act(poll, "extend", definition=asked.hash, seconds=90)  # type: ignore[union-attr]
    assert extended["deadline"] == before + 90_000

    async def stands(*_: str) -> None:
        return

    monkeypatch.setattr(type(desk.app[handlers.CLOSING]), "close_by_clock", stands)
    await desk.app[handlers.STORE].pool.execute("update poll set deadline = 1 where id = $1", poll)
    for act, code in (("extend", "deadline_passed"), ("hold", "poll_transition")):
        answer = await post(desk, poll, act, await message(desk, poll, act, asked))
        assert (answer[0], answer[1]["code"]) == (409, code)
    late = await send(desk, poll, desk.devices["001"].ballot(asked, "approve"))  # type: ignore[arg-type]
    assert code_of(late) == "poll_closed"
    closed = await desk.act(poll, "close", definition=asked.hash)  # type: ignore[union-attr]
    assert (closed["state"], closed["closed_at"]) == ("closed", 1)
    assert b'"cause":"deadline"' in (await lines_of(desk))[-2]


async def test_a_clock_that_stands_is_an_alarm(desk: VotingDesk, database_url: str) -> None:
    """The clock ran an hour ahead and was set right: the deadline is an hour away, ballots are taken, and everybody is
    told once. A meeting that is over alarms nobody, and a step of a second is none."""

    async def alarms() -> object:
        async with desk.client.get("/health/ready") as answer:
            assert answer.status == 200
            return (await answer.json())["alarms"]

    async def alarmed() -> bool:
        return await alarms() == ["voting_clock_stands"]

    async def calm() -> bool:
        return await alarms() == []

    alarm = desk.app[voting_app.CLOCK_ALARM]
    counted = metrics.clock_alarms.labels(voting_app.NAME)._value.get()
    poll, asked = await desk.opened()
    await superuser(database_url, "update ledger set at = at + 2000")
    await alarm.look()
    assert await calm()
    await superuser(database_url, "update ledger set at = at + 3600000")
    await until(alarmed, what="the alarm")
    for _ in range(2):
        await alarm.look()
    assert metrics.clock_alarms.labels(voting_app.NAME)._value.get() == counted + 1
    assert 3_500_000 < alarm.behind[MEETING] <= 3_602_000
    await desk.cast(poll, asked, "001")
    await desk.tell(desk.meeting("ended"))
    await until(calm, what="the alarm is over")


async def test_a_poll_without_deadline_cannot_be_extended(desk: VotingDesk) -> None:
    """There is nothing to extend; and seconds must be named."""
    poll, asked = await desk.opened()
    assert (await desk.act(poll, "extend", definition=asked.hash, seconds=5, status=409))[
        "code"
    ] == "no_deadline"
    assert (await desk.act(poll, "extend", definition=asked.hash, status=400))["code"] == "act_wrong"


async def test_time_stands_while_a_poll_is_held(desk: VotingDesk) -> None:
    """Held, it has no deadline; resumed, it has exactly what was left; and a held poll does not run out."""
    poll, asked = await desk.opened(duration_s=1)
    held = await desk.act(poll, "hold", definition=asked.hash)
    assert (held["state"], held["deadline"]) == ("held", None)
    left = (await desk.app[handlers.STORE].poll(poll)).row["remaining"]
    assert 0 < left <= 1000
    with pytest.raises(AssertionError):
        await until(lambda: _is(desk, poll, "closed"), 1.5)
    resumed = await desk.act(poll, "resume", definition=asked.hash)
    line = (await lines_of(desk))[-1]
    assert str(resumed["deadline"]).encode() in line
    view = await _closes(desk, poll)
    assert view["closed_at"] == resumed["deadline"]


async def _is(desk: VotingDesk, poll: str, state: str) -> bool:
    return bool((await desk.ask("GET", f"/polls/{poll}", who=CHAIR))["state"] == state)


async def test_a_clock_that_steps_back_reopens_nothing(desk: VotingDesk, database_url: str) -> None:
    """The ledger's own time never goes back: a deadline it has passed stays passed."""
    poll, asked = await desk.opened(duration_s=60)
    await superuser(
        database_url, "update ledger set at = at + 3600000"
    )  # an hour that the clock then lost again
    assert code_of(await send(desk, poll, desk.devices["001"].ballot(asked, "approve"))) == "poll_closed"
    await asyncio.gather(_closes(desk, poll))
    again, asked = await desk.opened(duration_s=60)
    assert (await send(desk, again, desk.devices["001"].ballot(asked, "approve")))[0] == 201
    await prove(desk)
