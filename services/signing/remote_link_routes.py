"""HTTP of keys at signing services: which a person has there, and how one of them is linked to a member."""

from collections.abc import AsyncIterator

from aiohttp import web

from services.kit.context import Context
from services.kit.route import Call, Route
from services.pki.errors import OF_A_CHAIN
from services.refusal import Refused
from services.rules.ballot import CredentialExpired, CredentialRevoked, CredentialUnknown
from services.rules.jws import NotWellFormed
from services.signing import errors, holdings
from services.signing.remote import errors as remote_errors
from services.signing.remote import furnishing
from services.signing.remote_linking import RemoteLinkDesk
from services.signing.remote_standing import RemoteStandings
from services.wire import (
    RemoteKeysAsked,
    RemoteKeyShown,
    RemoteLinkAsked,
    RemoteLinkShown,
    RemoteOwnKey,
    RemoteOwnLinkAsked,
    RemotePageAsked,
    RemoteRequestShown,
    RemoteServiceShown,
    RemoteUserAsked,
)

DESK: web.AppKey[RemoteLinkDesk] = web.AppKey("remote_links", RemoteLinkDesk)
STANDINGS: web.AppKey[RemoteStandings] = web.AppKey("remote_standings", RemoteStandings)


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
        app[STANDINGS] = RemoteStandings(app[furnishing.STORE], app[furnishing.SETTINGS], context.clock)
        yield

    app.cleanup_ctx.append(life)


async def keys(call: Call) -> list[RemoteKeyShown]:
    """For anybody with an invite's code."""
    return await call.app[DESK].keys(call.part("provider"), call.body, call.request_id)


async def link(call: Call) -> RemoteLinkShown:
    """Begin, ask, link: the same request each time."""
    return await call.app[DESK].link(call.part("provider"), call.body, call.request_id)


async def services(call: Call) -> list[RemoteServiceShown]:
    """Of the caller's own body."""
    return call.app[STANDINGS].services_of(call.who.body)


async def own(call: Call) -> list[RemoteOwnKey]:
    """The caller's own."""
    return await call.app[STANDINGS].own(call.who)


async def own_keys(call: Call) -> list[RemoteKeyShown]:
    """For who is signed in with a key."""
    return await call.app[DESK].own_keys(call.part("provider"), call.who, call.body, call.request_id)


async def own_link(call: Call) -> RemoteLinkShown:
    """Begin, ask, link, beside the key with which the caller is signed in."""
    return await call.app[DESK].own_link(call.part("provider"), call.who, call.body, call.request_id)


async def request(call: Call) -> RemoteRequestShown:
    """The caller's own."""
    return await call.app[STANDINGS].request(call.who, call.part("input_sha256"))


async def another_page(call: Call) -> RemoteRequestShown:
    """The caller's own."""
    asked: RemotePageAsked = call.body
    return await call.app[STANDINGS].another_page(call.who, call.part("input_sha256"), asked.instead)


async def give_up(call: Call) -> None:
    """The caller's own."""
    await call.app[holdings.BESIDE].give_up(call.who, call.part("thumbprint"), call.request_id)


_SERVICE = (
    remote_errors.RemoteAskedTooOften,
    remote_errors.AccountUnknown,
    remote_errors.RemoteUserUnknown,
    remote_errors.RemoteBusy,
    remote_errors.RemoteUnreachable,
    remote_errors.RemoteMalformed,
    remote_errors.RemoteRefusesUs,
    remote_errors.PinThroughUsRefused,
)

_LINKED: tuple[type[Refused], ...] = (
    errors.LinkWrong,
    errors.KeyTaken,
    remote_errors.RemoteKeyUnfit,
    *OF_A_CHAIN,
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
        refuses=(*_SERVICE, *errors.OF_AN_INVITE),
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
        refuses=(*_SERVICE, *errors.OF_AN_INVITE, *_LINKED),
    ),
    Route(
        "GET",
        "/remote",
        services,
        "remote.own",
        "The signing services that one's own body may use, by the names that people know.",
        gives=list[RemoteServiceShown],
    ),
    Route(
        "GET",
        "/remote/own",
        own,
        "remote.own",
        "One's own keys at signing services.",
        gives=list[RemoteOwnKey],
    ),
    Route(
        "POST",
        "/remote/{provider}/own/keys",
        own_keys,
        "remote.own",
        "The keys that a person has at a signing service, for a member who is signed in with a key.",
        takes=RemoteUserAsked,
        gives=list[RemoteKeyShown],
        refuses=(*_SERVICE, errors.NoCredential),
    ),
    Route(
        "POST",
        "/remote/{provider}/own/links",
        own_link,
        "remote.own",
        "Link a key at a signing service beside the key that one is signed in with, with which it ends. Sent again, it"
        " tells how that stands, and in the end the certificate.",
        takes=RemoteOwnLinkAsked,
        gives=RemoteLinkShown,
        refuses=(
            *_SERVICE,
            *_LINKED,
            errors.NoCredential,
            CredentialUnknown,
            CredentialRevoked,
            CredentialExpired,
        ),
    ),
    Route(
        "GET",
        "/remote/own/requests/{input_sha256}",
        request,
        "remote.own",
        "How a ballot of one's own stands with the service that is to sign it, by the SHA-256 of its signing input.",
        gives=RemoteRequestShown,
        refuses=(remote_errors.RemoteRequestUnknown, NotWellFormed),
    ),
    Route(
        "POST",
        "/remote/own/requests/{input_sha256}/page",
        another_page,
        "remote.own",
        "Another page of the service, in place of the one that its owner cannot go on with: for the same words, in the"
        " same time. Who comes back from the old one brings nothing.",
        takes=RemotePageAsked,
        gives=RemoteRequestShown,
        refuses=(remote_errors.RemoteRequestUnknown, remote_errors.RemoteAskedTooOften, NotWellFormed),
    ),
    Route(
        "POST",
        "/remote/own/{thumbprint}/remove",
        give_up,
        "remote.own",
        "Sign no more with a key at a signing service that one linked beside one's own.",
        status=204,
        refuses=(errors.NoCredential, CredentialUnknown),
    ),
)
