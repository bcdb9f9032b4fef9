"""What leaves with a declared result: all that a stranger needs to count again."""

import asyncio

import msgspec

from services.kit.ledger_key import LedgerKey
from services.roster.rolls import Rolls
from services.rules import jws, merkle
from services.rules.jws import Header, standard_b64
from services.rules.receipts import append
from services.voting.questions import Asked, Questions
from services.voting.store import Store
from services.wire import (
    Credential,
    Evidence,
    Extract,
    LedgerEntry,
    PollAlarmed,
    PollCertified,
    PollClosed,
    PollCounted,
    PollOpened,
    PollVoided,
    Result,
    Withheld,
)

_lines: msgspec.json.Decoder[LedgerEntry] = msgspec.json.Decoder(LedgerEntry)
_counted = msgspec.json.Decoder(PollCounted)
_person = msgspec.json.Decoder(Header)
_encode = msgspec.json.Encoder().encode


class Archive:
    """Reads ledgers out for others."""

    def __init__(self, store: Store, rolls: Rolls, questions: Questions, key: LedgerKey) -> None:
        self._store = store
        self._rolls = rolls
        self._questions = questions
        self._key = key

    async def result(self, identifier: str, declared_index: int, request: str) -> Result:
        """The declared result of a poll with its evidence, up to its `poll.declared` line."""
        poll = await self._store.poll(identifier)
        asked = await self._questions.load(poll)
        counted = _counted.decode(await self._store.line(asked.ledger, poll.row["counted_index"]))
        first = await self._store.first_line(asked.ledger, asked.no)
        extract, thumbprints = await self._extract(asked, first, declared_index + 1)
        return Result(
            body=asked.question.definition.body,
            meeting=asked.meeting,
            poll=identifier,
            definition=asked.question.hash,
            title=asked.question.definition.title,
            decision=counted.decision,
            evidence=Evidence(
                roll=asked.roll.raw.decode(),
                credentials=await self._credentials(thumbprints),
                ledger=extract,
            ),
            request=request,
        )

    async def extract(self, meeting: str, start: int, end: int | None) -> Extract:
        """Lines of a meeting's ledger, the ballots of polls that are not closed yet withheld."""
        ledger, _, frontier = await self._store.head(meeting)
        size = frontier.size if end is None else min(end, frontier.size)
        hidden = {poll.no for poll in await self._store.polls(meeting) if poll.row["closed_index"] is None}
        before, _ = await self._store.batch(ledger, start) if size else (merkle.Frontier(), 0)
        rows = await self._store.lines(ledger, before.size, size)
        withheld = [bool(row["voter"]) and row["poll"] in hidden for row in rows]
        return await asyncio.to_thread(self._render, meeting, before, [row["line"] for row in rows], withheld)

    async def checkpoint(self, meeting: str) -> str:
        """The newest checkpoint of a meeting's ledger."""
        _, _, frontier = await self._store.head(meeting)
        return self._key.checkpoint(meeting, frontier)

    async def _extract(self, asked: Asked, start: int, end: int) -> tuple[Extract, list[str]]:
        before, _ = await self._store.batch(asked.ledger, start)
        rows = await self._store.lines(asked.ledger, before.size, end)
        withheld = [row["poll"] != asked.no for row in rows]
        lines = [row["line"] for row in rows]
        own = [line for line, is_hidden in zip(lines, withheld, strict=True) if not is_hidden]
        # Off the event loop: a ledger may be long, and somewhere else people are voting.
        extract = await asyncio.to_thread(self._render, asked.meeting, before, lines, withheld)
        return extract, await asyncio.to_thread(_signers, own)

    def _render(
        self, meeting: str, before: merkle.Frontier, lines: list[bytes], withheld: list[bool]
    ) -> Extract:
        texts = [
            _withheld(line) if is_hidden else line.decode()
            for line, is_hidden in zip(lines, withheld, strict=True)
        ]
        grown = append(before, lines).growth.frontier
        return Extract(
            origin=self._key.origin(meeting),
            log_key=self._key.text(meeting),
            start=before.size,
            frontier=tuple(jws.b64_encode(peak).decode() for peak in before.peaks),
            lines=tuple(texts),
            checkpoint=self._key.checkpoint(meeting, grown),
        )

    async def _credentials(self, thumbprints: list[str]) -> tuple[Credential, ...]:
        return tuple(
            Credential(
                member=row["member"],
                thumbprint=row["thumbprint"],
                chain=tuple(standard_b64(certificate) for certificate in row["chain"]),
            )
            for row in await self._rolls.chains(thumbprints)
        )


def _withheld(line: bytes) -> str:
    return _encode(Withheld(leaf=jws.b64_encode(merkle.leaf_hash(line)).decode())).decode()


def _signers(lines: list[bytes]) -> list[str]:
    return sorted({thumbprint for line in lines for thumbprint in thumbprints_of(_lines.decode(line))})


def thumbprints_of(entry: LedgerEntry) -> list[str]:
    """The credentials whose signatures a line carries; none for what the ledger itself signed."""
    match entry:
        case PollOpened(definition=compact):
            return [_thumbprint(compact)]
        case PollVoided(jws=first, second=second):
            return [_thumbprint(first), _thumbprint(second)]
        case PollClosed(cause="deadline") | PollCounted() | PollAlarmed() | PollCertified():
            return []
        case _:
            return [_thumbprint(entry.jws)]


def _thumbprint(compact: str) -> str:
    return _person.decode(jws.b64_decode(compact.partition(".")[0].encode())).x5t_S256
