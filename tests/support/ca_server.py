"""Serves an outside authority's lists and answers over HTTP on this machine, well or badly, and counts who comes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


class CaServer:
    """What each path answers can be set at any time."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.serves: dict[str, Serve] = {}
        self.url = ""
        # Held shut, every request waits until it is opened.
        self.gate = asyncio.Event()
        self.gate.set()

    def give(self, path: str, content: bytes, **headers: str) -> None:
        """Answer with these bytes."""

        async def serve(_: web.Request) -> web.StreamResponse:
            return web.Response(body=content, headers={k.replace("_", "-"): v for k, v in headers.items()})

        self.serves[path] = serve

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        self.asked[request.path] += 1
        await self.gate.wait()
        serve = self.serves.get(request.path)
        return await serve(request) if serve else web.Response(status=404)


@asynccontextmanager
async def serving() -> AsyncIterator[CaServer]:
    """A server on a free port of this machine."""
    here = CaServer()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", here.answer)
    server = TestServer(app)
    await server.start_server()
    here.url = str(server.make_url("")).rstrip("/")
    try:
        yield here
    finally:
        here.gate.set()
        await server.close()
