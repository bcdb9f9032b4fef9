"""The boards of a meeting in Redis, looked at once a second: who is connected, and what the desk wishes to annul.

The workers of an installation tell each other which members have a screen with them: one hash per meeting, a field per
worker. It is a convenience and may be lost: then nobody knows, and screens are told so. Wishes voting writes.

A worker's field is written whole, about 50 KB for 5,000 members, and read whole: a millisecond of each second.
"""

import msgspec

from services.kit import stream
from services.wire import VoidWishes

# A worker that has not told for so long is gone, and its members with it unless they are elsewhere.
STALE_MS = 5_000
# A hash that nobody writes any more goes by itself.
FORGOTTEN_MS = 60_000


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What a worker says: when, and who is connected to it."""

    at: int
    members: tuple[str, ...]


_told = msgspec.json.Decoder(Told)
_boards = msgspec.json.Decoder(VoidWishes)
_encode = msgspec.json.Encoder().encode


async def exchange(
    redis: stream.Redis, meeting: str, worker: str, members: frozenset[str], now: int
) -> tuple[frozenset[str], VoidWishes]:
    """Tell the others who is connected to this worker; who is connected to any, and the wishes that stand.

    `now`: the server's milliseconds.

    Raises RedisError or OSError if Redis cannot be reached.
    """
    key = stream.board(meeting, "connected")
    async with redis.pipeline(transaction=True) as pipe:
        _ = pipe.hset(key, worker, _encode(Told(now, tuple(members))).decode())
        _ = pipe.pexpire(key, FORGOTTEN_MS)
        _ = pipe.hgetall(key)
        _ = pipe.get(stream.board(meeting, "wishes"))
        *_, found, wishes = await pipe.execute()
    told = {name: _read(raw) for name, raw in found.items()}
    gone = [name for name, each in told.items() if now - each.at > FORGOTTEN_MS]
    if gone:
        await redis.hdel(key, *gone)
    near = (each.members for each in told.values() if abs(now - each.at) <= STALE_MS)
    return members.union(*near), _wishes(wishes)


def _read(raw: bytes) -> Told:
    """What a worker said; nothing if it is of another version."""
    try:
        return _told.decode(raw)
    except msgspec.DecodeError:
        return Told(0, ())


def _wishes(raw: bytes | None) -> VoidWishes:
    try:
        return VoidWishes() if raw is None else _boards.decode(raw)
    except msgspec.DecodeError:
        return VoidWishes()
