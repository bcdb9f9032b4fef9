"""Journal to stream, in order, by one publisher per service.

Positions are not stored anywhere: the stream itself says what it has. Publishing compares its last entry with the one
we think it has, and adds only if they agree; so a second publisher, a repeat after a crash, and a Redis that came
back empty are all the same case: look where the stream is, and go on from there. Whoever begins to lead holds what each
stream has against the journal first: behind a database that was lost another may go on whose last lines are others.
Work that was put for lines that are gone is dropped then, before anybody does it there (kit/work_stream.py); work that
was lost alone is put again (kit/lost_work.py).
"""

import asyncio
from bisect import bisect_right
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import structlog
from redis.exceptions import RedisError

from services.kit import metrics, stream
from services.kit.background import stop
from services.kit.bell import Bell as Bell
from services.kit.database import UNREACHABLE, Lead, Pool, leading
from services.kit.database_run import bound_to, run_of
from services.kit.lost_work import LostWork
from services.kit.screen_stream import Reached, ScreenStreams
from services.kit.source import Outgoing, Source
from services.kit.term import Deposed, Term
from services.kit.work_stream import WorkStreams

log = structlog.get_logger(__name__)

CHUNK = 500
SWEEP_SECONDS = 0.5
RETRY_SECONDS = 0.5
# Of the keys that have nothing new so many are looked at in a sweep: a thousand in less than a minute.
QUIET_AT_ONCE = 10
_START = Reached()
# What Redis says of a name under which somebody has put something else.
_ANOTHER_TYPE = "WRONGTYPE"


