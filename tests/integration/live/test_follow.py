"""Following a meeting over a real stream, from the first snapshot to the last word."""

import asyncio
import time

import msgspec
import pytest

from services.kit import metrics
from services.live import floor, hall
from services.live.chronicle import Chronicle
from services.rules.floor import speakers
from services.wire import Ask, FloorNewsShown, FloorShown, OpenLane
from tests.integration.live.screens import Watcher, deaf_screen, seen
from tests.integration.live.theatre import Theatre
from tests.property.live import floors
from tests.unit.live import stories


async def test_snapshot_then_stream(theatre: Theatre) -> None:
    """A screen gets one snapshot, the server's clock, then each event as it happens."""
    screen = await theatre.follower()
    await seen(lambda: screen.clocks == 1)
    (snapshot,) = screen.seen
    assert (snapshot.name, snapshot.identifier) == ("snapshot", "m3.v2.s0.f0")
    assert snapshot.content["polls"]["p1"]["definition"] == "d.e.f"
    assert snapshot.content["roll"]["entries"] == 3
    assert screen.retry == 1_000
    await theatre.tell("voting", stories.received(2, 1), stories.closed(3))
    await seen(lambda: len(screen.seen) == 3)
    assert screen.names() == ["snapshot", "progress", "poll.changed"]
    assert [each.identifier for each in screen.seen[1:]] == ["m3.v3.s0.f0", "m3.v4.s0.f0"]
    assert screen.seen[1].content == {"poll": "p1", "received": 1, "pending": 0}


async def test_headers(theatre: Theatre) -> None:
    """No cache and no proxy holds events back, and the connection is not kept for another request."""
    screen = await theatre.follower()
    assert screen.response is not None
    headers = screen.response.headers
    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"
    assert headers["Connection"] == "close"
    assert headers["X-Request-Id"]


async def test_http_1_0(theatre: Theatre) -> None:
    """A proxy that speaks HTTP/1.0 gets the events unchunked."""
    reader, writer = await asyncio.open_connection("127.0.0.1", theatre.port)
    writer.write(
        b"GET /live/meetings/hall/events HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer "
        + theatre.token().encode()
        + b"\r\n\r\n"
    )
    raw = await reader.readuntil(b"event: clock")
    body = raw.split(b"\r\n\r\n", 1)[1]
    assert body.startswith(b"retry: 1000\n\nevent: snapshot\nid: m3.v2.s0.f0\ndata: {")
    writer.close()
    await writer.wait_closed()


async def test_counts_are_coalesced(theatre: Theatre) -> None:
    """Two hundred batches of ballots become a few events, and the last count arrives."""
    screen = await theatre.follower()
    began = time.monotonic()
    for index in range(2, 202):
        await theatre.tell("voting", stories.received(index, index - 1))
    await seen(lambda: "progress" in screen.names() and screen.seen[-1].content["received"] == 200)
    progress = [each for each in screen.seen if each.name == "progress"]
    assert len(progress) <= 4 * (time.monotonic() - began) + 1
    assert screen.seen[-1].identifier == "m3.v202.s0.f0"


async def test_who_may_follow(theatre: Theatre) -> None:
    """Without a token, of another body, as the operator, or an unknown meeting: refused with a code."""
    stranger = theatre.watcher(body="other")
    assert (await stranger.come()).status == 403
    operator = theatre.watcher(roles=("operator",))
    assert (await operator.come()).status == 403
    late = theatre.watcher(life_s=-1)
    assert (await late.come()).status == 401
    nowhere = theatre.watcher(meeting="of-tomorrow")
    response = await nowhere.come()
    assert (response.status, (await response.json())["code"]) == (404, "not_found")
    malformed = theatre.watcher(meeting="a}b{c")
    assert (await malformed.come()).status == 404


async def test_meeting_that_begins_meanwhile(theatre: Theatre) -> None:
    """A screen that is a moment early is let in as soon as the meeting is there."""
    screen = theatre.watcher(meeting="second")
    coming = asyncio.create_task(screen.come())
    await theatre.tell("meeting", stories.begun(meeting="second"), key="second")
    assert (await coming).status == 200


async def test_token_expires(theatre: Theatre) -> None:
    """When the token expires the screen is told so and the stream ends."""
    screen, other = await theatre.follower(life_s=600), await theatre.follower()
    theatre.ahead_ms = 601_000
    await seen(lambda: screen.ended)
    assert screen.names()[-1] == "expired"
    assert not other.ended
    assert "expired" not in other.names()


