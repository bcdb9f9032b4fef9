"""A process of its own beside the worker, where certificates are proven, signed, typeset and sealed.

It takes whole seconds of CPU for a large vote, in libraries that hold Python's lock; the worker's event loop is taking
ballots at that time. One process for each worker; it dies with the worker, however that dies.
"""

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import psutil

from services.kit import own_process
from services.signing import printing, proving

T = TypeVar("T")

# A hundred, and what was laid out last: 35 MB for minutes of 500 delegates.
LARGEST_BYTES = 300_000_000
# Soon after one of these, a paper is in hand, or what it took is about to be let go.
_IN_HAND = (proving.prove, printing.print_proven, printing.print_out, printing.verify)
_SOON_SECONDS = 5.0
# Until what was verified is kept, and whoever waited for it has it.
TIDY_SECONDS = 0.25


class PrintShop:
    """Runs functions of `printing` in its process, one at a time."""

    def __init__(self, materials: printing.Materials, largest_bytes: int = LARGEST_BYTES) -> None:
        """`materials`: the seal's key and what goes with it. A process larger than that is replaced, once nothing is in
        hand."""
        self._materials = materials
        self._largest = largest_bytes
        self._process = self._start()
        # What ends those that were replaced, should they not have come to their end by ours.
        self._replaced: deque[Callable[[], None]] = deque(maxlen=8)
        self._renewal: asyncio.Task[None] | None = None
        self._tidying: set[asyncio.Task[None]] = set()
        self._worked = -math.inf

    def _start(self) -> ProcessPoolExecutor:
        return own_process.start(printing.equip, self._materials)

    async def warm(self) -> None:
        """Start the process and let it load what it needs, so that the first certificate does not wait."""
        await self.run(printing.warm)

    async def run(self, do: Callable[..., T], *arguments: object) -> T:
        """The result of a function of `printing`. Raises BrokenProcessPool if the process died of it."""
        process = self._process
        try:
            weighed: tuple[T, int] = await _in(process, _weighed, do, *arguments)
        except BrokenProcessPool:
            # The next one gets a new process; this result is heard again, since nobody acknowledged it.
            if process is self._process:
                process.shutdown(wait=False, cancel_futures=True)
                self._process = self._start()
            raise
        result, size = weighed
        now = asyncio.get_running_loop().time()
        if do in _IN_HAND:
            self._worked = now
        # What is about to be let go is no reason: a new process has every key to learn again.
        elif size > self._largest and now - self._worked > _SOON_SECONDS and self._renewal is None:
            self._renewal = asyncio.create_task(self._renew())
        if do is printing.verify:
            tidying = asyncio.create_task(self._tidy(process))
            self._tidying.add(tidying)
            tidying.add_done_callback(self._tidying.discard)
        return result

    async def _tidy(self, process: ProcessPoolExecutor) -> None:
        """Have it forgotten what no other paper has a use for, when nobody waits."""
        await asyncio.sleep(TIDY_SECONDS)
        # If it cannot be done any more, there is nothing to forget either.
        with contextlib.suppress(BrokenProcessPool, RuntimeError):
            await _in(process, printing.let_go)

    async def _renew(self) -> None:
        """Replace the process once another is ready; what the old one has in hand it still does."""
        fresh = self._start()
        try:
            await _in(fresh, printing.warm)
        # Where memory has run out no process can be begun either: later, then.
        except (BrokenProcessPool, OSError):
            fresh.shutdown(wait=False)
        except asyncio.CancelledError:
            own_process.end(fresh)
            raise
        else:
            old, self._process = self._process, fresh
            self._replaced.append(own_process.let_end(old))
        finally:
            self._renewal = None

    async def close(self) -> None:
        """End all of it, at once: nobody waits any more for what is in hand, which stands where it was asked for. A
        process that is frozen would hold up the end of ours."""
        beside = [*self._tidying, *filter(None, [self._renewal])]
        for each in beside:
            each.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        own_process.end(self._process)
        for kill in self._replaced:
            kill()


async def _in(process: ProcessPoolExecutor, do: Callable[..., T], *arguments: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(process, do, *arguments)


def _weighed(do: Callable[..., T], *arguments: object) -> tuple[T, int]:
    """The result, and how many bytes of memory the process holds after it."""
    result = do(*arguments)
    return result, psutil.Process().memory_info().rss
