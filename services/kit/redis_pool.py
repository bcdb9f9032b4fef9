"""Connections to Redis: as many as are wanted at once, and none for long that nobody wants."""

import time
from typing import Any

import redis.asyncio as redis
from redis.asyncio.connection import AbstractConnection

SPARE_SECONDS = 30.0
# Each meeting that has a screen here waits on a connection of its own: what bounds them is how many files we may open.
# (The library's own bound is 100, and whoever comes then is refused: publishers and consumers, too.)
MOST_CONNECTIONS = 1_000_000


class RedisPool(redis.ConnectionPool):
    """Lets go of what a rush has opened. The library's own keeps every connection that was ever wanted, each with a
    file of ours and a seat at the server."""

    def __init__(self, **named: Any) -> None:
        """As the library's."""
        super().__init__(max_connections=MOST_CONNECTIONS, **named)
        # So many have lain idle all the time since then.
        self._idle = 0
        self._since = time.monotonic()

    def get_available_connection(self) -> AbstractConnection:
        """The one that was given back last: those that are not wanted lie first."""
        connection: AbstractConnection = super().get_available_connection()  # type: ignore[no-untyped-call]
        self._idle = min(self._idle, len(self._available_connections))
        return connection

    async def release(self, connection: AbstractConnection) -> None:
        """Take it back, and from time to time let those go that nobody has wanted."""
        await super().release(connection)
        if time.monotonic() - self._since < SPARE_SECONDS:
            return
        spare = self._available_connections[: self._idle]
        del self._available_connections[: self._idle]
        self._idle, self._since = len(self._available_connections), time.monotonic()
        for each in spare:
            await each.disconnect(nowait=True)
