"""The print shop learns every key before it signs: the first certificate of a sitting does not wait for 500 chains."""

import asyncio
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

import structlog

from services.kit.database import UNREACHABLE
from services.signing import proving
from services.signing.press import Shop
from services.wire import Credential

log = structlog.get_logger(__name__)

# 5 ms of work: whoever comes with a result waits no longer for that.
SLICE = 25
PAUSE_SECONDS = 2.0
_BEGINNING = 0, ""


class Issued(Protocol):
    """What is asked of the store."""

    async def issued_after(
        self, issued_at: int, thumbprint: str, most: int
    ) -> list[tuple[int, str, Credential]]:
        """The next good credentials in the order in which they were issued: when (milliseconds), of which body."""


class KnownKeys:
    """Shows one print shop the credentials that there are, and those that come."""

    def __init__(self, issued: Issued, shop: Shop) -> None:
        self._issued = issued
        self._shop = shop
        self._after = _BEGINNING
        self._process = 0

    async def run(self) -> None:
        """Show them until cancelled, through every loss of the store or of the shop's process."""
        while True:
            try:
                shown = await self.show()
            except (BrokenProcessPool, *UNREACHABLE) as error:
                log.warning("keys.not_shown", error=type(error).__name__)
                shown = 0
            except Exception:
                log.exception("keys.failed")
                shown = 0
            if not shown:
                await asyncio.sleep(PAUSE_SECONDS)

    async def show(self) -> int:
        """Show the next few; how many. A process that is new there has seen none: then all from the beginning."""
        slice_ = await self._issued.issued_after(*self._after, SLICE)
        process = await self._shop.run(proving.learn, [(body, one) for _, body, one in slice_])
        if process != self._process:
            self._process, self._after = process, _BEGINNING
            return 1
        if slice_:
            issued_at, _, last = slice_[-1]
            self._after = issued_at, last.thumbprint
        return len(slice_)
