"""The answer to what comes by the thousand: head and body written down at once, and sent as one piece.

aiohttp's own `Response` gathers its headers anew for every answer, which is a twentieth of all that a ballot costs.
Here they stand already, all but the length, the date and the request's name (figures: `loadtests/README.md`). It is
for HTTP/1.1 over a connection that stays, as nearly every ballot comes; `respond` answers any other as ever.
"""

import time
from email.utils import formatdate
from functools import cache, lru_cache
from http import HTTPStatus

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from services.kit.pieces import HEADERS
from services.kit.route import REQUEST_ID

NAME = "Plenary"
_MEDIA = "application/json"


class PromptAnswer(web.StreamResponse):
    """A whole answer in JSON, with the headers that all others have."""

    def __init__(self, request: web.Request, body: bytes, status: int) -> None:
        """Made for one request: it carries its name."""
        super().__init__(status=status)
        self._writer = request.writer
        self._whole = b"%b%d\r\nDate: %b\r\nX-Request-Id: %b\r\n\r\n%b" % (
            _head(status),
            len(body),
            _date(int(time.time())),
            request[REQUEST_ID].encode(),
            body,
        )

    @property
    def keep_alive(self) -> bool:
        """The connection stays: others are not answered so."""
        return True

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        """Nothing is left to be made."""
        return request.writer

    async def write_eof(self, data: bytes = b"") -> None:
        """Send it. Raises ConnectionError if nobody is there any more."""
        await self._writer.write(self._whole)
        # Who asks on and never reads would fill our memory: the next is answered when there is room in the connection.
        await self._writer.drain()


def respond(request: web.Request, body: bytes, status: int) -> web.StreamResponse:
    """Answer a request with JSON that is whole."""
    if request.version == HttpVersion11 and request.keep_alive and request.method != "HEAD":
        return PromptAnswer(request, body, status)
    return web.Response(body=body, status=status, content_type=_MEDIA)


@cache
def _head(status: int) -> bytes:
    """All that does not change, up to the length."""
    fixed = {"Content-Type": _MEDIA, **HEADERS, "Server": NAME}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in fixed.items()]
    return "\r\n".join([*lines, "Content-Length: "]).encode()


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    """The time as RFC 9110 writes it, made once a second."""
    return formatdate(second, usegmt=True).encode()
