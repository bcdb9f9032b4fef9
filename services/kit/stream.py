"""Redis streams: their names, and a connection to them.

Screens read `{key}:<service>`, one stream per meeting (or body) and service, whose entry for journal index n has the
id `0-<n+1>`. Services read work streams `{<shard>}:<name>`, with ids of Redis's own: at least once, so that every
consumer is idempotent. The braces are Redis Cluster hash tags.
"""

import zlib
from typing import Any

import redis.asyncio as redis
from redis.commands.core import AsyncScript

from services.kit.redis_pool import RedisPool

FIELD = b"m"
# The mark of the line that an entry of a screens' stream ends with; and the id of the entry before it, with its mark.
MARK, BEFORE = b"k", b"p"
# The line that an entry of a work stream is of: its index and key; its mark stands beside it.
LINE = b"l"

Redis = redis.Redis
Script = AsyncScript

# Who reads which work stream: what every one of these groups has acknowledged is dropped, and nothing before. A stream
# that is not named here is never trimmed. Whoever begins to read one later finds no more than what is left, and has it
# filled again from the journals (kit/consumer.py).
READERS: dict[str, frozenset[str]] = {
    "meeting": frozenset({"floor", "signing", "voting"}),
    "credentials": frozenset({"floor", "meeting", "voting"}),
    "polls": frozenset({"floor"}),
    "results": frozenset({"signing"}),
    "parts": frozenset({"voting"}),
    "records": frozenset({"signing"}),
    "sittings": frozenset({"voting"}),
    "proceedings": frozenset({"signing"}),
    "intents": frozenset({"signing"}),
    "rechecks": frozenset({"signing"}),
    "certificates": frozenset({"voting"}),
    "signatures": frozenset({"voting"}),
}

# Which service's publisher writes a work stream, from its journal. Others have no journal behind them.
WRITERS: dict[str, str] = {
    "meeting": "meeting",
    "credentials": "signing",
    "polls": "voting",
    "results": "voting",
    "records": "floor",
    "sittings": "meeting",
    "intents": "voting",
    "rechecks": "voting",
    "certificates": "signing",
    "signatures": "signing",
}

# What its reader makes of a work stream, with no journal behind it: where that is lost, the work is done again.
MADE_OF: dict[str, str] = {"sittings": "proceedings"}

# Groups in which nobody reads, marks of publishers: each is lost with its work stream, and so says of it, while there,
# that what was lost is being put again, or that nothing was lost since (kit/lost_work.py). They stand behind all that
# will ever come: nothing is kept for them.
FILLING, FILLED = "(filling)", "(filled)"
BEHIND_ALL = "-".join([str(2**64 - 1)] * 2)


def connect(url: str) -> Redis:
    """A client that fails fast: streams may be lost, voting goes on."""
    pool = RedisPool.from_url(url, socket_connect_timeout=2, socket_timeout=10, health_check_interval=15)
    return redis.Redis.from_pool(pool)


def screen(key: str, service: str) -> str:
    """The stream that screens follow for one meeting or body."""
    return f"{{{key}}}:{service}"


def term(key: str, service: str) -> str:
    """No stream: since when who led the screens' stream last has led."""
    return f"{{{key}}}:{service}:term"


def board(key: str, name: str) -> str:
    """No stream: the state of a moment for one meeting, written again and again, that expires by itself."""
    return f"{{{key}}}:{name}"


def work(key: str, name: str, shards: int) -> str:
    """The work stream that messages about this key go to."""
    return shard(name, shard_of(key, shards))


def shard_of(key: str, shards: int) -> int:
    """The shard that messages about this key go to."""
    return zlib.crc32(key.encode()) % shards


def shard(name: str, number: int) -> str:
    """One shard of a work stream."""
    return f"{{{number}}}:{name}"


def works(name: str, shards: int) -> list[str]:
    """All shards of a work stream."""
    return [shard(name, number) for number in range(shards)]


def written_by(service: str) -> list[str]:
    """The work streams that a service's publisher writes."""
    return [name for name, writer in WRITERS.items() if writer == service]


def work_term(service: str, number: int) -> str:
    """No stream: since when who puts this service's work on a shard has led."""
    return shard(f"{service}:puts", number)


def kept(name: str) -> str:
    """No stream: how many entries a stream must have. Who puts or drops any says so in the same step; where it has
    another number somebody else was at it, and perhaps nobody has read what is gone."""
    return f"{name}:kept"


def held(service: str, number: int) -> str:
    """No stream: the run of the database against which all of a service's work on a shard was held."""
    return shard(f"{service}:held", number)


def held_for(name: str) -> str:
    """The same, for who reads one shard of a work stream."""
    place, _, short = name.rpartition(":")
    return f"{place}:{WRITERS.get(short, '')}:held"


def readers(name: str) -> frozenset[str]:
    """The groups that must have acknowledged what is dropped from a work stream; none: nothing is dropped."""
    return READERS.get(name.rpartition("}:")[2], frozenset())


def entry_id(index: int) -> str:
    """The stream id of a journal's entry: Redis refuses `0-0`, so the index is moved by one."""
    return f"0-{index + 1}"


def index_of(identifier: bytes | str) -> int:
    """The journal index of a screen stream's id; -1 for the id before all."""
    text = identifier.decode() if isinstance(identifier, bytes) else identifier
    return int(text.partition("-")[2] or 0) - 1


def by_stream(reply: Any) -> list[tuple[bytes, Any]]:
    """The answer to XREAD or XREADGROUP as pairs of a stream's name and its entries.

    RESP2 answers with a list of pairs, RESP3 with a map whose values redis-py wraps once more.
    """
    if not reply:
        return []
    if isinstance(reply, dict):
        return [(name, entries[0] if len(entries) == 1 else entries) for name, entries in reply.items()]
    return [(name, entries) for name, entries in reply]
