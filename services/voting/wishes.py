"""Two persons annul a poll, at two consoles: the first one's signed wish waits here for the second's signature.

A wish moves nothing: it is no line of the ledger, and `chair.void` takes the two signatures as ever. It is told to the
desk's screens by a board in Redis that is written again every second, and goes by itself when nobody writes it.
"""

import asyncio
from dataclasses import dataclass

import msgspec
import structlog
from redis.exceptions import RedisError

from services.kit import stream
from services.kit.database import UNREACHABLE
from services.voting import poll
from services.voting.desk import Desk
from services.voting.errors import WishOfAnother, WishStands, WishUnknown
from services.voting.poll_row import PollRow
from services.voting.wish_store import WishStore
from services.wire import VoidWish, VoidWishes

log = structlog.get_logger(__name__)

STANDS_MS = 600_000
TELL_SECONDS = 1.0
# Twice as long as a worker that must wait for its stores: a wish does not flicker.
BOARD_MS = 5_000
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Wishes:
    """Wishes to annul, from being signed to coming true, being withdrawn or expiring."""

    desk: Desk
    store: WishStore
    redis: stream.Redis

    async def wish(self, identifier: str, raw: bytes, who: str) -> VoidWish:
        """Keep a signed wish for STANDS_MS. Raises ReasonMissing, SecondPersonMissing, TransitionWrong, WishStands."""
        # 1. Who signed what, and may it be?
        signed = await self.desk.signed_void(identifier, raw, who)
        poll.after("void", signed.poll.standing.state)
        # 2. Kept, unless another's stands. A crash before: there is none, and it is signed again; a crash after: it is
        #    kept, and the same bytes again are the same wish.
        now = self.desk.clock()
        await self.store.keep(signed.poll, raw, who, signed.payload.reason, now, now + STANDS_MS)
        found = await self.of(signed.poll)
        if found.act.encode() != raw:
            raise WishStands(by=found.by)
        # 3. The other consoles.
        await self.tell()
        return found

    async def of(self, row: PollRow) -> VoidWish:
        """The wish that stands. Raises WishUnknown."""
        found = await self.store.of(row, self.desk.clock())
        if found is None:
            raise WishUnknown
        return found

    async def withdraw(self, row: PollRow, who: str) -> None:
        """The author takes it back. Raises WishUnknown, WishOfAnother."""
        await self.of(row)
        if not await self.store.forget(row, who):
            raise WishOfAnother
        await self.tell(row.row["meeting"])

    async def run(self) -> None:
        """Tell again and again until cancelled, through every loss of the stores."""
        while True:
            await asyncio.sleep(TELL_SECONDS)
            try:
                await self.tell()
            except UNREACHABLE as error:
                log.warning("wishes.store_unreachable", error=type(error).__name__)
            except Exception:
                log.exception("wishes.failed")

    async def tell(self, *cleared: str) -> None:
        """Write the board of each meeting that has wishes, and of those `cleared`. Redis may be away: told later."""
        standing = await self.store.standing(self.desk.clock())
        try:
            for meeting in {*standing, *cleared}:
                wishes = VoidWishes(wishes=tuple(standing.get(meeting, ())))
                await self.redis.set(stream.board(meeting, "wishes"), _encode(wishes), px=BOARD_MS)
        except (RedisError, OSError) as error:
            log.warning("wishes.not_told", error=type(error).__name__)
