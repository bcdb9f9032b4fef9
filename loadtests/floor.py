"""The floor under a whole hall: five hundred ask at one instant, two thousand screens follow, a long list is turned.

`python loadtests/floor.py watch PORT MEETING SCREENS` is the hall in a process of its own: it says when it is full, and
then for each event when the last screen had it (CLOCK_MONOTONIC, one for all processes of a machine).
"""

import asyncio
import contextlib
import os
import statistics
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import uvloop

from loadtests.ground import Assembly
from loadtests.live import SCREENS_OF_ONE, Hall, fill, raise_limit
from loadtests.sender import Landed, Shot, Volley, fire
from services.desk.device import Device
from services.wire import (
    AgendaItem,
    Arrange,
    Ask,
    Call,
    FloorActs,
    FloorDone,
    FloorShown,
    LaneRules,
    OpenLane,
    PauseTurn,
    ResumeTurn,
    StartTurn,
)

ROOT = Path(__file__).resolve().parents[1]
DELEGATES, SCREENS = 500, 2_000
ROUNDS, TURNS = 5, 9
PATIENCE_SECONDS = 60
LANE = "speech"
# Twice each, so that five hundred make a list of a thousand.
TWICE = LaneRules(waiting_per_person=2)
_TOKENS = "PLENARY_BENCH_TOKENS"


class Console:
    """The chair: acts on the floor as it is shown after the act before."""

    def __init__(self, held: Assembly, token: str) -> None:
        self._held = held
        self._token = token
        self.meeting = held.convened.meeting
        self.seen = 0

    async def shown(self) -> FloorShown:
        """The floor as it stands."""
        shown = await self._held.client.floor(self.meeting, self._token)
        self.seen = shown.revision
        return shown

    async def do(self, act: Callable[..., FloorActs], **fields: Any) -> FloorDone:
        """An act of the desk; a reason for each."""
        made = act(meeting=self.meeting, seen=self.seen, reason="Đo tải", **fields)
        signed = self._held.chair.floor_act(made)
        done = await self._held.client.floor_act(self.meeting, signed, self._token)
        self.seen = done.revision
        return done


async def measure(held: Assembly) -> dict[str, float]:
    """The figures, in milliseconds."""
    client, meeting = held.client, held.convened.meeting
    items = [AgendaItem(id=f"muc-{n}", position=n, title=f"Mục {n}") for n in range(1, ROUNDS + 3)]
    await client.set_agenda(meeting, items, held.convened.token)
    chair = Console(held, await client.sign_in(held.chair))
    devices = list(held.delegates.values())
    tokens = await _signed_in(held, devices)
    asks = [await _ask_all(held, chair, devices, tokens, item.id) for item in items[:ROUNDS]]
    return {
        "floor_ask_500_p99_ms": round(statistics.median(p99 for p99, _ in asks), 1),
        "floor_ask_500_p99_worst_ms": round(max(p99 for p99, _ in asks), 1),
        "floor_ask_500_last_ms": round(statistics.median(last for _, last in asks), 1),
        **await _follow(held, chair, tokens, items[0].id),
        **await _reorder(held, chair, devices, tokens, items[ROUNDS].id),
    }


async def _signed_in(held: Assembly, devices: list[Device]) -> list[str]:
    gate = asyncio.Semaphore(50)

    async def sign_in(device: Device) -> str:
        async with gate:
            return await held.client.sign_in(device)

    return list(await asyncio.gather(*map(sign_in, devices)))


async def _ask_all(
    held: Assembly, chair: Console, devices: list[Device], tokens: list[str], item: str
) -> tuple[float, float]:
    """Everybody asks at once: p99 of the answers, and when the last one came. None is lost or doubled."""
    await chair.shown()
    await chair.do(OpenLane, item=item, lane=LANE, rules=TWICE)
    asked, landed = await _volley(held, devices, tokens, item)
    assert landed.statuses == {201: len(asked)}, landed.statuses
    waiting = next(lane.waiting for lane in (await chair.shown()).lanes if lane.lane.item == item)
    assert sorted(request.id for request in waiting) == sorted(asked), len(waiting)
    numbers = [request.number for request in waiting]
    assert numbers == sorted(set(numbers)), "one strict order"
    return landed.quantile_ms(0.99), landed.last * 1000


