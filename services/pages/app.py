"""Serves what `make setup` built of `web/`: each page under its own name, `index` as `/`, and all their parts.

The names of parts carry their hash, so they are kept for ever; all else is asked for again each time.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import structlog
from aiohttp import web

from services.kit import packed_body
from services.kit.complaint import Complaint
from services.pages import headers, house
from services.pages.house import House
from services.pages.packed import Handler, serve

log = structlog.get_logger(__name__)

BUILT = Path(__file__).parent / "built"
_PARTS = re.compile(rb'"/(assets/[A-Za-z0-9._-]+)"')
_NOWHERE = House()


class PagesNotBuilt(Complaint):
    """The pages are not built; the text says how they are."""


def add_pages(app: web.Application, place: House = _NOWHERE, built: Path = BUILT) -> None:
    """Add every built page and its parts to a worker's application; they are read once, here."""
    if not any(built.glob("*.html")):
        log.warning("pages.not_built", directory=str(built))
    for file in sorted(each for each in built.rglob("[!.]*") if each.is_file()):
        app.router.add_get(_address(file, built), _file(file, built, place))
    _add_trust(app, place)
    if place.address:
        app.router.add_get(
            "/address.svg", serve("address.svg", house.qr(f"{place.address}/phone"), headers.of_part(""))
        )


def build_plain(place: House, built: Path = BUILT) -> web.Application:
    """The application for plain HTTP: how to come in by HTTPS, whatever is asked for, and nothing of a meeting.

    Raises PagesNotBuilt.
    """
    if not (built / "trust.html").exists():
        raise PagesNotBuilt("the pages are not built, and phones need them: make setup")
    app = web.Application(middlewares=[packed_body.refused, _guarded])
    page = house.told((built / "trust.html").read_bytes(), place)
    for name in sorted({*_PARTS.findall(page)}):
        app.router.add_get(f"/{name.decode()}", _file(built / name.decode(), built, place))
    _add_trust(app, place)
    app.router.add_get("/trust", serve("trust.html", page, headers.of_page("trust")))
    # 403, not a redirect: what was sent in clear is not sent again, and who did not see the page would not know why.
    app.router.add_route("*", "/{other:.*}", serve("trust.html", page, headers.of_page("trust"), status=403))
    return app


def _add_trust(app: web.Application, place: House) -> None:
    if place.authority:
        for name, body in ((house.AUTHORITY, place.authority), (house.PROFILE, house.profile(place))):
            app.router.add_get(f"/trust/{name}", serve(name, body, headers.of_part("")))


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _address(file: Path, built: Path) -> str:
    name = file.relative_to(built).as_posix()
    return f"/{name}" if file.suffix != ".html" else "/" if file.stem == "index" else f"/{file.stem}"


def _file(file: Path, built: Path, place: House) -> Handler:
    name, body = file.relative_to(built).as_posix(), file.read_bytes()
    return serve(name, house.told(body, place) if file.suffix == ".html" else body, _headers(file, name))


def _headers(file: Path, name: str) -> Mapping[str, str]:
    if file.suffix == ".html":
        return headers.of_page(file.stem)
    if file.stem.endswith("-sw"):
        return headers.of_service_worker()
    return headers.of_part(name.partition("/")[0])
