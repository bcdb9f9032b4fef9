"""A process of its own beside the worker, where certificates are proven, signed, typeset and sealed.

It takes whole seconds of CPU for a large vote, in libraries that hold Python's lock; the worker's event loop is taking
ballots at that time. One process for each worker; it dies with the worker, however that dies.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process
from typing import TypeVar

from services.signing import printing

T = TypeVar("T")


class PrintShop:
    """Runs functions of `printing` in its process, one at a time."""

    def __init__(self, materials: printing.Materials) -> None:
        """`materials`: the seal's key and what goes with it."""
        self._materials = materials
        self._process = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # Not forked: a fork would take the worker's threads' locks and open connections with it.
        return ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=_begin, initargs=(self._materials,)
        )

    async def warm(self) -> None:
        """Start the process and let it load what it needs, so that the first certificate does not wait."""
        await self.run(printing.warm)

    async def run(self, do: Callable[..., T], *arguments: object) -> T:
        """The result of a function of `printing`. Raises BrokenProcessPool if the process died of it."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._process, do, *arguments)
        except BrokenProcessPool:
            # The next one gets a new process; this result is heard again, since nobody acknowledged it.
            self._process.shutdown(wait=False, cancel_futures=True)
            self._process = self._start()
            raise

    def close(self) -> None:
        """End the process once it is done with what it has in hand."""
        self._process.shutdown(wait=True, cancel_futures=True)


def _begin(materials: printing.Materials) -> None:
    # Ctrl-C goes to the whole group; the worker drains, and we with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    printing.equip(materials)


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
