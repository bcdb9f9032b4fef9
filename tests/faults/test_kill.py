"""kill -9 of a worker at durable steps of every service: what was acknowledged stays, what was not is asked again."""

import re
from pathlib import Path

import pytest

from tests.faults.conftest import ROUNDS, SEED
from tests.faults.house import House
from tests.faults.killing import SIDES, Killer, at_steps, named, report, some
from tests.faults.sitting import Fault, run
from tests.faults.stage import Play, Plot

pytestmark = pytest.mark.asyncio(loop_scope="session")
# Of all moments so many are killed in the short run.
SHORT = 6
# Sittings in which all that was named must have been hit.
MOST = 8
# What one service tells others once and for all: steps that chance hardly ever hits, because there are few of them.
ISSUED = frozenset({"certificate.issued", "minutes.issued", "ballot.signed"})
DOCS = Path(__file__).parents[2] / "docs" / "faults.md"


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


async def test_workers_are_killed_at_the_steps_that_are_named(house: House) -> None:
    """Not by chance: both sides of each, and which were hit is said. With FAULT_ROUNDS those of docs/faults.md."""
    names = _named_in_docs()
    assert names.issuperset(ISSUED)
    wanted = names if ROUNDS else ISSUED
    plot = Plot(polls=3, ends=("close", "void")) if ROUNDS else Plot(polls=1, ends=("close",))
    killer = Killer(house, named(wanted))
    # Two are enough mostly: while all workers are dead, a moment passes unused.
    for number in range(ROUNDS or MOST):
        with at_steps(house, killer):
            await run(house, SEED + number, _resting(killer), plot)
        if not killer.missed(wanted):
            break
    missed = killer.missed(wanted)
    for name in sorted(wanted):
        print(
            f"  {name}: killed", " and ".join(side for side in SIDES if (name, side) not in missed) or "never"
        )
    assert not missed


def _named_in_docs() -> frozenset[str]:
    """The kinds of steps in the table of docs/faults.md."""
    rows = re.findall(r"^\| step \| (.+) \|$", DOCS.read_text(), re.MULTILINE)
    return frozenset(re.findall(r"`([a-z.]+)`", "\n".join(rows)))


def _resting(killer: Killer) -> Fault:
    async def rest(_: House, __: Play) -> None:
        await killer.rest()

    return rest
