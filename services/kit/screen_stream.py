"""What a screens' stream has, and putting more on it: only by who leads, and only where it stands as they think.

Each entry carries the mark of the line it ends with, and where the stream stood before it with the mark of that:
whoever knows the journal, or has read the stream before, can tell whether it is still the same history. Beside each
stream stands the term of who led it last: the later one began to lead, the greater is theirs, so one that was deposed
and does not know it yet is refused. And how many entries it has: where somebody else has removed some (XTRIM, XDEL), it
is done away with, and filled again; nobody who begins to read it could follow it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import structlog

from services.kit import metrics, stream
from services.kit.term import Term

log = structlog.get_logger(__name__)

# So many of the last entries are held against the journal by who begins to lead: what one that led before may have put
# there while it did not know yet that another database goes on.
LOOKED_AT = 500

# KEYS[1] stream, KEYS[2] the term of who led it last, KEYS[3] how many entries it must have (none: it was filled before
# that was kept); ARGV[1] our term. All answer with pairs of id and mark.
_FENCE = """
local led = redis.call('GET', KEYS[2]) or '0'
if tonumber(led) > tonumber(ARGV[1]) then return {{'deposed', led}} end
if tonumber(led) < tonumber(ARGV[1]) then redis.call('SET', KEYS[2], ARGV[1]) end
local function marked(entry)
  for place = 1, #entry[2], 2 do
    if entry[2][place] == 'k' then return {entry[1], entry[2][place + 1]} end
  end
  return {entry[1], ''}
end
local length, kept = redis.call('XLEN', KEYS[1]), redis.pcall('GET', KEYS[3])
if kept and kept ~= tostring(length) then
  redis.call('DEL', KEYS[1], KEYS[3])
  return {{'another', tostring(length)}}
end
"""
# ARGV[2]: how many of the last entries; newest first.
_LOOK = f"""{_FENCE}
local told = {{}}
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[2])) do
  told[#told + 1] = marked(entry)
end
return told
"""
# ARGV[2], ARGV[3]: the last entry we think it has. Answers with the last it has then.
_AT = f"""{_FENCE}
local top = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local last = top[1] and marked(top[1]) or {{'0-0', ''}}
if last[1] ~= ARGV[2] or last[2] ~= ARGV[3] then return {{last}} end
"""
# Then id, mark, message, id, mark, message …
_ADD = f"""{_AT}
for place = 4, #ARGV, 3 do
  redis.call('XADD', KEYS[1], ARGV[place], 'm', ARGV[place + 2], 'k', ARGV[place + 1], 'p', last[1] .. ' ' .. last[2])
  last = {{ARGV[place], ARGV[place + 1]}}
end
if #ARGV > 3 or length > 0 and not kept then redis.call('SET', KEYS[3], length + (#ARGV - 3) / 3) end
return {{last}}
"""
_DROP = f"""{_AT}
redis.call('DEL', KEYS[1], KEYS[3])
return {{{{'0-0', ''}}}}
"""


class Reached(NamedTuple):
    """How far a stream goes: the next index of its journal, and the mark of the line before; no mark in streams that
    were filled before there were marks."""

    next: int = 0
    mark: str = ""


class ScreenStreams:
    """The screens' streams of one service, as who leads in a `term` sees them."""

    def __init__(self, service: str, redis: stream.Redis, term: Term) -> None:
        self._service = service
        self._term = term
        self._look = redis.register_script(_LOOK)
        self._add = redis.register_script(_ADD)
        self._drop = redis.register_script(_DROP)

    async def last(self, key: str) -> list[Reached]:
        """Its last entries, newest first. Raises Deposed."""
        return await self._told(self._look, key, [str(LOOKED_AT)])

    async def add(self, key: str, at: Reached, entries: Sequence[tuple[Reached, bytes]] = ()) -> Reached:
        """Put entries behind `at`, if that is where it stands; where it stands then. Raises Deposed."""
        told: list[str | bytes] = []
        for reached, message in entries:
            told += [stream.entry_id(reached.next - 1), reached.mark, message]
        return (await self._told(self._add, key, [*_named(at), *told]) or [Reached()])[0]

    async def drop(self, key: str, at: Reached) -> None:
        """Do away with it, if it still stands at `at`. Raises Deposed."""
        await self._told(self._drop, key, _named(at))

    async def _told(self, script: stream.Script, key: str, arguments: Sequence[str | bytes]) -> list[Reached]:
        name = stream.screen(key, self._service)
        keys = [name, stream.term(key, self._service), stream.kept(name)]
        found = await script(keys=keys, args=[str(self._term.since), *arguments])
        if found and found[0][0] == b"deposed":
            raise self._term.ended(int(found[0][1]))
        if found and found[0][0] == b"another":
            metrics.publish_failures.labels(self._service).inc()
            log.warning("publish.others_were_at_it", service=self._service, key=key, left=int(found[0][1]))
            return []
        return [Reached(stream.index_of(identifier) + 1, mark.decode()) for identifier, mark in found]


def _named(at: Reached) -> list[str]:
    return [stream.entry_id(at.next - 1), at.mark]
