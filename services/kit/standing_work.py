"""Of the work that a group's reader was given, what may be done: that of lines which stand in the journal.

Whoever leads as the publisher of a work stream has held all of it against their journal, in one run of the database,
and dropped what is of no line there (kit/work_stream.py). What is still there after that may be done, in that run
alone; what was read before may have been dropped since, so it is asked for again. Before that it waits: a database that
took over may lack the line. Entries that name no line are done as they come.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from services.kit import stream
from services.kit.database import Pool, current_run

# So often, and after so long each time, it is asked whether it was held: a leader who follows another needs a moment.
# Together less than the time after which another reader takes over what we were given.
TIMES = 8
RETRY_SECONDS = 0.5

# KEYS[1] what was held, KEYS[2] the work stream; ARGV: our run of the database, group, reader, entries. Which of these
# still are there and ours to do; none is answered where they were not held yet. Does away with what we were given that
# is there no more.
_STANDING = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
local asked = {'XCLAIM', KEYS[2], ARGV[2], ARGV[3], 0}
for place = 4, #ARGV do asked[#asked + 1] = ARGV[place] end
asked[#asked + 1] = 'JUSTID'
return redis.call(unpack(asked))
"""

# KEYS[1] the work stream; ARGV[1] the group. What its readers have in hand since a time to come, or since this very
# moment, they have since this moment.
_SET_RIGHT = """
for _, entry in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000)) do
  if entry[3] <= 0 then redis.call('XCLAIM', KEYS[1], ARGV[1], entry[2], 0, entry[1], 'JUSTID') end
end
"""


class NotHeld(Exception):
    """Nobody who leads has held this against the journal yet, in the run of the database that we see."""


class Message(NamedTuple):
    """An entry of a work stream, and the run of the database in which it may be done; "" in any."""

    identifier: bytes
    body: bytes
    run: str = ""


class StandingWork:
    """What one reader of a group is given of a work stream."""

    def __init__(self, redis: stream.Redis, name: str, group: str, me: str) -> None:
        self._keys = [stream.held_for(name), name]
        self._us = [group, me]
        self._standing = redis.register_script(_STANDING)
        self._set_right = redis.register_script(_SET_RIGHT)

    async def of(self, entries: Any, pool: Pool) -> list[Message]:
        """The messages among entries that may be done, in their order. Raises NotHeld."""
        there = [(identifier, fields) for identifier, fields in entries if fields]
        named = [identifier for identifier, fields in there if stream.LINE in fields]
        run, stand = await self._held(named, pool) if named else ("", set[bytes]())
        return [
            Message(identifier, fields[stream.FIELD], run if stream.LINE in fields else "")
            for identifier, fields in there
            if stream.LINE not in fields or identifier in stand
        ]

    async def set_right(self) -> None:
        """Let nobody hold anything since a time to come. How long an entry lies with a reader who may be dead Valkey
        reckons by the machine's clock: of what was given while that was an hour ahead it says "just now" for so long.
        """
        await self._set_right(keys=[self._keys[1]], args=[self._us[0]])

    async def _held(self, named: Sequence[bytes], pool: Pool) -> tuple[str, set[bytes]]:
        for _ in range(TIMES):
            run = await current_run(pool)
            found = await self._standing(keys=self._keys, args=[run, *self._us, *named])
            if found is not None:
                return run, set(found)
            await asyncio.sleep(RETRY_SECONDS)
        raise NotHeld
