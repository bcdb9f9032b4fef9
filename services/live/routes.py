"""HTTP in, a stream of events out."""

import contextlib
import re

from aiohttp import HttpVersion11, web

from services.access import ForeignBody
from services.kit import pieces
from services.kit.problem import NotReady, NotThere
from services.kit.route import Call, Route
from services.live.connected import DESK, MEMBERS, NEAR
from services.live.feed import Feed
from services.live.frame import MEDIA_TYPE
from services.live.hall import RETRY_MS, ROOM_MADE, Hall
from services.live.position import Position, history_in, parse
from services.live.screen import Screen
from services.wire import Meeting

HALL: web.AppKey[Hall] = web.AppKey("hall", Hall)
CATCH_UP_SECONDS = 5.0
UNKNOWN_SECONDS = 1.0
AHEAD_SECONDS = 3.0
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_HEADERS = {
    "X-Accel-Buffering": "no",
    "Referrer-Policy": "no-referrer",
}


async def follow(call: Call) -> web.StreamResponse:
    """Show a meeting until the screen goes, its token expires, or the worker ends."""
    hall = call.app[HALL]
    with hall.feed(_meeting_id(call)) as feed:
        # 1. Is there such a meeting, and is it theirs?
        call.must_be_of((await _known(feed)).body)
        # 2. Where do they come from? One that has seen more than we have waits for us.
        at, history = await _position(call, feed)
        # 3. The response begins; a screen that is gone already is none of our concern.
        response = pieces.begin(call.request, MEDIA_TYPE)
        response.headers.update(_HEADERS)
        response.force_close()
        with contextlib.suppress(ConnectionError):
            await response.prepare(call.request)
            await response.write(b"retry: %d\n\n" % RETRY_MS)
            await _show(call, hall, feed, at, history)
        return response


async def _show(call: Call, hall: Hall, feed: Feed, at: Position | None, history: int) -> None:
    transport = call.request.transport
    if transport is None or feed.closed:
        return
    chunked = call.request.version >= HttpVersion11
    screen = Screen(
        transport,
        chunked=chunked,
        expires_at=call.who.exp * 1000,
        member="" if MEMBERS.isdisjoint(call.who.roles) else call.who.sub,
        near=not NEAR.isdisjoint(call.who.roles),
        desk=not DESK.isdisjoint(call.who.roles),
    )
    # 4. From making the opening to joining nothing is awaited: no event falls between the two.
    #    The opening has no name here: it would be kept as long as the connection.
    feed.join(screen, feed.chronicle.opening(at, history) + _beside(hall, feed, screen))
    # 5. Of too many of one person the oldest goes.
    person = (call.who.body, call.who.sub)
    hall.own_screens.come(person, screen, ROOM_MADE)
    try:
        await screen.gone
    finally:
        hall.own_screens.go(person, screen)
        feed.leave(screen)


def _beside(hall: Hall, feed: Feed, screen: Screen) -> bytes:
    return hall.clock_event() + feed.aside(near=screen.near, desk=screen.desk)


def _meeting_id(call: Call) -> str:
    meeting = call.part("meeting")
    if not _ID.fullmatch(meeting):
        raise NotThere
    return meeting


async def _known(feed: Feed) -> Meeting:
    """The meeting that is followed. Raises NotReady while its streams cannot be read, NotThere if it is unknown."""
    if not await feed.until(lambda: feed.caught_up, CATCH_UP_SECONDS):
        raise NotReady(what="streams")
    await feed.until(lambda: feed.known, UNKNOWN_SECONDS)
    if (meeting := feed.chronicle.shown.meeting) is None:
        raise NotReady(what="streams") if feed.degraded else NotThere
    return meeting


async def _position(call: Call, feed: Feed) -> tuple[Position | None, int]:
    last = call.request.headers.get("Last-Event-ID")
    at = parse(last)
    if at is not None:
        # Another worker was ahead, or Redis came back empty and is being filled again. If we do not get there in
        # time, `opening` finds the position ahead of ours and makes a snapshot.
        await feed.until(lambda: feed.chronicle.position.covers(at), AHEAD_SECONDS)
    return at, history_in(last)


ROUTES = (
    Route(
        "GET",
        "/meetings/{meeting}/events",
        follow,
        "live.follow",
        "Follow a meeting: a snapshot, then its events; with Last-Event-ID exactly those missed, then what follows.",
        gives_media=MEDIA_TYPE,
        refuses=(ForeignBody, NotThere, NotReady),
    ),
)
