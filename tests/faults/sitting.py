"""One run: a meeting convened, the sitting played with a fault beside it, all made whole again, and the history."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any

import aiohttp

from services.desk.asking import Declined
from services.desk.client import opened
from services.desk.operator_token import mint
from services.wire import Body, Member
from tests.faults.checker import must_hold
from tests.faults.history import History
from tests.faults.house import House
from tests.faults.looking import Onlooker
from tests.faults.play import ITEM, Play, Plot
from tests.support.assembly import assembled, plan_of
from tests.support.waiting import until

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
    await news_flow(house)
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


async def news_flow(house: House) -> None:
    """Wait until signing hears at once of what meeting has done: after a fault nobody may be leading yet."""
    operator, body = mint(house.data), f"tin-{secrets.token_hex(4)}"
    async with opened(house.url) as client:
        await client.found_body(
            Body(id=body, name="Cơ quan thử", noun="đại biểu", profile="quoc-hoi"), operator
        )
        await client.add_members(body, [Member(id="an", name="An", roles=("secretary",))], operator)

        async def heard() -> bool:
            try:
                return bool(await client.invite(body, ["an"], operator))
            except Declined as declined:
                if declined.code != "invitee_unknown":
                    raise
                return False

        await until(heard, 60, "signing to hear of a member")
