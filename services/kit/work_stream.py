"""The work streams of one service, as its publisher sees them: only who leads puts work there, and what they hold is of
lines that stand in the journal.

Each entry names its line, with its mark. Whoever begins to lead sees to it, shard by shard, that nobody who led before
puts more (their term is over: a script compares it in the same step that puts), drops what is of lines that are in no
journal any more, and only then writes down that all there is was held against this run of the database
(kit/database_run.py). Before that, nobody does any of it (kit/standing_work.py).
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import structlog

from services.kit import metrics, stream
from services.kit.term import Term

log = structlog.get_logger(__name__)

# By index the marks of those lines of a key that there are (see publisher.Source).
Marks = Callable[[str, Sequence[int]], Awaitable[dict[int, str]]]
LOOKED_AT = 100

# KEYS[1] what was held, KEYS[2] the term of who puts; ARGV[1] our term, ARGV[2] our run of the database. Whether all
# that is there was held against it; if not, nobody does any of it from now on.
_BEGIN = """
local led = redis.call('GET', KEYS[2]) or '0'
if tonumber(led) > tonumber(ARGV[1]) then return {'deposed', led} end
redis.call('SET', KEYS[2], ARGV[1])
if redis.call('GET', KEYS[1]) == ARGV[2] then return {'held'} end
redis.call('DEL', KEYS[1])
return {}
"""
# The last of KEYS is the term of who puts, ARGV[1] ours.
_FENCE = """
local led = redis.call('GET', KEYS[#KEYS]) or '0'
if led ~= ARGV[1] then return {'deposed', led} end
"""
# ARGV[2]: behind which entry, ARGV[3]: so many. One by one: only what is named is kept, and a message may be large.
_LOOK = f"""{_FENCE}
local told, start = {{}}, ARGV[2]
for _ = 1, tonumber(ARGV[3]) do
  local entry = redis.call('XRANGE', KEYS[1], start, '+', 'COUNT', 1)[1]
  if not entry then break end
  local named = {{l = '', k = ''}}
  for place = 1, #entry[2], 2 do
    if named[entry[2][place]] then named[entry[2][place]] = entry[2][place + 1] end
  end
  told[#told + 1] = {{entry[1], named.l, named.k}}
  start = '(' .. entry[1]
end
return told
"""
# KEYS[2]: how many there must be; ARGV[2] …: the entries.
_DROP = f"""{_FENCE}
for place = 2, #ARGV do redis.call('DECRBY', KEYS[2], redis.call('XDEL', KEYS[1], ARGV[place])) end
return {{}}
"""
_HOLD = f"""{_FENCE}
redis.call('SET', KEYS[1], ARGV[2])
return {{}}
"""
# KEYS: the streams, and then of each how many entries there must be; ARGV[2] …: which of KEYS, message, line, mark; and
# again.
_PUT = f"""{_FENCE}
for place = 2, #ARGV, 4 do
  local name = tonumber(ARGV[place])
  redis.call('XADD', KEYS[name], '*', 'm', ARGV[place + 1], 'l', ARGV[place + 2], 'k', ARGV[place + 3])
  redis.call('INCR', KEYS[name + (#KEYS - 1) / 2])
end
return {{}}
"""


class Work(NamedTuple):
    """A message for a work stream, of a line of the journal: its index (`line`) and mark."""

    name: str
    message: bytes
    line: int
    mark: str


async def put_by_itself(redis: stream.Redis, name: str, message: bytes) -> None:
    """Put a message that is of no line on a work stream."""
    pipeline = redis.pipeline(transaction=True)
    _ = pipeline.xadd(name, {stream.FIELD: message})
    _ = pipeline.incr(stream.kept(name))
    await pipeline.execute()


class _Told(NamedTuple):
    identifier: bytes
    key: str
    line: int
    mark: str


class WorkStreams:
    """The work streams that one service writes, as who leads in a term sees them."""

    def __init__(self, service: str, redis: stream.Redis, shards: int, term: Term) -> None:
        self._service = service
        self._redis = redis
        self._shards = shards
        self._term = term
        self._run = ""
        self._begin, self._look, self._drop, self._hold, self._put = (
            redis.register_script(script) for script in (_BEGIN, _LOOK, _DROP, _HOLD, _PUT)
        )

    async def begin(self, run: str, marks: Marks) -> None:
        """We lead from now on, in this run of the database. After a crash anywhere here whoever leads next does it
        again; until then nobody does any of the work. Raises Deposed."""
        self._run = run
        for shard in range(self._shards):
            held, term = stream.held(self._service, shard), stream.work_term(self._service, shard)
            # 1. Who led before puts nothing more, and what there is waits.
            if await self._told(self._begin, [held, term], [run]):
                continue
            # 2. What is of lines that are in no journal any more goes. What stands of it comes again: its key's screens
            # have been told of the same line, and are told anew, or have not been told yet.
            for name in stream.written_by(self._service):
                await self._drop_lost(stream.shard(name, shard), term, marks)
            # 3. What is left may be done.
            await self._told(self._hold, [held, term], [run])

    async def must_be_held(self) -> None:
        """Raises Deposed where what we have begun is no longer so: another led meanwhile, or Redis has lost it. Nobody
        would do what waits there."""
        pipeline = self._redis.pipeline(transaction=False)
        for shard in range(self._shards):
            _ = pipeline.get(stream.work_term(self._service, shard))
            _ = pipeline.get(stream.held(self._service, shard))
        told = await pipeline.execute()
        ours = str(self._term.since).encode(), self._run.encode()
        for led, held in zip(told[::2], told[1::2], strict=True):
            if (led, held) != ours:
                raise self._term.ended(int(led or 0))

    async def put(self, key: str, works: Sequence[Work]) -> None:
        """All or nothing: consumers rely on the order of a key's messages. Raises Deposed."""
        names = list(dict.fromkeys(stream.work(key, work.name, self._shards) for work in works))
        told: list[str | bytes] = []
        for work in works:
            place = names.index(stream.work(key, work.name, self._shards)) + 1
            told += [str(place), work.message, f"{work.line} {key}", work.mark]
        term = stream.work_term(self._service, stream.shard_of(key, self._shards))
        await self._told(self._put, [*names, *map(stream.kept, names), term], told)

    async def _drop_lost(self, name: str, term: str, marks: Marks) -> None:
        start = "-"
        while found := await self._told(self._look, [name, term], [start, str(LOOKED_AT)]):
            start = f"({found[-1][0].decode()}"
            lost = await _lost(_lines(found), marks)
            if lost:
                metrics.publish_failures.labels(self._service).inc()
                log.error("publish.work_lost", service=self._service, stream=name, messages=len(lost))
                await self._told(self._drop, [name, stream.kept(name), term], lost)

    async def _told(self, script: stream.Script, keys: list[str], arguments: Sequence[str | bytes]) -> Any:
        found = await script(keys=keys, args=[str(self._term.since), *arguments])
        if found and found[0] == b"deposed":
            raise self._term.ended(int(found[1]))
        return found


def _lines(found: Iterable[Sequence[bytes]]) -> list[_Told]:
    """Of which line each entry is; what was put before lines were named is not there, and stays."""
    told = []
    for identifier, line, mark in found:
        index, _, key = line.decode().partition(" ")
        if index:
            told.append(_Told(identifier, key, int(index), mark.decode()))
    return told


async def _lost(told: Sequence[_Told], marks: Marks) -> list[bytes]:
    """The entries of lines that are not there, or are others."""
    lost: list[bytes] = []
    for key, of_key in groupby(sorted(told, key=lambda each: each.key), key=lambda each: each.key):
        each_of = list(of_key)
        there = await marks(key, [each.line for each in each_of])
        lost += [each.identifier for each in each_of if there.get(each.line) != each.mark]
    return lost
