"""Clocks step forward and back, of the database and of the workers apart: nothing acknowledged is undone by it."""

import pytest

from tests.faults.clocks import Clocks, clocked
from tests.faults.conftest import ROUNDS, SEED
from tests.faults.faults import receipts, tries
from tests.faults.house import House
from tests.faults.sitting import Fault, run
from tests.faults.stage import Play, Plot

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not ROUNDS, reason="a house of its own each: with `make faults`"),
]
PLOT = Plot(polls=2, ballots=4, spread=0.5)
# Within the life of an access token: what people see of a clock an hour wrong is that they must sign in again.
MINUTES = 240_000


def _steps(clocks: Clocks, database: tuple[int, ...], workers: tuple[int, ...]) -> Fault:
    async def steps(_: House, play: Play) -> None:
        for ms in database:
            await receipts(play, 2)
            await clocks.database(ms)
        for ms in workers:
            await receipts(play, 2)
            clocks.workers(ms)

    return steps


@pytest.mark.parametrize(
    ("database", "workers"),
    [
        pytest.param((2_000, 0, 1_000, -1_000, 0), (), id="the database's to and fro by seconds"),
        pytest.param((), (MINUTES, -MINUTES, 0), id="the workers' to and fro by minutes"),
        pytest.param((1_500,), (-MINUTES,), id="apart"),
        pytest.param((3_600_000,), (), id="the database's an hour ahead"),
    ],
)
async def test_a_clock_that_steps(database: tuple[int, ...], workers: tuple[int, ...]) -> None:
    """Every invariant holds; above all that time in a ledger never goes back."""
    async with clocked() as clocks:
        await run(clocks.house, SEED, _steps(clocks, database, workers), PLOT)


HOUR = 3_600_000


@pytest.mark.parametrize(
    ("ahead", "ends"),
    [
        pytest.param(-HOUR, ("deadline", "deadline"), id="an hour back"),
        # Time in the ledger stands until the clock has caught up with it, as the alarm says: the chair closes the next.
        pytest.param(HOUR, ("deadline", "close"), id="an hour ahead, past the deadline"),
    ],
)
async def test_a_clock_that_steps_in_a_vote_with_a_deadline(ahead: int, ends: tuple[str, ...]) -> None:
    """The database's, and right again soon: no ballot is taken in after the deadline, and the vote ends."""
    async with clocked() as clocks:

        async def steps(_: House, play: Play) -> None:
            await receipts(play, 1)
            await clocks.database(ahead)
            await tries(play, 3)
            await clocks.database(0)

        await run(clocks.house, SEED, steps, Plot(polls=2, ballots=4, spread=0.5, ends=ends))


async def test_workers_whose_clocks_differ() -> None:
    """By minutes, to and fro: whoever answers, time is the database's."""
    async with clocked() as clocks:

        async def steps(_: House, play: Play) -> None:
            for apart in (MINUTES, -MINUTES, 0):
                await receipts(play, 2)
                clocks.workers(0, apart)

        await run(clocks.house, SEED, steps, PLOT)
