"""The straight way for what comes by the thousand: past the router, through the same door.

To find a route among all, and to go through the applications that it is mounted in, costs aiohttp six microseconds for
each (`loadtests/README.md`). Here a busy route's requests are known by their line alone. One with anything unusual
about it goes the way of all others, and finds the same handler.
"""

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from services.kit import packed_body
from services.kit.application import METER, MOUNTED, answer
from services.kit.meter import Meter
from services.kit.route import BUSY, Busy, Enter

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
# What needs no escape in a path, and cannot be "." or "..": it stands for itself.
_PART = "[A-Za-z0-9_-]+"
_EXPECT = "Expect"


class Way(NamedTuple):
    """A busy route as the server knows it: its address, in which each place is a group."""

    method: str
    address: re.Pattern[str]
    route: str
    enter: Enter


def lay(runner: web.AppRunner, root: web.Application) -> None:
    """Lay the straight ways to an application whose runner has been set up, before anybody connects."""
    server = runner.server
    if server is None:
        raise RuntimeError("the runner is not set up yet")
    for name, service in root[MOUNTED].items():
        for busy in service[BUSY]:
            server.request_handler = _past(_way(f"/{name}", busy), root[METER], server.request_handler)


def _way(prefix: str, busy: Busy) -> Way:
    route = prefix + busy.route.path
    parts = [
        f"(?P<{part[1:-1]}>{_PART})" if part[:1] == "{" else re.escape(part) for part in route.split("/")
    ]
    return Way(busy.route.method, re.compile("/".join(parts)), route, busy.enter)


def _past(way: Way, meter: Meter, ordinary: Handler) -> Handler:
    method, knows, route, enter = way.method, way.address.fullmatch, way.route, way.enter

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        known = knows(request.raw_path) if request.method == method else None
        # All of it is here, and nobody waits to be told to go on.
        if (
            known
            and isinstance(request, web.Request)
            and request.content.is_eof()
            and _EXPECT not in request.headers
            and not packed_body.is_packed(request)
        ):
            places = known.groupdict()
            return await answer(meter, route, request, lambda request: enter(request, places))
        return await ordinary(request)

    return handle
