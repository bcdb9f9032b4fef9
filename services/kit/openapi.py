"""OpenAPI 3.1 out of the route table, and a page that shows it without any script."""

import html
import re
from typing import Any

import msgspec
from aiohttp import web

from services.access import MATRIX, NotAllowed, NotSignedIn
from services.kit.problem import MEDIA_TYPE, BodyWrong, MediaWrong, Problem
from services.kit.route import Route
from services.refusal import Refused

_REFERENCE = "#/components/schemas/{name}"


def describe(name: str, routes: tuple[Route, ...]) -> dict[str, Any]:
    """The OpenAPI document of a service."""
    types = [t for route in routes for t in (route.takes, route.gives) if t is not None] + [Problem]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schema_of = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = re.sub(r"\{(\w+):[^}]+\}", r"{\1}", f"/{name}{route.path}")
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Plenary {name}", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, schema_of: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": route.name, "summary": route.summary}
    if parts := re.findall(r"\{(\w+)", route.path):
        operation["parameters"] = [
            {"name": p, "in": "path", "required": True, "schema": {"type": "string"}} for p in parts
        ]
    if route.act != "anyone":
        operation["security"] = [{"token": sorted(MATRIX[route.act])}]
    if route.takes is not None:
        content = {media: {"schema": {"type": "string"}} for media in route.media}
        content[route.media[0]] = {"schema": schema_of[repr(route.takes)]}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.media != ("application/json",):
        content = {media: {"schema": {"type": "string"}} for media in route.media}
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = _responses(route, schema_of)
    return operation


def _responses(route: Route, schema_of: dict[str, Any]) -> dict[str, Any]:
    schema = schema_of[repr(route.gives)] if route.gives is not None else {"type": "string"}
    answers: dict[str, Any] = {
        str(route.status): {"description": "Done.", "content": {route.gives_media: {"schema": schema}}}
        if route.status != 204
        else {"description": "Done."}
    }
    by_status: dict[int, list[type[Refused]]] = {}
    for refusal in (*route.refuses, *_always(route)):
        by_status.setdefault(refusal.status, []).append(refusal)
    for status, refusals in sorted(by_status.items()):
        codes = ", ".join(sorted({refusal.code for refusal in refusals}))
        problem = {MEDIA_TYPE: {"schema": schema_of[repr(Problem)]}}
        answers[str(status)] = {"description": f"Refused: {codes}.", "content": problem}
    return answers


def _always(route: Route) -> tuple[type[Refused], ...]:
    signed_in = (NotSignedIn, NotAllowed) if route.act != "anyone" else ()
    return (*signed_in, *((BodyWrong, MediaWrong) if route.takes is not None else ()))


def serve(app: web.Application, name: str, routes: tuple[Route, ...]) -> None:
    """Add `/openapi.json` and `/docs` to a service."""
    document = describe(name, routes)
    raw = msgspec.json.encode(document)
    page = render(name, document)

    async def as_json(_: web.Request) -> web.Response:
        return web.Response(body=raw, content_type="application/json")

    async def as_page(_: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    app.router.add_get("/openapi.json", as_json)
    app.router.add_get("/docs", as_page)


def render(name: str, document: dict[str, Any]) -> str:
    """The document as one plain HTML page."""
    rows = [
        f"<h2><code>{method.upper()} {html.escape(path)}</code></h2><p>{html.escape(operation['summary'])}</p><ul>"
        + "".join(
            f"<li><b>{status}</b> {html.escape(answer['description'])}</li>"
            for status, answer in operation["responses"].items()
        )
        + "</ul>"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Plenary {name}</title>"
        f"<h1>Plenary {name}</h1><p><a href=openapi.json>openapi.json</a></p>{''.join(rows)}</html>"
    )
