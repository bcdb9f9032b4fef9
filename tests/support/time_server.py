"""An authority for time at a URL, with the list that its certificate names (RFC 3161 over HTTP)."""

import asyncio
import datetime
from typing import Any

from aiohttp import web

from services.kit.clock import now
from tests.support.pki import ENDS
from tests.support.stamps import TimeAuthority, for_time, revocation_list


class TimeServer:
    """Stamps with the certificate that it has been given last."""

    def __init__(self) -> None:
        """Nobody is revoked, and all of it is there."""
        self.authority = TimeAuthority()
        self.lists = True
        self.url = ""

    @property
    def app(self) -> web.Application:
        """To be served by the test."""
        app = web.Application()
        app.router.add_post("/tsa", self._stamp)
        app.router.add_get("/time.crl", self._crl)
        return app

    def serve(self, server: Any, ends: datetime.datetime = ENDS) -> str:
        """Where it stamps, now that it is served there."""
        self.url = f"http://127.0.0.1:{server.port}"
        self.certify("Time 2", ends)
        return f"{self.url}/tsa"

    def certify(self, name: str, ends: datetime.datetime = ENDS) -> None:
        """From now on it stamps with another certificate."""
        crl = f"{self.url}/time.crl"
        self.authority.stamper = for_time(name, self.authority.root, crl=crl, ends=ends)

    async def _stamp(self, request: web.Request) -> web.Response:
        answer = await asyncio.to_thread(self.authority.answer, await request.read())
        return web.Response(body=answer, content_type="application/timestamp-reply")

    async def _crl(self, _: web.Request) -> web.Response:
        """The list, unless it is away."""
        if not self.lists:
            raise web.HTTPServiceUnavailable
        return web.Response(body=revocation_list(self.authority.root, now()))
