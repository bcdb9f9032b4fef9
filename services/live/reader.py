"""Reads the streams of one meeting beyond a position.

One blocking XREAD per followed meeting and worker, on all its streams at once, whatever the number of screens. Not
one over all meetings: streams of different meetings may lie on different nodes of a cluster, and a meeting that
joins would have to interrupt the read of all others.
"""

from typing import Any

from services.kit import stream
from services.live.histories import Entry, Standing
from services.live.position import SERVICES, Position

CHUNK = 500
# KEYS: streams of one meeting; ARGV: where each was read to. An answer has no messages: a roll may be among them.
_LOOK = """
local told = {}
for place, name in ipairs(KEYS) do
  local top, mark = redis.call('XREVRANGE', name, '+', '-', 'COUNT', 1)[1], ''
  local here = redis.call('XRANGE', name, ARGV[place], ARGV[place])[1]
  for field = 1, here and #here[2] or 0, 2 do
    if here[2][field] == 'k' then mark = here[2][field + 1] end
  end
  told[place] = {top and top[1] or '0-0', mark}
end
return told
"""


async def read(redis: stream.Redis, meeting: str, at: Position, block_ms: int | None) -> list[Entry]:
    """At most CHUNK entries per stream beyond `at`, in order within each; none if there are none after `block_ms`.

    Raises RedisError or OSError if the streams cannot be reached.
    """
    names = {stream.screen(meeting, service).encode(): place for place, service in enumerate(SERVICES)}
    wanted: Any = {name: stream.entry_id(at[place] - 1) for name, place in names.items()}
    reply = await redis.xread(wanted, count=CHUNK, block=block_ms)
    return [
        _entry(names[name], identifier, fields)
        for name, entries in stream.by_stream(reply)
        for identifier, fields in entries
    ]


async def look(redis: stream.Redis, meeting: str, at: Position) -> list[Standing]:
    """Of each stream how far it goes, and the mark of its entry at `at`, if there is just that.

    Raises RedisError or OSError if the streams cannot be reached.
    """
    names = [stream.screen(meeting, service) for service in SERVICES]
    told: Any = await redis.eval(_LOOK, len(names), *names, *(stream.entry_id(each - 1) for each in at))
    return [Standing(_number(top), mark.decode()) for top, mark in told]


def _entry(place: int, identifier: bytes, fields: dict[bytes, bytes]) -> Entry:
    before, _, mark = fields.get(stream.BEFORE, b"").partition(b" ")
    return Entry(
        place,
        _number(identifier),
        fields.get(stream.FIELD, b""),
        _mark(fields),
        (_number(before), mark.decode()) if before else None,
    )


def _number(identifier: bytes) -> int:
    return stream.index_of(identifier) + 1


def _mark(fields: dict[bytes, bytes]) -> str:
    return fields.get(stream.MARK, b"").decode()
