"""Serves what `make setup` built of `web/`: each page under its own name, `index` as `/`, and all their parts.

The names of parts carry their hash, so they are kept for ever; all else is asked for again each time.
"""

from collections.abc import Mapping
from pathlib import Path

import structlog
from aiohttp import web

from services.pages import headers
from services.pages.packed import serve

log = structlog.get_logger(__name__)

BUILT = Path(__file__).parent / "built"


def add_pages(app: web.Application, built: Path = BUILT) -> None:
    """Add every built page and its parts to a worker's application; they are read once, here."""
    if not any(built.glob("*.html")):
        log.warning("pages.not_built", directory=str(built))
    for file in sorted(each for each in built.rglob("[!.]*") if each.is_file()):
        name = file.relative_to(built).as_posix()
        path = f"/{name}" if file.suffix != ".html" else "/" if file.stem == "index" else f"/{file.stem}"
        app.router.add_get(path, serve(name, file.read_bytes(), _headers(file, name)))


def _headers(file: Path, name: str) -> Mapping[str, str]:
    if file.suffix == ".html":
        return headers.of_page(file.stem)
    if file.stem.endswith("-sw"):
        return headers.of_service_worker()
    return headers.of_part(name.partition("/")[0])
