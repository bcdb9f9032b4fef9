"""A thing of a conference unit that is told its newest state: one command at a time, an older one never after a newer
one, and again until the unit has taken it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from services.desk.conference_unit import UnitFailed, UnitSilent

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
# What a unit was told and did not answer it may still do: when it is heard again, it is told once more after this.
SETTLE_S = 3.0

T = TypeVar("T")


class Newest(Generic[T]):
    """One thing of a unit, and the state that it is to have."""

    def __init__(self, name: str, send: Callable[[T], Awaitable[None]], settle_s: float = SETTLE_S) -> None:
        """`send` tells the unit; raises UnitFailed if it may not have been done."""
        self._name = name
        self._send = send
        self._settle_s = settle_s
        self._wanted: list[T] = []
        self._done: list[T] = []
        self._changed = asyncio.Event()

    @property
    def is_done(self) -> bool:
        """Whether the unit has taken the newest state."""
        return self._wanted == self._done

    def want(self, state: T) -> None:
        """From now on this state, and none from before."""
        self._wanted = [state]
        self._changed.set()

    async def run(self) -> None:
        """Tell the unit, one command at a time, until cancelled."""
        pause, uncertain = FIRST_PAUSE, False
        while True:
            again = pause if not self.is_done else self._settle_s if uncertain else None
            news = await self._news(again)
            if self.is_done and (news or not uncertain):
                continue
            uncertain = uncertain and not self.is_done
            wanted = list(self._wanted)
            try:
                await self._send(wanted[0])
            except UnitFailed as error:
                log.warning("microphones.unit_failed", what=self._name, error=str(error))
                uncertain = uncertain or isinstance(error, UnitSilent)
                self._done, pause = [], min(2 * pause, LONGEST_PAUSE)
            except Exception:
                # Whatever it was: who gave up here would leave a microphone as it is for the rest of the day.
                log.exception("microphones.our_fault", what=self._name)
                uncertain, self._done, pause = True, [], min(2 * pause, LONGEST_PAUSE)
            else:
                self._done, pause = wanted, FIRST_PAUSE

    async def _news(self, seconds: float | None) -> bool:
        """Wait for another wish, at most so long; whether there was one."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        self._changed.clear()
        return True
