"""A proxy between a phone and the server that cuts the line, holds what passes, loses answers, and lies."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import msgspec
from aiohttp import web

Lie = Callable[[bytes], bytes]
_encode = msgspec.json.encode
_NOT_PASSED = frozenset(
    {"transfer-encoding", "content-length", "connection", "content-encoding", "keep-alive"}
)


@dataclass
class LyingProxy:
    """Honest until it is told otherwise. Paths are matched by what they contain."""

    server: str
    url: str = ""
    cut: bool = False
    lose: str = ""
    """Requests to this path reach the server; their answers are lost."""
    hold: str = ""
    """Requests to this path wait here until `release`."""
    answers: dict[str, Lie] = field(default_factory=dict)
    events: Lie | None = None
    """What becomes of each whole event of a live stream."""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Every request that came, with its body: method, path, bytes."""
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _streams: list[web.Request] = field(default_factory=list)
    _told: list[web.StreamResponse] = field(default_factory=list)

    def release(self) -> None:
        """Let go what is held."""
        self.hold = ""
        self._released.set()

    async def tell(self, *events: tuple[str, object]) -> None:
        """Say these on every live stream, as if the server had: each a name and what it carries."""
        said = b"".join(b"event: %b\ndata: %b\n\n" % (name.encode(), _encode(data)) for name, data in events)
        for stream in tuple(self._told):
            await stream.write(said)

    def break_line(self) -> None:
        """From now on nobody is answered, and what is open ends."""
        self.cut = True
        for request in tuple(self._streams):
            _hang_up(request)

    def mend_line(self) -> None:
        """The network is back."""
        self.cut = False

    def sent_to(self, path: str) -> list[bytes]:
        """The bodies that were sent to a path, in order."""
        return [body for _, asked, body in self.asked if path in asked]

    async def handle(self, session: aiohttp.ClientSession, request: web.Request) -> web.StreamResponse:
        """One request, passed on or not."""
        body = await request.read()
        self.asked.append((request.method, request.path, body))
        if self.hold and self.hold in request.path:
            self._released.clear()
            await self._released.wait()
        if self.cut:
            return _hang_up(request)
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in {"host", "accept-encoding"}
        }
        async with session.request(
            request.method, self.server + request.path_qs, data=body or None, headers=headers
        ) as answer:
            if "event-stream" in answer.content_type:
                return await self._stream(request, answer)
            raw = await answer.read()
            if self._is_lost(request.path):
                return _hang_up(request)
            lies = [lie for path, lie in self.answers.items() if path in request.path]
            for lie in lies:
                raw = lie(raw)
            # What is said instead of a refusal is an answer.
            return web.Response(body=raw, status=200 if lies else answer.status, headers=_kept(answer))

    def _is_lost(self, path: str) -> bool:
        return self.cut or bool(self.lose and self.lose in path)

    async def _stream(self, request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=_kept(answer))
        await response.prepare(request)
        self._streams.append(request)
        self._told.append(response)
        try:
            async for event in _events(answer.content):
                await response.write(self.events(event) if self.events else event)
        except (aiohttp.ClientError, ConnectionError):
            _hang_up(request)
        finally:
            self._streams.remove(request)
            self._told.remove(response)
        return response


async def _events(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    rest = b""
    async for piece in content.iter_any():
        *whole, rest = (rest + piece).split(b"\n\n")
        for event in whole:
            yield event + b"\n\n"


def _kept(answer: aiohttp.ClientResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.lower() not in _NOT_PASSED}


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)


@asynccontextmanager
async def between(server: str) -> AsyncIterator[LyingProxy]:
    """A proxy in front of the server, at an address of its own."""
    proxy = LyingProxy(server)
    unlimited = aiohttp.ClientTimeout(total=None, sock_connect=5)
    async with aiohttp.ClientSession(timeout=unlimited, connector=aiohttp.TCPConnector(limit=0)) as session:

        async def handle(request: web.Request) -> web.StreamResponse:
            return await proxy.handle(session, request)

        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app, shutdown_timeout=1, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield proxy
        finally:
            proxy.break_line()
            proxy.release()
            await runner.cleanup()
