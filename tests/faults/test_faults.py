"""One sitting for each fault: the same people, the same checker, another thing that breaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
import redis.asyncio as redis

from services.kit import stream
from tests.faults import (
    faults,
    faults_of_administrators,
    faults_of_clients,
    faults_of_machines,
    faults_of_stores,
    faults_of_streams,
)
from tests.faults.conftest import ROUNDS, SEED
from tests.faults.cutting import CutShort, NoHand, Shuffled, Slow, Stuck
from tests.faults.house import House
from tests.faults.killing import at_steps
from tests.faults.sitting import Fault, run
from tests.faults.stage import Plot
from tests.faults.valkey_talk import ValkeyTalk
from tests.faults.wire import Listener, Silent, Wire

pytestmark = pytest.mark.asyncio(loop_scope="session")

# In every run of the tests; the others take longer.
SHORT: tuple[Fault, ...] = (
    faults.postgres_crashes,
    faults.postgres_is_cut_off,
    faults.valkey_is_flushed,
    faults.valkey_is_silent,
)
LONG: tuple[Fault, ...] = (
    faults.postgres_stops_at_once,
    faults.postgres_restarts,
    faults.postgres_answers_are_lost,
    faults.postgres_connections_are_reset,
    faults.valkey_is_gone,
    faults.valkey_comes_back_empty,
    faults.workers_freeze_in_turn,
    faults.a_worker_stays_frozen,
    faults.workers_are_killed,
    faults_of_stores.postgres_has_no_connections_left,
    faults_of_stores.postgres_limits_time,
    faults_of_stores.postgres_only_follows,
    faults_of_stores.postgres_is_another,
    faults_of_stores.valkey_has_no_memory,
    faults_of_stores.valkey_only_follows,
    faults_of_stores.valkey_is_loading,
    faults_of_stores.valkey_loses_what_it_likes,
    faults_of_stores.postgres_ends_every_session,
    faults_of_stores.valkey_wants_a_password,
    faults_of_stores.valkey_grants_less,
    faults_of_stores.valkey_keeps_nobody,
    faults_of_stores.valkey_goes_back_in_time,
    faults_of_streams.valkey_pauses,
    faults_of_streams.valkey_is_frozen,
    faults_of_streams.valkey_stays_frozen,
    faults_of_streams.valkey_hangs_up,
    faults_of_streams.valkey_drops_when_it_is_full,
    faults_of_streams.valkey_lets_work_be_removed,
    faults_of_administrators.postgres_tables_are_locked,
    faults_of_administrators.postgres_is_set_otherwise,
    faults_of_administrators.postgres_lets_nobody_new_in,
    faults_of_machines.workers_have_no_files_left,
    faults_of_machines.workers_have_no_memory,
    faults_of_clients.bodies_that_never_end,
    faults_of_clients.ballots_that_break_off,
    faults_of_clients.the_same_ballot_to_all_workers,
    faults_of_clients.workers_are_asked_to_go,
)
SEEDS = range(SEED, SEED + max(ROUNDS, 1))
PLOT = Plot(polls=2, ballots=4, spread=0.5)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fault", (*SHORT, *LONG) if ROUNDS else SHORT, ids=lambda fault: fault.__name__)
async def test_a_sitting_with_a_fault(house: House, fault: Fault, seed: int) -> None:
    """Every invariant holds."""
    await run(house, seed, fault, PLOT)


@contextmanager
def looking(wire: Wire, listener: Listener) -> Iterator[None]:
    """Somebody looks at all connections of a wire from now on."""
    wire.listener = listener
    wire.end_all()
    try:
        yield
    finally:
        wire.listener = lambda _: Silent()
        wire.end_all()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("where", ["front", "postgres", "valkey"] if ROUNDS else ["front"])
async def test_answers_that_end_in_the_middle(house: House, where: str, seed: int) -> None:
    """Of a worker to a phone, of a store to a worker: the rest never comes."""
    rng, wire = Random(seed), getattr(house, where)
    share = 0.1 if where == "front" else 0.002
    with looking(wire, lambda _: CutShort(rng, share)):
        await run(house, seed, plot=PLOT, through=True)


@pytest.mark.parametrize("seed", SEEDS)
async def test_deliveries_that_come_twice_and_in_another_order(house: House, seed: int) -> None:
    """What a consumer group is given comes shuffled, each message twice, old ones again; after a flush all of it."""
    shuffled = Shuffled(Random(seed))
    with looking(house.valkey, lambda line: ValkeyTalk(line, NoHand(), shuffled)):
        await run(house, seed, faults.valkey_is_flushed, PLOT)
    assert shuffled.repeated


async def test_work_streams_are_dropped_for_those_who_read_them(house: House) -> None:
    """The groups that must have acknowledged are those that there are: no more, else nothing is ever dropped; no fewer,
    else something is dropped too early."""
    async with redis.Redis.from_url(house.stores.redis_url) as client:
        for name, readers in stream.READERS.items():
            groups: Any = await client.xinfo_groups(stream.works(name, 1)[0])
            marks = {stream.FILLING, stream.FILLED}
            assert {group["name"].decode() for group in groups} - marks == readers, name


@pytest.mark.skipif(not ROUNDS, reason="it takes the ten seconds that the database waits: with `make faults`")
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_commit_that_never_comes(house: House, seed: int) -> None:
    """A worker cut off with the ledger in its hands: after ten seconds the others go on."""
    stuck = Stuck()
    with at_steps(house, stuck):
        await run(house, seed, plot=PLOT)
    assert stuck.done


@pytest.mark.parametrize("seed", SEEDS)
async def test_commits_that_take_long(house: House, seed: int) -> None:
    """As on a disk that is slow to sync: each answer comes late, and none is wrong."""
    slow = Slow(Random(seed), 0.3)
    with at_steps(house, slow):
        await run(house, seed, plot=PLOT)
    assert slow.steps
