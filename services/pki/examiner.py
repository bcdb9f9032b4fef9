"""A process of its own where paths are validated and lists are read: both hold Python's lock for too long.

It starts with the first question, so that a body whose authority is its own never pays for it.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from services.kit import own_process
from services.pki.errors import EvidenceRefused
from services.refusal import REFUSALS, Fact, Refused

_NICE = 10

T = TypeVar("T")


class Examiner:
    """Runs functions of `judging` in its process, one at a time."""

    def __init__(self) -> None:
        self._process: ProcessPoolExecutor | None = None

    async def ask(self, do: Callable[..., T], *arguments: object) -> T:
        """The result of a function of `judging`; raises what it raises. A process that died is unknown evidence."""
        if self._process is None:
            self._process = own_process.start(_stand_back)
        process = self._process
        try:
            found: T | _No = await asyncio.get_running_loop().run_in_executor(process, _tried, do, *arguments)
        except BrokenProcessPool as error:
            if process is self._process:
                process.shutdown(wait=False, cancel_futures=True)
                self._process = None
            raise EvidenceRefused("the examiner's process died") from error
        if isinstance(found, _No):
            raise REFUSALS[found.code](**found.facts)
        return found

    async def close(self) -> None:
        """End the process, at once: nobody waits any more for what it has in hand, and one that is frozen would be
        waited for."""
        if self._process is not None:
            own_process.end(self._process)


class _No:
    """A refusal on its way between processes: exceptions with named facts cannot be sent."""

    def __init__(self, code: str, facts: dict[str, Fact]) -> None:
        self.code = code
        self.facts = facts


def _tried(do: Callable[..., T], *arguments: object) -> T | _No:
    try:
        return do(*arguments)
    except Refused as refused:
        return _No(refused.code, refused.facts)


def _stand_back() -> None:
    """The process needs no materials; where cores are few, ballots go before what is examined."""
    os.nice(_NICE)
    # What it finds is told in what it raises; in the log it would be a traceback for each list that somebody made up.
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
