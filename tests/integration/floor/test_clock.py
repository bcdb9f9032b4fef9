"""Time is the server's: what is due is written at its moment, whoever is gone, and nothing takes time back."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest

from services.floor import app as floor_app
from services.floor import handlers
from services.kit import database, metrics
from services.kit.clock import now
from services.kit.database import UNREACHABLE
from services.rules.floor.speakers import shown
from services.wire import (
    Call,
    EndTurn,
    ExtendTurn,
    FloorEntry,
    FloorTicked,
    LaneNews,
    LaneRules,
    PauseTurn,
    ResumeTurn,
    StartTurn,
    Turn,
    TurnNews,
)
from tests.support.breaking import Breaking, When, Wire
from tests.support.floor_desk import (
    DROP,
    Convene,
    FloorDesk,
    assemble,
    code_of,
    convene,
    entries_of,
    lines_of,
    mended,
    proved,
    superuser,
)
from tests.support.told_desk import CHAIR, MEETING
from tests.support.waiting import until

SHORT = LaneRules(turn_s=2, warn_s=1, at_limit="end")


async def _speaking(desk: FloorDesk, rules: LaneRules) -> Turn:
    """The first delegate speaks."""
    await desk.open_lane(rules=rules)
    await desk.ask_to_speak("001", id="cua-001")
    await desk.do(CHAIR, Call(meeting=MEETING, seen=await desk.seen(), request="cua-001"))
    (turn,) = (await desk.shown()).turns
    await desk.do(CHAIR, StartTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    return await _turn(desk)


async def _turn(desk: FloorDesk) -> Turn:
    floor = await desk.shown()
    turn = floor.turns[0] if floor.turns else floor.last
    assert turn is not None
    return turn


async def _until_ticked(desk: FloorDesk, times: int) -> list[FloorTicked]:
    async def ticked() -> list[FloorTicked] | None:
        found = _ticks(entries_of(await lines_of(desk)))
        return found if len(found) >= times else None

    found = await until(ticked, 15, "the clock's lines")
    assert shown(proved(desk, await lines_of(desk))) == await desk.shown()
    assert len(found) == times
    return found


def _ticks(entries: list[FloorEntry]) -> list[FloorTicked]:
    return [entry for entry in entries if isinstance(entry, FloorTicked)]


async def _passed(moment: int) -> bool:
    return now() > moment


async def test_a_turn_is_warned_and_ends_at_its_moments(hall: Convene) -> None:
    """Two workers keep time: each thing is written once, at the very millisecond when it was due."""
    desks = await hall()
    turn = await _speaking(desks[0], SHORT)
    warned, ended = await _until_ticked(desks[1], 2)
    assert turn.deadline is not None
    assert (warned.at, ended.at) == (turn.deadline - 1_000, turn.deadline)
    over = await _turn(desks[0])
    assert (over.state, over.used_ms, over.ended_at) == ("ended", 2_000, turn.deadline)
    late = ExtendTurn(meeting=MEETING, seen=await desks[0].seen(), turn=turn.id, seconds=5, reason="Thêm")
    assert await desks[0].refused(CHAIR, late) == "turn_transition"


async def test_where_the_rules_only_warn_the_turn_goes_on(desk: FloorDesk) -> None:
    """Warned before the limit and at it; what is over is counted."""
    turn = await _speaking(desk, LaneRules(turn_s=2, warn_s=1))
    first, second = await _until_ticked(desk, 2)
    assert turn.deadline is not None
    assert (first.at, second.at) == (turn.deadline - 1_000, turn.deadline)
    assert [news.what for each in (first, second) for news in each.news if isinstance(news, TurnNews)] == [
        "warned",
        "warned",
    ]
    await desk.do(CHAIR, EndTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    assert (await _turn(desk)).used_ms >= 2_000


async def test_a_lane_closes_by_the_clock(desk: FloorDesk) -> None:
    """At its closing time, to the millisecond; who asks then is refused, who waits stays."""
    await desk.open_lane(closes_in_s=1)
    await desk.ask_to_speak("001")
    (lane,) = (await desk.shown()).lanes
    (closed,) = await _until_ticked(desk, 1)
    (news,) = closed.news
    assert isinstance(news, LaneNews)
    assert (closed.at, news.lane.state) == (lane.lane.closes_at, "closed")
    assert len((await desk.shown()).lanes[0].waiting) == 1


async def test_time_is_kept_though_the_worker_that_started_it_is_gone(hall: Convene) -> None:
    """The first worker stops in the middle of a turn; the second ends it in time."""
    gone, stays = await hall()
    turn = await _speaking(gone, SHORT)
    await gone.client.close()
    _, ended = await _until_ticked(stays, 2)
    assert ended.at == turn.deadline


async def test_time_is_kept_though_redis_is_gone(
    tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> None:
    """No stream is needed to keep time."""
    wire = Wire(redis_url)
    await wire.mend()
    (desk,) = await convene(tmp_path, database_url, wire.url, aiohttp_client, workers=1)
    turn = await _speaking(desk, SHORT)
    await wire.cut()
    _, ended = await _until_ticked(desk, 2)
    assert ended.at == turn.deadline


async def test_time_is_kept_though_the_database_drops_every_connection(
    hall: Convene, database_url: str
) -> None:
    """Again and again in the middle of a turn: the lines are those of an undisturbed one."""
    desks = await hall()
    turn = await _speaking(desks[0], SHORT)
    assert turn.deadline is not None
    moments = [turn.deadline - left for left in (1_500, 1_000, 500, 0)]
    for moment in moments:
        await until(partial(_passed, moment), what="the moment has come")
        await superuser(database_url, DROP)
    await mended(desks[1])
    _, ended = await _until_ticked(desks[1], 2)
    assert ended.at == turn.deadline


@pytest.mark.parametrize("when", get_args(When))
async def test_a_moment_whose_commit_fails_is_written_once(
    desk: FloorDesk, monkeypatch: pytest.MonkeyPatch, when: When
) -> None:
    """The clock comes again: each line once, at its own moment, whether the first try was kept or not."""
    turn = await _speaking(desk, SHORT)
    assert turn.deadline is not None
    breaking = Breaking(desk.app[handlers.STORE])
    monkeypatch.setattr(desk.app[handlers.STORE], "locked", breaking.locked)
    breaking.next(when)
    warned, ended = await _until_ticked(desk, 2)
    assert breaking.has_broken
    assert (warned.at, ended.at) == (turn.deadline - 1_000, turn.deadline)


async def test_what_was_due_while_every_worker_was_down_is_written_at_its_own_time(
    hall: Convene, tmp_path: Path, database_url: str, redis_url: str, aiohttp_client: Callable[..., Any]
) -> None:
    """All die in the middle of a turn; the first that starts ends it when it had to end, not when it came back."""
    (gone,) = await hall(workers=1)
    turn = await _speaking(gone, SHORT)
    await gone.client.close()
    assert turn.deadline is not None
    deadline = turn.deadline
    await until(lambda: _passed(deadline + 200), what="the deadline has passed")
    desk = assemble(tmp_path, database_url, redis_url, pki=gone.pki)
    desk.devices, desk._told = gone.devices, gone._told
    desk.client = await aiohttp_client(desk.root)
    _, ended = await _until_ticked(desk, 2)
    assert ended.at == turn.deadline


async def test_the_clock_is_settled_before_any_act(hall: Convene, database_url: str) -> None:
    """Nobody keeps time, and an act comes late: what was due stands before it, so the act is refused as too late."""
    (desk,) = await hall(workers=1)
    turn = await _speaking(desk, LaneRules(turn_s=600, at_limit="end"))
    raw = desk.sign(CHAIR, PauseTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    # A clock that runs an hour ahead, for as long as the act takes.
    await superuser(database_url, "update ledger set at = at + 3600000, due = null")
    assert code_of(await desk.post(CHAIR, raw)) == "floor_moved"
    warned, ended = await _until_ticked(desk, 2)
    assert turn.deadline is not None
    assert (warned.at, ended.at) == (turn.deadline - 30_000, turn.deadline)


async def test_a_clock_that_steps_back_takes_no_time_back(desk: FloorDesk, database_url: str) -> None:
    """The ledger's time stands until the clock has come up to it: nobody's used time shrinks, no line is older."""
    turn = await _speaking(desk, LaneRules(turn_s=600))
    await desk.do(CHAIR, PauseTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    paused = await _turn(desk)
    await desk.do(CHAIR, ResumeTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    # The hour that the clock was ahead is gone again.
    await superuser(database_url, "update ledger set at = at + 300000")
    await desk.do(CHAIR, PauseTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    again = await _turn(desk)
    assert again.used_ms >= paused.used_ms + 300_000
    await desk.do(CHAIR, ResumeTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    await desk.do(CHAIR, PauseTurn(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    assert (await _turn(desk)).used_ms == again.used_ms
    times = [entry.at for entry in entries_of(await lines_of(desk))]
    assert times == sorted(times)


async def test_a_ledger_is_taken_from_a_worker_that_froze_with_it(
    hall: Convene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between the lock and the commit, without a word: another goes on; who wakes up has written nothing."""
    monkeypatch.setattr(database, "LONGEST_IDLE_MS", 300)
    frozen, lives = await hall()
    await lives.open_lane()
    before = await lines_of(lives)

    async def hold_and_freeze() -> None:
        async with frozen.app[handlers.LEDGER].opened(MEETING) as opened:
            await lives.ask_to_speak("001")
            assert opened.page is not None
            opened.page.vote("bieu-quyet-1", "open", 0)

    with pytest.raises(UNREACHABLE):
        await hold_and_freeze()
    assert len(await lines_of(lives)) == len(before) + 1
    assert shown(proved(lives, await lines_of(lives))) == await frozen.shown()


