"""Counting, twice, by different roads: the running count kept at each commit, and every ballot line read and
verified again from the ledger. Equal, and the result is written down. Unequal, or a line that does not verify, and
nothing ever is: an alarm says so. Where links have cast ballots, what was found of them after the cut decides which of
the ballots count, by two roads as well.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import structlog
from msgspec import UNSET, UnsetType

from services.kit import metrics
from services.kit.publisher import Bell
from services.refusal import Refused
from services.roster.keyring import Keyring
from services.rules import ballot as rules
from services.rules import jws, rechecked, tally
from services.rules.bulk import THREADS
from services.rules.majority import decide, present_at_close
from services.rules.rechecked import Stood
from services.rules.tally import Cast
from services.voting.desk import append
from services.voting.poll_row import PollRow
from services.voting.questions import Asked, Questions
from services.voting.rechecks import Rechecks
from services.voting.recount import Recounted
from services.voting.recounting import CannotBeCounted, NotOurs, Recounting
from services.voting.store import Store
from services.wire import (
    BallotCast,
    Choice,
    Counts,
    Decision,
    PollAlarmed,
    PollClosed,
    PollCounted,
    PollOpened,
    PollRechecked,
    RecheckCounts,
)

log = structlog.get_logger(__name__)

_rechecked = msgspec.json.Decoder(PollRechecked)
_ballots = msgspec.json.Decoder(BallotCast)
_ends: msgspec.json.Decoder[PollOpened | PollClosed] = msgspec.json.Decoder(PollOpened | PollClosed)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What the lines alone come to: all ballots as they were cast, and the decision by those that count."""

    cast: Counts
    decision: Decision


class _Found(msgspec.Struct, frozen=True, gc=False):
    """A ballot read again: what is counted, and what is asked about it where links have cast ballots."""

    cast: Cast
    thumbprint: str
    at: int


class Teller:
    """Counts closed polls."""

    def __init__(
        self,
        store: Store,
        questions: Questions,
        keyring: Keyring,
        rechecks: Rechecks,
        recounting: Recounting,
        bell: Bell,
    ) -> None:
        self._store = store
        self._questions = questions
        self._keyring = keyring
        self._rechecks = rechecks
        self._recounting = recounting
        self._bell = bell
        self._great: dict[str, asyncio.Task[None]] = {}

    async def count(self, identifier: str) -> None:
        """Count a closed poll, once, however many ask for it at the same time; a crash before is made good here."""
        poll = await self._store.poll(identifier)
        if not _is_to_be_counted(poll):
            return
        if not self._recounting.is_great(poll):
            await self._count(poll)
            return
        # Who keeps time asks again and again: of a great poll there is one count at a time.
        counting = self._great.get(identifier)
        if counting is None:
            counting = self._great[identifier] = asyncio.create_task(self._count_great(poll))
            counting.add_done_callback(lambda _: self._great.pop(identifier))
        await asyncio.shield(counting)

    async def _count(self, poll: PollRow) -> None:
        # 1. The lines of the poll; nobody can add to them any more.
        asked, ends = await self._asked(poll)
        opened, closed = poll.row["opened_index"], poll.row["closed_index"]
        ballots = await self._store.ballot_lines(asked.ledger, poll.no, opened, closed)
        # 2. Where links have cast ballots: what was found of them; not yet, and whoever is told or keeps time goes on.
        links = self._rechecks.links_of(asked.body, ballots)
        told = None
        if links:
            told = await self._rechecks.found(asked.poll, asked.meeting, _ends.decode(ends[1]).at, links)
            if told is None:
                return
        # 3. The second road: every signature again, off the event loop and on all cores: nobody votes any more, and
        #    the hall waits.
        decided = await asyncio.to_thread(self._recount, asked, ends, ballots, told, links)
        await self._write_down(asked, decided)

    async def _count_great(self, poll: PollRow) -> None:
        """The same of a poll whose lines have been read again as they came, all but the last."""
        decided = None
        asked, ends = await self._asked(poll)
        try:
            recounted = await self._recounting.finish(poll)
            if recounted is None:
                # What was found of links is weighed with all ballots at hand.
                await self._count(poll)
                return
            # Off the event loop: who was there, and who voted, may be a million.
            decided = await asyncio.to_thread(_decide_great, asked, ends, recounted)
        except NotOurs:
            return
        except (CannotBeCounted, Refused, ValueError) as error:
            log.critical("count.line_wrong", poll=asked.poll, error=str(error) or type(error).__name__)
        await self._write_down(asked, decided)

    async def _write_down(self, asked: Asked, decided: _Decided | None) -> None:
        """Equal to the first road, or nothing."""
        async with self._store.locked(asked.meeting) as ledger:
            standing, now = await ledger.poll(asked.poll)
            if not _is_to_be_counted(standing):
                return
            if decided is None or standing.counts != decided.cast:
                metrics.count_alarms.inc()
                log.critical("count.alarm", poll=asked.poll, meeting=asked.meeting)
                await append(ledger, standing, PollAlarmed(at=now, poll=asked.poll))
                await ledger.move(standing, alarm=True)
            else:
                entry = PollCounted(
                    at=now, poll=asked.poll, definition=asked.question.hash, decision=decided.decision
                )
                await ledger.move(standing, counted_index=await append(ledger, standing, entry))
        # A crash before this line: counted or not; whoever finds the poll closed and not counted counts it again.
        self._bell.ring(asked.meeting, urgent=True)

    async def _asked(self, poll: PollRow) -> tuple[Asked, list[bytes]]:
        """The question, with keys as they are now, and the lines with which the poll was opened and cut.

        Without a line that is gone: the recount then alarms, instead of failing over and over.
        """
        asked = await self._questions.load(poll)
        await self._keyring.refresh(asked.body)
        ends = [
            row["line"]
            for at in (poll.row["opened_index"], poll.row["closed_index"])
            for row in await self._store.lines(asked.ledger, at, at + 1)
        ]
        return asked, ends

    def _recount(
        self,
        asked: Asked,
        ends: list[bytes],
        ballots: list[bytes],
        told: bytes | None,
        links: Sequence[str],
    ) -> _Decided | None:
        """The decision by the lines alone; None if any line is not what was once written."""
        try:
            opened, closed = (_ends.decode(end) for end in ends)
            line = None if told is None else _rechecked.decode(told)
            return _decide(asked, opened, closed, self._read_all(asked, ballots), line, links)
        except (Refused, ValueError) as error:
            log.critical("count.line_wrong", poll=asked.poll, error=type(error).__name__)
            return None

    def _read_all(self, asked: Asked, lines: list[bytes]) -> list[_Found]:
        def holder_ever(thumbprint: str) -> rules.Holder:
            return self._keyring.holder_ever(asked.body, thumbprint)

        def read(line: bytes) -> _Found:
            entry = _ballots.decode(line)
            raw = entry.jws.encode()
            ballot = rules.read(raw, asked.question, holder_ever, rules.LARGEST)
            return _Found(Cast(ballot.payload, jws.digest(raw)), ballot.thumbprint, entry.at)

        return THREADS.verify(lines, lambda some: [read(line) for line in some], _Found)


