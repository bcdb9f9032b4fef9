"""The body of a request: whole, not too large, and in time. Nothing else of ours reads one."""

import asyncio

from aiohttp import StreamReader, web

from services.kit.problem import BodyWrong, TooLarge, TooSlow

LARGEST = 16 * 1024 * 1024
# Rolls and plans come from the desk. Of whoever else, however many at once, no body fills a worker's memory.
LARGEST_OF_OTHERS = 512 * 1024
SECONDS: web.AppKey[float] = web.AppKey("body_seconds", float)


async def read(request: web.Request, limit: int = LARGEST) -> bytes:
    """The body, and never much more of it in memory than `limit` bytes.

    All of it must come within the application's SECONDS, however it trickles. Raises TooLarge, TooSlow, BodyWrong.
    """
    if (request.content_length or 0) > limit:
        raise TooLarge
    content = request.content
    try:
        # What is here already, as almost every ballot is, needs no timer, and is taken at once.
        if content.is_eof():
            return _bounded(content.read_nowait(), limit)
        async with asyncio.timeout(request.config_dict[SECONDS]):
            return await _gathered(content, limit)
    except TimeoutError:
        raise TooSlow from None
    except OSError as error:
        raise BodyWrong(what="it broke off") from error


def _bounded(raw: bytes, limit: int) -> bytes:
    if len(raw) > limit:
        raise TooLarge
    return raw


async def _gathered(content: StreamReader, limit: int) -> bytes:
    raw = bytearray()
    while not content.at_eof():
        raw += await content.readany()
        if len(raw) > limit:
            raise TooLarge
    return bytes(raw)
