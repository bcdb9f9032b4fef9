"""Whether the stores let in all that we shall come with: said before anybody votes, not by a rush that is sent away."""

import asyncio

import asyncpg
import structlog
from redis.exceptions import RedisError

from services.desk.stores import Stores
from services.kit import connections, stream
from services.kit.complaint import Complaint
from services.kit.database import UNREACHABLE
from services.kit.settings import Settings

log = structlog.get_logger(__name__)

_PATIENCE = 10.0
# What we may have open at once: the server's limit without what it keeps for others, that of our user, of our database.
_MOST = """
select least(
  current_setting('max_connections')::int
    - case when rolsuper then 0 else current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0) end,
  case when rolconnlimit < 0 or rolsuper then 2147483647 else rolconnlimit end,
  case when datconnlimit < 0 or rolsuper then 2147483647 else datconnlimit end)
from pg_roles, pg_database where rolname = session_user and datname = current_database()
"""


class TooFewConnections(Complaint):
    """A store lets in fewer than are needed; the text says which, and what to do."""


async def must_suffice(settings: Settings, stores: Stores) -> None:
    """Raises TooFewConnections; a store that cannot be asked is not refused. `settings`: workers settled."""
    least, most = connections.to_postgres(settings)
    there = await _postgres(stores.database_url)
    if there is not None and there < least:
        raise TooFewConnections(
            f"PostgreSQL cho {there} kết nối mà cần ít nhất {least}: giảm PLENARY_WORKERS, hoặc tăng max_connections"
            f" lên {most + 20} / PostgreSQL lets us have {there} connections, and {least} are needed at least:"
            f" fewer PLENARY_WORKERS, or max_connections = {most + 20}"
        )
    if there is not None and there < most:
        log.warning("desk.few_connections", store="postgres", there=there, most=most)
    least = connections.to_redis(settings)
    there = await _redis(stores.redis_url)
    if there is not None and there < least:
        raise TooFewConnections(
            f"Valkey cho {there} kết nối mà cần ít nhất {least}: giảm PLENARY_WORKERS, hoặc config set maxclients 10000"
            f" / Valkey lets us have {there} connections, and {least} are needed at least:"
            " fewer PLENARY_WORKERS, or config set maxclients 10000"
        )


async def _postgres(url: str) -> int | None:
    try:
        connection = await asyncpg.connect(url, timeout=_PATIENCE)
    except (*UNREACHABLE, asyncpg.PostgresError, ValueError):
        return None
    try:
        there = await connection.fetchval(_MOST)
    finally:
        await connection.close()
    return None if there is None else int(there)


async def _redis(url: str) -> int | None:
    try:
        async with asyncio.timeout(_PATIENCE), stream.connect(url) as redis:
            there = int((await redis.info("clients")).get("maxclients", 0))
    except (RedisError, OSError, ValueError):
        return None
    return there or None
