"""Connections on which nobody asks anything make room: however many are opened and left, who votes gets in.

aiohttp keeps one for an hour, also one that has sent half a head; a phone is glad of that, because it need not connect
anew to vote. So they end only where there are many: first those that never asked, then whoever has been silent longest.
Whoever asks, or has a live screen, is not among them; an honest phone that is comes back without noticing.
"""

import asyncio
import itertools
import resource
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
MOST = 16_384
# Of all files that may be open: `open_files` has nothing to say as long as it is only connections.
SHARE = 0.8
_SLICE = 250
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Idle:
    """Who is connected to a server and asks nothing. Made before anybody connects."""

    def __init__(self, server: web.Server, most: int = MOST) -> None:
        """`most`: so many may be idle, if there are files enough."""
        self._server = server
        self._most = most
        self._asking: set[web.RequestHandler] = set()
        self._asked: dict[web.RequestHandler, int] = {}
        server.request_handler = self._noting(server.request_handler)

    def _noting(self, ordinary: Handler) -> Handler:
        asking, asked, numbers = self._asking, self._asked, itertools.count(1)

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            connection = request.protocol
            asking.add(connection)
            try:
                return await ordinary(request)
            finally:
                asking.discard(connection)
                asked[connection] = next(numbers)

        return handle

    async def watch(self) -> None:
        """For ever: a look about once a second."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.make_room()

    async def make_room(self) -> None:
        """Close idle connections if there are more than there may be."""
        there = self._server.connections
        for gone in self._asked.keys() - set(there):
            del self._asked[gone]
        idle = [each for each in there if each not in self._asking]
        most = min(self._most, max(0, int(SHARE * _files()) - len(self._asking)))
        if len(idle) <= most:
            return
        # Those that never asked have no number; among them the oldest comes first.
        idle.sort(key=lambda each: self._asked.get(each, 0))
        closed = idle[: len(idle) - most * 3 // 4]
        log.warning("worker.idle_closed", idle=len(idle), closed=len(closed), most=most)
        for place, each in enumerate(closed, start=1):
            # Not closed in order: with TLS that would wait for the other side to agree.
            if each not in self._asking and each.transport is not None:
                each.transport.abort()
            if place % _SLICE == 0:
                await asyncio.sleep(0)


def _files() -> int:
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST * 4 if most == resource.RLIM_INFINITY else most