async def test_heartbeats(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is filled with comments and the server's time."""
    monkeypatch.setattr(hall, "ROUND_SECONDS", 0.05)
    theatre = Theatre(redis_url, heartbeat_seconds=0)
    await theatre.open()
    try:
        await theatre.tell("meeting", stories.begun())
        screen = await theatre.follower()
        await seen(lambda: screen.clocks >= 3 and screen.comments >= 3)
        assert screen.names() == ["snapshot"]
    finally:
        await theatre.leave()


async def test_bye(theatre: Theatre) -> None:
    """A worker that ends says so at once to all its screens, and is not held up by one that reads nothing."""
    screens = [await theatre.follower() for _ in range(5)]
    deaf = deaf_screen(theatre.port, theatre.token())
    await seen(lambda: metrics.live_connections._value.get() >= 6)
    # More than its socket takes, less than what cuts it off.
    await theatre.tell("meeting", *(stories.came(index, "d" * 60 + str(index)) for index in range(3, 800)))
    await seen(lambda: all(screen.last == "m800.v2.s0.f0" for screen in screens))
    began = time.monotonic()
    await theatre.close()
    assert time.monotonic() - began < 5
    await seen(lambda: all(screen.ended for screen in screens))
    assert {screen.names()[-1] for screen in screens} == {"bye"}
    deaf.close()


async def test_our_own_fault(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    """If following a meeting fails, its screens are sent away and come back to a fresh start, with nothing missed."""
    screen = await theatre.follower()
    await screen.reaches("m3.v2.s0.f0")
    with monkeypatch.context() as broken:
        broken.setattr(Chronicle, "take", None)
        await theatre.tell("voting", stories.closed(2))
        await seen(lambda: screen.ended)
    assert screen.names() == ["snapshot", "bye"]
    await screen.leave()
    await screen.come()
    await screen.reaches("m3.v3.s0.f0")
    assert screen.names() == ["snapshot", "bye", "poll.changed"]


async def test_entry_of_another_make(theatre: Theatre) -> None:
    """An entry without a message is passed over."""
    screen = await theatre.follower()
    await theatre.put_entry("voting", "0-3", {"x": "y"})
    await theatre.put_entry("voting", "0-4", {"m": "not json"})
    await theatre.tell("meeting", stories.came(3, "d2"))
    await seen(lambda: "presence.changed" in screen.names())
    assert screen.names() == ["snapshot", "presence.changed"]


async def test_floor_follows(theatre: Theatre) -> None:
    """A screen that stays, one that comes back and one that comes late show the same floor; requests come together."""
    stayed, left = await theatre.follower(), await theatre.follower()
    await seen(lambda: bool(stayed.seen and left.seen))
    await left.leave()
    sitting = floors.Sitting()
    sitting.roll()
    assert sitting.try_act(
        OpenLane(meeting=stories.MEETING, seen=sitting.floor.revision, item="i1", lane="speech")
    )
    for number, member in enumerate(floors.MEMBERS):
        ask = Ask(meeting=stories.MEETING, id=f"r{number}", item="i1", lane="speech", stance="for")
        assert sitting.try_act(ask, member)
        sitting.commit()
    await theatre.tell("floor", *sitting.events)
    last = f"m3.v2.s0.f{len(sitting.events)}"
    await stayed.reaches(last)
    await left.come()
    await left.reaches(last)
    late = await theatre.follower()
    await late.reaches(last)
    expected = speakers.shown(sitting.floor)
    assert shown_by(stayed) == shown_by(left) == shown_by(late) == expected
    assert late.names() == ["snapshot"]
    assert "jws" not in str([each.content for each in stayed.seen if each.name == "floor.changed"])
    assert left.names().count("floor.changed") <= 3


def shown_by(screen: Watcher) -> FloorShown | None:
    """The floor that a screen shows after all that it was told."""
    shown: FloorShown | None = None
    for each in screen.seen:
        if each.name == "snapshot":
            shown = msgspec.convert(each.content.get("floor"), FloorShown | None)
        elif each.name == "floor.changed":
            shown = floor.fold(shown, msgspec.convert(each.content, FloorNewsShown))
    return shown
