"""What a worker is made of, before anybody connects to it."""

import asyncio
import faulthandler
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import web

from services.desk import worker
from services.kit import prompt
from services.kit.application import Handler, build_root, build_service
from services.kit.route import Call, Route
from services.kit.settings import Settings
from tests.support.waiting import until


async def _taken(call: Call) -> web.StreamResponse:
    return prompt.respond(call.request, b"{}", 201)


_ROUTES = (
    Route("POST", "/of/{name}/ballots", _taken, "anyone", "busy", busy=True),
    Route("POST", "/of/{name}/others", _taken, "anyone", "ordinary"),
)


@asynccontextmanager
async def _serving(settings: Settings, socket: Path) -> AsyncIterator[None]:
    """A worker in this process, as long as the block lasts; what it sets for its own process is set back."""
    threshold = gc.get_threshold()
    task = asyncio.create_task(worker.serve(settings, socket, None))
    try:
        await until(lambda: _stands(socket, task), what="the worker to listen")
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        faulthandler.cancel_dump_traceback_later()
        gc.unfreeze()
        gc.set_threshold(*threshold)


async def _stands(socket: Path, task: asyncio.Task[None]) -> bool:
    assert not task.done(), task
    return socket.exists()


async def _status(socket: Path, path: str) -> bytes:
    reader, writer = await asyncio.open_unix_connection(socket)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
    status = await reader.readline()
    writer.close()
    return status.split()[1]


async def test_busy_routes_go_past_the_router(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker serves as well without; only each ballot would cost more, and nobody would notice."""
    by_router: list[str] = []

    @web.middleware
    async def seen(request: web.Request, handler: Handler) -> web.StreamResponse:
        by_router.append(request.path)
        return await handler(request)

    def build(*_: object) -> web.Application:
        root = build_root({"echo": build_service("echo", _ROUTES)}, ())
        root.middlewares.append(seen)
        return root

    monkeypatch.setattr(worker, "build", build)
    socket = tmp_path / "0.sock"
    async with _serving(Settings(port=0, data=tmp_path, drain_seconds=1), socket):
        assert await _status(socket, "/echo/of/po-1/others") == b"201"
        assert await _status(socket, "/echo/of/po-1/ballots") == b"201"
    assert by_router == ["/echo/of/po-1/others"]
