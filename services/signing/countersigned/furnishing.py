"""Composition: the signing desk, and who goes on with what was signed, put into the application of signing."""

from collections.abc import AsyncIterator

from aiohttp import web

from services.kit import ids
from services.kit.background import beside
from services.kit.context import Context
from services.pki.fetching import Fetcher
from services.signing import holdings, issuing
from services.signing.countersigned import handlers, time_authority
from services.signing.countersigned.bindery import Bindery
from services.signing.countersigned.desk import SigningDesk
from services.signing.countersigned.finisher import Finisher
from services.signing.countersigned.picture_files import PictureFiles
from services.signing.countersigned.remote_pairs import RemotePairs
from services.signing.countersigned.store import EditionStore
from services.signing.remote import furnishing as remote


def attach(app: web.Application, context: Context) -> None:
    """Let this application take signatures of persons; after its print shop is furnished."""

    async def life(app: web.Application) -> AsyncIterator[None]:
        pool, clock, issuer = app[holdings.POOL], context.clock, app[holdings.AUTHORITY]
        app[handlers.STORE] = store = EditionStore(pool)
        fetcher = Fetcher(time_authority.may_be_fetched(context.settings))
        time = time_authority.of(context.settings, context.keys, clock, fetcher)
        images = PictureFiles(context.settings.data / "pictures")
        names = (issuer.root.name, issuer.delegates.name)
        bindery = Bindery(app[issuing.SHOP], app[holdings.LISTS], names, issuer.trust, clock, time, images)
        finisher = Finisher(store, pool, bindery, clock, app[holdings.BELL].ring)
        app[handlers.DESK] = SigningDesk(
            store, app[holdings.STORE], bindery, clock, ids.new_id, finisher.wake
        )
        async with beside("signing.countersigned", finisher.run()):
            yield
        await fetcher.close()

    app.cleanup_ctx.append(life)


def attach_pairs(app: web.Application, context: Context) -> None:
    """Let persons sign at services outside; after these and the desk are furnished."""

    async def life(app: web.Application) -> AsyncIterator[None]:
        app[handlers.PAIRS] = pairs = RemotePairs(
            app[handlers.STORE], app[handlers.DESK], app[remote.STORE], app[remote.SETTINGS], context.clock
        )
        async with beside("signing.pairs", pairs.run()):
            yield

    app.cleanup_ctx.append(life)
