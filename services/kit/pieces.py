"""An answer that is sent piece by piece while it is made: however long it is, nobody holds it whole."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from types import MappingProxyType

from aiohttp import web

from services.kit.route import REQUEST_ID

# What every answer carries; the edge adds it to those that are whole.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# A reader that takes no piece for so long has gone, or wants to hold the connection for ever.
STALLED_SECONDS = 60.0
PIECE_BYTES = 65_536


def begin(
    request: web.Request, media: str, headers: Mapping[str, str] = MappingProxyType({})
) -> web.StreamResponse:
    """A response that is not whole when it begins, with the headers of all others, and these."""
    given = {"Content-Type": media, "X-Request-Id": request[REQUEST_ID]}
    return web.StreamResponse(headers={**HEADERS, **given, **headers})


async def send(
    request: web.Request,
    pieces: AsyncGenerator[bytes, None],
    media: str,
    length: int | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> web.StreamResponse:
    """Send the pieces as they come, of this length in all if it is known. What is refused before the first is refused
    as anything else is.

    After that nothing can be refused any more: what fails cuts the connection, so that half an answer is never taken
    for a whole one.
    """
    async with aclosing(pieces):
        piece = await anext(pieces)
        response = begin(request, media, headers)
        response.content_length = length
        try:
            while piece:
                await _write(request, response, piece)
                piece = await anext(pieces, b"")
        except BaseException as error:
            if request.transport is not None:
                request.transport.abort()
            if not isinstance(error, _ReaderGone):
                raise
        return response


async def cut(whole: bytes) -> AsyncGenerator[bytes, None]:
    """Something large that is there already, in pieces between which others have their turn: sending megabytes at
    once, and to several, holds up the event loop for milliseconds."""
    for start in range(0, len(whole), PIECE_BYTES):
        yield whole[start : start + PIECE_BYTES]
        await asyncio.sleep(0)


class _ReaderGone(Exception):
    """Nobody reads any more: no fault of ours, and nobody is left to be told."""


async def _write(request: web.Request, response: web.StreamResponse, piece: bytes) -> None:
    try:
        async with asyncio.timeout(STALLED_SECONDS):
            await response.prepare(request)
            await response.write(piece)
    except (ConnectionError, TimeoutError) as error:
        raise _ReaderGone from error
