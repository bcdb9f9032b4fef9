"""What a consumer has handled, it lets go of."""

import asyncio
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

from services.kit import stream
from services.kit.background import beside
from services.kit.consumer import Consumer
from tests.support.waiting import until


class _Message:
    """What can be followed to its end, unlike bytes."""

    def __len__(self) -> int:
        return 1


class _Redis:
    """One message, and then none for as long as anybody waits."""

    def __init__(self) -> None:
        self.waiting = asyncio.Event()
        self.acknowledged: list[bytes] = []
        message = _Message()
        self.message = weakref.ref(message)
        self._replies: list[Any] = [{b"0:news": [[(b"1-0", {stream.FIELD: message})]]}]

    def register_script(self, _: str) -> Callable[..., Awaitable[None]]:
        async def done(**__: object) -> None:
            """Nobody holds anything since a time to come."""

        return done

    async def xgroup_create(self, *_: object, **__: object) -> None:
        pass

    async def xinfo_stream(self, _: str) -> dict[str, int]:
        return {"entries-added": 0, "length": 0}

    async def xautoclaim(self, *_: object, **__: object) -> list[Any]:
        return [b"0-0", []]

    async def xreadgroup(self, *_: object, **__: object) -> Any:
        if self._replies:
            return self._replies.pop()
        self.waiting.set()
        return await asyncio.Event().wait()

    async def xack(self, _: str, __: str, identifier: bytes) -> None:
        self.acknowledged.append(identifier)


async def test_a_message_that_was_handled_is_let_go_before_the_next_comes() -> None:
    """A result of thousands has tens of megabytes, and the next may be long in coming."""
    redis: Any = _Redis()
    handled: list[str] = []

    async def handle(message: bytes) -> None:
        handled.append(type(message).__name__)

    async with beside("consumer", Consumer(redis, "0:news", "group", "me", handle).run_shared(redis)):

        async def waits() -> bool:
            return bool(redis.waiting.is_set())

        await until(waits, what="the next read")
        assert (handled, redis.acknowledged) == (["_Message"], [b"1-0"])
        assert redis.message() is None
