"""HTTP of keys at signing services: which a person has there, and how one of them is linked to a member."""

from collections.abc import AsyncIterator

from aiohttp import web

from services.kit.context import Context
from services.kit.route import Call, Route
from services.pki.errors import ChainRevoked, ChainStatusUnknown, ChainWeak
from services.rules.credential_errors import (
    ChainExpired,
    ChainMalformed,
    ChainNotYetValid,
    ChainUntrusted,
    ChainWrongUse,
    KeyNotTaken,
)
from services.signing import errors, holdings
from services.signing.remote import errors as remote_errors
from services.signing.remote import furnishing
from services.signing.remote_linking import RemoteLinkDesk
from services.wire import RemoteKeysAsked, RemoteKeyShown, RemoteLinkAsked, RemoteLinkShown

DESK: web.AppKey[RemoteLinkDesk] = web.AppKey("remote_links", RemoteLinkDesk)


def attach(app: web.Application, context: Context) -> None:
    """After links and services are furnished, whose desks it uses."""

    async def life(app: web.Application) -> AsyncIterator[None]:
        app[DESK] = RemoteLinkDesk(
            app[holdings.STORE],
            app[holdings.LINKS],
            app[furnishing.STORE],
            app[furnishing.SERVICES],
            app[furnishing.SETTINGS],
            context.clock,
        )
        yield

    app.cleanup_ctx.append(life)


async def keys(call: Call) -> list[RemoteKeyShown]:
    """For anybody with an invite's code."""
    return await call.app[DESK].keys(call.part("provider"), call.body)


async def link(call: Call) -> RemoteLinkShown:
    """Begin, ask, link: the same request each time."""
    return await call.app[DESK].link(call.part("provider"), call.body, call.request_id)


_SERVICE = (
    errors.InviteUnknown,
    remote_errors.AccountUnknown,
    remote_errors.RemoteUserUnknown,
    remote_errors.RemoteBusy,
    remote_errors.RemoteUnreachable,
    remote_errors.RemoteMalformed,
    remote_errors.RemoteRefusesUs,
)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/remote/{provider}/keys",
        keys,
        "anyone",
        "The keys that a person has at a signing service, for who was invited.",
        takes=RemoteKeysAsked,
        gives=list[RemoteKeyShown],
        refuses=(*_SERVICE, errors.InviteUsed, errors.InviteCancelled, errors.InviteExpired),
    ),
    Route(
        "POST",
        "/remote/{provider}/links",
        link,
        "anyone",
        "Link a key at a signing service to the member of an invite: its owner confirms in the service's app."
        " Sent again, it tells how that stands, and in the end the certificate.",
        takes=RemoteLinkAsked,
        gives=RemoteLinkShown,
        refuses=(
            *_SERVICE,
            errors.InviteUsed,
            errors.InviteCancelled,
            errors.InviteExpired,
            errors.LinkWrong,
            errors.KeyTaken,
            remote_errors.RemoteKeyUnfit,
            KeyNotTaken,
            ChainMalformed,
            ChainUntrusted,
            ChainExpired,
            ChainNotYetValid,
            ChainWrongUse,
            ChainWeak,
            ChainRevoked,
            ChainStatusUnknown,
        ),
    ),
)
