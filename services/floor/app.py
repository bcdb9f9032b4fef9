"""Composition: the only file that knows all the others."""

from collections.abc import AsyncIterator, Coroutine
from typing import Any

from aiohttp import web

from services.floor import handlers, routes, votes
from services.floor.answering import Answers
from services.floor.archive import Archive
from services.floor.floor_desk import FloorDesk
from services.floor.floors import Floors
from services.floor.hearing import Hearing
from services.floor.ledger import Ledger
from services.floor.outbox import Outbox
from services.floor.records import Records
from services.floor.store import Store
from services.floor.timekeeper import Timekeeper
from services.floor.webhooks import WEBHOOKS, Webhooks
from services.kit import connections, keys, stream
from services.kit.application import ALARMS, ReadyCheck, build_service, database_ready
from services.kit.background import beside
from services.kit.clock_alarm import ClockAlarm
from services.kit.consumer import Consumer
from services.kit.context import Context
from services.kit.database import Pool, close_pool, open_pool
from services.kit.ledger_key import LedgerKey
from services.kit.publisher import Bell, Publisher
from services.roster import projection as roster
from services.roster.keyring import Keyring
from services.roster.rolls import Rolls

NAME = "floor"
CLOCK_ALARM: web.AppKey[ClockAlarm] = web.AppKey("clock_alarm", ClockAlarm)
OUTBOX: web.AppKey[Outbox] = web.AppKey("outbox", Outbox)
FOLLOWED = (*roster.STREAMS, votes.STREAM)


def create(context: Context) -> web.Application:
    """The floor service; its pool and its background tasks live as long as the application."""
    app = build_service(NAME, routes.ROUTES)
    app[ALARMS] = lambda: app[CLOCK_ALARM].alarms()

    async def living(app: web.Application) -> AsyncIterator[None]:
        settings = context.settings
        pool = await open_pool(settings.database_url, NAME, connections.largest_pool(NAME, settings))
        bell = Bell(context.redis, NAME)
        _furnish(app, context, pool, bell)
        async with beside(NAME, *_background(app, context, pool, bell)):
            yield
        await close_pool(pool)

    app.cleanup_ctx.append(living)
    return app


def _furnish(app: web.Application, context: Context, pool: Pool, bell: Bell) -> None:
    key = LedgerKey(keys.load_ed25519(context.keys / "ledger.key"), context.settings.origin, "/floor")
    store, rolls = Store(pool), Rolls(pool)
    floors, archive = Floors(store), Archive(store, key)
    ledger = Ledger(store, floors, bell)
    app[handlers.STORE], app[handlers.FLOORS], app[handlers.ARCHIVE] = store, floors, archive
    app[handlers.LEDGER] = ledger
    webhook_key = keys.load_ed25519(context.keys / "webhook.key")
    app[CLOCK_ALARM] = ClockAlarm(NAME, pool, context.settings.clock_behind_seconds * 1000)
    app[WEBHOOKS] = Webhooks(pool, webhook_key, private=context.settings.webhook_private)
    app[handlers.RECORDS] = Records(store, rolls, key)
    app[OUTBOX] = Outbox(store, app[handlers.RECORDS], webhook_key)
    app[handlers.DESK] = FloorDesk(
        ledger, rolls, Keyring(rolls), Hearing(store), Answers(archive), context.settings.batch_max
    )


def _background(
    app: web.Application, context: Context, pool: Pool, bell: Bell
) -> list[Coroutine[Any, Any, None]]:
    store, ledger, shards = app[handlers.STORE], app[handlers.LEDGER], context.settings.shards
    handle = dict.fromkeys(roster.STREAMS, roster.Projection(pool).apply)
    handle[votes.STREAM] = votes.Votes(ledger).apply
    readers = [
        Consumer(context.redis, name, NAME, context.worker, handle[followed]).run_in_order(pool)
        for followed in FOLLOWED
        for name in stream.works(followed, shards)
    ]
    return [
        Publisher(NAME, app[OUTBOX], pool, context.redis, bell, shards).run(),
        Timekeeper(store, ledger).run(),
        app[CLOCK_ALARM].run(),
        app[WEBHOOKS].deliver(),
        *readers,
    ]


def ready_of(app: web.Application) -> ReadyCheck:
    """The check that the floor can take an act: its database answers. Raises NotReady."""
    return database_ready(lambda: app[handlers.STORE].pool.fetchval("select 1"))
