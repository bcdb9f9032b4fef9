"""Work streams that are lost alone, or of which something is: deleted by hand, dropped by a Redis that may drop, begun
to be read too late, trimmed by somebody else.

Whoever leads as a publisher leaves a mark in each work stream it writes, a group in which nobody reads: it is lost with
the stream, and with nothing else. Beside each stands how many entries it must have. Where the mark is missing, or the
number is another, all work of the lines that screens were told of already is put again; whoever has done it passes it
over. Only then the mark is set: after a crash before that all is done again.
"""

from collections.abc import Collection, Sequence
from typing import Any

import structlog

from services.kit import stream
from services.kit.source import Source
from services.kit.term import Term
from services.kit.work_stream import WorkStreams

log = structlog.get_logger(__name__)

PAGE = 500

# The last of KEYS is the term of who puts, ARGV[1] ours; the others are work streams, and then of each how many entries
# it must have. ARGV[2], ARGV[3]: the marks of a stream that is being filled, and of one that was, ARGV[4] where they
# stand. Answers with those that lack the second, each with whether the first was made just now; where the number is
# another, neither is worth anything. Something else under a name of ours is no stream: nothing can be put.
_LOOK = """
local led = redis.call('GET', KEYS[#KEYS]) or '0'
if led ~= ARGV[1] then return {'deposed', led} end
local lost, many = {}, (#KEYS - 1) / 2
for place = 1, many do
  local name, kept = KEYS[place], KEYS[place + many]
  local there = redis.pcall('XPENDING', name, ARGV[3])
  if not there.err or string.find(there.err, 'NOGROUP') then
    local length = redis.call('XLEN', name)
    local is_right = redis.pcall('GET', kept) == tostring(length)
    if not is_right then
      redis.pcall('XGROUP', 'DESTROY', name, ARGV[2])
      redis.pcall('XGROUP', 'DESTROY', name, ARGV[3])
      redis.call('SET', kept, length)
    end
    if there.err or not is_right then
      local made = redis.pcall('XGROUP', 'CREATE', name, ARGV[2], ARGV[4], 'MKSTREAM')
      if made.err and not string.find(made.err, 'BUSYGROUP') then return made end
      lost[#lost + 1] = {name, made.err and 0 or 1}
    end
  end
end
return lost
"""
# The same arguments, without numbers. One that was lost meanwhile has neither mark, and is found again.
_FILL = """
local led = redis.call('GET', KEYS[#KEYS]) or '0'
if led ~= ARGV[1] then return {'deposed', led} end
for place = 1, #KEYS - 1 do
  if redis.pcall('XGROUP', 'DESTROY', KEYS[place], ARGV[2]) == 1 then
    redis.call('XGROUP', 'CREATE', KEYS[place], ARGV[3], ARGV[4])
  end
end
return {}
"""


class LostWork:
    """What is to be put again of one service's work, as who leads in a term sees it."""

    def __init__(
        self, service: str, redis: stream.Redis, shards: int, term: Term, works: WorkStreams, source: Source
    ) -> None:
        self._service = service
        self._shards = shards
        self._term = term
        self._works = works
        self._source = source
        # By work stream the keys of which it is not put again yet.
        self._again: dict[str, set[str]] = {}
        self._due: Sequence[int] = ()
        self._look, self._fill = (redis.register_script(script) for script in (_LOOK, _FILL))

    def begin(self) -> None:
        """We lead from now on, and know nothing of the streams."""
        self._again.clear()
        self._due = range(self._shards)

    async def look(self, keys: Collection[str]) -> bool:
        """Whether anything is to be put again. Looks at all work streams at first, before anything is put there; then
        at those of one shard, each in its turn. `keys`: of all journals. Raises Deposed."""
        for shard in self._due:
            written = stream.written_by(self._service)
            names = [*written, *(made for name, made in stream.MADE_OF.items() if name in written)]
            streams = [stream.shard(each, shard) for each in names]
            looked_at = [*streams, *map(stream.kept, streams)]
            for name, anew in await self._told(self._look, shard, looked_at):
                if anew or name.decode() not in self._again:
                    of_shard = {key for key in keys if stream.shard_of(key, self._shards) == shard}
                    self._again[name.decode()] = of_shard
        last = self._due[-1] if self._due else -1
        self._due = [(last + 1) % self._shards]
        return bool(self._again)

    def of(self, key: str) -> frozenset[str]:
        """Which of a key's work is to be put again."""
        lost = {_short(name) for name, keys in self._again.items() if key in keys}
        again = {name for name, made in stream.MADE_OF.items() if made in lost}
        return frozenset(lost.intersection(stream.written_by(self._service)) | again)

    async def put_again(self, key: str, told: int) -> None:
        """Put all of a key's lost work again: that of the lines below `told`. Raises Deposed."""
        at, names, count = 0, self.of(key), 0
        while at < told and (page := await self._source.read(key, at, PAGE)):
            works = [work for one in page for work in one.works if work.name in names]
            if works:
                await self._works.put(key, works)
            at, count = page[-1].index + 1, count + len(works)
            # As large as a whole journal, perhaps: nothing of it is held while the next is read.
            del page, works
        if count:
            log.warning("publish.work_put_again", service=self._service, key=key, messages=count)
        for keys in self._again.values():
            keys.discard(key)

    async def fill(self) -> None:
        """Mark those streams of which all is put again. Raises Deposed."""
        for name in [name for name, keys in self._again.items() if not keys]:
            await self._told(self._fill, _shard(name), [name])
            del self._again[name]

    async def _told(self, script: stream.Script, shard: int, names: list[str]) -> Any:
        keys = [*names, stream.work_term(self._service, shard)]
        marks = [stream.FILLING, stream.FILLED, stream.BEHIND_ALL]
        found = await script(keys=keys, args=[str(self._term.since), *marks])
        if found and found[0] == b"deposed":
            raise self._term.ended(int(found[1]))
        return found


def _short(name: str) -> str:
    return name.rpartition(":")[2]


def _shard(name: str) -> int:
    return int(name.partition("}")[0].removeprefix("{"))
