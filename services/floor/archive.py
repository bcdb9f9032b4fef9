"""What leaves the floor's ledger: receipts, extracts, checkpoints."""

import asyncio

from services.floor.store import Store
from services.kit.ledger_key import LedgerKey
from services.rules import jws, receipts
from services.rules.merkle import Frontier
from services.wire import Extract, FloorReceipt


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

    async def again(self, meeting: str, index: int) -> dict[int, tuple[FloorReceipt, int]]:
        """The receipts, made again, of all lines committed with this one; each with the revision after its line."""
        ledger, _ = await self._store.head(meeting)
        before, size = await self._store.batch(ledger, index)
        rows = await self._store.lines(ledger, before.size, size)
        issued = self.receipts(meeting, receipts.append(before, [row["line"] for row in rows]))
        return {row["index"]: (issued[row["index"]], row["revision"]) for row in rows}

    async def extract(self, meeting: str, start: int, end: int | None) -> Extract:
        """Lines of a meeting's ledger; from the batch on that holds line `start`, so that they can be proven alone."""
        ledger, frontier = await self._store.head(meeting)
        size = frontier.size if end is None else min(end, frontier.size)
        before, _ = await self._store.batch(ledger, start)
        rows = await self._store.lines(ledger, before.size, size)
        return await asyncio.to_thread(self._render, meeting, before, [row["line"] for row in rows])

    async def checkpoint(self, meeting: str) -> str:
        """The newest checkpoint of a meeting's ledger."""
        _, frontier = await self._store.head(meeting)
        return self._key.checkpoint(meeting, frontier)

    def log_key(self, meeting: str) -> str:
        """The ledger's public key as C2SP text."""
        return self._key.text(meeting)

    def _render(self, meeting: str, before: Frontier, lines: list[bytes]) -> Extract:
        grown = receipts.append(before, lines).growth.frontier
        return Extract(
            origin=self._key.origin(meeting),
            log_key=self._key.text(meeting),
            start=before.size,
            frontier=tuple(jws.b64_encode(peak).decode() for peak in before.peaks),
            lines=tuple(line.decode() for line in lines),
            checkpoint=self._key.checkpoint(meeting, grown),
        )
