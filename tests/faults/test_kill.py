"""kill -9 of a worker at durable steps of every service: what was acknowledged stays, what was not is asked again."""

import pytest

from tests.faults.conftest import ROUNDS, SEED
from tests.faults.house import House
from tests.faults.killing import Killer, at_steps, report, some
from tests.faults.play import Play, Plot
from tests.faults.sitting import Fault, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
# Of all moments so many are killed in the short run.
SHORT = 6


async def test_sittings_whose_workers_are_killed_at_their_steps(house: House) -> None:
    """A few moments drawn by the seed; with FAULT_ROUNDS sittings are held until at every kind of step that was ever
    seen somebody was killed, on both sides, or so many are over."""
    killer = Killer(house, some(SEED, 1.0 if ROUNDS else 0.3), most=10**6 if ROUNDS else SHORT)
    for number in range(ROUNDS or 2):
        with at_steps(house, killer):
            await run(house, SEED + number, _resting(killer), Plot(polls=2))
        if ROUNDS and len(killer.killed) == 2 * len(killer.seen):
            break
    print(report(killer))
    assert len(killer.killed) >= min(SHORT, ROUNDS or SHORT) // 2


def _resting(killer: Killer) -> Fault:
    async def rest(_: House, __: Play) -> None:
        await killer.rest()

    return rest
