"""What leaves with a declared result: all that a stranger needs to count again."""

import asyncio
from collections.abc import AsyncGenerator, Sequence, Set

import msgspec
from asyncpg import Record

from services.kit.ledger_key import LedgerKey
from services.roster.rolls import Rolls
from services.rules import jws, ledger_file, merkle
from services.rules.receipts import append
from services.rules.signed_acts import thumbprints_of
from services.voting.poll import OVER
from services.voting.questions import Asked, Questions
from services.voting.store import Store
from services.wire import (
    Credential,
    Evidence,
    Extract,
    GreatResult,
    LedgerEntry,
    LedgerPart,
    LogKey,
    PollCounted,
    Result,
    Withheld,
)

# A part of a great poll's ledger is so long, or a page longer.
PART_BYTES = 4_000_000
PART_PAGE = 500
# A line may have 100 kB (who was present at a close, of thousands), and each reader holds a page, however slowly they
# read.
PAGE = 100
_lines: msgspec.json.Decoder[LedgerEntry] = msgspec.json.Decoder(LedgerEntry)
_counted = msgspec.json.Decoder(PollCounted)
_encode = msgspec.json.Encoder().encode


class Archive:
    """Reads ledgers out for others."""

    def __init__(
        self, store: Store, rolls: Rolls, questions: Questions, key: LedgerKey, largest: int
    ) -> None:
        """`largest`: a certificate holds so many bytes of ledger lines itself; of more it names the file."""
        self._store = store
        self._rolls = rolls
        self._questions = questions
        self._key = key
        self._largest = largest

    async def result(self, identifier: str, declared_index: int, request: str) -> Result | GreatResult:
        """The declared result of a poll with its evidence, up to its `poll.declared` line; of a great poll without the
        lines, for which signing asks in parts."""
        poll = await self._store.poll(identifier)
        asked = await self._questions.load(poll)
        counted = _counted.decode(await self._store.line(asked.ledger, poll.row["counted_index"]))
        first = await self._store.first_line(asked.ledger, asked.no)
        if await self._store.weight(asked.ledger, first, declared_index + 1) > self._largest:
            extract, count = await self._bare_extract(asked, first, declared_index + 1)
            return GreatResult(
                body=asked.question.definition.body,
                meeting=asked.meeting,
                poll=identifier,
                definition=asked.question.hash,
                title=asked.question.definition.title,
                decision=counted.decision,
                roll=asked.roll.raw.decode(),
                ledger=extract,
                lines=count,
                request=request,
            )
        extract, credentials = await self._extract(asked, first, declared_index + 1)
        return Result(
            body=asked.question.definition.body,
            meeting=asked.meeting,
            poll=identifier,
            definition=asked.question.hash,
            title=asked.question.definition.title,
            decision=counted.decision,
            evidence=Evidence(
                roll=asked.roll.raw.decode(),
                credentials=credentials,
                ledger=extract,
            ),
            request=request,
        )

    async def part(self, identifier: str, start: int, end: int) -> LedgerPart:
        """Lines of a poll's ledger from `start` on and before `end`, as many as go into one part; none if there are
        none, or if the poll is not over. Raises PollUnknown."""
        poll = await self._store.poll(identifier)
        asked = await self._questions.load(poll)
        texts, weight = list[str](), 0
        while poll.row["state"] in OVER and start + len(texts) < end and weight < PART_BYTES:
            at = start + len(texts)
            rows = await self._store.lines(asked.ledger, at, min(at + PART_PAGE, end))
            if not rows:
                break
            weight += sum(len(row["line"]) for row in rows)
            # Off the event loop: there are many, and somewhere else people are voting.
            texts += await asyncio.to_thread(_shown, rows, asked.no)
        return LedgerPart(poll=identifier, start=start, lines=tuple(texts))

    async def pages(self, meeting: str, start: int, end: int | None) -> AsyncGenerator[bytes, None]:
        """A run of a meeting's ledger as a ledger file, PAGE lines at a time; ballots of polls under way withheld.

        It begins with the batch that holds line `start` and ends before line `end`, or with what is there now. Raises
        MeetingUnknown.
        """
        # 1. Which ballots are nobody's business yet, and only then where it ends: of a poll that is closed in between,
        #    the cut stands in the file and its ballots do not, never the other way round.
        hidden = {poll.no for poll in await self._store.polls(meeting) if poll.row["state"] not in OVER}
        ledger, _, frontier = await self._store.head(meeting)
        size = frontier.size if end is None else min(end, frontier.size)
        tree, _ = await self._store.batch(ledger, start) if size else (merkle.Frontier(), 0)
        yield ledger_file.render_head(
            self._key.origin(meeting), self._key.text(meeting), tree.size, _peaks(tree)
        )
        # 2. The lines. Off the event loop: there are many, and somewhere else people are voting.
        while tree.size < size:
            page, tree = await self._page(ledger, tree, size, hidden)
            yield page
        # 3. The checkpoint over all of them.
        yield ledger_file.render_foot(self._key.checkpoint(meeting, tree))

    async def _page(
        self, ledger: int, tree: merkle.Frontier, size: int, hidden: Set[int]
    ) -> tuple[bytes, merkle.Frontier]:
        # Apart, so that its rows are let go before a slow reader takes the page.
        rows = await self._store.lines(ledger, tree.size, min(tree.size + PAGE, size))
        return await asyncio.to_thread(_page, tree, rows, hidden)

    async def checkpoint(self, meeting: str) -> str:
        """The newest checkpoint of a meeting's ledger."""
        _, _, frontier = await self._store.head(meeting)
        return self._key.checkpoint(meeting, frontier)

    def log_key(self, meeting: str) -> LogKey:
        """What checkpoints of a meeting's ledger are verified with."""
        return LogKey(origin=self._key.origin(meeting), log_key=self._key.text(meeting))

    async def _bare_extract(self, asked: Asked, start: int, end: int) -> tuple[Extract, int]:
        """What _extract gives without its lines, of which only the last few are read; and how many there are."""
        before, _ = await self._store.batch(asked.ledger, start)
        tree, _ = await self._store.batch(asked.ledger, end - 1)
        rows = await self._store.lines(asked.ledger, tree.size, end)
        grown = tree.append([merkle.leaf_hash(row["line"]) for row in rows])
        return self._sign(asked.meeting, before, grown, ()), end - before.size

    async def _extract(self, asked: Asked, start: int, end: int) -> tuple[Extract, tuple[Credential, ...]]:
        before, _ = await self._store.batch(asked.ledger, start)
        rows = await self._store.lines(asked.ledger, before.size, end)
        lines = [row["line"] for row in rows]
        own = [row["line"] for row in rows if row["poll"] == asked.no]
        # Off the event loop: a ledger may be long, and somewhere else people are voting.
        thumbprints = await asyncio.to_thread(_signers, own)
        return await asyncio.gather(
            asyncio.to_thread(self._render, asked, before, lines, rows),
            self._rolls.chains(thumbprints),
        )

    def _render(
        self, asked: Asked, before: merkle.Frontier, lines: list[bytes], rows: Sequence[Record]
    ) -> Extract:
        grown = append(before, lines).growth.frontier
        return self._sign(asked.meeting, before, grown, _shown(rows, asked.no))

    def _sign(
        self, meeting: str, before: merkle.Frontier, grown: merkle.Frontier, texts: Sequence[str]
    ) -> Extract:
        return Extract(
            origin=self._key.origin(meeting),
            log_key=self._key.text(meeting),
            start=before.size,
            frontier=_peaks(before),
            lines=tuple(texts),
            checkpoint=self._key.checkpoint(meeting, grown),
        )


def _shown(rows: Sequence[Record], poll: int) -> list[str]:
    """Lines as the evidence of one poll has them: those of others withheld."""
    return [row["line"].decode() if row["poll"] == poll else withheld(row["line"]) for row in rows]


def _page(tree: merkle.Frontier, rows: Sequence[Record], hidden: Set[int]) -> tuple[bytes, merkle.Frontier]:
    """The next lines of a ledger file, and the tree with them."""
    shown = [
        withheld(row["line"]).encode() if row["voter"] and row["poll"] in hidden else row["line"]
        for row in rows
    ]
    grown = tree.append([merkle.leaf_hash(row["line"]) for row in rows])
    return b"".join(line + b"\n" for line in shown), grown


def _peaks(tree: merkle.Frontier) -> tuple[str, ...]:
    return tuple(jws.b64_encode(peak).decode() for peak in tree.peaks)


def withheld(line: bytes) -> str:
    """What an extract has in the place of a line that is nobody's business: its leaf hash."""
    return _encode(Withheld(leaf=jws.b64_encode(merkle.leaf_hash(line)).decode())).decode()


def _signers(lines: list[bytes]) -> list[str]:
    return sorted({thumbprint for line in lines for thumbprint in thumbprints_of(_lines.decode(line))})
