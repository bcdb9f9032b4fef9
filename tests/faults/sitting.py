"""One run: a meeting convened, the sitting played with a fault beside it, all made whole again, and the history."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import msgspec

from services.desk.asking import Declined
from services.desk.client import opened
from services.desk.operator_token import mint
from services.wire import Body, Member
from tests.faults.checker import must_hold
from tests.faults.history import History
from tests.faults.house import House
from tests.faults.looking import Onlooker
from tests.faults.play import perform, settle
from tests.faults.stage import ITEM, Play, Plot
from tests.support.assembly import assembled, plan_of
from tests.support.waiting import until

# A fault is injected beside the sitting; when it returns, what it broke is mended.
Fault = Callable[[House, Play], Coroutine[Any, Any, None]]
DELEGATES = 5
# Whose key lies at a signing service.
OUTSIDE = "d5"
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
    house: House,
    seed: int,
    fault: Fault = nothing,
    plot: Plot | None = None,
    *,
    through: bool = False,
    check: Callable[[History], object] = must_hold,
) -> Run:
    """One sitting with a fault, checked. `through`: phones reach the server by the wire in front of it."""
    rng = Random(seed)
    members = {f"d{number}": f"g{number % 2}" for number in range(1, DELEGATES + 1)}
    await news_flow(house.url, house.data)
    plan = plan_of(members, [ITEM], chairs=["d1"])
    # Of a body that may use the signing service.
    plan = replace(plan, body=msgspec.structs.replace(plan.body, id=next(house.outside.bodies)))
    async with (
        assembled(house.url, house.data, plan, {OUTSIDE: "rsa"}) as hall,
        aiohttp.ClientSession(timeout=_LIMITS, connector=aiohttp.TCPConnector(limit=0)) as session,
    ):
        await house.outside.hold_keys({OUTSIDE: hall.devices[OUTSIDE]}, house.stores.database_url)
        url = house.front_url if through else house.url
        play = Play(hall, session, url, rng, plot or Plot(), house.outside)
        play.may_end.set()
        time_trust = (house.data / "keys" / "trial-time.pem").read_bytes()
        onlooker = Onlooker(play, house.url, f"redis://127.0.0.1:{house.valkey.port}", time_trust)
        print(f"fault seed {seed}, meeting {hall.meeting}")
        try:
            async with asyncio.timeout(LONGEST_S), asyncio.TaskGroup() as group:
                looking = group.create_task(onlooker.look_on())
                breaking = group.create_task(fault(house, play))
                await perform(play)
                await asyncio.wait([looking, breaking])
        finally:
            house.mend()
        await house.whole()
        await settle(play)
        history = await onlooker.history()
    # In a thread: the audit has a loop of its own.
    await asyncio.to_thread(check, history)
    return Run(seed, history)


async def news_flow(url: str, data: Path) -> None:
    """Wait until signing hears at once of what meeting has done: after a fault nobody may be leading yet."""
    operator, body = mint(data), f"tin-{secrets.token_hex(4)}"
    async with opened(url) as client:
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
