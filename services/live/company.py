"""The boards of a meeting in Redis, looked at once a second: who is connected, what the desk wishes to annul, and that
drafts have moved.

The workers of an installation tell each other which members have a screen with them: one hash per meeting, a field per
worker. It is a convenience and may be lost: then nobody knows, and screens are told so. Voting
writes wishes, and the mark of its drafts.

A worker's field is written whole, about 50 KB for 5,000 members, and read whole: a millisecond of each second.
"""

from dataclasses import dataclass
from typing import TypeVar

import msgspec

from services.kit import stream
from services.wire import UNREADABLE, DraftsMoved, VoidWishes

Read = TypeVar("Read")

# A worker that has not told for so long is gone, and its members with it unless they are elsewhere.
STALE_MS = 5_000
# A hash that nobody writes any more goes by itself.
FORGOTTEN_MS = 60_000


@dataclass(frozen=True, slots=True)
class Boards:
    """What stands on them: all who are connected, the wishes that stand, the mark of the drafts."""

    members: frozenset[str]
    wishes: VoidWishes
    drafts: DraftsMoved


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What a worker says: when, and who is connected to it."""

    at: int
    members: tuple[str, ...]


_told = msgspec.json.Decoder(Told)
_wished = msgspec.json.Decoder(VoidWishes)
_moved = msgspec.json.Decoder(DraftsMoved)
_encode = msgspec.json.Encoder().encode


async def exchange(
    redis: stream.Redis, meeting: str, worker: str, members: frozenset[str], now: int
) -> Boards:
    """Tell the others who is connected to this worker; what the boards say.

    `now`: the server's milliseconds.

    Raises RedisError or OSError if Redis cannot be reached.
    """
    key = stream.board(meeting, "connected")
    async with redis.pipeline(transaction=True) as pipe:
        _ = pipe.hset(key, worker, _encode(Told(now, tuple(members))).decode())
        _ = pipe.pexpire(key, FORGOTTEN_MS)
        _ = pipe.hgetall(key)
        _ = pipe.get(stream.board(meeting, "wishes"))
        _ = pipe.get(stream.board(meeting, "drafts"))
        *_, found, wishes, drafts = await pipe.execute()
    told = {name: _read(raw, _told, Told(0, ())) for name, raw in found.items()}
    gone = [name for name, each in told.items() if now - each.at > FORGOTTEN_MS]
    if gone:
        await redis.hdel(key, *gone)
    near = (each.members for each in told.values() if abs(now - each.at) <= STALE_MS)
    return Boards(
        members.union(*near), _read(wishes, _wished, VoidWishes()), _read(drafts, _moved, DraftsMoved())
    )


def _read(raw: bytes | None, decoder: msgspec.json.Decoder[Read], nothing: Read) -> Read:
    """What was written; nothing if it is of another version."""
    try:
        return nothing if raw is None else decoder.decode(raw)
    except UNREADABLE:
        return nothing
