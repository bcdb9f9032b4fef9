"""The workers of an installation tell each other which members have a screen with them: one hash in Redis per meeting,
a field per worker, once a second. It is a convenience and may be lost: then nobody knows, and screens are told so.

A worker's field is written whole, about 50 KB for 5,000 members, and read whole: a millisecond of each second.
"""

import msgspec

from services.kit import stream

# A worker that has not told for so long is gone, and its members with it unless they are elsewhere.
STALE_MS = 5_000
# A hash that nobody writes any more goes by itself.
FORGOTTEN_MS = 60_000


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What a worker says: when, and who is connected to it."""

    at: int
    members: tuple[str, ...]


_told = msgspec.json.Decoder(Told)
_encode = msgspec.json.Encoder().encode


async def exchange(
    redis: stream.Redis, meeting: str, worker: str, members: frozenset[str], now: int
) -> frozenset[str]:
    """Tell the others who is connected to this worker; who is connected to any. `now`: the server's milliseconds.

    Raises RedisError or OSError if Redis cannot be reached.
    """
    key = f"{{{meeting}}}:connected"
    async with redis.pipeline(transaction=True) as pipe:
        _ = pipe.hset(key, worker, _encode(Told(now, tuple(members))).decode())
        _ = pipe.pexpire(key, FORGOTTEN_MS)
        _ = pipe.hgetall(key)
        found = (await pipe.execute())[-1]
    told = {name: _read(raw) for name, raw in found.items()}
    gone = [name for name, each in told.items() if now - each.at > FORGOTTEN_MS]
    if gone:
        await redis.hdel(key, *gone)
    near = (each.members for each in told.values() if abs(now - each.at) <= STALE_MS)
    return members.union(*near)


def _read(raw: bytes) -> Told:
    """What a worker said; nothing if it is of another version."""
    try:
        return _told.decode(raw)
    except msgspec.DecodeError:
        return Told(0, ())
