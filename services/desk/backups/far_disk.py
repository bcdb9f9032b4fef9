"""A disk that may never answer (a server of files that is gone, a cable that was pulled): asked beside the event loop,
and nothing waits for it for ever, not even our own end.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from services.kit.complaint import Complaint

T = TypeVar("T")

LONGEST_S = 10.0


class DiskSilent(Complaint):
    """The disk does not answer; the text says so."""


class FarDisk:
    """Asked one thing after the other."""

    def __init__(self, name: str, longest_s: float = LONGEST_S) -> None:
        """`name`: which it is, for who is told that it is silent."""
        self._name = name
        self._longest_s = longest_s
        self._asking: threading.Thread | None = None

    async def ask(self, work: Callable[[], T]) -> T:
        """The result of `work`. Raises DiskSilent if there is none in time, or who asked before still waits for it."""
        if self._asking is not None and self._asking.is_alive():
            raise self._silence()
        answer: Future[T] = Future()

        def ask() -> None:
            # Who asked may have gone before it began; who goes later lets the answer go.
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(work())
            except Exception as error:
                answer.set_exception(error)

        # No executor's: those are waited for when a process ends.
        self._asking = threading.Thread(target=ask, name=f"disk {self._name}", daemon=True)
        self._asking.start()
        try:
            return await asyncio.wait_for(asyncio.wrap_future(answer), self._longest_s)
        except TimeoutError as error:
            raise self._silence() from error

    def _silence(self) -> DiskSilent:
        return DiskSilent(
            f"đĩa của {self._name} không trả lời: xem findmnt -T, dmesg | tail"
            f" / the disk of {self._name} does not answer: see findmnt -T, dmesg | tail"
        )
