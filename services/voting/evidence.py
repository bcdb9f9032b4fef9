"""What leaves with a declared result: all that a stranger needs to count again."""

import asyncio
from collections.abc import AsyncGenerator, Sequence, Set

import msgspec
from asyncpg import Record

from services.kit.ledger_key import LedgerKey
from services.roster.rolls import Rolls
from services.rules import jws, ledger_file, merkle
from services.rules.receipts import append
from services.voting.poll import OVER
from services.voting.questions import Asked, Questions
from services.voting.store import Store
from services.wire import (
    BallotBegun,
    BallotLapsed,
    Credential,
    Evidence,
    Extract,
    LedgerEntry,
    LogKey,
    PollAlarmed,
    PollCertified,
    PollClosed,
    PollClosing,
    PollCounted,
    PollOpened,
    PollRechecked,
    PollVoided,
    Result,
    Withheld,
)

# A line may have 100 kB (who was present at a close, of thousands), and each reader holds a page, however slowly they
# read.
PAGE = 100
_lines: msgspec.json.Decoder[LedgerEntry] = msgspec.json.Decoder(LedgerEntry)
_counted = msgspec.json.Decoder(PollCounted)
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

    async def _extract(self, asked: Asked, start: int, end: int) -> tuple[Extract, tuple[Credential, ...]]:
        before, _ = await self._store.batch(asked.ledger, start)
        rows = await self._store.lines(asked.ledger, before.size, end)
        hidden = [row["poll"] != asked.no for row in rows]
        lines = [row["line"] for row in rows]
        own = [line for line, is_hidden in zip(lines, hidden, strict=True) if not is_hidden]
        # Off the event loop: a ledger may be long, and somewhere else people are voting.
        thumbprints = await asyncio.to_thread(_signers, own)
        return await asyncio.gather(
            asyncio.to_thread(self._render, asked.meeting, before, lines, hidden),
            self._rolls.chains(thumbprints),
        )

    def _render(
        self, meeting: str, before: merkle.Frontier, lines: list[bytes], hidden: list[bool]
    ) -> Extract:
        texts = [
            withheld(line) if is_hidden else line.decode()
            for line, is_hidden in zip(lines, hidden, strict=True)
        ]
        grown = append(before, lines).growth.frontier
        return Extract(
            origin=self._key.origin(meeting),
            log_key=self._key.text(meeting),
            start=before.size,
            frontier=_peaks(before),
            lines=tuple(texts),
            checkpoint=self._key.checkpoint(meeting, grown),
        )


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


def thumbprints_of(entry: LedgerEntry) -> list[str]:
    """The credentials whose signatures a line carries; none for what the ledger itself signed."""
    match entry:
        case PollOpened(definition=compact):
            return [jws.signer_of(compact)]
        case PollVoided(jws=first, second=second):
            return [jws.signer_of(first), jws.signer_of(second)]
        case PollClosing(cause="deadline") | PollClosed(cause="deadline"):
            return []
        case (
            BallotBegun() | BallotLapsed() | PollRechecked() | PollCounted() | PollAlarmed() | PollCertified()
        ):
            return []
        case _:
            return [jws.signer_of(entry.jws)]
