"""Builds an application: request ids, refusals, metrics, health, the OpenAPI page."""

import asyncio
import itertools
import re
import secrets
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web, web_response
from aiohttp.typedefs import Middleware
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

from services.kit import openapi, packed_body, pieces, problem, request_body
from services.kit.database import UNREACHABLE
from services.kit.meter import Meter
from services.kit.prompt import NAME, PromptAnswer
from services.kit.route import REQUEST_ID, Route, register
from services.kit.settings import Settings
from services.refusal import Refused

log = structlog.get_logger(__name__)

ReadyCheck = Callable[[], Awaitable[None]]
# Whoever asks whether we are ready waits no longer for a database that says nothing.
READY_SECONDS = 3.0
Alarms = Callable[[], tuple[str, ...]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# What whoever watches an installation should know though it serves on: a service that has such alarms puts them here.
ALARMS: web.AppKey[Alarms] = web.AppKey("alarms")
METER: web.AppKey[Meter] = web.AppKey("meter", Meter)
MOUNTED: web.AppKey[dict[str, web.Application]] = web.AppKey("mounted", dict)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# An id needs to be unique, not secret: who this process is, and a number.
_PROCESS = secrets.token_hex(5)
_NUMBERS = itertools.count()
# aiohttp signs every answer with its own and Python's version, also those that never come to the edge below (to what is
# no HTTP): it is told our name instead.
vars(web_response)["SERVER_SOFTWARE"] = NAME
_BODY_SECONDS = Settings().body_seconds
_PAGE_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
}


def request_id_of(request: web.Request) -> str:
    """The caller's own request id if it is harmless, else a fresh one."""
    given = request.headers.get("X-Request-Id", "")
    return given if given and _REQUEST_ID.fullmatch(given) else f"{_PROCESS}{next(_NUMBERS):010x}"


def edge(meter: Meter) -> Middleware:
    """The one place where a refusal becomes HTTP and a fault of ours becomes a bare 500; answers are counted here."""

    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "unknown"
        return await answer(meter, route, request, _refuse if packed_body.is_packed(request) else handler)

    return answered


async def _refuse(_: web.Request) -> web.StreamResponse:
    raise problem.BodyPacked


async def answer(meter: Meter, route: str, request: web.Request, handler: Handler) -> web.StreamResponse:
    """The handler's answer, whatever happens to it, under the request's id and counted."""
    request[REQUEST_ID] = request_id = request_id_of(request)
    started = time.perf_counter()
    response = await _answered(request, handler, request_id)
    if not isinstance(response, PromptAnswer) and not response.prepared:
        _name(response, request_id)
    meter.observe(route, response.status, time.perf_counter() - started)
    return response


async def _answered(request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return problem.respond(refused, request_id)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return problem.respond(problem.refusal_of_http(error), request_id)
    except web.RequestPayloadError:
        # The body is not in the encoding that it says it is.
        return problem.respond(problem.BodyWrong(what="its encoding"), request_id)
    except UNREACHABLE as error:
        log.warning("store.unreachable", request=request_id, error=type(error).__name__)
        return problem.respond(problem.NotReady(what="store"), request_id)
    except Exception:
        log.exception("our.fault", request=request_id, path=request.path)
        return problem.respond(problem.OurFault(), request_id)


def _name(response: web.StreamResponse, request_id: str) -> None:
    headers = response.headers
    headers.setdefault("X-Request-Id", request_id)
    for name, value in pieces.HEADERS.items():
        headers.setdefault(name, value)
    if headers.get("Content-Type", "").startswith("text/html"):
        for name, value in _PAGE_HEADERS.items():
            headers.setdefault(name, value)


def build_service(name: str, routes: tuple[Route, ...]) -> web.Application:
    """One service's application, to be mounted under `/<name>` (its routes do not repeat the prefix)."""
    app = web.Application()
    register(app, routes)
    openapi.serve(app, name, routes)
    return app


def database_ready(ping: Callable[[], Awaitable[object]]) -> ReadyCheck:
    """The check that a service's database answers `ping`, and soon. Raises NotReady."""
    asked: asyncio.Future[object] | None = None

    async def ready() -> None:
        nonlocal asked
        # One at a time: before a database that says nothing each would hold a connection.
        if asked is None or asked.done():
            asked = asyncio.ensure_future(ping())
            asked.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        try:
            if not (await asyncio.wait([asked], timeout=READY_SECONDS))[0]:
                raise TimeoutError
            asked.result()
        except (*UNREACHABLE, TimeoutError) as error:
            raise problem.NotReady(what="database") from error

    return ready


def build_root(
    services: dict[str, web.Application], ready: tuple[ReadyCheck, ...], body_seconds: float = _BODY_SECONDS
) -> web.Application:
    """The application of a worker: services mounted under their names, health and metrics beside them."""
    meter = Meter()
    app = web.Application(middlewares=[edge(meter)])
    app[METER], app[MOUNTED] = meter, services
    app[request_body.SECONDS] = body_seconds
    app.cleanup_ctx.append(meter.living)

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"status": "live"})

    async def is_ready(_: web.Request) -> web.Response:
        for check in ready:
            await check()
        alarms = [alarm for service in services.values() if ALARMS in service for alarm in service[ALARMS]()]
        return web.json_response({"status": "ready", "alarms": alarms})

    async def metrics(_: web.Request) -> web.Response:
        meter.flush()
        return _exposition()

    app.router.add_get("/health/live", live)
    app.router.add_get("/health/ready", is_ready)
    app.router.add_get("/metrics", metrics)
    for name, service in services.items():
        app.add_subapp(f"/{name}", service)
    return app


def _exposition() -> web.Response:
    registry = CollectorRegistry()
    try:
        multiprocess.MultiProcessCollector(registry)
        body = generate_latest(registry)
    except ValueError:
        body = generate_latest()
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
