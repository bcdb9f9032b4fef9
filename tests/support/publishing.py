"""A publisher without its round: a test drives it, act by act."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.kit import stream
from services.kit.bell import Bell
from services.kit.database import open_pool
from services.kit.publisher import Publisher
from services.kit.source import Source


@asynccontextmanager
async def by_hand(
    journals: Source, database_url: str, redis_url: str, shards: int = 1
) -> AsyncIterator[Publisher]:
    """The publisher of the service "test", which does not lead yet."""
    pool, client = await open_pool(database_url, "voting", 2), stream.connect(redis_url)
    try:
        yield Publisher("test", journals, pool, client, Bell(client, "test"), shards)
    finally:
        await client.aclose()
        await pool.close()
