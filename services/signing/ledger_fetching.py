"""The ledger of a great poll, asked for in parts and put together in a file, for as long as its certificate is made.

Nothing of it is durable: what is lost in a crash is asked for again. Nobody else can spoil it, either: the certificate
is made of what is proven.
"""

import asyncio
import fcntl
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from services.kit import stream
from services.wire import UNREADABLE, GreatResult, LedgerPart, PartWanted

STREAM = "parts"
# Who is to answer may have to be found first: what a dead worker had in hand is taken over after seconds.
PATIENCE_SECONDS = 30.0
BLOCK_MS = 1_000
_NAME = "great-ledger."

_parts = msgspec.json.Decoder(LedgerPart)
_encode = msgspec.json.Encoder().encode


class PartMissing(Exception):
    """A part of a ledger did not come, or was not the one that was asked for; the result is heard again."""


class LedgerFetching:
    """Asks voting for the lines of a ledger."""

    def __init__(
        self, redis: stream.Redis, shards: int, directory: Path, patience_s: float = PATIENCE_SECONDS
    ) -> None:
        """`directory`: where there is room for them; `patience_s`: how long a part is waited for."""
        self._redis = redis
        self._shards = shards
        self._directory = directory
        self._patience = patience_s

    @asynccontextmanager
    async def fetched(self, result: GreatResult) -> AsyncIterator[Path]:
        """A file of the lines of a result, each with its newline, there as long as the block lasts. Raises
        PartMissing."""
        await asyncio.to_thread(_clear, self._directory)
        with _spool(self._directory) as (path, file):
            start = result.ledger.start
            end = start + result.lines
            while start < end:
                wanted = self._wanted(result, start, end)
                part = await self._part(result.meeting, wanted)
                # Off the event loop: there are many, and somewhere else people are voting.
                start += await asyncio.to_thread(_write, file, part, wanted)
            await asyncio.to_thread(file.flush)
            yield path

    def _wanted(self, result: GreatResult, start: int, end: int) -> PartWanted:
        answer = stream.work(result.meeting, f"part:{secrets.token_hex(16)}", self._shards)
        return PartWanted(poll=result.poll, start=start, end=end, answer=answer)

    async def _part(self, meeting: str, wanted: PartWanted) -> bytes:
        """The next part, as it came."""
        name = stream.work(meeting, STREAM, self._shards)
        await self._redis.xadd(name, {stream.FIELD: _encode(wanted)})
        try:
            async with asyncio.timeout(self._patience):
                while not (reply := await self._redis.xread({wanted.answer: "0"}, count=1, block=BLOCK_MS)):
                    pass
        except TimeoutError as error:
            raise PartMissing(f"line {wanted.start} of {wanted.poll} did not come") from error
        await self._redis.delete(wanted.answer)
        ((_, ((_, fields), *_)),) = stream.by_stream(reply)
        message: bytes = fields[stream.FIELD]
        return message


def _write(file: BinaryIO, message: bytes, wanted: PartWanted) -> int:
    """Write the lines of a part; how many. Raises PartMissing for another than was asked for."""
    try:
        part = _parts.decode(message)
    except UNREADABLE as error:
        raise PartMissing("a part that cannot be understood") from error
    there = 0 < len(part.lines) <= wanted.end - wanted.start
    if (part.poll, part.start) != (wanted.poll, wanted.start) or not there:
        raise PartMissing(f"another part than line {wanted.start} of {wanted.poll}")
    file.writelines(f"{line}\n".encode() for line in part.lines)
    return len(part.lines)


@contextmanager
def _spool(directory: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file that is gone after the block; locked meanwhile, so that others know it is wanted."""
    path = directory / f"{_NAME}{secrets.token_hex(8)}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        try:
            yield path, file
        finally:
            path.unlink(missing_ok=True)


def _clear(directory: Path) -> None:
    """Remove what those left who were killed: nobody holds its lock."""
    for path in directory.glob(f"{_NAME}*"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
