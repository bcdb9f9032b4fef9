"""OpenAPI 3.1 out of the route table, and a page that shows it without any script.

What a document says is what a route does: each refusal stands there by its `code` under its status, as an enum, so
that a program can be checked against it. `proto/` keeps a copy; a test proves the two equal.
"""

import html
import re
from typing import Any

import msgspec
from aiohttp import web

from services.access import MATRIX, ForeignBody, NotAllowed, NotSignedIn
from services.kit.access_token import TokenExpired, TokenWrong
from services.kit.problem import (
    MEDIA_TYPE,
    BodyPacked,
    BodyWrong,
    MediaWrong,
    NotReady,
    NotThere,
    Problem,
    TooLarge,
    TooSlow,
)
from services.kit.route import Route
from services.refusal import Refused

_REFERENCE = "#/components/schemas/{name}"
_JSON = "application/json"
_JOSE = "application/jose"
# A part of a path: an id, a hash, or a file's name without its kind.
_PART = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"}
_COMPACT = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"

Json = dict[str, Any]


def describe(name: str, routes: tuple[Route, ...]) -> Json:
    """The OpenAPI document of a service."""
    types = [kind for route in routes for kind in _types(route)] + [Problem]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schema_of = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, Json] = {}
    for route in routes:
        path = re.sub(r"\{(\w+):[^}]+\}", r"{\1}", f"/{name}{route.path}")
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Plenary {name}", "version": "1", "description": _about(name)},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "tags": [{"name": tag} for tag in sorted({_tag(route) for route in routes})],
        "paths": paths,
        "components": {
            "schemas": one_line(dict(sorted(components.items()))),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWS"}},
        },
    }


def one_line(schema: Any) -> Any:
    """The same schema with each description on one line: Pythons differ in how they keep a docstring's indentation."""
    if isinstance(schema, dict):
        return {
            name: " ".join(value.split())
            if name == "description" and isinstance(value, str)
            else one_line(value)
            for name, value in schema.items()
        }
    return [one_line(each) for each in schema] if isinstance(schema, list | tuple) else schema


def _about(name: str) -> str:
    return (
        f"HTTP of {name}. A refusal is problem+json (RFC 9457): a stable `code`, Vietnamese in `detail`, "
        "English in `detail_en`. Names in `security` are the roles that may ask. Times are milliseconds since 1970."
    )


def _types(route: Route) -> list[Any]:
    asked = [kind for _, kind in route.query]
    carried = [kind for refusal in route.refuses for kind in refusal.carries.values()]
    return [kind for kind in (route.takes, route.gives, route.signs, *asked, *carried) if kind is not None]


def _tag(route: Route) -> str:
    return route.path.split("/")[1].partition(".")[0]


def _operation(route: Route, schema_of: Json) -> Json:
    operation: Json = {"operationId": route.name, "summary": route.summary, "tags": [_tag(route)]}
    if parameters := [*_parts(route), *_queries(route, schema_of)]:
        operation["parameters"] = parameters
    if route.act != "anyone":
        # One of these, so each is a requirement of its own.
        operation["security"] = [{"token": [role]} for role in sorted(MATRIX[route.act])]
    if route.takes is not None or route.media != (_JSON,):
        content = {media: {"schema": _sent(route, media, schema_of)} for media in route.media}
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = _answers(route, schema_of) | _refusals(route, schema_of)
    return operation


def _parts(route: Route) -> list[Json]:
    parts = re.findall(r"\{(\w+)", route.path)
    return [{"name": part, "in": "path", "required": True, "schema": _PART} for part in parts]


def _queries(route: Route, schema_of: Json) -> list[Json]:
    return [
        {"name": name, "in": "query", "required": False, "schema": schema_of[repr(kind)]}
        for name, kind in route.query
    ]


def _sent(route: Route, media: str, schema_of: Json) -> Json:
    """The schema of what is sent in this medium: a message, a compact JWS over one, or text."""
    if media == _JSON:
        return dict(schema_of[repr(route.takes)])
    if media != _JOSE:
        return {"type": "string"}
    signed: Json = {"type": "string", "pattern": _COMPACT, "description": "Compact JWS (RFC 7515)."}
    if route.signs is not None:
        signed |= {"contentMediaType": _JOSE, "contentSchema": schema_of[repr(route.signs)]}
    return signed


def _answers(route: Route, schema_of: Json) -> Json:
    if route.status in (204, 303):
        return {str(route.status): {"description": "Done."}}
    if route.gives is not None:
        schema = schema_of[repr(route.gives)]
    elif route.gives_media.startswith("text/") or route.gives_media.endswith(("ndjson", "pem-file")):
        schema = {"type": "string"}
    else:
        schema = {}  # bytes, or JSON of any kind
    content = {route.gives_media: {"schema": schema}}
    answers: Json = {str(route.status): {"description": "Done.", "content": content}}
    if route.repeated is not None:
        answers[str(route.repeated)] = {"description": "The same as before: it was done.", "content": content}
    return answers


def _refusals(route: Route, schema_of: Json) -> Json:
    by_status: dict[int, set[type[Refused]]] = {}
    for refusal in refusals_of(route):
        by_status.setdefault(refusal.status, set()).add(refusal)
    return {
        str(status): _refused(sorted(refusals, key=lambda refusal: refusal.code), schema_of)
        for status, refusals in sorted(by_status.items())
    }


def _refused(refusals: list[type[Refused]], schema_of: Json) -> Json:
    codes = [refusal.code for refusal in refusals]
    lines = [f"- `{refusal.code}`: {refusal.vi} / {_english(refusal)}" for refusal in refusals]
    carried = {
        name: schema_of[repr(kind)] for refusal in refusals for name, kind in sorted(refusal.carries.items())
    }
    schema = {"allOf": [schema_of[repr(Problem)], {"properties": {"code": {"enum": codes}, **carried}}]}
    return {"description": "\n".join(lines), "content": {MEDIA_TYPE: {"schema": schema}}}


def _english(refusal: type[Refused]) -> str:
    return " ".join((refusal.__doc__ or "").split())


def refusals_of(route: Route) -> tuple[type[Refused], ...]:
    """Every refusal of a route: its own, and those of the door that all routes go through."""
    door: list[type[Refused]] = [NotReady]
    if route.act != "anyone":
        door += [NotSignedIn, NotAllowed, TokenWrong, TokenExpired, ForeignBody]
    if route.takes is not None or route.media != (_JSON,):
        door += [BodyPacked, BodyWrong, MediaWrong, TooLarge, TooSlow]
    if route.query:
        door.append(BodyWrong)
    if "{" in route.path:
        door.append(NotThere)
    return (*route.refuses, *door)


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


def render(name: str, document: Json) -> str:
    """The document as one plain HTML page."""
    rows = [
        _row(method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    title = html.escape(f"Plenary {name}")
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><h1>{title}</h1>"
        f"<p>{html.escape(document['info']['description'])}</p>"
        f"<p><a href=openapi.json>openapi.json</a></p>{''.join(rows)}</html>"
    )


def _row(method: str, path: str, operation: Json) -> str:
    roles = ", ".join(role for need in operation.get("security", []) for role in need["token"]) or "anyone"
    answers = "".join(
        f"<li><b>{status}</b> {html.escape(line.removeprefix('- '))}</li>"
        for status, answer in operation["responses"].items()
        for line in answer["description"].split("\n")
    )
    return (
        f"<h2><code>{method.upper()} {html.escape(path)}</code></h2>"
        f"<p>{html.escape(operation['summary'])} ({html.escape(roles)})</p><ul>{answers}</ul>"
    )
