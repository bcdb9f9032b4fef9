"""A database that is there and will not: its answer means "nothing was taken in, try again", never a fault of ours."""

import contextlib
from urllib.parse import urlsplit

import asyncpg
import pytest

from services.kit.database import UNREACHABLE
from tests.support.stores import of_database
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
        pytest.param("transaction_timeout = '300ms'", True, id="a time limit on transactions"),
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


def _name_of(database_url: str) -> str:
    return urlsplit(database_url).path.removeprefix("/")


@pytest.mark.parametrize(
    ("shut", "opened"),
    [
        pytest.param("alter role {role} nologin", "alter role {role} login", id="a role that is locked"),
        pytest.param(
            "alter database {database} allow_connections false",
            "alter database {database} allow_connections true",
            id="a database that is being looked after",
        ),
    ],
)
async def test_a_database_that_lets_nobody_in(
    desk: VotingDesk, database_url: str, shut: str, opened: str
) -> None:
    """Whatever it says to who comes: refused as not ready; let in again, the same ballot is taken in once."""
    poll, asked = await desk.opened()
    raw = desk.devices["001"].ballot(asked, "approve")
    # Nobody shuts the database that they are in.
    admin = await asyncpg.connect(of_database(database_url, "postgres"))
    names = {"role": await admin.fetchval("select session_user"), "database": _name_of(database_url)}
    try:
        await admin.execute(shut.format(**names))
        await admin.execute(_END_ALL)
        for _ in range(3):
            assert code_of(await send(desk, poll, raw)) == "not_ready"
    finally:
        await admin.execute(opened.format(**names))
        await admin.close()

    async def taken() -> bool:
        return (await send(desk, poll, raw))[0] in (200, 201)

    await until(taken, 20, "the ballot to be taken in")
    assert (await prove(desk))[poll].approve == 1


@pytest.mark.parametrize(
    ("name", "set_to", "ours"),
    [
        # What is acknowledged would be lost with the power.
        ("synchronous_commit", "off", "on"),
        # Somebody's choice of how far a standby must be: kept.
        ("synchronous_commit", "local", "local"),
        # What is read under the ledger's lock would be what was so before it.
        ("default_transaction_isolation", "repeatable read", "read committed"),
    ],
)
async def test_what_a_ballot_rests_on_is_ours_to_say(
    desk: VotingDesk, database_url: str, name: str, set_to: str, ours: str
) -> None:
    """A setting that an administrator makes for a whole server, for other programs, does not touch it."""
    admin = await asyncpg.connect(database_url)
    role = await admin.fetchval("select session_user")
    try:
        await admin.execute(f"alter role {role} set {name} = '{set_to}'")
        await admin.execute(_END_ALL)

        async def new() -> bool:
            # What is left of the dead connections tells nothing.
            with contextlib.suppress(*UNREACHABLE):
                return bool(await desk.pool.fetchval(f"show {name}"))
            return False

        await until(new, 20, "a connection")
        assert await desk.pool.fetchval(f"show {name}") == ours
    finally:
        await admin.execute(f"alter role {role} reset all")
        await admin.close()
