"""Results, records and proceedings in, sealed papers out: the consumers of their streams, and the routes to them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import msgspec
from aiohttp import web

from services.kit import ec_keys, envelope, ids, pieces, stream
from services.kit.background import beside
from services.kit.consumer import Consumer
from services.kit.context import Context
from services.kit.database import Pool
from services.kit.route import Call, Route
from services.kit.turn_file import TurnFile
from services.refusal import Refused
from services.signing import certifying, holdings, manuscript, minute_taking
from services.signing.authority import Authority
from services.signing.certifying import Certifying
from services.signing.gathering import Gathering
from services.signing.known_keys import KnownKeys
from services.signing.ledger_fetching import LedgerFetching
from services.signing.manuscript import Manuscript, PaperName
from services.signing.minute_taking import MinuteTaking
from services.signing.paper_store import FileKind, PaperStore
from services.signing.press import Press
from services.signing.press_errors import (
    CertificateNotYet,
    CertificateUnknown,
    MinutesUnknown,
    OutsideEvidenceUnknown,
    RecordUnknown,
)
from services.signing.print_shop import PrintShop
from services.signing.printing import Materials
from services.wire import CertificateNotice, FloorRecord, MinutesNotice, RecordNotice

GROUP = "signing"
STORE: web.AppKey[PaperStore] = web.AppKey("papers", PaperStore)
SHOP: web.AppKey[PrintShop] = web.AppKey("print_shop", PrintShop)

_records = msgspec.json.Decoder(FloorRecord)
# What each work stream brings to the press.
BRINGS: dict[str, Callable[[bytes], Manuscript]] = {
    "records": lambda message: manuscript.of_record(_records.decode(message)),
}
_MEDIA: dict[FileKind, str] = {
    "json": "application/json",
    "pdf": "application/pdf",
    "jsonl": "application/x-ndjson",
}


def attach(app: web.Application, context: Context) -> None:
    """Let this application issue papers and show them; after its pool, authority and bell are furnished."""

    async def life(app: web.Application) -> AsyncIterator[None]:
        app[STORE] = store = PaperStore(app[holdings.POOL])
        app[SHOP] = shop = PrintShop(_materials(app[holdings.AUTHORITY]))
        turns = TurnFile(context.settings.data / "great-paper.lock")
        press = Press(store, shop, context.clock, ids.new_id, app[holdings.BELL].ring, turns)
        fetching = LedgerFetching(context.redis, context.settings.shards, context.settings.data)
        results = Certifying(press, store, shop, Gathering(app[holdings.POOL]), fetching)
        keys = KnownKeys(app[holdings.STORE], shop)
        minutes = MinuteTaking(store, envelope.load(context.keys / "envelope.key"))
        async with beside(
            "signing.issuing",
            shop.warm(),
            keys.run(),
            *_readers(context, app[holdings.POOL], press, results, minutes),
        ):
            yield
        await shop.close()

    app.cleanup_ctx.append(life)


def _readers(
    context: Context, pool: Pool, press: Press, results: Certifying, minutes: MinuteTaking
) -> list[Coroutine[Any, Any, None]]:
    handling = {brought: _handling(press, brought) for brought in BRINGS}
    handling[certifying.STREAM] = results.apply
    handling[minute_taking.STREAM] = _taking(press, minutes)
    # One at a time: what waits in our hand cannot be taken up by another worker.
    return [
        Consumer(context.redis, name, GROUP, context.worker, handle, count=1).run_shared(pool)
        for brought, handle in handling.items()
        for name in stream.works(brought, context.settings.shards)
    ]


def _taking(press: Press, minutes: MinuteTaking) -> Callable[[bytes], Awaitable[None]]:
    async def handle(message: bytes) -> None:
        composed = await minutes.compose(message)
        if composed is not None:
            await press.issue(composed)

    return handle


def _handling(press: Press, brought: str) -> Callable[[bytes], Awaitable[None]]:
    async def handle(message: bytes) -> None:
        await press.issue(BRINGS[brought](message))

    return handle


def _materials(authority: Authority) -> Materials:
    seal = authority.seal
    return Materials(seal.chain, ec_keys.hand(seal.key), authority.trust, authority.public_url)


async def of_poll(call: Call) -> CertificateNotice:
    """Which certificate a vote has."""
    notice = await call.app[STORE].of_poll(call.part("poll"))
    if notice is None:
        raise CertificateNotYet
    return notice


async def of_meeting(call: Call) -> list[RecordNotice]:
    """The sealed turn logs that a meeting of the caller's body has."""
    return await call.app[STORE].of_meeting(call.part("meeting"), call.who.body)


