"""Composition: the only file of signing that knows all the others.

Every worker that mounts this also runs the publisher of its journal and the readers of `meeting`; an advisory lock
lets one of each work. Whoever leads holds a database connection as long as it leads, so the pool has one for each
beside those of requests.
"""

from collections.abc import AsyncIterator, Coroutine
from typing import Any

from aiohttp import web

from services.kit import connections, envelope, stream, token_keys
from services.kit.apart_thread import ApartThread
from services.kit.application import ALARMS, ReadyCheck, build_service, database_ready
from services.kit.background import beside
from services.kit.consumer import Consumer
from services.kit.context import Context
from services.kit.database import Pool, close_pool, open_pool
from services.kit.journal import Journal
from services.kit.publisher import Bell, Publisher
from services.pki import fetching
from services.pki.examiner import Examiner
from services.pki.fetching import Fetcher
from services.pki.inquiry import Inquirer
from services.pki.status import StatusBook
from services.signing import authority, holdings, issuing, remote_link_routes
from services.signing.beside import BesideDesk
from services.signing.countersigned import furnishing
from services.signing.countersigned.routes import ROUTES as SIGNING_ROUTES
from services.signing.enrolment import EnrolmentDesk
from services.signing.finding_store import FindingStore
from services.signing.findings import STREAM, Findings
from services.signing.inviting import InviteDesk
from services.signing.link_store import LinkStore
from services.signing.linking import LinkDesk
from services.signing.names import NameBook
from services.signing.rechecking import CheckIns
from services.signing.recovering import RecoveryDesk
from services.signing.recovery_handlers import RECOVERIES
from services.signing.recovery_routes import ROUTES as RECOVERY_ROUTES
from services.signing.recovery_store import RecoveryStore
from services.signing.remote import furnishing as remote
from services.signing.remote import hints, returned
from services.signing.responder import Responder
from services.signing.revocations import RevocationLists
from services.signing.routes import ROUTES
from services.signing.store import Store

NAME = "signing"
_HOUR_MS = 3_600_000
# Which work streams an event goes to, by its type.
WORK = {
    "credential.issued": ("credentials",),
    "credential.revoked": ("credentials",),
    "certificate.issued": ("certificates",),
    "ballot.signed": ("signatures",),
    "ballot.unsigned": ("signatures",),
    "links.rechecked": ("signatures",),
}
_ROUTES = (
    *ROUTES,
    *RECOVERY_ROUTES,
    # Before those of the sealed edition: its files' names end as the signed edition's do.
    *SIGNING_ROUTES,
    *issuing.ROUTES,
    *remote_link_routes.ROUTES,
    *hints.ROUTES,
    *returned.ROUTES,
)


def create(context: Context) -> web.Application:
    """Signing, to be mounted under `/signing`."""
    app = build_service(NAME, _ROUTES)
    app[ALARMS] = lambda: ("token_away",) if token_keys.are_away() else ()
    app.cleanup_ctx.append(lambda app: _life(app, context))
    # After life, whose pool, authority and bell it uses.
    issuing.attach(app, context)
    # After issuing, whose print shop it uses.
    furnishing.attach(app, context)
    remote.attach(app, context, holdings.POOL, holdings.BELL)
    furnishing.attach_pairs(app, context)
    # After both, whose desks it uses.
    remote_link_routes.attach(app, context)
    return app


async def _life(app: web.Application, context: Context) -> AsyncIterator[None]:
    settings = context.settings
    pool = await open_pool(settings.database_url, NAME, connections.largest_pool(NAME, settings))
    _furnish(app, context, pool)
    examiner = Examiner()
    fetcher = Fetcher(fetching.allowed(settings.revocation_hosts), lambda: context.clock() / 1000)
    check_ins, findings = _link(app, context, pool, examiner, fetcher)
    wanted = _wanted(context, pool, findings)
    works = (check_ins.run(), findings.run(), *wanted, *_background(app, context, pool, check_ins))
    async with beside(NAME, *works):
        yield
    await fetcher.close()
    await examiner.close()
    app[holdings.HAND].close()
    await close_pool(pool)


def _furnish(app: web.Application, context: Context, pool: Pool) -> None:
    settings, clock = context.settings, context.clock
    app[holdings.POOL] = pool
    app[holdings.BELL] = bell = Bell(context.redis, NAME)
    app[holdings.STORE] = store = Store(pool)
    app[holdings.AUTHORITY] = issuer = authority.load(context.keys, settings.address, clock())
    app[holdings.INVITES] = InviteDesk(store, clock, settings.invite_hours)
    # One thread for the keys of the authority: a token does one thing after the other anyway.
    app[holdings.HAND] = hand = ApartThread("authority")
    app[holdings.ENROLMENTS] = EnrolmentDesk(store, issuer, hand, bell.ring, clock)
    app[RECOVERIES] = RecoveryDesk(RecoveryStore(pool), app[holdings.ENROLMENTS], bell.ring, clock)
    app[holdings.LISTS] = RevocationLists(store, issuer, hand, clock)
    app[holdings.RESPONDER] = Responder(store, issuer, hand, clock)


def _link(
    app: web.Application, context: Context, pool: Pool, examiner: Examiner, fetcher: Fetcher
) -> tuple[CheckIns, Findings]:
    """What has to do with certificates of other authorities."""
    settings, clock, enrolments = context.settings, context.clock, app[holdings.ENROLMENTS]
    trust = settings.data / "trust"
    app[holdings.LINK_STORE] = store = LinkStore(pool)
    book = StatusBook(Inquirer(examiner, fetcher, store, settings.revocation_hours * _HOUR_MS), clock)
    app[holdings.BESIDE] = beside = BesideDesk(
        app[holdings.STORE], enrolments, app[holdings.BELL].ring, clock
    )
    app[holdings.LINKS] = LinkDesk(
        app[holdings.STORE], enrolments, beside, book, trust, app[holdings.AUTHORITY].public_url, clock
    )
    check_ins = CheckIns(store, book, enrolments, trust, clock)
    sealing = envelope.load(context.keys / "envelope.key")
    ring = app[holdings.BELL].ring
    return check_ins, Findings(FindingStore(pool), book, check_ins, trust, sealing, ring, clock)


def _wanted(context: Context, pool: Pool, findings: Findings) -> list[Coroutine[Any, Any, None]]:
    """What voting wants to know after a cut."""
    return [
        Consumer(context.redis, name, NAME, context.worker, findings.apply).run_shared(pool)
        for name in stream.works(STREAM, context.settings.shards)
    ]


def _background(
    app: web.Application, context: Context, pool: Pool, check_ins: CheckIns
) -> list[Coroutine[Any, Any, None]]:
    shards = context.settings.shards
    journal = Journal(pool, work_of)
    publisher = Publisher(NAME, journal, pool, context.redis, app[holdings.BELL], shards)
    names = NameBook(app[holdings.STORE])

    async def learn(message: bytes) -> None:
        await names.learn(message)
        await check_ins.hear(message)

    readers = [
        Consumer(context.redis, name, NAME, context.worker, learn).run_in_order(pool)
        for name in stream.works("meeting", shards)
    ]
    return [publisher.run(), *readers]


def work_of(kind: str) -> tuple[str, ...]:
    """The work streams for events of this type."""
    return WORK.get(kind, ())


def ready_of(app: web.Application) -> ReadyCheck:
    """The check that the database answers. Raises NotReady."""
    return database_ready(lambda: app[holdings.STORE].ping())
