"""Composition: the only file of the meeting desk that knows all the others.

Every worker that mounts this also runs the publisher of its journal and the readers of `credentials`; an advisory
lock lets one of each work. Whoever leads holds a database connection as long as it leads, so the pool has one for
each beside those of requests.
"""

from collections.abc import AsyncIterator, Coroutine
from typing import Any

from aiohttp import web

from services.kit import access_token, connections, envelope, keys, stream
from services.kit.application import ReadyCheck, build_service, database_ready
from services.kit.background import beside
from services.kit.consumer import Consumer
from services.kit.context import Context
from services.kit.database import Pool, close_pool, open_pool
from services.kit.ids import new_id
from services.kit.journal import Journal
from services.kit.publisher import Bell, Publisher
from services.meeting import login
from services.meeting.attendance import Attendance
from services.meeting.credentials import Credentials
from services.meeting.doorkeeper import Doorkeeper
from services.meeting.handlers import (
    ATTENDANCE,
    DOORKEEPER,
    MINUTE_TAKING,
    REGISTRAR,
    SEATING,
    SECRETARIAT,
)
from services.meeting.minute_taking import MinuteTaking
from services.meeting.passkey_desk import PasskeyDesk
from services.meeting.passkey_handlers import PASSKEYS
from services.meeting.passkey_routes import ROUTES as PASSKEY_ROUTES
from services.meeting.passkey_store import PasskeyStore
from services.meeting.registrar import Registrar
from services.meeting.routes import ROUTES
from services.meeting.seating import Seating
from services.meeting.secretariat import Secretariat
from services.meeting.store import Store

NAME = "meeting"
STORE: web.AppKey[Store] = web.AppKey("store", Store)


def create(context: Context) -> web.Application:
    """The meeting desk, to be mounted under `/meeting`."""
    app = build_service(NAME, (*ROUTES, *PASSKEY_ROUTES))

    async def life(app: web.Application) -> AsyncIterator[None]:
        settings = context.settings
        pool = await open_pool(settings.database_url, NAME, connections.largest_pool(NAME, settings))
        bell = Bell(context.redis, NAME)
        _furnish(app, context, pool, bell)
        async with beside(NAME, *_background(app, context, pool, bell)):
            yield
        await close_pool(pool)

    app.cleanup_ctx.append(life)
    return app


def _furnish(app: web.Application, context: Context, pool: Pool, bell: Bell) -> None:
    key = keys.load_ed25519(context.keys / "token.key")
    app[STORE] = store = Store(pool)
    app[REGISTRAR] = Registrar(store, bell.ring)
    app[SECRETARIAT] = Secretariat(store, bell.ring, context.clock, lambda: new_id("m"))
    app[MINUTE_TAKING] = MinuteTaking(
        store, bell.ring, context.clock, envelope.load(context.keys / "envelope.key")
    )
    app[ATTENDANCE] = Attendance(store, bell.ring, context.clock)
    app[SEATING] = Seating(store, bell.ring)
    credentials, secret, settings = Credentials(pool), login.secret_of(key), context.settings
    app[DOORKEEPER] = Doorkeeper(
        credentials,
        lambda said: access_token.issue(said, key),
        context.clock,
        secret=secret,
        audience=settings.address,
        token_seconds=settings.token_seconds,
    )
    app[PASSKEYS] = PasskeyDesk(
        PasskeyStore(pool),
        credentials,
        lambda said: access_token.issue(said, key),
        lambda said: access_token.vouch(said, key),
        context.clock,
        secret=secret,
        address=settings.address,
        token_seconds=settings.token_seconds,
    )


def _background(
    app: web.Application, context: Context, pool: Pool, bell: Bell
) -> list[Coroutine[Any, Any, None]]:
    shards = context.settings.shards
    publisher = Publisher(NAME, Journal(pool, work_of), pool, context.redis, bell, shards)
    readers = [
        Consumer(context.redis, name, NAME, context.worker, app[DOORKEEPER].learn).run_in_order(pool)
        for name in stream.works("credentials", shards)
    ]
    return [publisher.run(), *readers]


def work_of(kind: str) -> tuple[str, ...]:
    """The work streams for events of this type. What is asked for goes to who answers, and changes nobody's roster."""
    return ("sittings",) if kind == "minutes.asked" else (NAME,)


def ready_of(app: web.Application) -> ReadyCheck:
    """The check that the database answers. Raises NotReady."""
    return database_ready(lambda: app[STORE].ping())