def _is_to_be_counted(poll: PollRow) -> bool:
    return poll.row["state"] == "closed" and poll.row["counted_index"] is None and not poll.row["alarm"]


def _decide(
    asked: Asked,
    opened: PollOpened | PollClosed,
    closed: PollOpened | PollClosed,
    found: list[_Found],
    line: PollRechecked | None,
    links: Sequence[str],
) -> _Decided:
    """Raises TallyWrong, RecheckWrong, ValueError."""
    definition, voters = asked.question.definition, asked.question.voters
    casts = [each.cast for each in found]
    weighed = rechecked.NOTHING
    if line is not None:
        stood = [Stood(each.cast.payload.voter, each.cast.sha256, each.thumbprint, each.at) for each in found]
        rechecked.must_be_right(line, links, closed.at)
        weighed = rechecked.weigh(line, stood, rechecked.policy_of(definition))
    all_cast, _ = tally.recount(casts, voters, changes=definition.changes)
    counts, last = tally.recount(casts, voters, changes=definition.changes, excluded=weighed.excluded)
    # What is left by the first road too, which the ballot box did not know of.
    if weighed.excluded and counts != tally.count(
        casts, voters, changes=definition.changes, excluded=weighed.excluded
    ):
        raise ValueError("two counts differ")
    return _Decided(all_cast, _decision(asked, opened, closed, counts, last, weighed.counts))


def _decide_great(asked: Asked, ends: list[bytes], recounted: Recounted) -> _Decided:
    """Raises ValueError."""
    opened, closed = (_ends.decode(end) for end in ends)
    return _Decided(recounted.counts, _decision(asked, opened, closed, recounted.counts, recounted.last))


def _decision(
    asked: Asked,
    opened: PollOpened | PollClosed,
    closed: PollOpened | PollClosed,
    counts: Counts,
    last: Mapping[str, Cast],
    weighed: RecheckCounts | UnsetType = UNSET,
) -> Decision:
    definition = asked.question.definition
    chair = last.get(definition.presiding)
    chair_choice: Choice | None = chair.payload.choice if chair else None
    return decide(
        definition,
        counts,
        roll=len(asked.question.voters),
        present_open=len(opened.present),
        present_close=present_at_close(frozenset(closed.present), frozenset(last)),
        chair_choice=chair_choice,
        rechecked=weighed,
    )
