"""Who gets webhooks, in tests: takes them, or fails in the ways that receivers fail."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from aiohttp import web

from services.wire import TurnEvent

# What to do with the nth try (from 0): a status to answer with, or None to hang up without an answer.
Fault = Callable[[int], int | None]


def takes_all(_: int) -> int | None:
    """Nothing goes wrong."""
    return 204


@dataclass
class Receiver:
    """An HTTP server at `url`; `tries` are all requests as they came, `taken` the events that were acknowledged."""

    fault: Fault = takes_all
    headers: dict[str, str] = field(default_factory=dict)
    tries: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[TurnEvent] = field(default_factory=list)
    url: str = ""
    _runner: web.AppRunner | None = None

    async def open(self) -> "Receiver":
        """Listen on a free port."""
        app = web.Application()
        app.router.add_post("/hook", self._get)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"
        return self

    async def close(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _get(self, request: web.Request) -> web.Response:
        body = await request.read()
        status = self.fault(len(self.tries))
        self.tries.append(({name.lower(): value for name, value in request.headers.items()}, body))
        if status is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if 200 <= status < 300:
            self.taken.append(msgspec.json.decode(body, type=TurnEvent))
        return web.Response(status=status, headers=self.headers)
