"""The machine with the database is lost, and another goes on with what was replicated."""

import pytest
import redis.asyncio as redis

from tests.faults.conftest import ROUNDS, SEED
from tests.faults.faults import must_be_silent, receipts, tries
from tests.faults.history import BALLOT
from tests.faults.house import House, housed
from tests.faults.play import Play, Plot
from tests.faults.sitting import Fault, run
from tests.faults.standby import Standby, followed, two_valkeys
from tests.faults.wire import to_port

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLOT = Plot(polls=2, ballots=4, spread=0.5)
only_long = pytest.mark.skipif(not ROUNDS, reason="a house of its own each: with `make faults`")


@only_long
async def test_with_synchronous_replication_no_acknowledged_ballot_is_lost() -> None:
    """While the follower is cut off nothing is acknowledged; when the first is lost, the follower has all that was."""
    async with housed() as house, followed(house) as standby:
        await standby.be_waited_for()

        async def fails(_: House, play: Play) -> None:
            await receipts(play, 3)
            standby.between.hold()
            await tries(play, 6)
            since = play.book.now()
            await tries(play, 4)
            must_be_silent(play, since, play.book.now())
            await standby.take_over()

        await run(house, SEED, fails, PLOT)


@only_long
async def test_without_it_what_was_not_replicated_is_lost_and_can_be_seen_to_be() -> None:
    """Said, not hidden: what the first acknowledged alone is gone with it, and its receipts prove it."""
    async with housed() as house, followed(house) as standby:
        lost: list[int] = []
        with pytest.raises(AssertionError) as told:
            await run(house, SEED, _fails_unreplicated(standby, lost), Plot(polls=1, ballots=12, spread=0.5))
        assert "acknowledged_is_in_the_ledger" in str(told.value)
        print(f"acknowledged and not replicated: {lost[0]} ballots")
        assert lost[0] > 0


def _fails_unreplicated(standby: Standby, lost: list[int]) -> Fault:
    async def fails(house: House, play: Play) -> None:
        play.may_end.clear()
        await receipts(play, 2)
        standby.between.hold()
        before = play.book.taken(BALLOT)
        await receipts(play, 4)
        lost.append(play.book.taken(BALLOT) - before)
        await standby.take_over()
        # The streams know of lines that are in no ledger any more: they are filled again from what there is.
        async with redis.Redis.from_url(house.stores.redis_url) as client:
            await client.flushall()
        play.may_end.set()

    return fails


@pytest.mark.parametrize("seed", range(SEED, SEED + ROUNDS))
async def test_valkey_fails_over_to_its_replica(house: House, seed: int) -> None:
    """The replica may lack the last entries, which were copied later: the ledger fills it up."""
    async with two_valkeys(house) as (_, second):

        async def fails(_: House, play: Play) -> None:
            await receipts(play, 3)
            async with redis.Redis(port=second) as replica:
                await replica.replicaof("NO", "ONE")
            house.valkey.reach = to_port(second)
            house.valkey.end_all()
            await receipts(play, 3)

        await run(house, seed, fails, PLOT)
