"""Composition of live: the only file that knows all the others."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from services.kit.application import ReadyCheck, build_service
from services.kit.context import Context
from services.live.hall import Hall
from services.live.routes import HALL, ROUTES


def create(context: Context) -> web.Application:
    """The service, to be mounted under `/live`."""
    app = build_service("live", ROUTES)
    app[HALL] = Hall(context.redis, context.clock, context.settings.heartbeat_seconds)
    app.cleanup_ctx.append(_rounds)
    # On shutdown, not on cleanup: aiohttp waits between the two for every handler, and ours end by being told.
    app.on_shutdown.append(_close)
    return app


def ready_of(app: web.Application) -> ReadyCheck:
    """Ready until it closes. A lost Redis does not count: screens stay, are told, and catch up."""

    async def ready() -> None:
        app[HALL].must_be_open()

    return ready


async def _rounds(app: web.Application) -> AsyncIterator[None]:
    rounds = asyncio.create_task(app[HALL].run())
    yield
    rounds.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await rounds


async def _close(app: web.Application) -> None:
    await app[HALL].close()
