"""Routes as data: one line tells method, path, act, types and refusals; registration, access check, decoding,
encoding and the OpenAPI page all come from that line."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.access import MATRIX, Act, NotSignedIn, must_be_of, must_may
from services.kit import access_token, clock, request_body
from services.kit.problem import BodyWrong, MediaWrong, NotThere
from services.refusal import Refused
from services.wire import UNREADABLE, Token

TOKEN_KEY: web.AppKey[Ed25519PublicKey] = web.AppKey("token_key", Ed25519PublicKey)
_LONGEST_PART = 128
_NUMBER = re.compile(r"[0-9]{1,15}")
# U+0000 as JSON writes it, and not a backslash before "u0000": PostgreSQL holds it in no text.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)


class Call(msgspec.Struct, frozen=True):
    """One request, with what the route promised: the service's application (holder of its AppKeys), who asks (None if
    anyone may), the decoded body, and what the address has in the places that the path names.
    """

    request: web.Request
    app: web.Application
    token: Token | None
    body: Any
    parts: Mapping[str, str]

    @property
    def request_id(self) -> str:
        """The id that follows this request through every service."""
        return self.request[REQUEST_ID]

    @property
    def who(self) -> Token:
        """The signed-in person; only for routes that demand one."""
        if self.token is None:
            raise NotSignedIn
        return self.token

    def part(self, name: str) -> str:
        """A part of the path. Raises NotThere for what can be no name of anything: it never reaches a store."""
        part = self.parts[name]
        if len(part) > _LONGEST_PART or not (part.isascii() and part.isprintable()):
            raise NotThere
        return part

    def number(self, name: str) -> int | None:
        """A whole number in the query, of at most 15 digits; None if it is left out. Raises BodyWrong."""
        text = self.request.query.get(name)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text):
            raise BodyWrong(what=name)
        return int(text)

    def must_be_of(self, body: str) -> None:
        """Raise ForeignBody unless the person belongs to this body."""
        must_be_of(self.token, body)


Handler = Callable[[Call], Awaitable[Any]]
Enter = Callable[[web.Request, Mapping[str, str]], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `takes`/`gives` are message types; `media`/`gives_media` say how raw bytes are named instead.

    With `takes` and several `media`, JSON arrives decoded and every other medium as its bytes. `signs` is the payload
    of the compact JWS that is sent, `query` the optional parameters of the address by name and type, `repeated` the
    status of an answer to what was answered before. To a `busy` route, open to anyone, there is a straight way as well
    (kit/straight.py): the same door.
    """

    method: str
    path: str
    handler: Handler
    act: Act
    summary: str
    takes: Any = None
    gives: Any = None
    status: int = 200
    media: tuple[str, ...] = ("application/json",)
    gives_media: str = "application/json"
    refuses: tuple[type[Refused], ...] = field(default=())
    signs: Any = None
    query: tuple[tuple[str, Any], ...] = ()
    repeated: int | None = None
    busy: bool = False

    @property
    def name(self) -> str:
        """A stable operation id: method and path in words."""
        return re.sub(r"[^a-z0-9]+", "_", f"{self.method} {self.path}".lower()).strip("_")


class Busy(NamedTuple):
    """A busy route and its door."""

    route: Route
    enter: Enter


BUSY: web.AppKey[tuple[Busy, ...]] = web.AppKey("busy", tuple[Busy, ...])


def register(app: web.Application, routes: tuple[Route, ...]) -> None:
    """Add the routes to the application, and keep the doors of those that are busy."""
    busy: list[Busy] = []
    for route in routes:
        enter = _door(route, app)
        app.router.add_route(route.method, route.path, _found(enter), name=route.name)
        if route.busy:
            busy.append(Busy(route, enter))
    app[BUSY] = tuple(busy)


def _found(enter: Enter) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def door(request: web.Request) -> web.StreamResponse:
        return await enter(request, request.match_info)

    return door


def _door(route: Route, app: web.Application) -> Enter:
    decoder = msgspec.json.Decoder(route.takes) if route.takes is not None else None

    async def enter(request: web.Request, parts: Mapping[str, str]) -> web.StreamResponse:
        # 1. Who asks, and may they?
        who = bearer(request) if route.act != "anyone" else None
        must_may(who, route.act)
        # 2. What do they send?
        body = await _decoded(request, route, decoder) if decoder is not None else None
        # 3. The act itself, then its answer.
        return _answer(await route.handler(Call(request, app, who, body, parts)), route)

    return enter


def bearer(request: web.Request) -> Token | None:
    """The token of the Authorization header, verified; None if there is none. Raises TokenWrong, TokenExpired."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if not text:
        return None
    if scheme.lower() != "bearer":
        raise access_token.TokenWrong
    return access_token.verify(text, request.config_dict[TOKEN_KEY], clock.now() // 1000)


def _largest(act: Act) -> int:
    is_of_desk = act != "anyone" and "delegate" not in MATRIX[act]
    return request_body.LARGEST if is_of_desk else request_body.LARGEST_OF_OTHERS


async def _decoded(request: web.Request, route: Route, decoder: msgspec.json.Decoder[Any]) -> Any:
    if request.content_type not in route.media:
        raise MediaWrong
    raw = await request_body.read(request, _largest(route.act))
    if request.content_type != "application/json" and len(route.media) > 1:
        return raw
    if _NUL.search(raw):
        raise BodyWrong(what="U+0000")
    try:
        return decoder.decode(raw)
    except UNREADABLE as error:
        raise BodyWrong(what=str(error)[:200]) from error


def _answer(value: Any, route: Route) -> web.StreamResponse:
    if isinstance(value, web.StreamResponse):
        return value
    if value is None:
        return web.Response(status=204)
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return web.Response(body=body, status=route.status, content_type=route.gives_media)
