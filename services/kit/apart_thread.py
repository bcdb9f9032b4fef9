"""One thread beside the event loop, for what the loop cannot wait for: a token that signs, a list of all revocations.

A thread of its own, not one of those that all else is done in: a token that answers nobody holds this one and no more,
and this one not for long (see `token_keys`, which ends its process).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from services.kit.problem import NotReady

T = TypeVar("T")

# Less than a transaction may be idle for (see database): who waits in one is told, and nothing is taken from them.
LONGEST_S = 8.0


class ApartThread:
    """Does one thing after the other."""

    def __init__(self, name: str, longest_s: float = LONGEST_S) -> None:
        """`name`: what it does, for who is told that it is not ready."""
        self._name = name
        self._longest_s = longest_s
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def do(self, work: Callable[..., T], *arguments: object) -> T:
        """The result. Raises NotReady if it takes too long: what has begun goes on, what waits its turn is dropped."""
        done = asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
        try:
            return await asyncio.wait_for(done, self._longest_s)
        except TimeoutError as error:
            raise NotReady(what=self._name) from error

    def close(self) -> None:
        """Take nothing more on; what has begun is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)
