"""One run: a meeting convened, the sitting played with a fault beside it, all made whole again, and the history."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any

import aiohttp

from tests.faults.checker import must_hold
from tests.faults.history import History
from tests.faults.house import House
from tests.faults.looking import Onlooker
from tests.faults.play import ITEM, Play, Plot
from tests.support.assembly import assembled, plan_of

# A fault is injected beside the sitting; when it returns, what it broke is mended.
Fault = Callable[[House, Play], Coroutine[Any, Any, None]]
DELEGATES = 5
LONGEST_S = 240
# Of one try: a phone that waits on a frozen worker tries again elsewhere.
_LIMITS = aiohttp.ClientTimeout(total=6, sock_connect=3)


async def nothing(_: House, __: Play) -> None:
    """No fault."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was run, and what came of it."""

    seed: int
    history: History


async def run(
    house: House, seed: int, fault: Fault = nothing, plot: Plot | None = None, *, through: bool = False
) -> Run:
    """One sitting with a fault, checked. `through`: phones reach the server by the wire in front of it."""
    rng = Random(seed)
    members = {f"d{number}": f"g{number % 2}" for number in range(1, DELEGATES + 1)}
    plan = plan_of(members, [ITEM], chairs=["d1"])
    async with (
        assembled(house.url, house.data, plan) as hall,
        aiohttp.ClientSession(timeout=_LIMITS, connector=aiohttp.TCPConnector(limit=0)) as session,
    ):
        play = Play(hall, session, house.front_url if through else house.url, rng, plot or Plot())
        play.may_end.set()
        onlooker = Onlooker(play, house.url, f"redis://127.0.0.1:{house.valkey.port}")
        print(f"fault seed {seed}, meeting {hall.meeting}")
        try:
            async with asyncio.timeout(LONGEST_S), asyncio.TaskGroup() as group:
                looking = group.create_task(onlooker.look_on())
                breaking = group.create_task(fault(house, play))
                await play.run()
                await asyncio.wait([looking, breaking])
        finally:
            house.mend()
        await house.whole()
        await play.settle()
        history = await onlooker.history()
    # In a thread: the audit has a loop of its own.
    await asyncio.to_thread(must_hold, history)
    return Run(seed, history)


def fresh_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(2**31)