async def test_a_clock_that_stands_is_an_alarm(desk: FloorDesk, database_url: str) -> None:
    """The clock ran an hour ahead and was set right: speaking time stands, acts are taken, and everybody is told once.
    A floor that is over alarms nobody, and a step of a second is none."""

    async def ready() -> dict[str, object]:
        async with desk.client.get("/health/ready") as answer:
            assert answer.status == 200
            return dict(await answer.json())

    async def alarmed() -> bool:
        return (await ready())["alarms"] == ["floor_clock_stands"]

    async def calm() -> bool:
        return (await ready())["alarms"] == []

    alarm = desk.app[floor_app.CLOCK_ALARM]
    counted = metrics.clock_alarms.labels(floor_app.NAME)._value.get()
    turn = await _speaking(desk, LaneRules())
    await superuser(database_url, "update ledger set at = at + 2000")
    await alarm.look()
    assert await calm()
    await superuser(database_url, "update ledger set at = at + 3600000")
    await until(alarmed, what="the alarm")
    for _ in range(2):
        await alarm.look()
    assert metrics.clock_alarms.labels(floor_app.NAME)._value.get() == counted + 1
    assert 3_500_000 < alarm.behind[MEETING] <= 3_602_000
    for kind in (PauseTurn, ResumeTurn):
        await desk.do(CHAIR, kind(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    assert (await _turn(desk)).used_ms > 3_500_000
    await desk.tell(desk.meeting("ended"))
    await until(calm, what="the alarm is over")


async def test_pauses_are_exact(desk: FloorDesk) -> None:
    """What a turn has used is what its lines say: every stretch from start or resume to pause or end, and no more."""
    turn = await _speaking(desk, LaneRules(turn_s=600))
    for kind in (PauseTurn, ResumeTurn, PauseTurn, ResumeTurn, EndTurn):
        await desk.do(CHAIR, kind(meeting=MEETING, seen=await desk.seen(), turn=turn.id))
    used, since = 0, 0
    for entry in entries_of(await lines_of(desk)):
        for news in getattr(entry, "news", ()):
            if isinstance(news, TurnNews) and news.what in ("started", "resumed"):
                since = entry.at
            elif isinstance(news, TurnNews) and news.what in ("paused", "ended"):
                used += entry.at - since
    assert (await _turn(desk)).used_ms == used
