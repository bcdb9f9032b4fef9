"""Requests are counted in memory and told to the metrics once a second: a counter shared between processes costs more
than the request's routing."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from services.kit import metrics
from services.kit.background import beside

FLUSH_SECONDS = 1.0


class Meter:
    """Answers by route and status since the last flush, and how long they took (seconds)."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, int], list[float]] = {}

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        tally = self._answers.get((route, status))
        if tally is None:
            tally = self._answers[route, status] = [0, 0.0]
        tally[0] += 1
        tally[1] += seconds

    def flush(self) -> None:
        """Tell the metrics."""
        answers, self._answers = self._answers, {}
        for (route, status), (count, seconds) in answers.items():
            metrics.requests.labels(route, str(status)).inc(count)
            metrics.request_seconds.labels(route).inc(seconds)

    async def living(self, _: web.Application) -> AsyncIterator[None]:
        """Flush beside the application, and once more at its end (a cleanup context)."""
        async with beside("meter", self._keep_flushing()):
            yield
        self.flush()

    async def _keep_flushing(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            self.flush()
