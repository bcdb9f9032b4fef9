"""The recount of great polls, begun while they are open: the ledger is followed, line by line, as it grows.

Nothing is taken from who cast a ballot: all is read back from the ledger, and after the cut once more, to see that the
lines are still the very bytes that were verified. Only the verifying is not left for the moment when the hall waits.
One worker of all leads, and counts such polls for all; whoever leads after it begins from the first line.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

import structlog

from services.kit import own_process
from services.kit.database import UNREACHABLE, Lead, leading
from services.refusal import Refused
from services.roster.keyring import Keyring
from services.voting import recount
from services.voting.poll import OVER
from services.voting.poll_row import PollRow
from services.voting.questions import Asked, Questions
from services.voting.recount import Recounted
from services.voting.store import Store

log = structlog.get_logger(__name__)

T = TypeVar("T")

# So many ballots are read again in two seconds after the cut: with fewer, nobody need begin before.
GREAT = 20_000
# So many at a time: 2 MB.
SLICE = 2_000
PAUSE_SECONDS = 1.0
# A slice takes less than a second, beginning and ending a poll of a million some: what takes longer is frozen.
LONGEST_SECONDS = 60.0


class NotOurs(Exception):
    """Another worker recounts great polls; or nobody yet."""


class CannotBeCounted(Exception):
    """A line is not what was once written; the text says why."""


@dataclass(slots=True)
class _Followed:
    """A poll that is followed: its lines before `upto` have been read, and this is the SHA-256 of them all."""

    asked: Asked
    upto: int
    seen: Any = field(default_factory=sha256)


class Recounting:
    """Follows great polls."""

    def __init__(self, store: Store, questions: Questions, keyring: Keyring, great: int) -> None:
        """`great`: so many ballots make a poll great."""
        self._store = store
        self._questions = questions
        self._keyring = keyring
        self._great = great
        self._lead: Lead | None = None
        self._followed: dict[str, _Followed] = {}
        self._process: ProcessPoolExecutor | None = None
        self._one_at_a_time = asyncio.Lock()

    def is_great(self, poll: PollRow) -> bool:
        """Whether a poll that was cut is counted by who follows, and by nobody else."""
        return bool(poll.row["ballots"] >= self._great)

    async def run(self) -> None:
        """Lead when nobody else does, and follow; runs until cancelled, through every loss of the store."""
        try:
            while True:
                try:
                    async with leading(self._store.pool, "voting.recount") as self._lead:
                        while self._lead:
                            await self._follow_all()
                            await asyncio.sleep(PAUSE_SECONDS)
                except UNREACHABLE as error:
                    log.warning("recount.store_unreachable", error=type(error).__name__)
                except Exception:
                    log.exception("recount.failed")
                # Who leads no more need not hold what it has read; and behind a store that was lost there may stand
                # another, whose last lines are not those that were read.
                self._lead = None
                self._end_process()
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            self._end_process()

    async def finish(self, poll: PollRow) -> Recounted | None:
        """All ballots of a poll that was cut; None where links have cast any: those are counted with what was found of
        the links. Raises NotOurs, also if the process dies of it, is frozen, or the lead is lost meanwhile;
        CannotBeCounted."""
        lead, row = self._lead, poll.row
        if not lead:
            raise NotOurs
        if row["recheck_until"] is not None or row["rechecked_index"] is not None:
            # It was read before, up to its end.
            return None
        try:
            async with self._one_at_a_time:
                found = await self._finish(poll)
        except BrokenProcessPool as error:
            log.warning("recount.process_gone", poll=row["id"])
            raise NotOurs from error
        except Exception as error:
            # What was read may have been of another store than what was compared with it.
            if not lead or self._lead is not lead:
                raise NotOurs from error
            raise
        return None if found.by_links else found

    async def _finish(self, poll: PollRow) -> Recounted:
        await self._read(poll, poll.row["closed_index"])
        outcome = await self._do(recount.end, poll.row["id"])
        await self._must_be_unchanged(poll, self._followed.pop(poll.row["id"]))
        if isinstance(outcome, str):
            raise CannotBeCounted(outcome)
        return outcome

    async def _follow_all(self) -> None:
        """Read on in every great poll that ballots may come to; forget those that are over otherwise."""
        great = {poll.row["id"]: (poll, size) for poll, size in await self._store.great(self._great)}
        async with self._one_at_a_time:
            for gone in self._followed.keys() - great.keys():
                # What was closed a moment ago is finished by who counts it; what was annulled is not.
                if (await self._store.poll(gone)).row["state"] != "closed":
                    del self._followed[gone]
                    await self._do(recount.forget, gone)
            if not self._followed and not great:
                self._end_process()
        for poll, size in great.values():
            await self._follow(poll, size)

    async def _follow(self, poll: PollRow, size: int) -> None:
        """Up to `size`, slice by slice: whoever closes it waits for one at most."""
        start = self._upto(poll)
        for end in range(start + SLICE, size + SLICE, SLICE):
            async with self._one_at_a_time:
                if self._upto(poll) > end or not self._lead or not await self._may_be_read(poll):
                    return
                await self._read(poll, min(end, size))

    async def _may_be_read(self, poll: PollRow) -> bool:
        """False of a poll that was finished since it was listed: it is not begun again."""
        identifier = poll.row["id"]
        if identifier in self._followed:
            return True
        return (await self._store.poll(identifier)).row["state"] not in OVER

    def _upto(self, poll: PollRow) -> int:
        followed = self._followed.get(poll.row["id"])
        return followed.upto if followed else int(poll.row["opened_index"]) + 1

    async def _read(self, poll: PollRow, end: int) -> None:
        """The lines before `end` that were not read yet."""
        identifier = poll.row["id"]
        followed = self._followed.get(identifier)
        if followed is None:
            asked = await self._questions.load(poll)
            await self._do(recount.begin, identifier, asked.question)
            followed = self._followed[identifier] = _Followed(asked, int(poll.row["opened_index"]) + 1)
        while followed.upto < end:
            upto = min(followed.upto + SLICE, end)
            lines = await self._store.ballot_lines(followed.asked.ledger, poll.no, followed.upto - 1, upto)
            if unknown := await self._do(recount.read, identifier, lines):
                await self._teach(followed.asked, unknown)
                continue
            _see(followed.seen, lines)
            followed.upto = upto

    async def _must_be_unchanged(self, poll: PollRow, followed: _Followed) -> None:
        """Raise CannotBeCounted unless the lines that stand there now are those that were read."""
        now, start = sha256(), int(poll.row["opened_index"])
        for after in range(start, followed.upto - 1, SLICE):
            end = min(after + SLICE + 1, followed.upto)
            _see(now, await self._store.ballot_lines(followed.asked.ledger, poll.no, after, end))
        if now.digest() != followed.seen.digest():
            raise CannotBeCounted("lines were changed after they had been read")

    async def _teach(self, asked: Asked, thumbprints: list[str]) -> None:
        """Hand over keys; one that was never enrolled here ends the recount for ever."""
        await self._keyring.refresh(asked.body)
        try:
            packed = [recount.pack(self._keyring.holder_ever(asked.body, each)) for each in thumbprints]
        except Refused as refused:
            await self._do(recount.give_up, asked.poll, refused.code)
        else:
            await self._do(recount.learn, asked.poll, packed)

    async def _do(self, work: Callable[..., T], *given: object) -> T:
        if self._process is None:
            self._process = own_process.start(recount.equip)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._process, work, *given)
        except (BrokenProcessPool, TimeoutError) as error:
            self._end_process()
            raise BrokenProcessPool from error

    def _end_process(self) -> None:
        """End it, with all that it has read."""
        self._followed.clear()
        if self._process is not None:
            own_process.end(self._process)
            self._process = None


def _see(seen: Any, lines: Sequence[bytes]) -> None:
    """Add lines to a hash, so that no two runs of lines have the same."""
    seen.update(b"".join(len(line).to_bytes(4, "big") + line for line in lines))
