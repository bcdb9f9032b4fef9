"""HTTP in, HTTP out, no rule; and what the application holds for it."""

from aiohttp import web

from services.kit.route import Call
from services.refusal import Refused
from services.signing.countersigned.desk import SigningDesk
from services.signing.countersigned.errors import SignedEditionNotYet
from services.signing.countersigned.remote_pairs import RemotePairs
from services.signing.countersigned.steps import SignedKind, SignedPaper
from services.signing.countersigned.store import EditionStore
from services.signing.press_errors import CertificateUnknown, MinutesUnknown
from services.wire import RemotePairShown, SignaturePrepared, SignaturesShown

DESK: web.AppKey[SigningDesk] = web.AppKey("signing_desk", SigningDesk)
PAIRS: web.AppKey[RemotePairs] = web.AppKey("remote_pairs", RemotePairs)
STORE: web.AppKey[EditionStore] = web.AppKey("editions", EditionStore)

UNKNOWN: dict[SignedPaper, type[Refused]] = {"certificate": CertificateUnknown, "minutes": MinutesUnknown}
MEDIA: dict[SignedKind, str] = {"json": "application/json", "pdf": "application/pdf"}


async def signatures(call: Call) -> SignaturesShown:
    """Who signed a paper, and what is awaited."""
    return await call.app[DESK].shown(await _paper(call))


async def begin(call: Call) -> SignaturePrepared:
    """What the caller is to sign."""
    return await call.app[DESK].begin(call.who, await _paper(call), call.body)


async def page(call: Call) -> bytes:
    """The page that was prepared for the caller."""
    return await call.app[DESK].page(call.who, await _paper(call), call.part("prepared"))


async def sign(call: Call) -> SignaturesShown:
    """Both signatures of the caller."""
    return await call.app[DESK].sign(call.who, await _paper(call), call.body)


async def ask_service(call: Call) -> RemotePairShown:
    """Have the service where the caller's key lies sign both."""
    return await call.app[PAIRS].ask(call.who, await _paper(call), call.body)


async def asked_service(call: Call) -> RemotePairShown:
    """How that stands."""
    return await call.app[PAIRS].shown(call.who, await _paper(call), call.part("prepared"))


async def signed_json(call: Call) -> web.Response:
    """certificate.signed.json, minutes.signed.json."""
    return await _file(call, "json")


async def signed_pdf(call: Call) -> web.Response:
    """certificate.signed.pdf, minutes.signed.pdf."""
    return await _file(call, "pdf")


async def _paper(call: Call) -> str:
    """The paper that the path names: one of the kind that it says, minutes only to those of the body."""
    kind: SignedPaper = "minutes" if "minutes" in call.request.match_info else "certificate"
    identifier = call.part(kind)
    found = await call.app[STORE].whose(identifier)
    if found is None or found[0] != kind:
        raise UNKNOWN[kind]
    if kind == "minutes":
        call.must_be_of(found[1])
    return identifier


async def _file(call: Call, kind: SignedKind) -> web.Response:
    certificate = await _paper(call)
    found = await call.app[STORE].file(certificate, kind)
    if found is None:
        raise SignedEditionNotYet
    content, sha256 = found
    # The page is renewed after years: whoever has it asks whether theirs is still the one.
    # Minutes are for those of the body, and for no proxy to keep.
    headers = {"ETag": f'"{sha256}"', "Cache-Control": "private, no-cache"}
    if f'"{sha256}"' in call.request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{certificate}.signed.{kind}"'
    return web.Response(body=content, content_type=MEDIA[kind], headers=headers)
