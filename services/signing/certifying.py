"""From a declared result to the manuscript of its certificate; of a great one not before its turn has come.

A great result holds no ledger: that is fetched, looked through where papers are printed, and named by hash.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from services.signing import ledger_look, manuscript
from services.signing.gathering import Gathering
from services.signing.ledger_fetching import LedgerFetching
from services.signing.manuscript import Manuscript
from services.signing.paper_store import PaperStore
from services.signing.press import ManuscriptNotProven, Press, Shop
from services.signing.printing import GREAT_BYTES
from services.signing.proving import Spoiled
from services.wire import Evidence, GreatResult, Result

STREAM = "results"

_results: msgspec.json.Decoder[Result | GreatResult] = msgspec.json.Decoder(Result | GreatResult)


class _Named(msgspec.Struct):
    """What must be known of a message before it is read; the rest is passed over."""

    type: str
    poll: str


_names = msgspec.json.Decoder(_Named)


@dataclass(frozen=True, slots=True)
class Certifying:
    """Hears results, and has their certificates made."""

    press: Press
    store: PaperStore
    shop: Shop
    gathering: Gathering
    fetching: LedgerFetching

    async def apply(self, message: bytes) -> None:
        """One result; returns once there is a certificate of it. Raises ManuscriptNotProven, PartMissing, and
        DecodeError for what is no result."""
        named = _names.decode(message)
        if named.type == "result.v1" and len(message) < GREAT_BYTES:
            async with self._composed(message) as written:
                await self.press.issue(written)
            return
        # Who waits for a turn holds the message as it came and nothing made of it.
        await self.press.issue_in_turn(("certificate", named.poll, 0), lambda: self._composed(message))

    @asynccontextmanager
    async def _composed(self, message: bytes) -> AsyncIterator[Manuscript]:
        # What is read of the message is let go with `_whole`, before the paper is printed.
        whole = await self._whole(message)
        if isinstance(whole, Manuscript):
            yield whole
            return
        async with self.fetching.fetched(whole) as ledger:
            # 1. What the file is, and who signed in it.
            seen = await self.shop.run(ledger_look.look_through, whole.ledger, whole.lines, ledger)
            if isinstance(seen, Spoiled):
                raise ManuscriptNotProven(seen.code)
            # 2. The credentials, which signing has issued itself; and what others said of them.
            credentials = await self.store.credentials(seen.signers)
            extract = msgspec.structs.replace(whole.ledger, file=seen.file)
            outside = await self.gathering.of(whole.poll, whole.definition, seen.of_others)
            # 3. The result, as of any poll.
            evidence = Evidence(roll=whole.roll, credentials=credentials, ledger=extract)
            yield manuscript.of_result(_result(whole, evidence), outside, ledger)

    async def _whole(self, message: bytes) -> Manuscript | GreatResult:
        result = _results.decode(message)
        if isinstance(result, GreatResult):
            return result
        lines = result.evidence.ledger.lines
        outside = await self.gathering.of(result.poll, result.definition, lines)
        return manuscript.of_result(result, outside, message=message if len(message) >= GREAT_BYTES else None)


def _result(great: GreatResult, evidence: Evidence) -> Result:
    return Result(
        body=great.body,
        meeting=great.meeting,
        poll=great.poll,
        definition=great.definition,
        title=great.title,
        decision=great.decision,
        evidence=evidence,
        request=great.request,
    )
