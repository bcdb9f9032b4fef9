"""Work beside requests: publishers, consumers, clocks. None of it may die unseen, nor outlive its service."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 1


@asynccontextmanager
async def beside(service: str, *works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run endless works beside the block; a death is logged, and at the end all are stopped."""
    tasks = [asyncio.create_task(work) for work in works]
    for task in tasks:
        task.add_done_callback(lambda task: _tell_death(service, task))
    try:
        yield
    finally:
        await stop(tasks)


def _tell_death(service: str, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("background.died", service=service, exc_info=error)


async def stop(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel until nothing runs any more.

    Once is not enough: a library may swallow a cancellation that meets the end of a wait of its own (asyncio.wait_for
    does so before Python 3.12), and an endless loop would go on.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN_SECONDS)


class Apart:
    """Work for each key by itself: none waits for another's, and of one key there is never more than one under way."""

    def __init__(self) -> None:
        self.under_way: dict[str, asyncio.Task[Any]] = {}

    def begin(self, key: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Begin the work of a key, unless it is under way. `work` tells of its own failures; it never raises."""
        if key not in self.under_way:
            task = self.under_way[key] = asyncio.create_task(work())
            task.add_done_callback(lambda _: self.under_way.pop(key))

    async def stop(self) -> None:
        """End all that is under way."""
        if self.under_way:
            await stop(list(self.under_way.values()))
