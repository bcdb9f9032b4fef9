"""The turn log as it is now, and the record that goes to signing: the log with all that it takes to prove it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from services.floor.errors import FloorNotBegun
from services.floor.store import Store
from services.kit.ledger_key import LedgerKey
from services.roster.rolls import Rolls
from services.rules import jws, receipts
from services.rules.floor.record import names_of
from services.rules.floor.state import Floor
from services.rules.floor.turn_log import logged
from services.rules.merkle import Frontier
from services.wire import Extract, FloorActed, FloorEntry, FloorEvidence, FloorRecord, TurnLog

# So many turn logs are kept as they were made last.
KEPT = 8
_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)


@dataclass(frozen=True, slots=True)
class _Made:
    """A turn log, the floor it is of, and the keys of who signed."""

    log: TurnLog
    floor: Floor
    signers: list[str]


class Records:
    """Makes turn logs and records of ledgers."""

    def __init__(self, store: Store, rolls: Rolls, key: LedgerKey) -> None:
        self._store = store
        self._rolls = rolls
        self._key = key
        self._logs: dict[str, tuple[Frontier, _Made]] = {}
        self._one = asyncio.Lock()

    async def log(self, meeting: str) -> TurnLog:
        """The turn log up to the last line. Raises FloorNotBegun."""
        return (await self._made(meeting)).log

    async def named(self, meeting: str) -> tuple[TurnLog, dict[str, str]]:
        """The same, and the names of all who acted. Raises FloorNotBegun."""
        made = await self._made(meeting)
        return made.log, names_of(made.floor.roll, await self._rolls.chains(made.signers))

    async def _made(self, meeting: str) -> _Made:
        # It takes the whole ledger: however many ask, it is made once for each line that was added, one at a time.
        async with self._one:
            _, tree = await self._store.head(meeting)
            if not tree.size:
                raise FloorNotBegun
            known, made = self._logs.pop(meeting, (tree, None))
            # By its tree, not its size: a database that lost its last commits may have others under their numbers.
            if made is None or known != tree:
                lines, tree = await self._store.since(meeting, 0)
                # Off the event loop, here and below: somewhere else people are asking to speak.
                made = await asyncio.to_thread(_made_of, lines)
            self._logs[meeting] = tree, made
            while len(self._logs) > KEPT:
                del self._logs[next(iter(self._logs))]
        return made

    async def record(self, meeting: str, index: int, request: str) -> FloorRecord:
        """The record that the act at line `index` asked for: of the ledger up to and with that line."""
        # 1. The lines, from the first.
        ledger, _ = await self._store.head(meeting)
        lines = [row["line"] for row in await self._store.lines(ledger, 0, index + 1)]
        # 2. What they say, who signed them, and a checkpoint over exactly these.
        made, extract = await asyncio.to_thread(self._read, meeting, lines)
        # 3. The certificates of who signed.
        credentials = await self._rolls.chains(made.signers)
        return FloorRecord(
            body=made.log.body,
            meeting=meeting,
            index=index,
            log=made.log,
            evidence=FloorEvidence(credentials=credentials, ledger=extract),
            request=request,
        )

    def _read(self, meeting: str, lines: Sequence[bytes]) -> tuple[_Made, Extract]:
        tree = receipts.append(Frontier(), lines).growth.frontier
        extract = Extract(
            origin=self._key.origin(meeting),
            log_key=self._key.text(meeting),
            start=0,
            frontier=(),
            lines=tuple(line.decode() for line in lines),
            checkpoint=self._key.checkpoint(meeting, tree),
        )
        return _made_of(lines), extract


def _made_of(lines: Sequence[bytes]) -> _Made:
    entries = [_entries.decode(line) for line in lines]
    signers = {jws.signer_of(entry.jws) for entry in entries if isinstance(entry, FloorActed)}
    floor, log = logged(entries)
    return _Made(log, floor, sorted(signers))
