"""Waits for a fact instead of sleeping for a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_POLL = 0.01


def eventually(condition: Callable[[], T | None], seconds: float = 30.0, what: str = "") -> T:
    """The first true answer of `condition`. Raises AssertionError with its name after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        time.sleep(_POLL)
    return answer


async def until(condition: Callable[[], Awaitable[T | None]], seconds: float = 30.0, what: str = "") -> T:
    """The same for a condition that awaits."""
    deadline = time.monotonic() + seconds
    while not (answer := await condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        await asyncio.sleep(_POLL)
    return answer
