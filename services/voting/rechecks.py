"""Certificates of other authorities behind ballots, asked about once more when a poll is cut; before it is counted.

In order: the cut stands; the publisher tells signing which links have cast ballots (`wanted`); signing asks whoever may
know and tells (`arrive`), or the time is up (`found`); one line of the ledger says what was found of each; the teller
counts by it. Where no link has cast a ballot nothing of all this happens.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
import structlog

from services.refusal import Refused
from services.roster.keyring import Keyring
from services.rules import jws, rechecked
from services.voting.desk import append
from services.voting.locked import Locked
from services.voting.poll_row import PollRow
from services.voting.store import Store
from services.wire import (
    BallotCast,
    LinksRechecked,
    LinksToRecheck,
    PollClosed,
    PollRechecked,
    Rechecked,
)

log = structlog.get_logger(__name__)

_ballots = msgspec.json.Decoder(BallotCast)
_closed = msgspec.json.Decoder(PollClosed)
_findings = msgspec.json.Decoder(tuple[Rechecked, ...])


@dataclass(frozen=True, slots=True)
class Rechecks:
    """Who is asked about, and what becomes of the answer. `patience_ms`: how long after the cut it is waited for."""

    store: Store
    keyring: Keyring
    patience_ms: int

    def links_of(self, body: str, ballots: Iterable[bytes]) -> tuple[str, ...]:
        """The links among the credentials of these ballot lines, in order of thumbprint."""
        known = self.keyring.links(body)
        # In a body without any, nobody looks at a single ballot.
        if not known:
            return ()
        return tuple(sorted(known & {jws.signer_of(_ballots.decode(line).jws) for line in ballots}))

    async def wanted(self, identifier: str) -> LinksToRecheck | None:
        """What signing is to find out about a poll that was cut; None if no link has cast a ballot in it."""
        poll = await self.store.poll(identifier)
        row = poll.row
        await self.keyring.refresh(row["body"])
        if not self.keyring.links(row["body"]) or row["closed_index"] is None:
            return None
        cut, links = await self._cut(poll)
        if not links:
            return None
        return LinksToRecheck(
            body=row["body"],
            meeting=row["meeting"],
            poll=identifier,
            definition=row["definition"],
            cut=cut,
            until=cut + self.patience_ms,
            thumbprints=links,
        )

    async def arrive(self, event: LinksRechecked, raw: bytes) -> None:
        """Signing tells what was found: write it down, once, if it is of this very cut."""
        poll = await self.store.poll(event.poll)
        row = poll.row
        if row["definition"] != event.definition or row["closed_index"] is None:
            log.warning("recheck.of_no_cut", poll=event.poll)
            return
        await self.keyring.refresh(row["body"])
        cut, links = await self._cut(poll)
        if cut != event.cut:
            log.warning("recheck.of_another_cut", poll=event.poll)
            return
        async with self.store.locked(row["meeting"]) as ledger:
            standing, now = await ledger.poll(event.poll)
            if links and _is_open(standing):
                told = _believed(_findings.decode(raw), links, cut, now)
                await _write(ledger, standing, _all(told, links, "nobody told", now), now)

    async def found(self, identifier: str, meeting: str, cut: int, links: Sequence[str]) -> bytes | None:
        """The line that says what was found; None while others may still tell. When the time is up, whoever nobody told
        of is unknown."""
        async with self.store.locked(meeting) as ledger:
            standing, now = await ledger.poll(identifier)
            if standing.row["rechecked_index"] is not None:
                return await ledger.line(standing.row["rechecked_index"])
            if not _is_open(standing):
                return None
            until = standing.row["recheck_until"]
            if until is None:
                await ledger.move(standing, recheck_until=cut + self.patience_ms)
                return None
            if now < until:
                return None
            log.warning("recheck.time_is_up", poll=identifier)
            return await _write(ledger, standing, _all({}, links, "nobody told in time", now), now)

    async def _cut(self, poll: PollRow) -> tuple[int, tuple[str, ...]]:
        """When the cut was written down, and the links that have cast ballots before it."""
        row = poll.row
        closed = _closed.decode(await self.store.line(row["ledger"], row["closed_index"]))
        ballots = await self.store.ballot_lines(
            row["ledger"], poll.no, row["opened_index"], row["closed_index"]
        )
        return closed.at, self.links_of(row["body"], ballots)


def _is_open(poll: PollRow) -> bool:
    """Whether the line may still be written: cut, not counted, not written yet."""
    row = poll.row
    is_done = row["rechecked_index"] is not None or row["counted_index"] is not None
    return row["state"] == "closed" and not is_done and not row["alarm"]


def _believed(told: Sequence[Rechecked], links: Sequence[str], cut: int, now: int) -> dict[str, Rechecked]:
    """What was told of these links, as far as a line of now can say it: what stands there wrongly nobody counts."""
    found = {}
    for each in told:
        try:
            rechecked.must_be_founded(each, cut, now)
        except Refused as refused:
            log.warning("recheck.unfounded", thumbprint=each.thumbprint, why=str(refused))
        else:
            if each.thumbprint in links:
                found[each.thumbprint] = each
    return found


def _all(told: dict[str, Rechecked], links: Sequence[str], why: str, now: int) -> tuple[Rechecked, ...]:
    """One for each link; unknown is who nobody told of."""
    return tuple(
        told.get(each) or Rechecked(thumbprint=each, kind="unknown", why=why, checked_at=now)
        for each in links
    )


async def _write(ledger: Locked, poll: PollRow, found: tuple[Rechecked, ...], now: int) -> bytes:
    """The line, once it stands."""
    index = await append(ledger, poll, PollRechecked(at=now, poll=poll.row["id"], found=found))
    await ledger.move(poll, rechecked_index=index)
    return await ledger.line(index)
