"""Webhooks over HTTP: who keeps the body says where what happens to turns is sent."""

import re
import secrets

from aiohttp import web
from asyncpg import Record
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.floor.courier import Courier
from services.floor.deliveries import Deliveries
from services.floor.errors import WebhooksFull
from services.floor.webhook_store import WebhookStore
from services.kit.database import Pool
from services.kit.problem import BodyWrong, NotThere
from services.kit.route import Call, Route
from services.rules import webhook
from services.rules.addresses import AddressNotTaken, UrlNotTaken, must_be_url
from services.wire import Webhook, WebhookKey, WebhookWanted

SECRET_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


class Webhooks:
    """The webhooks of an installation. `private`: whether they may go to private networks and to this machine."""

    def __init__(self, pool: Pool, key: Ed25519PrivateKey, *, private: bool) -> None:
        self._store = WebhookStore(pool)
        self._key = key
        self._private = private

    async def deliver(self) -> None:
        """Send what happens to turns, as long as nobody else does; runs until cancelled."""
        await Deliveries(self._store, Courier(private=self._private), self._key).run()

    @property
    def key(self) -> str:
        """With what receivers verify, as they are given it."""
        return webhook.key_text(self._key.public_key())

    async def of_body(self, body: str) -> list[Webhook]:
        """All of a body, without their secrets. Raises NotThere."""
        await self._must_be_body(body)
        return [self._shown(row) for row in await self._store.of_body(body)]

    async def put(self, body: str, identifier: str, wanted: WebhookWanted) -> Webhook:
        """Make one or change it; a new secret is in the answer. Raises UrlNotTaken, WebhooksFull, NotThere."""
        must_be_url(wanted.url, private=self._private)
        await self._must_be_body(body)
        fresh = secrets.token_bytes(SECRET_BYTES) if wanted.secret else None
        keep = wanted.secret and not wanted.new_secret
        secret = await self._store.put(body, identifier, wanted.url, fresh, wanted.active, keep=keep)
        return Webhook(
            id=identifier,
            body=body,
            url=wanted.url,
            active=wanted.active,
            key=self.key,
            has_secret=secret is not None,
            secret=webhook.secret_text(fresh) if fresh is not None and secret == fresh else "",
        )

    async def remove(self, body: str, identifier: str) -> None:
        """Delete one. Raises NotThere."""
        if not await self._store.remove(body, identifier):
            raise NotThere

    async def _must_be_body(self, body: str) -> None:
        if not await self._store.is_body(body):
            raise NotThere

    def _shown(self, row: Record) -> Webhook:
        return Webhook(
            id=row["id"],
            body=row["body"],
            url=row["url"],
            active=row["active"],
            key=self.key,
            has_secret=row["secret"] is not None,
            failures=row["failures"],
            error=row["error"],
        )


WEBHOOKS: web.AppKey[Webhooks] = web.AppKey("webhooks", Webhooks)


async def get_key(call: Call) -> WebhookKey:
    """With what webhooks and the live stream's `turn.*` events are verified."""
    return WebhookKey(key=call.app[WEBHOOKS].key)


async def list_webhooks(call: Call) -> list[Webhook]:
    """The webhooks of the path's body."""
    return await call.app[WEBHOOKS].of_body(_own_body(call))


async def get_webhook(call: Call) -> Webhook:
    """One of them."""
    found = [each for each in await list_webhooks(call) if each.id == call.part("id")]
    if not found:
        raise NotThere
    return found[0]


async def put_webhook(call: Call) -> Webhook:
    """Make it or change it."""
    identifier = call.part("id")
    if not _ID.fullmatch(identifier):
        raise BodyWrong(what="id")
    return await call.app[WEBHOOKS].put(_own_body(call), identifier, call.body)


async def delete_webhook(call: Call) -> None:
    """Nothing more is sent there."""
    await call.app[WEBHOOKS].remove(_own_body(call), call.part("id"))


def _own_body(call: Call) -> str:
    body = call.part("body")
    call.must_be_of(body)
    return body


_PATH = "/bodies/{body}/webhooks"

WEBHOOK_ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/webhook-key",
        get_key,
        "floor.read",
        "The public key that verifies webhooks and the live stream's turn events, to be kept once and compared.",
        gives=WebhookKey,
    ),
    Route(
        "GET",
        _PATH,
        list_webhooks,
        "webhook.change",
        "The webhooks of a body, and how they are doing.",
        gives=list[Webhook],
        refuses=(NotThere,),
    ),
    Route(
        "GET",
        f"{_PATH}/{{id}}",
        get_webhook,
        "webhook.change",
        "One webhook, without its secret.",
        gives=Webhook,
        refuses=(NotThere,),
    ),
    Route(
        "PUT",
        f"{_PATH}/{{id}}",
        put_webhook,
        "webhook.change",
        "Have what happens to turns sent to a URL (Standard Webhooks 1.0.0); a new secret is shown once, here.",
        takes=WebhookWanted,
        gives=Webhook,
        refuses=(NotThere, UrlNotTaken, AddressNotTaken, WebhooksFull),
    ),
    Route(
        "DELETE",
        f"{_PATH}/{{id}}",
        delete_webhook,
        "webhook.change",
        "Send nothing more there.",
        status=204,
        refuses=(NotThere,),
    ),
)
