"""The door for who comes by plain HTTP: it says why no phone can sign there, and the way to the other."""

import contextlib
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from services.desk import listening
from services.desk.idle import Idle
from services.desk.workers import WorkersRefused, port_held
from services.kit.background import beside
from services.kit.settings import Settings
from services.pages.app import build_plain
from services.pages.house import House

log = structlog.get_logger(__name__)

_HTTPS, _HTTP = 443, 80
# Who reads the page has no need to stay; this process has other uses for its files.
_STAY_SECONDS, _MOST_IDLE = 15.0, 100


@contextlib.asynccontextmanager
async def explaining(settings: Settings, house: House) -> AsyncIterator[int]:
    """Its port, answering as long as the block lasts. Raises WorkersRefused if the port that is wished is taken."""
    async with contextlib.AsyncExitStack() as stack:
        port = await stack.enter_async_context(_held(settings))
        runner = web.AppRunner(
            build_plain(house), access_log=None, shutdown_timeout=1.0, keepalive_timeout=_STAY_SECONDS
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        assert runner.server is not None  # noqa: S101  # it is set up
        await stack.enter_async_context(beside("desk", Idle(runner.server, _MOST_IDLE).watch()))
        await listening.listen(runner, settings.host, port)
        yield port


@contextlib.asynccontextmanager
async def _held(settings: Settings) -> AsyncIterator[int]:
    """The port that is wished; without a wish the next one, or a free one if that is taken."""
    wished = settings.http_port or (_HTTP if settings.port == _HTTPS else settings.port + 1)
    async with contextlib.AsyncExitStack() as stack:
        try:
            port = await stack.enter_async_context(port_held(settings.host, wished))
        except (WorkersRefused, OverflowError):
            if settings.http_port:
                raise
            port = await stack.enter_async_context(port_held(settings.host, 0))
        yield port
