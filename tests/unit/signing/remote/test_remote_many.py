"""Five hundred signatures pending at once: values on one event loop, no thread for any of them."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from services.rules import jws
from services.signing.remote.exchange import CONNECTIONS
from services.signing.remote.neac769 import Neac769
from services.signing.remote.port import Done, StillPending
from services.signing.remote.settings import Neac769Settings, Secret
from tests.support import fake_neac769 as fake
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Clock, Pauses, order, signer, talking

MANY = 500
AN = signer("an")


class Late(FakeNeac769):
    """Answers the status of no transaction before as many are asked at once as there are connections."""

    def __init__(self) -> None:
        super().__init__(people={"user-an": [AN]})
        self.held, self.most, self.enough = 0, 0, asyncio.Event()

    async def _status(self, request: web.Request) -> web.StreamResponse:
        self.held += 1
        self.most = max(self.most, self.held)
        if self.held == CONNECTIONS:
            self.enough.set()
        await self.enough.wait()
        self.held -= 1
        return await super()._status(request)


@asynccontextmanager
async def desk(service: FakeNeac769) -> AsyncIterator[Neac769]:
    def make(session: aiohttp.ClientSession, url: str) -> Neac769:
        settings = Neac769Settings(
            name="x", bodies=(), url=f"{url}/sca/sp769", secret_file="x", sp_id=fake.SP_ID
        )
        return Neac769.over(session, Clock(), "vnpt", settings, Secret(fake.SP_PASSWORD), Pauses().manners)

    async with talking(service.app(), make) as made:
        yield made


async def test_many_are_pending_without_a_thread() -> None:
    """All are started, all are asked for while the service answers late, all are signed: each its own."""
    held = Late()
    wanted = [order(AN, f"pl-{place}") for place in range(MANY)]
    async with desk(held) as vnpt:
        threads = threading.active_count()
        pending = await asyncio.gather(*(vnpt.start(each) for each in wanted))
        waiting = await asyncio.gather(*(vnpt.ask(each) for each in pending))
        assert all(isinstance(each, StillPending) for each in waiting)
        assert held.most == CONNECTIONS
        assert threading.active_count() == threads
        for each in wanted:
            held.confirm(each.id)
        done = await asyncio.gather(*(vnpt.ask(each) for each in pending))
        assert threading.active_count() == threads
    for each, found in zip(wanted, done, strict=True):
        assert isinstance(found, Done)
        assert found.evidence.transaction == each.id
        jws.verify_bytes("RS256", AN.key.public_key(), found.signature, each.signing_input)
