"""Parts of a great poll's ledger, for signing, which asks for one after the other as it has room for them.

Nothing is kept here, and nothing is told twice wrongly: the lines of a poll that is over never change. A part goes to a
stream of its own that is gone soon after, so that no store holds more than one of them.
"""

import re
from dataclasses import dataclass

import msgspec
import structlog

from services.kit import stream
from services.refusal import Refused
from services.voting.evidence import Archive
from services.wire import PartWanted

STREAM = "parts"
# Who asked has read it by then, or asks again.
KEPT_SECONDS = 60
# Who writes on a stream cannot have us write on any other.
_ANSWER = re.compile(r"\{\d+\}:part:[0-9a-f]{32}")

log = structlog.get_logger(__name__)

_wanted = msgspec.json.Decoder(PartWanted)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class LedgerParts:
    """Hears that a part is wanted, and answers with it."""

    archive: Archive
    redis: stream.Redis

    async def apply(self, message: bytes) -> None:
        """Answer one question; returns once the part is on its stream. Raises DecodeError for what is none."""
        wanted = _wanted.decode(message)
        if not _ANSWER.fullmatch(wanted.answer):
            log.warning("part.nowhere_to_go", poll=wanted.poll)
            return
        try:
            part = await self.archive.part(wanted.poll, wanted.start, wanted.end)
        except Refused as refused:
            log.warning("part.refused", poll=wanted.poll, refused=refused.code)
            return
        pipeline = self.redis.pipeline(transaction=True)
        _ = pipeline.xadd(wanted.answer, {stream.FIELD: _encode(part)})
        _ = pipeline.expire(wanted.answer, KEPT_SECONDS)
        await pipeline.execute()
