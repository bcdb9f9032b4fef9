"""Stores that let in fewer than all workers come with: said at the start, with what to do."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from services.desk.room import TooFewConnections, must_suffice
from services.desk.run import run
from services.desk.stores import Stores
from services.floor import app as floor
from services.kit import connections, stream
from services.kit.settings import Settings
from services.voting import app as voting

SETTINGS = Settings(workers=2)


@pytest.fixture
async def limited(database_url: str) -> AsyncIterator[str]:
    """The database as a user who is no superuser."""
    admin = await asyncpg.connect(database_url)
    name = urlsplit(database_url).path.removeprefix("/")
    await admin.execute(f'create role "few_{name}" login')
    parts = urlsplit(database_url)
    yield urlunsplit(parts._replace(netloc=f"few_{name}@{parts.netloc.rpartition('@')[2]}"))
    await admin.execute(f'drop role "few_{name}"')
    await admin.close()


async def _limit(database_url: str, what: str, most: int) -> None:
    admin = await asyncpg.connect(database_url)
    name = urlsplit(database_url).path.removeprefix("/")
    whose = f"few_{name}" if what == "role" else name
    await admin.execute(f'alter {what} "{whose}" connection limit {most}')
    await admin.close()


@pytest.mark.parametrize("what", ["role", "database"])
async def test_a_database_that_lets_in_too_few_is_refused(
    database_url: str, redis_url: str, limited: str, what: str
) -> None:
    """By a limit of ours or of the database; with one more it suffices."""
    least, _ = connections.to_postgres(SETTINGS)
    await _limit(database_url, what, least)
    await must_suffice(SETTINGS, Stores(limited, redis_url))
    await _limit(database_url, what, least - 1)
    with pytest.raises(TooFewConnections, match=f"{least - 1} connections, and {least} "):
        await must_suffice(SETTINGS, Stores(limited, redis_url))


async def test_a_valkey_that_lets_in_too_few_is_refused(database_url: str, redis_url: str) -> None:
    """With one more it suffices."""
    least = connections.to_redis(SETTINGS)
    async with stream.connect(redis_url) as client:
        before = str((await client.config_get("maxclients"))["maxclients"])
        try:
            await client.config_set("maxclients", least)
            await must_suffice(SETTINGS, Stores(database_url, redis_url))
            await client.config_set("maxclients", least - 1)
            with pytest.raises(TooFewConnections, match=f"{least - 1} connections, and {least} "):
                await must_suffice(SETTINGS, Stores(database_url, redis_url))
        finally:
            await client.config_set("maxclients", before)


async def test_a_store_that_cannot_be_asked_is_not_refused() -> None:
    """Whoever needs it will say what is wrong with it."""
    await must_suffice(
        SETTINGS, Stores("postgresql://u@127.0.0.1:1/plenary", "redis://127.0.0.1:1/nothing-there")
    )


async def test_nothing_is_begun_that_would_half_work(
    data_directory: Path, database_url: str, redis_url: str, limited: str
) -> None:
    """Before anything is made in the database, and before any worker is started."""
    await _limit(database_url, "role", 20)
    asked = Settings(data=data_directory, database_url=limited, redis_url=redis_url, workers=64)
    with pytest.raises(TooFewConnections, match="fewer PLENARY_WORKERS"):
        await run(asked)


def test_the_numbers_are_those_of_the_streams() -> None:
    """Each reader of a work stream reads in order or shares it; so many lead as are followed."""
    in_order = {service: of_shard for service, (_, of_shard) in connections.LEADERS.items()}
    assert sum(in_order.values()) + sum(connections.SHARING.values()) == sum(
        map(len, stream.READERS.values())
    )
    assert (in_order["voting"], in_order["floor"]) == (len(voting.FOLLOWED), len(floor.FOLLOWED))
    assert set(stream.WRITERS.values()) == set(connections.LEADERS)


async def test_a_database_of_ours_has_room_for_all_workers(data_directory: Path) -> None:
    """However many are wished for."""
    from services.desk.stores import opened

    _, most = connections.to_postgres(Settings(workers=64))
    async with opened(data_directory, redis_url="redis://127.0.0.1:1", connections=most) as stores:
        await must_suffice(Settings(workers=64), stores)
        admin = await asyncpg.connect(stores.database_url)
        assert int(await admin.fetchval("show max_connections")) > most
        await admin.close()
