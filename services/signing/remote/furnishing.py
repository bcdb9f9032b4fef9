"""Composition: signing services outside, put into the application of signing."""

from collections.abc import AsyncIterator, Mapping
from typing import assert_never

import aiohttp
from aiohttp import web

from services.kit import envelope, stream
from services.kit.background import beside
from services.kit.clock import Clock
from services.kit.consumer import Consumer
from services.kit.context import Context
from services.kit.database import Pool
from services.kit.publisher import Bell
from services.signing.remote import ballots, settings
from services.signing.remote.ballots import RemoteBallots
from services.signing.remote.csc import Csc
from services.signing.remote.exchange import open_session
from services.signing.remote.mysign import MySign
from services.signing.remote.neac769 import Neac769
from services.signing.remote.port import SigningService
from services.signing.remote.round_store import RoundStore
from services.signing.remote.settings import (
    CscSettings,
    MySignSettings,
    Neac769Settings,
    Secret,
    ServiceSettings,
)
from services.signing.remote.signing_round import SigningRound
from services.signing.remote.wanted import Wanted

GROUP = "signing"
STORE: web.AppKey[RoundStore] = web.AppKey("rounds", RoundStore)
SERVICES: web.AppKey[Mapping[str, SigningService]] = web.AppKey("services")
SETTINGS: web.AppKey[Mapping[str, ServiceSettings]] = web.AppKey("services_settings")


def attach(app: web.Application, context: Context, pool: web.AppKey[Pool], bell: web.AppKey[Bell]) -> None:
    """Let this application have ballots signed by the services that are set up; after its pool is open.

    Raises Complaint at once for settings that are not right.
    """
    loaded = settings.load(context.settings.data)
    said = {name: each for name, (each, _) in loaded.items()}

    async def life(app: web.Application) -> AsyncIterator[None]:
        store = RoundStore(app[pool])
        wants = RemoteBallots(store, said, envelope.load(context.keys / "envelope.key"), context.clock)

        def ring(wanted: Wanted) -> None:
            if meeting := ballots.meeting_of(wanted):
                app[bell].ring(meeting)

        async with open_session() as session:
            app[STORE], app[SETTINGS] = store, said
            app[SERVICES] = services = opened(loaded, session, context.clock)
            round_ = SigningRound(store, services, context.clock, wants.told, ring)

            async def take_in(message: bytes) -> None:
                await wants.apply(message)
                round_.woken.set()

            readers = [
                Consumer(context.redis, name, GROUP, context.worker, take_in).run_shared(app[pool])
                for name in stream.works(ballots.STREAM, context.settings.shards)
            ]
            async with beside("signing.remote", round_.run(), *readers):
                yield

    app.cleanup_ctx.append(life)


def opened(
    loaded: Mapping[str, tuple[ServiceSettings, Secret]], session: aiohttp.ClientSession, clock: Clock
) -> dict[str, SigningService]:
    """The services of these settings, by their ids."""
    return {name: _opened(name, said, secret, session, clock) for name, (said, secret) in loaded.items()}


def _opened(
    name: str, said: ServiceSettings, secret: Secret, session: aiohttp.ClientSession, clock: Clock
) -> SigningService:
    match said:
        case Neac769Settings():
            return Neac769.over(session, clock, name, said, secret)
        case MySignSettings():
            return MySign.over(session, clock, name, said, secret)
        case CscSettings():
            return Csc.over(session, clock, name, said, secret)
        case _:
            assert_never(said)
