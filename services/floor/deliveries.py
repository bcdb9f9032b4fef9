"""Webhooks on their way: strictly in order for each webhook and meeting, and none waits for another.

One worker of an installation leads. For each webhook and meeting with something to send there is one task; it sends an
event until it is taken, then the next, and writes down how far it is after each line of the ledger. Who leads after a
crash goes on from there: events of that line come again, with the same ids.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.floor.courier import Courier
from services.floor.turn_events import body_of, events_of
from services.floor.webhook_store import Due, WebhookStore
from services.kit import background, metrics
from services.kit.database import UNREACHABLE, Lead, leading
from services.kit.database_run import bound_to, run_of
from services.rules import webhook
from services.wire import FloorEntry, TurnEvent

log = structlog.get_logger(__name__)

# How often the leader looks whether there is something to send; and when no webhook is active.
LOOK_SECONDS = 0.05
IDLE_SECONDS = 1.0
RETRY_SECONDS = 0.5
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
CHUNK = 100

_entries: msgspec.json.Decoder[FloorEntry] = msgspec.json.Decoder(FloorEntry)

Sleep = Callable[[float], Awaitable[None]]
Way = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A webhook as it was when it was sent, and who is on the way with it."""

    due: Due
    task: asyncio.Task[None]


class Deliveries:
    """Sends what happens to turns while it leads."""

    def __init__(
        self, store: WebhookStore, courier: Courier, key: Ed25519PrivateKey, sleep: Sleep = asyncio.sleep
    ) -> None:
        """`sleep`: how pauses between tries are waited for."""
        self._store = store
        self._courier = courier
        self._key = key
        self._sleep = sleep
        self._under_way: dict[Way, _UnderWay] = {}

    async def run(self) -> None:
        """Lead when nobody else does, and send; runs until cancelled, through every loss of the store."""
        try:
            while True:
                try:
                    async with leading(self._store.pool, "floor.webhooks") as lead:
                        if lead:
                            await self._lead(lead)
                except UNREACHABLE as error:
                    log.warning("webhooks.store_unreachable", error=type(error).__name__)
                except Exception:
                    log.exception("webhooks.failed")
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            await self._courier.close()

    async def _lead(self, lead: Lead) -> None:
        """Where we do not lead, in another run of the database, somebody else sends; and other things happened."""
        try:
            with bound_to(await run_of(lead.connection)):
                while lead:
                    await self._look()
                    await asyncio.sleep(LOOK_SECONDS if await self._store.active() else IDLE_SECONDS)
        finally:
            # Who leads no more sends no more.
            if self._under_way:
                await background.stop([each.task for each in self._under_way.values()])

    async def _look(self) -> None:
        """Send somebody off on every way that has something and nobody on it; call back who goes by a URL or a secret
        that is no longer so, however long they would still wait before they try it again."""
        for due in await self._store.due():
            way = (due.webhook, due.meeting)
            if way not in self._under_way:
                task = asyncio.create_task(self._deliver(due))
                self._under_way[way] = _UnderWay(due, task)
                task.add_done_callback(lambda task, way=way: self._arrived(way, task))  # type: ignore[misc]
        if not self._under_way:
            return
        good = await self._store.as_they_are({webhook for webhook, _ in self._under_way})
        for each in self._under_way.values():
            if good.get(each.due.webhook) != (each.due.url, each.due.secret):
                each.task.cancel()

    def _arrived(self, way: Way, task: asyncio.Task[None]) -> None:
        del self._under_way[way]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("webhooks.broken_off", error=type(error).__name__)

    async def _deliver(self, due: Due) -> None:
        """One line after the other, until there are no more, or somebody else has changed where this webhook is."""
        while lines := await self._store.lines(due.meeting, due.next, CHUNK):
            at = due
            for line in lines:
                events = events_of(at.meeting, at.next, _entries.decode(line["line"]), line["turns"])
                for event in events:
                    if not await self._until_taken(due, event):
                        return
                at = replace(at, next=at.next + 1)
                if events:
                    if not await self._store.moved(due, at):
                        return
                    due = at
            if at != due and not await self._store.moved(due, at):
                return
            due = at

    async def _until_taken(self, due: Due, event: TurnEvent) -> bool:
        """Send an event until it is taken; False if this webhook is not as it was, or is to be sent no more."""
        body = body_of(event)
        pause = FIRST_PAUSE
        while True:
            headers = webhook.headers(event.id, int(time.time()), body, self._key, due.secret)
            outcome = await self._courier.send(due.url, body, headers)
            metrics.webhooks.labels("failed" if outcome.error else "taken").inc()
            if not outcome.error:
                await self._store.taken(due)
                return True
            # Neither the URL nor the secret, both of which may open doors: the name is enough to find it.
            log.warning("webhooks.not_taken", body=due.body, webhook=due.id, error=outcome.error)
            if not await self._store.failed(due, outcome.error, gone=outcome.gone):
                return False
            # Receivers that went down together are not to be called back together.
            await self._sleep(max(outcome.pause, pause * random.uniform(0.5, 1.0)))  # noqa: S311 - no secret in this
            pause = min(2 * pause, LONGEST_PAUSE)
