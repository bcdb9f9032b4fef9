"""Bodies are taken as they are: whoever sends one packed (`Content-Encoding`) is refused, and hung up on.

aiohttp unpacks while it reads, and reads on for a while after an early answer: of one megabyte that unpacks to a
thousand it lets nobody else have the event loop meanwhile, whatever address it was sent to. No client of ours packs.
"""

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.typedefs import Handler

HEADER = "Content-Encoding"


class LastAnswer(web.Response):
    """An answer behind which nothing more of its connection is read."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """As ever; whose connection it is."""
        self._connection = request.protocol
        return await super().prepare(request)

    async def write_eof(self, data: bytes = b"") -> None:
        """Send it, and hang up."""
        await super().write_eof(data)
        self._connection.force_close()


def is_packed(request: web.BaseRequest) -> bool:
    """Whether the body says to be; however: of several such lines aiohttp goes by another than we would read."""
    return HEADER in request.headers


@web.middleware
async def refused(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For servers that answer no problems."""
    return LastAnswer(status=415) if is_packed(request) else await handler(request)
