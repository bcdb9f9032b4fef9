"""Composition: the only file that knows all the others."""

from collections.abc import AsyncIterator, Coroutine
from typing import Any

from aiohttp import web

from services.kit import connections, envelope, keys, stream
from services.kit.application import ALARMS, ReadyCheck, build_service, database_ready
from services.kit.background import beside
from services.kit.clock_alarm import ClockAlarm
from services.kit.consumer import Consumer
from services.kit.context import Context
from services.kit.database import Pool, close_pool, open_pool
from services.kit.envelope import Envelope
from services.kit.ledger_key import LedgerKey
from services.kit.publisher import Bell, Publisher
from services.roster import projection as roster
from services.roster.keyring import Keyring
from services.roster.rolls import Rolls
from services.rules import assertion
from services.voting import certificates, handlers, ledger_parts, minute_taking, routes, signatures
from services.voting.ballot_box import BallotBox
from services.voting.chair import Chair
from services.voting.closing import Closing
from services.voting.desk import Desk
from services.voting.evidence import Archive
from services.voting.intent_store import IntentStore
from services.voting.intents import RemoteBallots
from services.voting.ledger_parts import LedgerParts
from services.voting.minute_taking import MinuteTaking
from services.voting.outbox import Outbox
from services.voting.preparing import Preparation
from services.voting.questions import Questions
from services.voting.rechecks import Rechecks
from services.voting.recounting import GREAT, Recounting
from services.voting.reissuing import Copyist
from services.voting.store import Store
from services.voting.teller import Teller
from services.voting.timekeeper import Timekeeper
from services.voting.wish_store import WishStore
from services.voting.wishes import Wishes

NAME = "voting"
CLOCK_ALARM: web.AppKey[ClockAlarm] = web.AppKey("clock_alarm", ClockAlarm)
# Ballots come hundreds a second, and screens are told four times a second; acts are urgent, and wait for nothing.
BALLOTS_PACE_SECONDS = 0.06
FOLLOWED = (*roster.STREAMS, certificates.STREAM, signatures.STREAM)
RECHECKS: web.AppKey[Rechecks] = web.AppKey("rechecks", Rechecks)
ENVELOPE: web.AppKey[Envelope] = web.AppKey("envelope", Envelope)
RECOUNTING: web.AppKey[Recounting] = web.AppKey("recounting", Recounting)
MINUTES: web.AppKey[MinuteTaking] = web.AppKey("minutes", MinuteTaking)
PARTS: web.AppKey[LedgerParts] = web.AppKey("parts", LedgerParts)


def create(context: Context) -> web.Application:
    """The voting service; its pool and its background tasks live as long as the application."""
    app = build_service(NAME, routes.ROUTES)
    app[ALARMS] = lambda: app[CLOCK_ALARM].alarms()
    app[handlers.LARGEST_BALLOT] = context.settings.ballot_max_bytes

    async def living(app: web.Application) -> AsyncIterator[None]:
        settings = context.settings
        pool = await open_pool(settings.database_url, NAME, connections.largest_pool(NAME, settings))
        bell = Bell(context.redis, NAME, BALLOTS_PACE_SECONDS)
        _furnish(app, context, pool, bell)
        async with beside(NAME, *_background(app, context, pool, bell)):
            yield
        await close_pool(pool)

    app.cleanup_ctx.append(living)
    return app


def _furnish(app: web.Application, context: Context, pool: Pool, bell: Bell) -> None:
    settings = context.settings
    key = keys.load_ed25519(context.keys / "ledger.key")
    store, rolls = Store(pool), Rolls(pool)
    keyring = Keyring(rolls)
    questions = Questions(store, rolls, keyring)
    ledger_key = LedgerKey(key, settings.origin)
    desk = Desk(store, rolls, keyring, ledger_key, bell, context.clock)
    site = assertion.site_of(settings.address)
    preparation = Preparation(store, rolls, ledger_key, site.origins[0] if site else "", context.redis)
    app[CLOCK_ALARM] = ClockAlarm(NAME, pool, settings.clock_behind_seconds * 1000)
    app[handlers.STORE], app[handlers.ROLLS], app[handlers.PREPARATION] = store, rolls, preparation
    app[handlers.CHAIR], app[handlers.CLOSING] = Chair(desk, preparation), Closing(desk)
    app[RECHECKS] = rechecks = Rechecks(store, keyring, settings.recheck_seconds * 1000)
    app[RECOUNTING] = recounting = Recounting(store, questions, keyring, GREAT)
    app[handlers.TELLER] = Teller(store, questions, keyring, rechecks, recounting, bell)
    app[handlers.QUESTIONS] = questions
    copyist = app[handlers.COPYIST] = Copyist(store, questions, ledger_key)
    app[handlers.BOX] = BallotBox(store, questions, keyring, ledger_key, copyist, bell, settings.batch_max)
    app[ENVELOPE] = envelope.load(context.keys / "envelope.key")
    app[handlers.REMOTE] = RemoteBallots(desk, questions, IntentStore(pool))
    app[MINUTES] = MinuteTaking(store, rolls, ledger_key, app[ENVELOPE], context.redis, settings.shards)
    app[handlers.WISHES] = Wishes(desk, WishStore(pool), context.redis)
    largest = settings.ledger_in_certificate_mb * 1_000_000
    app[handlers.ARCHIVE] = archive = Archive(store, rolls, questions, ledger_key, largest)
    app[PARTS] = LedgerParts(archive, context.redis)


def _background(
    app: web.Application, context: Context, pool: Pool, bell: Bell
) -> list[Coroutine[Any, Any, None]]:
    store, closing, shards = app[handlers.STORE], app[handlers.CLOSING], context.settings.shards
    handle = dict.fromkeys(roster.STREAMS, roster.Projection(pool).apply)
    handle[certificates.STREAM] = certificates.Certificates(closing).apply
    handle[signatures.STREAM] = signatures.Signatures(
        app[handlers.REMOTE], app[RECHECKS], app[ENVELOPE]
    ).apply
    archive, intents = app[handlers.ARCHIVE], app[handlers.REMOTE].store
    outbox = Outbox(store, archive, intents, app[RECHECKS], app[ENVELOPE])
    readers = [
        Consumer(context.redis, name, NAME, context.worker, handle[followed]).run_in_order(pool)
        for followed in FOLLOWED
        for name in stream.works(followed, shards)
    ]
    # One at a time: what waits in our hand cannot be taken up by another worker.
    shared = {
        minute_taking.STREAM: app[MINUTES].apply,
        ledger_parts.STREAM: app[PARTS].apply,
    }
    readers += [
        Consumer(context.redis, name, NAME, context.worker, apply, count=1).run_shared(pool)
        for followed, apply in shared.items()
        for name in stream.works(followed, shards)
    ]
    return [
        Publisher(NAME, outbox, pool, context.redis, bell, shards).run(),
        Timekeeper(store, closing, app[handlers.TELLER], app[handlers.REMOTE]).run(),
        app[CLOCK_ALARM].run(),
        app[RECOUNTING].run(),
        app[handlers.WISHES].run(),
        *readers,
    ]


def ready_of(app: web.Application) -> ReadyCheck:
    """The check that voting can take a ballot: its database answers. Raises NotReady."""
    return database_ready(lambda: app[handlers.STORE].pool.fetchval("select 1"))
