"""A service that never heard us has asked nobody: it is asked again, and nobody is waited for."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from services.kit import clock
from services.signing.remote.errors import RemoteBusy, RemoteUnreachable
from services.signing.remote.exchange import Exchange, Manners
from services.signing.remote.port import Done
from tests.support.fake_signers import order, serving, signer
from tests.support.remote_desks import bench

AN = signer("an")


async def test_whoever_got_no_connection_was_not_heard() -> None:
    """All connections are in use, and none becomes free in time."""
    came, released, heard = asyncio.Event(), asyncio.Event(), list[str]()

    async def slow(request: web.Request) -> web.StreamResponse:
        heard.append(request.path)
        came.set()
        await released.wait()
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/{any:.*}", slow)
    manners = Manners(timeout=aiohttp.ClientTimeout(total=30, connect=0.2), tries=1)
    async with serving(app) as url, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        exchange = Exchange(session, clock.now, "vnpt", url, manners)
        first = asyncio.create_task(exchange.post("first", {}, again=False))
        await asyncio.wait_for(came.wait(), 30)
        with pytest.raises(RemoteBusy):
            await exchange.post("second", {}, again=False)
        released.set()
        assert (await first).status == 200
    assert heard == ["/first"]


async def test_who_was_not_asked_is_asked_again() -> None:
    """The connection fell before the service had read what was sent: it knows of no question, and is told once more."""

    async def fell(request: web.Request, _: web.StreamResponse) -> web.StreamResponse:
        held.fake.transactions.clear()
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with bench("769", AN) as held:
        held.lies["/sign"] = fell
        with pytest.raises(RemoteUnreachable):
            await held.service.start(order(AN))
        held.lies.clear()
        assert isinstance(await held.confirmed(await held.service.start(order(AN))), Done)
