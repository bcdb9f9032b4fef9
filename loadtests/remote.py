"""Five hundred signatures pending at a signing service at once, on one event loop.

The fake service (`tests/support/fake_neac769.py`) stands on the same loop: its part of the time is in the figures.
"""

import asyncio
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from services.signing.remote.neac769 import Neac769
from services.signing.remote.port import Done, StillPending
from services.signing.remote.settings import Neac769Settings, Secret
from tests.support import fake_neac769 as fake
from tests.support.fake_neac769 import FakeNeac769
from tests.support.fake_signers import Clock, order, signer, talking

PENDING = 500


@dataclass
class Pulse:
    """Beats every millisecond; `longest` (seconds) is the most that one beat had to wait beyond that."""

    longest: float = 0.0

    async def beat(self) -> None:
        """For ever."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - before - 0.001)


async def measure() -> dict[str, float]:
    """Started, asked for while nobody has confirmed, signed: milliseconds for all of them, threads, bytes kept."""
    an, pulse = signer("an"), Pulse()
    service = FakeNeac769(people={"user-an": [an]})
    wanted = [order(an, f"pl-{place}") for place in range(PENDING)]
    async with talking(service.app(), _desk) as vnpt:
        threads, beating = threading.active_count(), asyncio.create_task(pulse.beat())
        started_ms, pending = await _timed([vnpt.start(each) for each in wanted])
        asked_ms, waiting = await _timed([vnpt.ask(each) for each in pending])
        assert all(isinstance(each, StillPending) for each in waiting)
        for each in wanted:
            service.confirm(each.id)
        signed_ms, done = await _timed([vnpt.ask(each) for each in pending])
        assert all(isinstance(each, Done) for each in done)
        added = threading.active_count() - threads
        beating.cancel()
    return {
        "remote_500_started_ms": started_ms,
        "remote_500_asked_ms": asked_ms,
        "remote_500_signed_ms": signed_ms,
        "remote_threads_added": added,
        "remote_bytes_per_pending": round(sum(len(msgspec.json.encode(each)) for each in pending) / PENDING),
        "remote_longest_stall_ms": round(pulse.longest * 1000, 1),
    }


async def _timed(work: list[Coroutine[Any, Any, Any]]) -> tuple[float, list[Any]]:
    began = time.perf_counter()
    found = await asyncio.gather(*work)
    return round((time.perf_counter() - began) * 1000), list(found)


def _desk(session: aiohttp.ClientSession, url: str) -> Neac769:
    settings = Neac769Settings(name="x", bodies=(), url=f"{url}/sca/sp769", secret_file="", sp_id=fake.SP_ID)
    return Neac769.over(session, Clock(), "vnpt", settings, Secret(fake.SP_PASSWORD))
