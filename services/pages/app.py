"""Serves what `make setup` built of `web/`: each page under its own name, its parts under `/assets/`.

The names of parts carry their hash, so they are kept for ever; a page is asked for again each time. A page asks nobody
but this server, and the page that verifies certificates asks not even us: its policy forbids it to.
"""

import hashlib
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger(__name__)

BUILT = Path(__file__).parent / "built"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {connect}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_CONNECT = {"verify": "'none'"}


def add_pages(app: web.Application, built: Path = BUILT) -> None:
    """Add every built page and its parts to a worker's application; they are read once, here."""
    pages = sorted(built.glob("*.html"))
    if not pages:
        log.warning("pages.not_built", directory=str(built))
    for page in pages:
        app.router.add_get(f"/{page.stem}", _page(page.read_bytes(), _CONNECT.get(page.stem, "'self'")))
    for part in sorted(built.glob("assets/*")):
        app.router.add_get(f"/assets/{part.name}", _part(part.read_bytes(), part.name))


def _page(body: bytes, connect: str) -> Handler:
    headers = {
        "Content-Security-Policy": _POLICY.format(connect=connect),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }
    tag = hashlib.sha256(body).hexdigest()[:32]

    async def answer(request: web.Request) -> web.Response:
        known = request.if_none_match or ()
        response = (
            web.Response(status=304, headers=headers)
            if any(each.value == tag for each in known)
            else web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)
        )
        response.etag = tag
        return response

    return answer


def _part(body: bytes, name: str) -> Handler:
    kind = {".js": "text/javascript"}.get(Path(name).suffix) or mimetypes.guess_type(name)[0]
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}

    async def answer(_: web.Request) -> web.Response:
        response = web.Response(body=body, content_type=kind or "application/octet-stream", headers=headers)
        response.enable_compression()
        return response

    return answer
