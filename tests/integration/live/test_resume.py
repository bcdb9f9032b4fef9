"""Screens leave, come back, lag; workers restart: everybody is told the same."""

import asyncio
import random

import pytest

from services.kit import metrics
from services.live import hall, screen
from tests.integration.live.screens import Watcher, deaf_screen, seen
from tests.integration.live.theatre import Theatre
from tests.unit.live import stories


async def both_know(one: Watcher, other: Watcher, last: str) -> None:
    """Wait until both are at a position."""
    await one.reaches(last)
    await other.reaches(last)


async def test_only_what_was_missed(theatre: Theatre) -> None:
    """A screen that comes back gets exactly the missed events, and no snapshot."""
    stayed, left = await theatre.follower(), await theatre.follower()
    await both_know(stayed, left, "m3.v2.s0.f0")
    await left.leave()
    await theatre.tell("meeting", stories.came(3, "d2"))
    await theatre.tell("voting", stories.received(2, 1), stories.closed(3))
    await theatre.tell("signing", stories.certified(0))
    left.seen.clear()
    await left.come()
    await both_know(stayed, left, "m4.v4.s1.f0")
    assert left.names() == ["presence.changed", "progress", "poll.changed", "certificate.issued"]
    assert left.told() == stayed.told()


async def test_malformed_and_impossible_positions(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Last-Event-ID that cannot be gets a snapshot; so does one that the streams have not reached in time."""
    monkeypatch.setattr("services.live.routes.AHEAD_SECONDS", 0.1)
    for last in ("17", "m1.v1", "m3.v2.s0", "m3.v2.s0.f0.x1", "x.hzz", "m999.v2.s0.f0"):
        watcher = theatre.watcher()
        watcher.last = last
        await watcher.come()
        await watcher.reaches("m3.v2.s0.f0")
        assert watcher.names() == ["snapshot"]


async def test_any_coming_and_going(theatre: Theatre) -> None:
    """Screens that leave and come back at random know in the end what one that stayed knows."""
    dice = random.Random(4711)
    stayed = await theatre.follower()
    restless = [await theatre.follower() for _ in range(6)]
    await seen(lambda: all(each.seen for each in restless))
    away: set[int] = set()
    for index in range(3, 60):
        mover = dice.randrange(len(restless))
        if mover in away:
            away.remove(mover)
            await restless[mover].come()
        else:
            away.add(mover)
            await restless[mover].leave()
        await theatre.tell("meeting", stories.came(index, f"d{index % 7}", present=index % 2 == 0))
        await theatre.tell("voting", stories.received(index - 1, index))
    await theatre.tell("voting", stories.closed(59), stories.counted(60))
    for mover in away:
        await restless[mover].come()
    for each in restless:
        await both_know(stayed, each, "m60.v61.s0.f0")
        assert each.told() == stayed.told()
        assert each.names().count("snapshot") == 1


async def test_worker_restarts(theatre: Theatre) -> None:
    """A worker that starts from nothing goes on where every screen was."""
    stayed = await theatre.follower()
    await theatre.tell("meeting", stories.came(3, "d2"))
    await stayed.reaches("m4.v2.s0.f0")
    await theatre.close()
    await seen(lambda: stayed.ended)
    await theatre.tell("voting", stories.closed(2))
    await theatre.open()
    await stayed.leave()
    await stayed.come()
    await stayed.reaches("m4.v3.s0.f0")
    assert stayed.names() == ["snapshot", "presence.changed", "bye", "poll.changed"]


async def test_slow_screen_is_cut_off_and_comes_back(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A screen that stops reading is cut off, the others notice nothing, and it comes back to what it missed."""
    monkeypatch.setattr(screen, "LARGEST_BACKLOG", 64 * 1024)
    fast = await theatre.follower()
    before = metrics.live_cut_off._value.get()
    slow = deaf_screen(theatre.port, theatre.token())
    await seen(lambda: metrics.live_connections._value.get() >= 2)
    index = 3
    while metrics.live_cut_off._value.get() == before:
        await theatre.tell("meeting", *(stories.came(index + n, "d" * 50 + str(n)) for n in range(200)))
        index += 200
        await fast.reaches(f"m{index}.v2.s0.f0")
        assert index < 100_000
    slow.close()
    assert not fast.ended
    assert len(fast.told()) == index - 3
    back = theatre.watcher()
    back.last = f"m{index - 100}.v2.s0.f0"
    await back.come()
    await back.reaches(f"m{index}.v2.s0.f0")
    assert back.told() == fast.told()[-100:]


async def test_nobody_is_counted_after_leaving(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gauge of connections follows those who come and go, and a meeting nobody follows is let go."""
    monkeypatch.setattr(hall, "ROUND_SECONDS", 0.02)
    monkeypatch.setattr(hall, "LINGER_SECONDS", 0.0)
    before = metrics.live_connections._value.get()
    screens = await asyncio.gather(*(theatre.follower() for _ in range(10)))
    await seen(lambda: metrics.live_connections._value.get() == before + 10)
    for each in screens:
        await each.leave()
    await seen(lambda: metrics.live_connections._value.get() == before)
    again = await theatre.follower()
    await seen(lambda: again.names() == ["snapshot"])