class Publisher:
    """Publishes one service's journal while it leads."""

    def __init__(
        self, service: str, source: Source, pool: Pool, redis: stream.Redis, bell: Bell, shards: int
    ) -> None:
        self._service = service
        self._source = source
        self._pool = pool
        self._term = Term(redis)
        self._streams = ScreenStreams(service, redis, self._term)
        self._works = WorkStreams(service, redis, shards, self._term)
        self._lost = LostWork(service, redis, shards, self._term, self._works, source)
        self._bell = bell
        self._at: dict[str, Reached] = {}
        self._last_looked_at = ""

    async def run(self) -> None:
        """Lead when nobody else does, and publish; runs until cancelled, through every loss of a store."""
        listening = asyncio.create_task(self._bell.listen())
        try:
            while True:
                try:
                    async with leading(self._pool, f"{self._service}.publisher") as lead:
                        self._bell.leads = bool(lead)
                        if lead:
                            await self._lead(lead)
                except Deposed:
                    log.warning("publish.deposed", service=self._service)
                except (RedisError, *UNREACHABLE) as error:
                    metrics.publish_failures.labels(self._service).inc()
                    log.warning("publish.failed", service=self._service, error=type(error).__name__)
                except Exception:
                    metrics.publish_failures.labels(self._service).inc()
                    log.exception("publish.broken_off", service=self._service)
                self._bell.leads = False
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            # Whoever ends us closes Redis next: a connection that is still under way would be left open.
            await stop([listening])
            await self._bell.silence()

    async def _lead(self, lead: Lead) -> None:
        """Publish as long as we lead, and only what we read in the run of the database in which we do."""
        run = await run_of(lead.connection)
        with bound_to(run):
            await self.begin(run)
            while lead:
                await self._until_next_sweep(lead)

    async def begin(self, run: str) -> None:
        """We lead, in this run of the database: what we knew of the streams may be of another, or another's work
        since; and work may be there for lines that this one does not have. Raises Deposed."""
        self._at.clear()
        await self._term.begin()
        await self._works.begin(run, self._source.marks)
        self._lost.begin()

    async def _until_next_sweep(self, lead: Lead) -> None:
        """One sweep of everything, and until the next only what rings."""
        clock = asyncio.get_running_loop().time
        until = clock() + SWEEP_SECONDS
        self._bell.hush()
        await self._works.must_be_held()
        await self.publish_all()
        while lead:
            await self._bell.pause()
            keys = await self._bell.heard(max(0.0, until - clock()))
            if clock() >= until:
                return
            for key in keys:
                await self._publish_or_tell(key)

    async def publish_all(self) -> None:
        """Bring every stream up to its journal. Of those that we think are, look at some, others each time: what Redis
        has lost of one stream alone. Who rings meanwhile does not wait for all of them."""
        heads = await self._source.heads()
        metrics.stream_lag.labels(self._service).set(
            sum(size - self._at.get(key, _START).next for key, size in heads.items())
        )
        await self._put_lost_work(heads)
        behind = [key for key, size in heads.items() if key not in self._at or self._at[key].next != size]
        for key in (*behind, *self._in_turn(heads.keys() - set(behind))):
            for rung in self._bell.hush():
                await self._publish_or_tell(rung)
            await self._publish_or_tell(key, heads[key])

    def _in_turn(self, keys: Collection[str]) -> list[str]:
        """Some of these, each in its turn: looking costs as much as there are meetings that ever were."""
        ordered = sorted(keys)
        first = bisect_right(ordered, self._last_looked_at)
        looked_at = [*ordered[first:], *ordered[:first]][:QUIET_AT_ONCE]
        self._last_looked_at = looked_at[-1] if looked_at else ""
        return looked_at

    async def _publish_or_tell(self, key: str, size: int | None = None) -> None:
        with self._alone(key):
            await self._publish(key, size)

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """What cannot be read of one journal, or stands under one name, must not silence all others."""
        try:
            yield
        except Exception as error:
            is_of_all = isinstance(error, (RedisError, Deposed, *UNREACHABLE))
            if is_of_all and not str(error).startswith(_ANOTHER_TYPE):
                raise
            metrics.publish_failures.labels(self._service).inc()
            log.exception("publish.key_failed", service=self._service, key=key)

    async def _put_lost_work(self, keys: Collection[str]) -> None:
        """What work streams lost alone, of each journal up to where its screens are; what follows comes as ever."""
        if not await self._lost.look(keys):
            return
        for key in keys:
            for rung in self._bell.hush():
                await self._publish_or_tell(rung)
            if self._lost.of(key):
                with self._alone(key):
                    await self._lost.put_again(key, (self._at.get(key) or await self._where(key)).next)
        await self._lost.fill()

    async def _publish(self, key: str, size: int | None) -> None:
        """Bring one stream up to its journal. `size`: how many entries that has, if known."""
        while not await self._publish_page(key, size):
            pass

    async def _publish_page(self, key: str, size: int | None) -> bool:
        """Whether that was all. When it returns nothing of the page is held: it may be as large as a whole journal."""
        at = self._at.get(key) or await self._where(key)
        outgoing = await self._source.read(key, at.next, CHUNK) if size is None or at.next < size else []
        # Work first: a crash between the two repeats it, which consumers bear; the other way round would lose it. Where
        # the stream is not where we think it is, we only look where it is: whoever brings it to where we are meanwhile
        # has not put our work.
        if any(one.work for one in outgoing):
            if not self._is_known(key, await self._streams.add(key, at), at):
                return False
            await self._put_work(key, outgoing)
        ends = outgoing[-1].reached if outgoing else at
        there = await self._streams.add(key, at, [(one.reached, one.message) for one in outgoing])
        if not self._is_known(key, there, ends):
            return False
        # Everything read is on the stream, and there was no more to read.
        is_last = not outgoing or (ends.next - at.next < CHUNK and not outgoing[-1].work)
        return is_last if size is None else not outgoing or ends.next >= size

    def _is_known(self, key: str, there: Reached, expected: Reached) -> bool:
        """Whether it is where we think it is; if not, what we thought is forgotten."""
        if there != expected:
            self._at.pop(key, None)
            return False
        self._at[key] = expected
        return True

    async def _where(self, key: str) -> Reached:
        """Where a stream is. One that has lines which are in no journal any more is dropped, to be filled again:
        another database goes on, which the last lines had not reached when the first was lost."""
        last = await self._streams.last(key)
        at = last[0] if last else _START
        there = await self._source.marks(key, [each.next - 1 for each in last])
        lost = [each.next - 1 for each in last if each.mark not in ("", there.get(each.next - 1))]
        lost += [each.next - 1 for each in last if each.next - 1 not in there]
        if lost:
            metrics.publish_failures.labels(self._service).inc()
            log.error("publish.lines_lost", service=self._service, key=key, since=min(lost), told=at.next)
            await self._streams.drop(key, at)
            at = _START
        self._at[key] = at
        return at

    async def _put_work(self, key: str, outgoing: list[Outgoing]) -> None:
        await self._works.put(key, [work for one in outgoing for work in one.works])
