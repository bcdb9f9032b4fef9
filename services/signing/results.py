"""Results in, certificates out: the consumer of the work stream `results`, and the routes to what it made."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import serialization

from services.kit import ids, stream
from services.kit.background import beside
from services.kit.consumer import Consumer
from services.kit.context import Context
from services.kit.route import Call, Route
from services.signing import holdings
from services.signing.authority import Authority
from services.signing.certificate_store import CertificateStore, Kind
from services.signing.press import Press
from services.signing.press_errors import CertificateNotYet, CertificateUnknown
from services.signing.print_shop import PrintShop
from services.signing.printing import Materials
from services.wire import CertificateNotice

GROUP = "signing"
STORE: web.AppKey[CertificateStore] = web.AppKey("certificates", CertificateStore)

_MEDIA: dict[Kind, str] = {
    "json": "application/json",
    "pdf": "application/pdf",
    "jsonl": "application/x-ndjson",
}


def attach(app: web.Application, context: Context) -> None:
    """Let this application issue certificates and show them; after its pool, authority and bell are furnished."""

    async def life(app: web.Application) -> AsyncIterator[None]:
        app[STORE] = store = CertificateStore(app[holdings.POOL])
        shop = PrintShop(_materials(app[holdings.AUTHORITY]))
        press = Press(store, shop, context.clock, lambda: ids.new_id("gcn-"), app[holdings.BELL].ring)
        async with beside("signing.results", shop.warm(), *_readers(context, press)):
            yield
        await shop.close()

    app.cleanup_ctx.append(life)


def _readers(context: Context, press: Press) -> list[Coroutine[Any, Any, None]]:
    # One at a time: what waits in our hand cannot be taken up by another worker.
    return [
        Consumer(context.redis, name, GROUP, context.worker, press.handle, count=1).run_shared()
        for name in stream.works("results", context.settings.shards)
    ]


def _materials(authority: Authority) -> Materials:
    key = authority.seal.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Materials(authority.seal.chain, key, authority.trust, authority.public_url)


async def of_poll(call: Call) -> CertificateNotice:
    """Which certificate a vote has."""
    notice = await call.app[STORE].of_poll(call.part("poll"))
    if notice is None:
        raise CertificateNotYet
    return notice


def _file(kind: Kind) -> Callable[[Call], Awaitable[web.Response]]:
    async def show(call: Call) -> web.Response:
        store, certificate = call.app[STORE], call.part("certificate")
        # A file never changes: who has it need not get it again.
        sha256 = await store.sha256(certificate, kind)
        if sha256 is None:
            raise CertificateUnknown
        headers = {"ETag": f'"{sha256}"', "Cache-Control": "public, max-age=31536000, immutable"}
        if f'"{sha256}"' in call.request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        file = await store.file(certificate, kind)
        if file is None:
            raise CertificateUnknown
        headers["Content-Disposition"] = f'inline; filename="{certificate}.{kind}"'
        return web.Response(body=file.content, content_type=_MEDIA[kind], headers=headers)

    return show


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/polls/{poll}/certificate",
        of_poll,
        "anyone",
        "Which certificate a vote has.",
        gives=CertificateNotice,
        refuses=(CertificateNotYet,),
    ),
    *(
        Route(
            "GET",
            f"/certificates/{{certificate}}.{kind}",
            _file(kind),
            "anyone",
            f"A certificate's {kind} file. It never changes.",
            gives_media=media,
            refuses=(CertificateUnknown,),
        )
        for kind, media in _MEDIA.items()
    ),
)
