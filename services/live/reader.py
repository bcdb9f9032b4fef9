"""Reads the streams of one meeting beyond a position.

One blocking XREAD per followed meeting and worker, on all its streams at once, whatever the number of screens. Not
one over all meetings: streams of different meetings may lie on different nodes of a cluster, and a meeting that
joins would have to interrupt the read of all others.
"""

from typing import Any

from services.kit import stream
from services.live.chronicle import Entry
from services.live.position import SERVICES, Position

CHUNK = 500


async def read(redis: stream.Redis, meeting: str, at: Position, block_ms: int | None) -> list[Entry]:
    """At most CHUNK entries per stream beyond `at`, in order within each; none if there are none after `block_ms`.

    Raises RedisError or OSError if the streams cannot be reached.
    """
    names = {stream.screen(meeting, service).encode(): place for place, service in enumerate(SERVICES)}
    wanted: Any = {name: stream.entry_id(at[place] - 1) for name, place in names.items()}
    reply = await redis.xread(wanted, count=CHUNK, block=block_ms)
    return [
        Entry(names[name], stream.index_of(identifier) + 1, fields.get(stream.FIELD, b""))
        for name, entries in stream.by_stream(reply)
        for identifier, fields in entries
    ]
