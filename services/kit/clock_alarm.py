"""The database's clock held against the time of the ledgers: who steps it back stops what the clock does in a meeting
(deadlines of votes, speaking time), and is to be seen.

Time in a ledger never goes back: when the clock ran ahead and was set right, it stands until it has been caught up
with. Ballots and acts are taken all the same, because a chair who is locked out in front of a whole country is worse
than a clock that stands; so somebody must be told that it does.
"""

import asyncio

import structlog

from services.kit import metrics
from services.kit.database import NOW_MS, UNREACHABLE, Pool

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0


# Floor and voting each keep their ledgers, and what they know of meetings, in tables of these names.
_BEHIND = f"""
select meeting, behind from (
    select l.meeting, l.at - {NOW_MS} as behind
    from ledger l join meeting m on m.id = l.meeting where m.state <> 'ended'
) as b where behind > $1
"""  # noqa: S608 - a constant of ours


class ClockAlarm:
    """Looks whether the clock is behind a ledger of a meeting that is not over by more than `most_ms`."""

    def __init__(self, service: str, pool: Pool, most_ms: int) -> None:
        """`pool`: of the service whose ledgers are looked at."""
        self._service = service
        self._pool = pool
        self._most = most_ms
        # By meeting, how far the clock is behind (milliseconds).
        self.behind: dict[str, int] = {}

    def alarms(self) -> tuple[str, ...]:
        """What whoever watches this installation should know now."""
        return (f"{self._service}_clock_stands",) if self.behind else ()

    async def run(self) -> None:
        """Look until cancelled, through every loss of the store."""
        while True:
            try:
                await self.look()
            except UNREACHABLE as error:
                log.warning("clock.store_unreachable", error=type(error).__name__)
            except Exception:
                log.exception("clock.failed")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Look once; each ledger whose clock begins to stand is an error in the log and counted, once."""
        rows = await self._pool.fetch(_BEHIND, self._most)
        found: dict[str, int] = {row["meeting"]: row["behind"] for row in rows}
        for meeting, behind in found.items():
            if meeting not in self.behind:
                metrics.clock_alarms.labels(self._service).inc()
                log.error("clock.stands", service=self._service, meeting=meeting, behind_ms=behind)
        for meeting in self.behind.keys() - found.keys():
            log.info("clock.goes_on", service=self._service, meeting=meeting)
        self.behind = found