async def _volley(
    held: Assembly, devices: list[Device], tokens: list[str], item: str, note: str = "Góp ý về dự thảo"
) -> tuple[list[str], Landed]:
    meeting, shots, ids = held.convened.meeting, [], []
    for device, token in zip(devices, tokens, strict=True):
        ids.append(uuid.uuid4().hex)
        ask = Ask(meeting=meeting, id=ids[-1], item=item, lane=LANE, note=note)
        shots.append([Shot(f"/floor/meetings/{meeting}/acts", device.floor_act(ask), token)])
    host, port = held.address
    return ids, await fire(Volley(host, port, shots))


async def _follow(held: Assembly, chair: Console, tokens: list[str], item: str) -> dict[str, float]:
    """A turn pauses and goes on, and all screens of the hall follow."""
    shown = await chair.shown()
    first = next(lane.waiting[0] for lane in shown.lanes if lane.lane.item == item)
    await chair.do(Call, request=first.id)
    (turn,) = (await chair.shown()).turns
    await chair.do(StartTurn, turn=turn.id)
    taken = []
    async with _crowd(held, tokens[: SCREENS // SCREENS_OF_ONE]) as crowd:
        for number in range(TURNS + 1):
            started = time.monotonic_ns()
            await chair.do(ResumeTurn if number % 2 else PauseTurn, turn=turn.id)
            last = int(await asyncio.wait_for(crowd.readline(), PATIENCE_SECONDS))
            taken.append((last - started) / 1e6)
    # The first round warms up what every server has warm.
    return {
        "floor_live_2000_ms_last": round(statistics.median(taken[1:]), 1),
        "floor_live_2000_ms_last_worst": round(max(taken[1:]), 1),
    }


@contextlib.asynccontextmanager
async def _crowd(held: Assembly, tokens: list[str]) -> AsyncIterator[asyncio.StreamReader]:
    """The hall, full of screens; a line for each event."""
    _, port = held.address
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, "watch", str(port), held.convened.meeting, str(SCREENS)),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT), _TOKENS: " ".join(tokens)},
    )
    assert child.stdout is not None
    try:
        assert await asyncio.wait_for(child.stdout.readline(), PATIENCE_SECONDS) == b"full\n"
        yield child.stdout
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def _reorder(
    held: Assembly, chair: Console, devices: list[Device], tokens: list[str], item: str
) -> dict[str, float]:
    """A list of a thousand, turned round again and again."""
    await chair.shown()
    await chair.do(OpenLane, item=item, lane=LANE, rules=TWICE)
    for note in ("Điều thứ nhất", "Điều thứ hai"):
        _, landed = await _volley(held, devices, tokens, item, note)
        assert landed.statuses == {201: len(devices)}, landed.statuses
    waiting = next(lane.waiting for lane in (await chair.shown()).lanes if lane.lane.item == item)
    order = [request.id for request in waiting]
    taken = []
    for _ in range(TURNS):
        order.reverse()
        started = time.perf_counter()
        await chair.do(Arrange, item=item, lane=LANE, order=tuple(order))
        taken.append((time.perf_counter() - started) * 1000)
    after = next(lane.waiting for lane in (await chair.shown()).lanes if lane.lane.item == item)
    assert [request.id for request in after] == order
    return {
        "floor_reorder_1000_ms": round(statistics.median(taken), 1),
        "floor_reorder_1000_worst_ms": round(max(taken), 1),
    }


async def watch(port: int, meeting: str, screens: int) -> None:
    """Fill the hall, then say of each event when the last screen had it; until terminated."""
    raise_limit()
    hall = Hall(screens, b"event: floor.changed")
    await fill(hall, port, meeting, os.environ[_TOKENS].split())
    hall.next_round()
    print("full", flush=True)
    while True:
        await hall.full.wait()
        last = max(hall.arrivals)
        hall.next_round()
        print(last, flush=True)


if __name__ == "__main__":
    _, _, at, whose, places = sys.argv
    uvloop.run(watch(int(at), whose, int(places)))