async def minutes_of(call: Call) -> list[MinutesNotice]:
    """The editions of the minutes that a meeting of the caller's body has."""
    return await call.app[STORE].minutes_of(call.part("meeting"), call.who.body)


async def of_hash(call: Call) -> web.Response:
    """A certificate.json by the hash in the QR code of its page."""
    content = await call.app[STORE].certificate_of_hash(call.part("sha256"))
    if content is None:
        raise CertificateUnknown
    return web.Response(body=content, content_type=_MEDIA["json"], headers=_FOR_EVER)


async def outside_of(call: Call) -> web.Response:
    """What goes beside a certificate, for those of its body: outside certificates say more of people than a result."""
    found = await call.app[STORE].outside(call.part("certificate"))
    if found is None:
        raise OutsideEvidenceUnknown
    body, file = found
    call.must_be_of(body)
    headers = {"ETag": f'"{file.sha256}"', "Cache-Control": "private"}
    return web.Response(body=file.content, content_type=_MEDIA["json"], headers=headers)


def _file(paper: PaperName, kind: FileKind) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    async def show(call: Call) -> web.StreamResponse:
        store, identifier = call.app[STORE], call.part(paper)
        # Who was absent and why is for those of the body.
        if paper == "minutes":
            call.must_be_of(await store.body_of(paper, identifier) or call.who.body)
        # A file never changes: who has it need not get it again.
        sha256 = await store.sha256(paper, identifier, kind)
        if sha256 is None:
            raise _UNKNOWN[paper]
        headers = {"ETag": f'"{sha256}"', **(_OF_THE_BODY if paper == "minutes" else _FOR_EVER)}
        if f'"{sha256}"' in call.request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        headers["Content-Disposition"] = f'inline; filename="{identifier}.{kind}"'
        length = await store.ledger_length(identifier) if kind == "jsonl" else None
        if length is not None:
            return await pieces.send(
                call.request, store.ledger_pieces(identifier), _MEDIA[kind], length, headers
            )
        file = await store.file(identifier, kind)
        if file is None:
            raise _UNKNOWN[paper]
        return web.Response(body=file.content, content_type=_MEDIA[kind], headers=headers)

    return show


_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
# A proxy in front must not keep for everybody what is shown to those of the body.
_OF_THE_BODY = {"Cache-Control": "private, max-age=31536000, immutable"}
_UNKNOWN: dict[PaperName, type[Refused]] = {
    "certificate": CertificateUnknown,
    "record": RecordUnknown,
    "minutes": MinutesUnknown,
}
_CALLED: dict[PaperName, str] = {
    "certificate": "A certificate's",
    "record": "A sealed turn log's",
    "minutes": "The minutes'",
}
# Where they are: of one word there is no other plural.
_AT: dict[PaperName, str] = {"certificate": "certificates", "record": "records", "minutes": "minutes"}

ROUTES: tuple[Route, ...] = (
    # Before the files of papers, whose names end alike.
    Route(
        "GET",
        "/certificates/{certificate}.evidence.json",
        outside_of,
        "body.read",
        "What others said of the keys behind a certificate's ballots; its statement names the SHA-256.",
        gives_media=_MEDIA["json"],
        refuses=(OutsideEvidenceUnknown,),
    ),
    Route(
        "GET",
        "/polls/{poll}/certificate",
        of_poll,
        "anyone",
        "Which certificate a vote has.",
        gives=CertificateNotice,
        refuses=(CertificateNotYet,),
    ),
    Route(
        "GET",
        "/meetings/{meeting}/records",
        of_meeting,
        "floor.read",
        "The sealed turn logs of a meeting's floor, in the order in which they were asked for.",
        gives=list[RecordNotice],
    ),
    Route(
        "GET",
        "/meetings/{meeting}/minutes",
        minutes_of,
        "minutes.read",
        "The editions of the minutes of a sitting, in order.",
        gives=list[MinutesNotice],
    ),
    Route(
        "GET",
        "/hashes/{sha256}.json",
        of_hash,
        "anyone",
        "The certificate.json with this SHA-256 (base64url), as the QR code of its page names it.",
        gives_media=_MEDIA["json"],
        refuses=(CertificateUnknown,),
    ),
    *(
        Route(
            "GET",
            f"/{_AT[paper]}/{{{paper}}}.{kind}",
            _file(paper, kind),
            "minutes.read" if paper == "minutes" else "anyone",
            f"{_CALLED[paper]} {kind} file. It never changes.",
            gives_media=media,
            refuses=(_UNKNOWN[paper],),
        )
        for paper in _CALLED
        for kind, media in _MEDIA.items()
    ),
)
