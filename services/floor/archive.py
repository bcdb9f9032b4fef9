"""What leaves the floor's ledger: receipts, extracts, checkpoints."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from asyncpg import Record

from services.floor.store import Store
from services.kit.database import current_run
from services.kit.ledger_key import LedgerKey
from services.rules import jws, ledger_file, receipts
from services.rules.merkle import Frontier
from services.wire import FloorReceipt

# A line may have 64 kB (a written opinion), and each reader holds a page, however slowly they read.
PAGE = 100

# A receipt and the revision after its line.
Issued = tuple[FloorReceipt, int]


class Archive:
    """Reads ledgers out for others."""

    def __init__(self, store: Store, key: LedgerKey) -> None:
        self._store = store
        self._key = key

    def receipts(self, meeting: str, batch: receipts.Batch) -> dict[int, FloorReceipt]:
        """The receipts of lines committed together, by index."""
        checkpoint = self._key.checkpoint(meeting, batch.growth.frontier)
        proofs = receipts.proofs(batch, checkpoint)
        return {
            index: FloorReceipt(meeting=meeting, index=index, entry=line.decode(), proof=proof)
            for index, (line, proof) in enumerate(zip(batch.lines, proofs, strict=True), batch.before.size)
        }

    async def run(self) -> str:
        """The run of the database that receipts would be made from now."""
        return await current_run(self._store.pool)

    async def again(self, meeting: str, index: int) -> dict[int, Issued]:
        """The receipts, made again, of all lines committed with this one; each with the revision after its line."""
        ledger, _ = await self._store.head(meeting)
        before, size = await self._store.batch(ledger, index)
        rows = await self._store.lines(ledger, before.size, size)
        # Off the event loop: a batch may be of hundreds, and whoever has old acts chooses how often this is done.
        issued = await asyncio.to_thread(self._again, meeting, before, [row["line"] for row in rows])
        return {row["index"]: (issued[row["index"]], row["revision"]) for row in rows}

    def _again(self, meeting: str, before: Frontier, lines: Sequence[bytes]) -> dict[int, FloorReceipt]:
        return self.receipts(meeting, receipts.append(before, lines))

    async def pages(self, meeting: str, start: int, end: int | None) -> AsyncGenerator[bytes, None]:
        """A run of a meeting's ledger as a ledger file, PAGE lines at a time.

        It begins with the batch that holds line `start` and ends before line `end`, or with what is there now.
        """
        # 1. Where it begins and ends.
        ledger, frontier = await self._store.head(meeting)
        size = frontier.size if end is None else min(end, frontier.size)
        tree, _ = await self._store.batch(ledger, start)
        yield ledger_file.render_head(
            self._key.origin(meeting), self._key.text(meeting), tree.size, _peaks(tree)
        )
        # 2. The lines. Off the event loop: there are many, and somewhere else people are asking to speak.
        while tree.size < size:
            rows = await self._store.lines(ledger, tree.size, min(tree.size + PAGE, size))
            page, tree = await asyncio.to_thread(_page, tree, rows)
            yield page
        # 3. The checkpoint over all of them.
        yield ledger_file.render_foot(self._key.checkpoint(meeting, tree))

    async def checkpoint(self, meeting: str) -> str:
        """The newest checkpoint of a meeting's ledger."""
        _, frontier = await self._store.head(meeting)
        return self._key.checkpoint(meeting, frontier)


def _page(tree: Frontier, rows: Sequence[Record]) -> tuple[bytes, Frontier]:
    lines = [row["line"] for row in rows]
    return b"".join(line + b"\n" for line in lines), receipts.append(tree, lines).growth.frontier


def _peaks(tree: Frontier) -> tuple[str, ...]:
    return tuple(jws.b64_encode(peak).decode() for peak in tree.peaks)
