"""One run of a database: from one start of its server to the next.

What is committed in a run stays for the rest of it. A server that takes over from another, or is restored, is another
run, and may lack the last lines of the one before. What was found to stand in one run is acted upon in that run alone:
whoever is bound to it is given no connection to another.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

# asyncpg's classes take a parameter in its type stubs only, not when they run.
if TYPE_CHECKING:
    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection

# A follower has a start of its own, and keeps it when it is promoted. Microseconds, whatever the session's time zone.
_STARTED = "select extract(epoch from pg_postmaster_start_time())::text"


@dataclass(slots=True)
class _Bound:
    """The run that somebody is bound to; "" once that is over, for tasks that were begun meanwhile and live on."""

    run: str = ""


_bound: ContextVar[_Bound] = ContextVar("run of the database")


class AnotherRun(ConnectionError):
    """The database that answers is not the one, or not in the run, in which this was begun."""


class RunConnection(_Connection):
    """A connection that knows the run it belongs to once it was asked: it ends with the server."""

    _run = ""

    async def run(self) -> str:
        """The run of the database that it leads to."""
        if not self._run:
            self._run = await self.fetchval(_STARTED)
        return self._run


async def run_of(connection: Any) -> str:
    """The run of the database that a connection of our pools leads to (which the pool wraps)."""
    return str(await connection.run())


@contextmanager
def bound_to(run: str) -> Iterator[None]:
    """Within, pools give connections to this run of the database alone, and raise AnotherRun else. "": to any."""
    bound = _Bound(run)
    token = _bound.set(bound)
    try:
        yield
    finally:
        _bound.reset(token)
        bound.run = ""


async def must_be_bound(connection: Any) -> None:
    """What a pool asks before it gives a connection away. Costs nothing who is bound to no run."""
    bound = _bound.get(None)
    run = bound.run if bound else ""
    if run and await run_of(connection) != run:
        # Not closed in peace, as the pool would: a server that was cut off might never answer.
        connection.terminate()
        raise AnotherRun
