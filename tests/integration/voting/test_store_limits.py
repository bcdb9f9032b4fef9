"""A database that is there and will not: its answer means "nothing was taken in, try again", never a fault of ours."""

import asyncpg
import pytest

from tests.support.voting_desk import MEETING, VotingDesk
from tests.support.voting_hall import code_of, prove, send
from tests.support.waiting import until

_END_ALL = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'plenary voting'"


@pytest.mark.parametrize(
    ("limit", "locked"),
    [
        pytest.param("default_transaction_read_only = on", False, id="led to one that only follows"),
        pytest.param("statement_timeout = '300ms'", True, id="a time limit on statements"),
        pytest.param("lock_timeout = '300ms'", True, id="a time limit on locks"),
    ],
)
async def test_a_database_that_will_not(
    desk: VotingDesk, database_url: str, limit: str, locked: bool
) -> None:
    """Refused as not ready; with the limit gone the same ballot is taken in once."""
    poll, asked = await desk.opened()
    raw = desk.devices["001"].ballot(asked, "approve")
    # Both begin before the limit, and are not touched by it.
    stranger, admin = [await asyncpg.connect(database_url) for _ in range(2)]
    try:
        role = await admin.fetchval("select session_user")
        async with stranger.transaction():
            if locked:
                await stranger.execute(f"select from voting.ledger where meeting = '{MEETING}' for update")
            await admin.execute(f"alter role {role} set {limit}")
            await admin.execute(_END_ALL)
            for _ in range(3):
                assert code_of(await send(desk, poll, raw)) == "not_ready"
    finally:
        await stranger.close()
        await admin.execute(f"alter role {role} reset all")
        await admin.execute(_END_ALL)
        await admin.close()

    async def taken() -> bool:
        # What is left of the dead connections answers as not ready, too.
        return (await send(desk, poll, raw))[0] in (200, 201)

    await until(taken, 20, "the ballot to be taken in")
    assert (await prove(desk))[poll].approve == 1
